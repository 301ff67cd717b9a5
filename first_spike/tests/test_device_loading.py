"""Networks that the driver loads into a board: the free bank, what is refused, boards that are restarted meanwhile."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.device import link
from first_spike.device.device import Device
from first_spike.device.identity import NO_NETWORK, Load, LoadableDesign
from first_spike.device.line import LineError
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import ANSWER, READ, REFUSED
from first_spike.tests.test_device import IMAGE, device
from first_spike.tests.toy_board import INDEX, MAP, LateAnswers, ToyBoard, clock  # noqa: F401

SHA256 = "0123456789abcdef" * 4
PAIRS = np.random.default_rng(1).integers(0, 1 << 32, 512, np.uint32)
LOADABLE, TWO_BANKS = 1, 2
PATIENCE = 1000  # seconds of the toy's clock
NETWORK = SimpleNamespace(sha256=SHA256)


def toy_design(pairs=PAIRS, weight_map=MAP):
    """A LoadableDesign for which any network is these words."""
    return SimpleNamespace(load_of=lambda network: Load(pairs, 2 * len(pairs), weight_map, network.sha256))


def test_a_network_is_loaded_into_the_bank_that_is_free():
    board, shares = ToyBoard(CAPABILITIES=[LOADABLE | TWO_BANKS]), []
    with device(board) as driver:
        assert driver.identify().sha256 == NO_NETWORK
        with pytest.raises(UserError, match="^no network is loaded into the board at toy: load one$"):
            driver.classify(IMAGE)
        assert board.pixels == b""
        driver.load(NETWORK, toy_design(), shares.append)
        assert board.words[REGISTERS["LOAD_BEGIN"].index] == 1
        assert board.loaded == PAIRS.tobytes() and shares[-1] == 1 and len(shares) == 3 and shares == sorted(shares)
        assert driver.identify(NETWORK).sha256 == SHA256
        driver.load(NETWORK, toy_design())
        assert board.words[REGISTERS["LOAD_BEGIN"].index] == 0
        assert len(driver.classify(IMAGE).words) == 1


def test_a_load_is_what_the_registers_want_and_each_part_has_its_time(clock):  # noqa: F811
    """Errors of older loads are cleared."""
    board, shares = Slow(CAPABILITIES=[LOADABLE | TWO_BANKS], LOAD_STATUS=[0x1F00]), []
    with Device(board, PATIENCE, PATIENCE) as driver:
        driver.identify()
        for bank in (1, 0):
            clock.now += 2 * PATIENCE
            shares.clear()
            driver.load(NETWORK, toy_design(), shares.append)
            assert shares == [252 / 512, 504 / 512, 1]
            assert board.loaded == PAIRS.tobytes() and board.order == ["LOAD_STATUS", "LOAD_BEGIN", "LOAD_WORDS",
                                                                       "LOAD_WORDS", "LOAD_WORDS", "LOAD_HASH",
                                                                       "LOAD_COUNT", "LOAD_COMMIT"]
            assert [board.words[index] for index in REGISTERS["LOAD_HASH"].indices] == 4 * [0x01234567, 0x89ABCDEF]
            assert board.words[REGISTERS["LOAD_STATUS"].index] == bank | (2 << bank if bank else 6)
            board.order.clear()


class Slow(LateAnswers, ToyBoard):
    """Needs all the time that each part of a load has; `order`: what was written of the loader."""

    baud = 10  # a byte a second

    def __init__(self, **registers):
        super().__init__(**registers)
        self.order = []

    def answer(self, frame):
        name = {index: name for name, index in INDEX.items()}[frame.address] if frame.kind else ""
        if name.startswith("LOAD") and frame.kind != READ:
            self.order.append(name)
            self.clock.now += {"LOAD_WORDS": PATIENCE + 2000, "LOAD_COMMIT": PATIENCE - 30}.get(name, 0)
        return super().answer(frame)


def test_each_part_of_a_load_has_time_for_its_bytes(monkeypatch):
    sizes, begin = [], link.Link.begin
    monkeypatch.setattr(link.Link, "begin", lambda self, size=0: sizes.append(size) or begin(self, size))
    with device(ToyBoard(CAPABILITIES=[LOADABLE])) as driver:
        driver.identify()
        driver.load(NETWORK, toy_design())
    assert sizes == [0, 0, *3 * [8 * 252], 0]


def test_images_are_classified_while_a_network_is_loaded():
    held = dict(CAPABILITIES=[LOADABLE | TWO_BANKS], LOAD_STATUS=[2], LOAD_HASH=[1])
    with device(ToyBoard(5, OUTPUTS=[9 | 16 << 16], **held)) as driver:
        driver.identify()
        words = [driver.classify(IMAGE).words.tolist() for _ in driver.loading(NETWORK, toy_design())]
        assert words == [[5]] * 3
        assert driver.identify(NETWORK)


@pytest.mark.parametrize("pairs, error", [(PAIRS[:-1], "wrong count"), (PAIRS, "wrong crc")])
def test_a_network_that_the_board_refuses_is_an_error(pairs, error):
    """The driver is made to believe that it is for this board."""
    design = toy_design(pairs, MAP if len(pairs) < len(PAIRS) else MAP + 1)
    board = ToyBoard(CAPABILITIES=[LOADABLE])
    with device(board) as driver:
        driver.identify()
        for other in (0, 0xFFFFFFFF):
            with pytest.raises(UserError, match=f"holds another design .map 1234abcd, not {other:08x}.: name the net"):
                driver.load(NETWORK, toy_design(weight_map=other))
        vars(driver)["_identity"] = replace(vars(driver)["_identity"], weight_map=design.load_of(NETWORK).weight_map)
        with pytest.raises(LineError, match=f"refuses the network: {error}"):
            driver.load(NETWORK, design)


def test_constants_are_not_loaded():
    with device(ToyBoard()) as driver:
        with pytest.raises(UserError, match="not identified yet"):
            driver.load(NETWORK, toy_design())
        driver.identify()
        with pytest.raises(UserError, match="are constants: make a bitstream"):
            driver.load(NETWORK, toy_design())


@pytest.mark.parametrize("status, sentence", [
    (0, "holds no network yet, not 0123456789ab…: load it first"),
    (2, "holds the network 000000010000…, not 0123456789ab…: load it first")])
def test_a_board_to_load_says_what_it_holds(status, sentence):
    with device(ToyBoard(CAPABILITIES=[LOADABLE], LOAD_STATUS=[status],
                         LOAD_HASH=[1] * 8)) as driver, pytest.raises(UserError, match=sentence):
        driver.identify(NETWORK)


class Counting(ToyBoard):
    """Counts the bytes on the line, both ways."""

    bytes = 0

    def write(self, data):
        self.bytes += len(data)
        super().write(data)

    def read(self):
        data = super().read()
        self.bytes += len(data)
        return data


def test_the_shipped_network_is_loaded_in_less_than_a_second_and_a_half():
    """At 1 Mbaud, ten bits a byte, and 45 cycles of 50 MHz for each pair of words, which come after their frame."""
    network = Network.load(DEFAULT_NETWORK)
    design = LoadableDesign(Design(network, Configuration(weights="loadable")))
    board = Counting(CAPABILITIES=[LOADABLE], WEIGHT_MAP=[design.weight_map])
    board.room = design.load_of(network).count
    with device(board) as driver:
        driver.identify()
        before = board.bytes
        driver.load(network, design)
    assert board.room == 33_546 and (board.bytes - before) * 10 == 688_680
    assert 688_680 / 1e6 + board.room / 2 * 45 / 50e6 < 1.5


class Forgetful(ToyBoard):
    """Is loadable, and restarted when it is asked for one of the times."""

    def __init__(self, *times):
        super().__init__(CAPABILITIES=[LOADABLE])
        self.times, self.asked_bytes = times, 0

    def answer(self, frame):
        self.asked_bytes += 1
        if self.asked_bytes in self.times:
            asked, times = self.asked_bytes, self.times
            self.__init__(*times)
            self.asked_bytes = asked
        return super().answer(frame)


@pytest.mark.parametrize("when", range(2, 20))
def test_a_board_that_is_restarted_in_the_middle_of_a_load_is_loaded_again(when):
    board = Forgetful(when)
    with device(board) as driver:
        driver.identify()
        driver.load(NETWORK, toy_design())
        assert board.loaded == PAIRS.tobytes() and board.asked_bytes > when


def test_a_board_that_is_restarted_in_the_middle_of_every_load_is_given_up():
    with device(Forgetful(*range(14, 300, 3))) as driver:
        driver.identify()
        with pytest.raises(LineError, match="does not stay as it was left"):
            driver.load(NETWORK, toy_design())


class Refusing(ToyBoard):
    """Refuses words of a load once, though nothing is wrong with them: somebody else began one meanwhile."""

    def answer(self, frame):
        reply = super().answer(frame)
        if frame.address != INDEX["LOAD_WORDS"] or "refused" in vars(self):
            return reply
        self.refused = True
        return reply._replace(kind=ANSWER + REFUSED, count=0)


def test_a_load_that_is_refused_without_a_reason_is_tried_again():
    board = Refusing(CAPABILITIES=[LOADABLE | TWO_BANKS], LOAD_STATUS=[7])
    with device(board) as driver:
        driver.identify()
        driver.load(NETWORK, toy_design())
        assert driver.identify(NETWORK) and board.loaded == PAIRS.tobytes() and board.refused


class Heedless(ToyBoard):
    """Does nothing at the first end of a load, though it refuses nothing: its bus tells nobody."""

    heeds = False

    def commit(self, code):
        did, self.heeds = self.heeds, True
        return super().commit(code) if did else True


def test_a_load_of_which_the_board_says_nothing_at_its_end_is_tried_again():
    board = Heedless(CAPABILITIES=[LOADABLE | TWO_BANKS], LOAD_STATUS=[0b101])  # bank 1 works
    with device(board) as driver:
        driver.identify()
        driver.load(NETWORK, toy_design())
        assert board.words[INDEX["LOAD_STATUS"]] & 0b111 == 0b110 and driver.identify(NETWORK).sha256 == SHA256


@pytest.mark.parametrize("register", [None, "INPUTS", "WEIGHT_MAP"])
def test_a_board_that_loses_its_network_in_a_load_is_loaded_again(register):
    """If it is still the same one."""
    board = ToyBoard(CAPABILITIES=[LOADABLE], LOAD_STATUS=[2], LOAD_HASH=[1] * 8)
    with device(board) as driver:
        assert driver.identify().sha256 != NO_NETWORK
        loading = driver.loading(NETWORK, toy_design())
        next(loading)
        board.synced, board.loaded, board.words[INDEX["LOAD_STATUS"]] = False, b"", 0
        if register:
            board.words[INDEX[register]] += 1
            with pytest.raises(LineError, match="^the board at toy is another one than before$"):
                next(loading)
            assert not board.loaded
        else:
            assert list(loading)[-1] == 1 and board.loaded == PAIRS.tobytes()


@pytest.mark.parametrize("restarts, ends", [(2, False), (3, True)])
def test_a_load_is_tried_three_times(restarts, ends):
    board = Restarted(restarts)
    with device(board) as driver:
        driver.identify()
        if ends:
            with pytest.raises(LineError, match="^the board at toy does not stay as it was left; is another program"):
                driver.load(NETWORK, toy_design())
        else:
            driver.load(NETWORK, toy_design())
    assert board.restarts == 0 and (len(board.loaded) == 4 * len(PAIRS)) == (not ends)


class Restarted(ToyBoard):
    """Is restarted when words of a load come, so many times."""

    def __init__(self, restarts):
        super().__init__(CAPABILITIES=[LOADABLE])
        self.restarts = restarts

    def answer(self, frame):
        if frame.address == INDEX["LOAD_WORDS"] and self.restarts:
            self.__init__(self.restarts - 1)
        return super().answer(frame)


def test_a_board_that_lost_its_network_is_told_from_another():
    board = Forgetful()
    with device(board) as driver:
        driver.identify()
        driver.load(NETWORK, toy_design())
        board.times = (board.asked_bytes + 5,)
        with pytest.raises(LineError, match="was restarted and lost its network: load it again"):
            driver.classify(np.repeat(IMAGE, 9, 0))
