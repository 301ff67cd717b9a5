"""The FPGA families: how yosys is called for each, what its cells count as, and what a device of it holds.

Whether what was counted, or estimated, for an ECP5 finds room on a board, and by how much it does not.
"""

from dataclasses import dataclass

from first_spike.golden.errors import UserError
from first_spike.synthesis.boards import find_board

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
CLOSE = "too close to call"  # for what is only estimated


def find_ecp5_board(name):
    """The Board called `name`; UserError for an unknown one, or one with another FPGA."""
    board = find_board(name)
    if board.device.family != ECP5.name:
        raise UserError(f"cells are counted for an ECP5 here, and {name} has the {board.device.name}: "
                        f"`first-spike bitstream --board {name}` says whether a design fits onto it")
    return board


def surplus(board, total):
    """{resource: (how many, how many the Board has)} of the counts `total` that are too many for it."""
    room = board.device.capacity
    return {resource: (count, room[resource]) for resource, count in total.items()
            if count > room.get(resource, count)}


def fit_sentence(board, total):
    """(whether the counts `total` fit, a sentence that says so)."""
    wrong, room = surplus(board, total), board.device.capacity
    shown = {resource: (total[resource], room[resource]) for resource in room if resource in total}
    counts = [f"{count:,} of {most:,} {_spoken(resource)}{f' ({count - most:,} too many)' if resource in wrong else ''}"
              for resource, (count, most) in shown.items()]
    return not wrong, (f"the design {'does not fit' if wrong else 'fits'} onto {board.name}, {board.device.name}: "
                       f"{', '.join(counts)}")


def verdict(board, total, error=0):
    """Whether the counts `total`, of which the logic may be off by `error` either way, fit onto the Board; None where
    that is too close to call."""
    if surplus(board, {**total, "logic": total["logic"] - error}):
        return False
    return None if surplus(board, {**total, "logic": total["logic"] + error}) else True


def short_fit(board, total, error=0):
    """The same for a column of a table."""
    fits = verdict(board, total, error)
    if fits is not False:
        return "fits" if fits else CLOSE
    return ", ".join(f"{count - most:,} {_spoken(resource).split()[0]} too many"
                     for resource, (count, most) in surplus(board, total).items())


def _spoken(resource):
    return SPOKEN.get(resource) or ECP5.units[resource]
