"""The FPGA families: how yosys is called for each, what its cells count as, and what a device of it holds.

Whether what was counted, or estimated, for an ECP5 finds room on a board, and by how much it does not.

Boards with a serial line: what is on them, and how they are connected.
"""

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
    board has room for, where none is asked for; synthesis: options of yosys beside those of the family; flash_only:
    whether openFPGALoader writes its flash memory whatever is asked for.
    """

    name: str
    device: Device
    crystal: int
    clock: int
    pins: dict
    source: str
    loader: str
    configuration: Configuration
    synthesis: str = ""
    flash_only: bool = False


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
          "ice40_generic", IN_SPRAM, flash_only=True),
    Board("tangnano20k", GW2AR_18, 27, 54, {"clk_in": ("4", "PULL_MODE=NONE"), "rx": ("70", "PULL_MODE=UP"),
                                            "tx": ("69", "PULL_MODE=UP DRIVE=8")},
          "litex_boards/platforms/sipeed_tang_nano_20k.py of github.com/litex-hub/litex-boards: clk27, serial",
          "tangnano20k", FOLDED),
)}


def find_board(name, names=tuple(BOARDS)):
    """The Board called `name`; UserError for an unknown one, which proposes `names`."""
    if not isinstance(name, str) or name not in BOARDS:
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


RESOURCES = {"logic": "all", "lut": "LUT", "carry": "carry", "ff": "FF", "lutram": "LUT RAM", "bram": "BRAM"}

SPOKEN = {"logic": "LUTs", "ff": "flip-flops"}


@dataclass(frozen=True)
class Target:
    """A family and one device of it.

    cells: {resource: {type of cell: how many it counts as}}; a type ending in * stands for all that begin so.
    logic: {resource: LUTs that one of it takes}, by which the total is formed. capacity: {resource: how many the device
    has}.
    bram_bits: of one block RAM. units: what one carry, distributed RAM and block RAM is.
    """

    name: str
    device: str
    synthesis: str
    cells: dict
    logic: dict
    capacity: dict
    bram_bits: int
    units: dict


TARGETS = {target.name: target for target in (
    Target(
        # nextpnr counts a carry cell as its two LUTs, and a distributed RAM as four LUTs and two for its write port
        "ecp5", "LFE5U-85F", "synth_ecp5 -abc9 -no-rw-check",
        cells={"lut": {"LUT4": 1}, "carry": {"CCU2C": 1}, "ff": {"TRELLIS_FF": 1}, "lutram": {"TRELLIS_DPR16X4": 1},
               "bram": {"DP16KD": 1}},
        logic={"lut": 1, "carry": 2, "lutram": 6}, capacity={"logic": 83640, "ff": 83640, "bram": 208}, bram_bits=18432,
        units={"carry": "CCU2C", "lutram": "DPR16X4", "bram": "EBR of 18 kbit"}),
    Target(
        "xc7", "XC7A100T", "synth_xilinx -family xc7 -abc9 -flatten -noiopad",
        cells={"lut": {**{f"LUT{n}": 1 for n in range(1, 7)}, "INV": 1}, "carry": {"CARRY4": 1},
               "ff": {"FDRE": 1, "FDSE": 1, "FDCE": 1, "FDPE": 1},
               "lutram": {"RAM32M": 4, "RAM64M": 4, "RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4, "SRL16E": 1,
                          "SRLC32E": 1},
               "bram": {"RAMB18E1": 1, "RAMB36E1": 2}},
        logic={"lut": 1, "lutram": 1}, capacity={"logic": 63400, "ff": 126800, "bram": 270}, bram_bits=18432,
        units={"carry": "CARRY4", "lutram": "LUT", "bram": "RAMB18"}),
    Target(
        # a logic cell holds a LUT with its carry and its FF; FFs without a LUT before them come on top, and only
        # nextpnr knows them
        "ice40", "HX8K", "synth_ice40 -device hx -no-rw-check",
        cells={"lut": {"SB_LUT4": 1}, "carry": {"SB_CARRY": 1}, "ff": {"SB_DFF*": 1}, "lutram": {},
               "bram": {"SB_RAM40_4K*": 1}},
        logic={"lut": 1}, capacity={"logic": 7680, "ff": 7680, "bram": 32}, bram_bits=4096,
        units={"carry": "SB_CARRY", "lutram": "", "bram": "RAM of 4 kbit"}),
)}


def find_target(name):
    """The Target called `name`; UserError for an unknown one."""
    if name not in TARGETS:
        raise UserError(f"target {name!r} is unknown: choose {', '.join(list(TARGETS)[:-1])} or {list(TARGETS)[-1]}")
    return TARGETS[name]


def require_memory(network, target):
    """Raise UserError if the weights alone are more than the block RAM of the target's device, before anything is
    built."""
    bits = sum(layer.weights.size * layer.weight_bits for layer in network.layers)
    room = target.capacity["bram"] * target.bram_bits
    if bits > room:
        larger = [f"TARGET={other.name}" for other in TARGETS.values() if bits <= other.capacity["bram"]
                  * other.bram_bits]
        most = room // max(layer.weight_bits for layer in network.layers)
        raise UserError(f"the {bits:,} bits of weights do not fit into the {room:,} bits of block RAM of the "
                        f"{target.name} device "
                        f"{target.device}, {bits - room:,} bits too many: choose a network of at most {most:,} weights"
                        f"{' or ' + ' or '.join(larger) if larger else ''}")


def misfit(target, total):
    """What of the counts `total` the target's device does not hold, and by how much, as a sentence; None if it fits."""
    wrong = [f"{total[name]:,} {SPOKEN.get(name) or target.units['bram']} where it has {most:,} "
             f"({total[name] - most:,} too many)" for name, most in target.capacity.items() if total[name] > most]
    if not wrong:
        return None
    return f"the design does not fit into the {target.name} device {target.device}: {' and '.join(wrong)}"


