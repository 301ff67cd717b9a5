"""Boards as data, and what ends in one sentence; `make test-fpga` makes a bitstream."""

import re
import shlex
from argparse import Namespace
from dataclasses import replace

import pytest

from first_spike.command.hardware_options import configuration
from first_spike.command.places import DEFAULT_NETWORK
from first_spike.commands import bitstream
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model.shape.kinds import layer_shapes
from first_spike.synthesis.bitstream import TOP, make_bitstream, require_room, used
from first_spike.synthesis.targets import BOARDS, find_board
from first_spike.synthesis.toolchains import TOOLCHAINS
from first_spike.tests.programs import program, tools  # noqa: F401
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import small_case

PIN = {"ecp5": r'LOCATE COMP "(\w+)" SITE "(\w+)";', "ice40": r"set_io (?:-pullup yes )?(\w+) (\w+)",
       "gowin": r'IO_LOC "(\w+)" (\w+);'}
DEEP_NETWORK = DEFAULT_NETWORK.with_name("mnist_784_320_160_10_4bit.npz")
NAMES = "ulx3s, ulx3s-25f, ulx3s-12f, i5, icebreaker or tangnano20k"


@pytest.mark.parametrize("name", BOARDS)
def test_each_port_of_the_top_has_its_pin(name):
    board = find_board(name)
    ports = re.findall(r"^    (?:input|output) wire (\w+)", TOP.read_text(), re.MULTILINE)
    ports = [port for port in ports if f"`ifdef {port.upper()}\n" not in TOP.read_text() or port in board.pins]
    _, text = TOOLCHAINS[board.device.family].constraints
    pins = dict(re.findall(PIN[board.device.family], text(board)))
    assert sorted(pins) == sorted(ports) == sorted(board.pins) and board.source in text(board)
    assert len(set(pins.values())) == len(pins)
    assert board.clock % board.crystal == 0 and board.clock >= 4


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_has_room_for_the_weights_of_its_own_configuration(name):
    """And it has a name in its toolchain for everything that it has some of."""
    board = find_board(name)
    shapes = layer_shapes(Design(Network.load(DEFAULT_NETWORK), board.configuration))
    bits = sum(shape.weight_words * shape.lanes * shape.weight_bits for shape in shapes if not shape.spram)
    assert bits <= board.device.capacity["bram"] * board.device.bram_bits
    arrays = sum(shape.write_parts for shape in shapes if shape.spram)
    assert arrays <= board.device.capacity.get("spram", 0)
    toolchain = TOOLCHAINS[board.device.family]
    assert all(toolchain.spoken(resource) for resource in toolchain.cells)
    assert set(board.device.capacity) == set(toolchain.cells)


@pytest.mark.parametrize("name", BOARDS)
def test_options_that_are_not_given_are_those_of_the_board(name, monkeypatch):
    monkeypatch.setattr("sys.argv", ["bitstream.py", "--board", name, "--pixels", "8"])
    usual = find_board(name).configuration
    assert configuration(bitstream.parse(), usual) == replace(usual, pixels=8)


@pytest.mark.parametrize("board, options, sentence", [
    ("i5", ("--weights", "loadable", "--weight-memory", "spram"), "i5 has no SPRAM: choose --weight-memory block"),
    ("icebreaker", ("--potential-memory", "distributed"),
     "icebreaker has no distributed RAM: choose --potential-memory block")])
def test_a_memory_that_a_board_has_not_is_refused(board, options, sentence, command):  # noqa: F811
    assert_refused(command(bitstream, "--board", board, *options), sentence)


@pytest.mark.parametrize("options, sentence", [
    ([], "give one for all layers, or 3 (--lanes is 16 2 on i5 where nothing is said)\n"),
    (["--lanes", 16, 4], "2 numbers of lanes for 3 layers: give one for all layers, or 3\n"),
])
def test_a_network_of_other_layers_than_a_board_is_set_up_for(options, sentence, command):  # noqa: F811
    done = command(bitstream, "--board", "i5", "--network", DEEP_NETWORK, *options)
    assert_refused(done, "2 numbers of lanes for 3 layers")
    assert done.stderr.endswith(sentence)


def test_an_unknown_board_is_refused(command):  # noqa: F811
    assert_refused(command(bitstream, "--board", "nexys"), f"the board 'nexys' is unknown: choose {NAMES}")


@pytest.mark.parametrize("board, program, installer", [
    ("i5", "yosys", "scripts/setup/tools.sh yosys"),
    ("tangnano20k", "gowin_pack", "EXTRAS=gowin scripts/setup/venv.sh")])
def test_a_missing_program_is_named(board, program, installer, command, monkeypatch):  # noqa: F811
    there = "first_spike.synthesis.toolchains.shutil.which"
    monkeypatch.setattr(there, lambda name, path=None: None if name == program else f"/usr/bin/{name}")
    assert_refused(command(bitstream, "--board", board), f"{program} is not installed (not on the PATH): `{installer}` "
                                                         f"installs it")


def test_counts_are_read_from_the_log_and_what_does_not_fit_is_named(tmp_path):
    board = find_board("icebreaker")
    (tmp_path / "log").write_text("Info: \t         ICESTORM_LC:  4927/ 5280    93%\nInfo: \t  SB_IO: 3/ 96 3%\n"
                                  "Info: \t        ICESTORM_RAM:    33/   30   110%\n")
    counts = used(board, tmp_path / "log")
    assert counts == {"logic": (4927, 5280), "bram": (33, 30)}
    with pytest.raises(UserError, match=r"does not fit onto icebreaker, iCE40UP5K-SG48: 33 EBR of 4 kbit where it has "
                                        r"30 \(3 too many\): choose fewer lanes"):
        require_room(board, counts)
    require_room(board, {"bram": (30, 30)})


