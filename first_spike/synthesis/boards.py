"""Boards with a serial line: what is on them, and how they are connected."""

from dataclasses import dataclass

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError


@dataclass(frozen=True)
class Device:
    """An FPGA.

    family: one of TOOLCHAINS; options: of its nextpnr; pack_options: of what makes its bitstream; capacity: how much it
    has of what, by the names of its toolchain (`logic`: LUTs, `ff`, `bram`, `spram`); bram_bits: of one block RAM.
    """

    name: str
    family: str
    options: tuple
    capacity: dict
    bram_bits: int
    pack_options: tuple = ()


@dataclass(frozen=True)
class Board:
    """A board with an FPGA and a serial line to the host.

    crystal, clock: MHz on the board, and of the design; pins: {port of the top: (site, what else its buffer is told)};
    source: where the pins come from; loader: what openFPGALoader calls it; configuration: of the accelerator that the
    board has room for, where none is asked for.
    """

    name: str
    device: Device
    crystal: int
    clock: int
    pins: dict
    source: str
    loader: str
    configuration: Configuration


FOLDED = Configuration((16, 2), pixels=1, spikes_per_cycle=1)
IN_SPRAM = Configuration((8, 2), pixels=1, spikes_per_cycle=1, weights="loadable", weight_memory="spram")


def ecp5(name, size, logic, bram, *pack_options):
    """An ECP5 in the package CABGA381, speed grade 6."""
    return Device(name, "ecp5", (f"--{size}k", "--package", "CABGA381", "--speed", "6"),
                  {"logic": logic, "ff": logic, "bram": bram}, 18432, pack_options)


LFE5U_12F = ecp5("LFE5U-12F-6BG381C", 12, 24288, 56)  # the die of a 25F
LFE5U_25F = ecp5("LFE5U-25F-6BG381C", 25, 24288, 56)
LFE5U_85F = ecp5("LFE5U-85F-6BG381C", 85, 83640, 208)
UP5K = Device("iCE40UP5K-SG48", "ice40", ("--up5k", "--package", "sg48"), {"logic": 5280, "bram": 30, "spram": 4}, 4096)
GW2AR_18 = Device("GW2AR-LV18QN88C8/I7", "gowin", ("--device", "GW2AR-LV18QN88C8/I7", "--vopt", "family=GW2A-18C"),
                  {"logic": 20736, "ff": 15552, "bram": 46}, 18432, ("-d", "GW2A-18C"))

UP, DRIVEN = "PULLMODE=UP", "PULLMODE=UP DRIVE=4"
ULX3S_PINS = {"clk_in": ("G2", "PULLMODE=NONE"), "rx": ("M1", UP), "tx": ("L4", DRIVEN),
              "wifi_gpio0": ("L2", "PULLMODE=NONE DRIVE=4")}
ULX3S_SOURCE = "doc/constraints/ulx3s_v20.lpf of github.com/emard/ulx3s: clk_25mhz, ftdi_txd, ftdi_rxd, wifi_gpio0"

BOARDS = {board.name: board for board in (
    Board("ulx3s", LFE5U_85F, 25, 100, ULX3S_PINS, ULX3S_SOURCE, "ulx3s", Configuration()),
    Board("ulx3s-25f", LFE5U_25F, 25, 50, ULX3S_PINS, ULX3S_SOURCE, "ulx3s", FOLDED),
    Board("ulx3s-12f", LFE5U_12F, 25, 50, ULX3S_PINS, ULX3S_SOURCE, "ulx3s", FOLDED),
    Board("i5", LFE5U_25F, 25, 50, {"clk_in": ("P3", "PULLMODE=NONE"), "rx": ("H18", UP), "tx": ("J17", DRIVEN)},
          "litex_boards/platforms/colorlight_i5.py of github.com/litex-hub/litex-boards: clk25, serial",
          "colorlight-i5", FOLDED),
    Board("icebreaker", UP5K, 12, 24, {"clk_in": ("35", ""), "rx": ("6", "-pullup yes"), "tx": ("9", "")},
          "icebreaker/icebreaker.pcf of github.com/icebreaker-fpga/icebreaker-verilog-examples: CLK, RX, TX",
          "ice40_generic", IN_SPRAM),
    Board("tangnano20k", GW2AR_18, 27, 54, {"clk_in": ("4", "PULL_MODE=NONE"), "rx": ("70", "PULL_MODE=UP"),
                                            "tx": ("69", "PULL_MODE=UP DRIVE=8")},
          "litex_boards/platforms/sipeed_tang_nano_20k.py of github.com/litex-hub/litex-boards: clk27, serial",
          "tangnano20k", FOLDED),
)}


def find_board(name):
    """The Board called `name`; UserError for an unknown one."""
    if name not in BOARDS:
        names = list(BOARDS)
        raise UserError(f"the board {name!r} is unknown: choose {', '.join(names[:-1])} or {names[-1]}")
    return BOARDS[name]


def design_for(board, network, configuration):
    """The Design of a network in a Configuration. Raises UserError where it has no use for the lanes; it says so where
    they are a Board's own, since then nobody has asked for them."""
    try:
        return Design(network, configuration)
    except UserError as error:
        if configuration.lanes != board.configuration.lanes:
            raise
        own = " ".join(map(str, configuration.lanes))
        raise UserError(f"{error} (--lanes is {own} on {board.name} where nothing is said)") from error
