"""Boards as data, and what ends in one sentence; `make test-fpga` makes a bitstream."""

import re

import pytest

from golden.errors import UserError
from scripts import bitstream
from scripts.synthesis.bitstream import TOP, used
from scripts.synthesis.boards import BOARDS, constraints, find_board
from scripts.tests.process import assert_refused, command  # noqa: F401
from scripts.tests.small_case import small_case


@pytest.mark.parametrize("name", BOARDS)
def test_each_port_of_the_top_has_its_pin(name):
    board = find_board(name)
    ports = re.findall(r"^    (?:input|output) wire (\w+)", TOP.read_text(), re.MULTILINE)
    text = constraints(board)
    assert sorted(re.findall(r'LOCATE COMP "(\w+)"', text)) == sorted(ports) == sorted(board.pins)
    sites = re.findall(r'SITE "(\w+)"', text)
    assert len(set(sites)) == len(sites) and board.source in text
    assert board.clock % board.crystal == 0 and board.clock >= 4


def test_an_unknown_board_is_refused(command):  # noqa: F811
    assert_refused(command(bitstream, "--board", "nexys"), "no bitstream can be made for the board 'nexys' yet: choose "
                                                           "ulx3s or i5")


def test_a_missing_program_is_named(command, monkeypatch):  # noqa: F811
    monkeypatch.setenv("PATH", "")
    assert_refused(command(bitstream, "--board", "i5"), "yosys is not installed")


def test_counts_are_read_from_the_log(tmp_path):
    (tmp_path / "log").write_text("Info: \t          DP16KD:      32/    208    15%\nInfo: \t  TRELLIS_IO:  3/365 0%\n")
    assert used(tmp_path / "log") == {"EBR": (32, 208)}


@pytest.mark.fpga
def test_a_bitstream_of_a_small_network(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    done = command(bitstream, "--board", "i5", "--network", "network.npz", "--build", "work")
    assert done.returncode == 0, done.stderr
    assert re.search(r"of 24,288 LUT4 and carries; [\d.]+ MHz, the board's clock is 50 MHz", done.stdout)
    made, = tmp_path.glob("work/*/board.bit")
    assert made.stat().st_size > 10_000


def test_a_board_by_name():
    with pytest.raises(UserError, match="choose ulx3s or i5"):
        find_board("")
