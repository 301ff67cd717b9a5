"""Networks that the driver loads over a bus that tells nobody of a write that was refused."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.device.device import Device
from first_spike.device.line import LineError
from first_spike.device.mapped import Mapped
from first_spike.device.processor import Processor
from first_spike.golden.errors import UserError
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.tests.test_device_loading import NETWORK, PAIRS, toy_design
from first_spike.tests.test_mapped import ToyMmio
from first_spike.tests.test_processor_driver import ERRORS, LIMITS, ToyProcessor
from first_spike.tests.toy_board import INDEX, ToyBoard
from tb.helpers.processor_cases import dense


class Refusing(ToyBoard):
    """Refuses the next writes to registers, `refusals`: their names; with an error, `wrong`, or none."""

    refusals, wrong = (), 0

    def store(self, index, word):
        name = {index: name for name, index in INDEX.items()}.get(index)
        if name not in self.refusals:
            return super().store(index, word)
        self.refusals.remove(name)
        self.words[INDEX["LOAD_STATUS"]] |= self.wrong
        return False


@pytest.fixture(params=[1, 2])
def posted(request):
    """A Device, of so many banks, that holds the network "a" * 64, and the ToyMmio of its board."""
    mmio = ToyMmio()
    mmio.board, mmio.posted = Refusing(CAPABILITIES=[2 * request.param - 1]), True
    device = Device(Mapped(mmio))
    device.identify()
    device.load(SimpleNamespace(sha256="a" * 64), toy_design())
    return device, mmio


def test_a_commit_that_is_refused_is_an_error_where_the_bus_tells_nobody(posted):
    device, mmio = posted
    bank = mmio.board.words[INDEX["LOAD_STATUS"]] & 1
    with pytest.raises(LineError, match="^the board at the accelerator refuses the network: wrong count$"):
        device.load(NETWORK, SimpleNamespace(load_of=lambda network: toy_design().load_of(network)._replace(
            pairs=PAIRS[:-1])))
    assert mmio.board.words[INDEX["LOAD_STATUS"]] & 1 == bank
    device.load(NETWORK, toy_design())
    assert device.identify(NETWORK).sha256 == NETWORK.sha256 and mmio.board.loaded == PAIRS.tobytes()


def test_a_begin_that_is_refused_changes_no_hash(posted):
    """That of the bank of the latest begin would change, which works."""
    device, mmio = posted
    mmio.board.refusals, mmio.board.wrong = ["LOAD_BEGIN"], REGISTERS["LOAD_STATUS"].fields["wrong_bank"].mask
    with pytest.raises(LineError, match="refuses the network: wrong bank$"):
        device.load(NETWORK, toy_design())
    assert device.identify().sha256 == "a" * 64


@pytest.mark.parametrize("times", [2, 3])
def test_a_commit_of_which_nothing_is_seen_is_tried_again(posted, times):
    device, mmio = posted
    mmio.board.words[INDEX["LOAD_STATUS"]] = 0  # restarted meanwhile
    mmio.board.refusals = times * ["LOAD_COMMIT"]
    if times == 3:
        with pytest.raises(LineError, match="^the board at the accelerator does not stay as it was left; is another"):
            device.load(NETWORK, toy_design())
    else:
        device.load(NETWORK, toy_design())
        assert device.identify(NETWORK).sha256 == NETWORK.sha256
    assert not mmio.board.refusals


@pytest.mark.parametrize("banks", [1, 2])
def test_a_processor_whose_bus_tells_nobody_of_a_refusal_believes_none(banks, monkeypatch):
    mmio, first, image = ToyMmio(), dense((9, 4)), np.zeros((1, 1, 9), np.uint8)
    mmio.board, mmio.posted = ToyProcessor(limits=replace(LIMITS, weight_banks=banks)), True
    processor, now = Processor(Mapped(mmio)), INDEX["LOAD_STATUS"]
    processor.identify()

    def judge(code, error=0):
        """The other bank works, or an error is there."""
        bank = mmio.board.words[INDEX["LOAD_BEGIN"]]
        mmio.board.words[now] = mmio.board.words.get(now, 0) | error if error else 2 << bank | bank
        return not error

    monkeypatch.setattr(mmio.board, "commit", judge)
    processor.load(first)
    held = mmio.board.words[now]
    monkeypatch.setattr(mmio.board, "commit", lambda code: judge(code, ERRORS["field_too_large"].mask))
    with pytest.raises(LineError, match="^the board at the accelerator refuses the network: field too large$"):
        processor.load(dense((17, 4)))
    assert mmio.board.words[now] == held | ERRORS["field_too_large"].mask
    if banks == 2:
        assert processor.classify(image).words.tolist() == [0]
    else:
        with pytest.raises(UserError, match="is not known yet"):
            processor.classify(image)