ECP5 = TARGETS["ecp5"]
ECP5_BOARDS = tuple(name for name, board in BOARDS.items() if board.device.family == ECP5.name)
CLOSE = "too close to call"  # for what is only estimated
PACKING = 0.17  # of the LUTs counted for an ECP5: what nextpnr needs beyond them at most, as measured


def find_ecp5_board(name):
    """The Board called `name`; UserError for an unknown one, or one with another FPGA."""
    board = find_board(name, ECP5_BOARDS)
    if name not in ECP5_BOARDS:
        raise UserError(f"cells are counted for an ECP5 here, and {name} has the {board.device.name}: "
                        f"`first-spike bitstream --board {name}` says whether a design fits onto it")
    return board


def surplus(board, total):
    """{resource: (how many, how many the Board has)} of the counts `total` that are too many for it."""
    room = board.device.capacity
    return {resource: (count, room[resource]) for resource, count in total.items()
            if count > room.get(resource, count)}


def fit_sentence(board, total):
    """(whether the counts `total` before packing fit, None where packing decides that; a sentence that says so)."""
    wrong, room = surplus(board, total), board.device.capacity
    fits = verdict(board, total)
    words = {True: "fits", None: "may fit", False: "does not fit"}[fits]
    close = f": {CLOSE}, nextpnr needs up to {PACKING:.0%} more LUTs" if fits is None else ""
    shown = {resource: (total[resource], room[resource]) for resource in room if resource in total}
    counts = [f"{count:,} of {most:,} {_spoken(resource)}{f' ({count - most:,} too many)' if resource in wrong else ''}"
              for resource, (count, most) in shown.items()]
    return fits, f"the design {words} onto {board.name}, {board.device.name}: {', '.join(counts)} before packing{close}"


def verdict(board, total, error=0):
    """Whether the counts `total` before packing, of which the logic may be off by `error` either way, fit onto the
    Board; None where that, or PACKING, makes it too close to call."""
    if surplus(board, {**total, "logic": total["logic"] - error}):
        return False
    return None if surplus(board, {**total, "logic": (total["logic"] + error) * (1 + PACKING)}) else True


def short_fit(board, total, error=0):
    """The same for a column of a table."""
    fits = verdict(board, total, error)
    if fits is not False:
        return "fits" if fits else CLOSE
    return ", ".join(f"{count - most:,} {_spoken(resource).split()[0]} too many"
                     for resource, (count, most) in surplus(board, total).items())


def _spoken(resource):
    return SPOKEN.get(resource) or ECP5.units[resource]
