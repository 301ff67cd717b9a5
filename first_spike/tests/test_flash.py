"""`first-spike flash` with a made-up openFPGALoader: what it is told, and what becomes of its failures."""

import os
from pathlib import Path

import pytest

from first_spike.commands import flash
from first_spike.tests.programs import program, tools  # noqa: F401
from tb.helpers.process import assert_refused, command  # noqa: F401


@pytest.fixture
def bitstreams(tmp_path, monkeypatch):
    """Two bitstreams of one board and one of another, the second made last."""
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate(("ulx3s_one/board.bit", "ulx3s_two/board.bit", "i5_three/board.bit",
                                   "ulx3s_four/board.config")):
        path = Path("work", name)
        path.parent.mkdir(parents=True)
        path.write_text("bits")
        os.utime(path, ns=(number, number))


def test_the_latest_bitstream_goes_onto_the_board(bitstreams, tools, command):  # noqa: F811
    program(tools, "openFPGALoader", 'echo "$@" > told')
    done = command(flash, "ulx3s", "--build", "work")
    assert done.returncode == 0 and done.stdout == "work/ulx3s_two/board.bit is on ulx3s\n"
    assert Path("told").read_text() == "-b ulx3s work/ulx3s_two/board.bit\n"
    done = command(flash, "i5", "--bitstream", "work/ulx3s_one/board.bit", "--permanent")
    assert done.returncode == 0
    assert Path("told").read_text() == "-b colorlight-i5 --write-flash work/ulx3s_one/board.bit\n"


@pytest.mark.parametrize("options, sentence", [
    (("nexys",), "'nexys'"),
    (("i5", "--build", "nowhere"), "there is no bitstream for i5 in nowhere: `first-spike bitstream --board "
                                   "i5` makes one"),
    (("i5", "--bitstream", "none.bit"), "there is no file none.bit"),
    (("icebreaker", "--bitstream", "work/i5_three/board.bit"), "a bitstream for icebreaker goes into its flash memory, "
                                                               "where it stays: allow that with --permanent"),
    (("i5", "--build", "work"), "openFPGALoader cannot write to i5 (unable to open ftdi device: -3 (device not "
                                "found); JTAG init failed): is it connected and on, and may you use"),
])
def test_what_cannot_be_is_one_sentence(bitstreams, tools, command, options, sentence):  # noqa: F811
    program(tools, "openFPGALoader", 'echo "unable to open ftdi device: -3 (device not found)"; echo empty; echo "JTAG '
                                     'init failed" >&2; exit 1')
    assert_refused(command(flash, *options), sentence)


def test_a_file_is_not_looked_for_in_a_folder(command):  # noqa: F811
    done = command(flash, "i5", "--bitstream", "board.bit", "--build", "work")
    assert done.returncode == 2 and "argument --build: not allowed with argument --bitstream" in done.stderr


@pytest.mark.parametrize("line", ["Wait for CDONE FAIL", "Error: Failed to claim FPGA device: verify failed"])
def test_a_failure_with_status_0_is_one_all_the_same(bitstreams, tools, command, line):  # noqa: F811
    program(tools, "openFPGALoader", f'echo "Parse file DONE"; echo "{line}"')
    assert_refused(command(flash, "i5", "--build", "work"), f"openFPGALoader cannot write to i5 ({line}): is it")
    program(tools, "openFPGALoader", 'echo "Wait for CDONE DONE"; echo "FAILSAFE: no Error"')
    assert command(flash, "i5", "--build", "work").returncode == 0


def test_a_board_that_does_not_answer_is_given_up(bitstreams, tools, command):  # noqa: F811
    program(tools, "openFPGALoader", "exec sleep 30")
    assert_refused(command(flash, "i5", "--build", "work", "--timeout", 0.2),
                   "openFPGALoader was stopped after 0.2 s: is i5 on?")


def test_a_missing_program_is_named(bitstreams, command, monkeypatch):  # noqa: F811
    monkeypatch.setenv("PATH", "")
    assert_refused(command(flash, "i5", "--build", "work"), "openFPGALoader is not installed (not on")