@pytest.fixture
def made(tmp_path, tools):  # noqa: F811
    """made(pack, report) is what `make_bitstream` gives for the iCEBreaker, where icepack is these lines of shell and
    nextpnr leaves this report."""
    (tmp_path / "filelist.f").write_text("accelerator_serial.v\n")
    for name in ("yosys", "icepll"):
        program(tools, name, "")

    def made(pack='echo bits > "$2"', report='{"fmax": {"clk": {"achieved": 35.7}}}'):
        program(tools, "nextpnr-ice40", f"""while [ "$1" != --report ]; do shift; done; echo '{report}' > "$2" """)
        program(tools, "icepack", pack)
        return make_bitstream(find_board("icebreaker"), tmp_path, tmp_path, 1, 10)
    return made


@pytest.mark.parametrize("pack, sentence", [
    ('echo half > "$2"; echo "ERROR: disk full"; exit 1', r"icepack failed \(status 1\): disk full; its messages"),
    ("exit 0", "icepack left no bitstream; its messages are in"),
    (': > "$2"', "icepack left no bitstream; its messages are in")])
def test_a_bitstream_is_whole_and_new_or_the_one_before_stays(made, tmp_path, pack, sentence):
    with pytest.raises(UserError, match=sentence):
        made(pack)
    assert not (tmp_path / "board.bin").exists()
    assert made()["bitstream"] == tmp_path / "board.bin"
    with pytest.raises(UserError, match=sentence):
        made(pack)
    assert (tmp_path / "board.bin").read_text() == "bits\n"


def test_a_clock_that_is_missed_leaves_the_bitstream_before(made, tmp_path):
    assert made()["bitstream"].exists()
    assert made(report='{"fmax": {"clk": {"achieved": 5.0}}}')["bitstream"] is None
    assert (tmp_path / "board.bin").read_text() == "bits\n"


@pytest.mark.parametrize("failure, sentence", [
    (None, "TOO SLOW: the design reaches 5.0 MHz, .* no bitstream was made, and"),
    ("icepack failed", "icepack failed; no bitstream was made, and")], ids=["clock", "program"])
def test_the_older_bitstream_that_flash_would_take_is_named(failure, sentence, tmp_path, monkeypatch):
    def fail(*_):
        if failure:
            raise UserError(failure)
        return {"bitstream": None, "mhz": 5.0, "used": {}}

    def make():
        bitstream.make(find_board("icebreaker"), Namespace(build=tmp_path, seed=1, timeout=1), "a", lambda work: work)

    monkeypatch.setattr(bitstream, "require_programs", lambda *_: None)
    monkeypatch.setattr(bitstream, "make_bitstream", fail)
    with pytest.raises(UserError, match=f"{sentence} `first-spike flash` has no older one"):
        make()
    older = tmp_path / "icebreaker_b" / "board.bin"
    older.parent.mkdir()
    older.write_text("bits")
    with pytest.raises(UserError, match=f"{sentence} `first-spike flash` would take an older one, .*{older.name}"):
        make()


@pytest.mark.parametrize("report", ['{"fma', '{"fmax": {}}'])
def test_a_report_without_a_clock(made, report):
    with pytest.raises(UserError, match="nextpnr-ice40 left no clock in its report .*report.json"):
        made(report=report)


@pytest.mark.parametrize("mhz, shown", [(12.34, "12.3"), (23.96, "23.96"), (23.99961, "23.9996")])
def test_a_clock_that_is_just_missed_is_told_from_the_boards(mhz, shown, tmp_path, monkeypatch, capsys):
    for name, result in (("require_programs", None), ("make_bitstream", {"bitstream": None, "mhz": mhz, "used": {}})):
        monkeypatch.setattr(bitstream, name, lambda *_, result=result: result)
    with pytest.raises(UserError, match=f"TOO SLOW: the design reaches {shown} MHz, and the clock of icebreaker is 24"):
        bitstream.make(find_board("icebreaker"), Namespace(build=tmp_path, seed=1, timeout=1), "a", lambda work: work)
    assert f"; {shown} MHz, the board's clock is 24 MHz" in capsys.readouterr().out


def test_the_line_for_the_board_can_be_pasted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bitstream, "require_programs", lambda *_: None)
    monkeypatch.setattr(bitstream, "make_bitstream", lambda board, made, work, *_: {
        "bitstream": work / "board.bin", "mhz": 50.0, "used": {}})
    bitstream.make(find_board("icebreaker"), Namespace(build=tmp_path, seed=1, timeout=1), "a b;c", lambda work: work)
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.endswith(" 'icebreaker_a b;c/board.bin'") and shlex.split(line)[-1] == "icebreaker_a b;c/board.bin"


@pytest.mark.fpga
def test_a_bitstream_of_a_small_network(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    done = command(bitstream, "--board", "i5", "--network", "network.npz", "--lanes", 2, "--build", "work")
    assert done.returncode == 0, done.stderr
    assert re.search(r"of 24,288 LUT4 and carries.*; [\d.]+ MHz, the board's clock is 50 MHz", done.stdout)
    made, = tmp_path.glob("work/*/board.bit")
    assert made.stat().st_size > 10_000


@pytest.mark.fpga
def test_a_network_that_does_not_fit_is_refused_by_how_much(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    done = command(bitstream, "--board", "icebreaker", "--network", DEFAULT_NETWORK, "--weights", "constants",
                   "--weight-memory", "block", "--build", "work")
    assert done.returncode == 1
    assert re.search(r"does not fit onto icebreaker, iCE40UP5K-SG48: .*\d+ EBR of 4 kbit where it has 30 \(\d+ too "
                     r"many\)", done.stderr)
