"""Boards with a serial line: what is on them, and how they are connected."""

from dataclasses import dataclass

from golden.errors import UserError


@dataclass(frozen=True)
class Board:
    """A board with an ECP5.

    device: the FPGA; options: of nextpnr, for it; crystal, clock: MHz on the board, and of the design; pins: {port of
    the top: (site, what else its buffer is told)}; source: where the pins come from; loader: what openFPGALoader calls
    it.
    """

    name: str
    device: str
    options: tuple
    crystal: int
    clock: int
    pins: dict
    source: str
    loader: str


BOARDS = {board.name: board for board in (
    Board("ulx3s", "LFE5U-85F-6BG381C", ("--85k", "--package", "CABGA381", "--speed", "6"), 25, 100,
          {"clk_in": ("G2", "PULLMODE=NONE"), "rx": ("M1", "PULLMODE=UP"), "tx": ("L4", "PULLMODE=UP DRIVE=4")},
          "doc/constraints/ulx3s_v20.lpf of github.com/emard/ulx3s: clk_25mhz, ftdi_txd, ftdi_rxd", "ulx3s"),
    Board("i5", "LFE5U-25F-6BG381C", ("--25k", "--package", "CABGA381", "--speed", "6"), 25, 50,
          {"clk_in": ("P3", "PULLMODE=NONE"), "rx": ("H18", "PULLMODE=UP"), "tx": ("J17", "PULLMODE=UP DRIVE=4")},
          "litex_boards/platforms/colorlight_i5.py of github.com/litex-hub/litex-boards: clk25, serial",
          "colorlight-i5"),
)}


def find_board(name):
    """The Board called `name`; UserError for an unknown one."""
    if name not in BOARDS:
        raise UserError(f"no bitstream can be made for the board {name!r} yet: choose {' or '.join(BOARDS)}")
    return BOARDS[name]


def constraints(board):
    """The text of a board's .lpf file."""
    lines = [f"# {board.name}, {board.device}; pins from {board.source}"]
    for port, (site, more) in board.pins.items():
        lines += [f'LOCATE COMP "{port}" SITE "{site}";', f'IOBUF PORT "{port}" IO_TYPE=LVCMOS33 {more};']
    lines.append(f'FREQUENCY PORT "clk_in" {board.crystal} MHZ;')
    return "\n".join([*lines, ""])
