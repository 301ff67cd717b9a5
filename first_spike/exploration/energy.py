"""Joules, estimated: named models side by side, none of which was measured on this hardware.

Whatever prints a figure of here says "estimated" and the name of the model.
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

from first_spike.golden.errors import UserError

# 45 nm at 0.9 V, in pJ: M. Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014, figure
# 1.1.9: additions of integers and of floats of 32 bits, and an access of 64 bits to an SRAM of 8 KB.
ADD, FLOAT_ADD, SRAM_ACCESS, SRAM_BITS = 0.1, 0.9, 10.0, 64
# iCE40 UP5K, core at 1.2 V: github.com/tinyvision-ai-inc/ice40_power, measured with icestorm and a Joulescope: a blank
# device; 28 cells at 48 MHz, which is the clock tree; counters of 28 bits at 12 MHz, 32 cells and 228.
UP5K_VOLTS, UP5K_BLANK_UA, UP5K_CLOCKED_UA, UP5K_CLOCKED_MHZ = 1.2, 85.6, 2184.0, 48.0
UP5K_COUNTERS_UA, UP5K_COUNTERS_MHZ, UP5K_COUNTERS_CELLS = 27.8, 12.0, 228 - 32
# A whole accelerator on a UP5K, as published, its block RAM and SPRAM included: SYNtzulu.
SYNTZULU_MW, SYNTZULU_MHZ, SYNTZULU_CELLS = 9.5, 24.0, 3473
UP5K_MHZ = 24.0  # where no clock is said: that of the iCEBreaker
UP5K_CELLS = 5280  # that there are

UP5K_IDLE_MW = UP5K_BLANK_UA * UP5K_VOLTS / 1000
UP5K_TREE_PJ = (UP5K_CLOCKED_UA - UP5K_BLANK_UA) * UP5K_VOLTS / UP5K_CLOCKED_MHZ  # a cycle
UP5K_CELL_PJ = (UP5K_COUNTERS_UA * UP5K_VOLTS / UP5K_COUNTERS_MHZ / UP5K_COUNTERS_CELLS,  # a cell and cycle: at least,
                ((SYNTZULU_MW - UP5K_IDLE_MW) * 1000 / SYNTZULU_MHZ - UP5K_TREE_PJ) / SYNTZULU_CELLS)  # and at most


class Work(NamedTuple):
    """Means of an image: additions of weights to potentials; effective ones, whose weight is not 0; bits of weights
    read, and of potentials read and written, in memory. Of a design also the cycles of an image, back to back, and
    its logic cells, as they are placed on an iCE40; None where that is not known."""

    additions: float
    effective: float
    bits: float
    cycles: float | None = None
    cells: int | None = None


class Estimate(NamedTuple):
    """Each (lowest, highest), equal where a model gives one figure: uj, energy of an image in microjoules, of images
    back to back; mw, power in milliwatts at the rate, None where none is asked for; idle_mw, power while nothing comes
    and the clock runs, None where the model knows nothing of it."""

    uj: tuple
    mw: tuple | None
    idle_mw: tuple | None


class Model(NamedTuple):
    """says: what it counts, in a line; estimate(work, rate, clock): an Estimate of a Work; rate: images a second, or
    None; clock: MHz; needs: without what there is none."""

    says: str
    estimate: Callable
    needs: str = ""


def _of_operations(picojoules):
    """The estimate of a model by operations alone; picojoules(work): of an image. What idles costs nothing in it."""
    def estimate(work, rate, clock):
        uj = picojoules(work) / 1e6
        return Estimate((uj, uj), None if rate is None else (uj * rate / 1000,) * 2, None)
    return estimate


def _up5k(work, rate, clock):
    """Clock tree and cells. At least: cells switch while an image is worked on. At most: always, as nothing is gated.
    None where there is no such design: its cells are not known or too many, the clock is above those measured, or the
    rate is too high."""
    if None in (work.cycles, work.cells) or work.cells > UP5K_CELLS or clock > UP5K_CLOCKED_MHZ:
        return None
    if (rate or 0) * work.cycles > clock * 1e6:
        return None
    low, high = (UP5K_TREE_PJ + work.cells * cell for cell in UP5K_CELL_PJ)  # pJ a cycle
    blank_pj = UP5K_IDLE_MW * 1000 / clock
    tree_mw = UP5K_IDLE_MW + UP5K_TREE_PJ * clock / 1000
    busy = None if rate is None else rate * work.cycles / (clock * 1e6)
    most = UP5K_IDLE_MW + high * clock / 1000
    return Estimate(tuple((one + blank_pj) * work.cycles / 1e6 for one in (low, high)),
                    None if busy is None else (tree_mw + busy * (low - UP5K_TREE_PJ) * clock / 1000, most),
                    (tree_mw, most))


MODELS = {
    "45nm-float-add": Model("as most papers: 0.9 pJ an effective addition (Horowitz 2014, float of 32 bits), no memory",
                            _of_operations(lambda work: FLOAT_ADD * work.effective)),
    "45nm-add": Model("0.1 pJ an addition (Horowitz 2014, integer of 32 bits), no memory",
                      _of_operations(lambda work: ADD * work.additions)),
    "45nm-memory": Model("45nm-add, and 10 pJ for 64 bits of weights and potentials (Horowitz 2014, SRAM of 8 KB)",
                         _of_operations(lambda work: ADD * work.additions + SRAM_ACCESS * work.bits / SRAM_BITS)),
    "up5k": Model("core of an iCE40 UP5K: clock tree and cells (ice40_power); at most as SYNtzulu, memories included",
                  _up5k, f"a design and its cells (--cells), at most {UP5K_CELLS:,}, a clock of at most "
                         f"{UP5K_CLOCKED_MHZ:g} MHz, and a rate that it keeps"),
}
FOR_BOUNDS = ("45nm-memory", "45nm-add", "45nm-float-add")  # of any design, by one figure; the first counts moving data


def require_above_zero(**given):
    """Raise UserError unless each, by its name, is a finite number above 0, or None."""
    for name, value in given.items():
        if value is not None and not (isinstance(value, Real) and 0 < value < math.inf):
            raise UserError(f"{name} must be a number above 0, found {value!r}")


def estimates(work, rate=None, clock=None):
    """{name of a model: its Estimate of a Work, None where it has none}; rate: images a second; clock: MHz, by default
    UP5K_MHZ."""
    return {name: model.estimate(work, rate, clock or UP5K_MHZ) for name, model in MODELS.items()}


def shown(span, digits=3):
    """A (lowest, highest) as text."""
    low, high = (f"{one:.{digits}g}" for one in span)
    return low if low == high else f"{low} to {high}"
