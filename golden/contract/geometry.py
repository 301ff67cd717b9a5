"""Where the kernel of a convolution lies: maps, strides, paddings and pools, without weights."""

import math
from dataclasses import dataclass

import numpy as np

from first_spike.golden.errors import UserError

MOST_POSITIONS = 1 << 24  # as many neurons as a hardware event can name
MOST_READS = 1 << 28  # places of the kernel at all positions: what is worked out in seconds
FIRST, SUM = "first", "sum"  # kinds of a pool
OPTIONAL = {"stride": (1, 1), "padding": (0, 0), "pool": (1, 1), "pool_kind": FIRST}  # what a file need not say


def by(numbers):
    """(28, 28) as "28 x 28"."""
    return " x ".join(map(str, numbers))


def is_whole(value, least):
    """True for an int (no bool) from `least` on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


@dataclass(frozen=True)
class Geometry:
    """A kernel [rows, columns] over a map [rows, columns, channels], and the pool behind it.

    source: the map that it reads. kernel, stride, padding (on every side), pool: [rows, columns] each.
    Neuron (y, x) reads the input at (y * stride + i - padding, x * stride + j - padding) by place (i, j) of the kernel;
    outside of the map nothing ever spikes. Numbers run over rows, then columns, then channels. pool_kind: FIRST hands
    on the first spike of each window and channel, SUM every one, all of them as spikes of one unit of the map behind.
    """

    source: tuple
    kernel: tuple
    stride: tuple = (1, 1)
    padding: tuple = (0, 0)
    pool: tuple = (1, 1)
    pool_kind: str = FIRST

    def __post_init__(self):
        for name in ("source", "kernel", "stride", "padding", "pool"):
            value = getattr(self, name)
            object.__setattr__(self, name, tuple(value) if isinstance(value, list) else value)

    @classmethod
    def from_facts(cls, source, facts):
        """The Geometry that a file's `facts` (as `facts` gives them) make of a map; UserError for other facts."""
        unknown = sorted(set(facts) - set(OPTIONAL) - {"kernel"})
        if unknown:
            raise UserError(f"has the unknown fact {unknown[0]!r}; a convolution has kernel, "
                            "stride, padding, pool and pool_kind")
        if "kernel" not in facts:
            raise UserError("has no kernel, which a convolution needs")
        made = cls(tuple(source), **facts)
        made.validate()
        return made

    def facts(self):
        """What a file says of it: the kernel, and the others where they are not as in OPTIONAL."""
        values = {name: getattr(self, name) for name in OPTIONAL}
        return {"kernel": list(self.kernel)} | {name: value if name == "pool_kind" else list(value)
                                                for name, value in values.items() if value != OPTIONAL[name]}

    def validate(self):
        """Raise UserError, with the numbers, unless at least one neuron is handed on."""
        for name, least in (("kernel", 1), ("stride", 1), ("padding", 0), ("pool", 1)):
            value = getattr(self, name)
            if not isinstance(value, tuple) or len(value) != 2 or not all(is_whole(side, least) for side in value):
                shown = list(value) if isinstance(value, tuple) else value
                raise UserError(f"{name} must be two whole numbers from {least} on, [rows, columns], found {shown!r}")
            if max(value) > MOST_POSITIONS:
                raise UserError(f"{name} must be at most {MOST_POSITIONS:,}, found {list(value)!r:.60}")
        if self.pool_kind not in (FIRST, SUM):
            raise UserError(f"pool_kind must be {FIRST!r} or {SUM!r}, found {self.pool_kind!r}")
        if self.sums and self.pool == (1, 1):
            raise UserError(f"pool_kind {SUM!r} needs a pool larger than 1 x 1")
        padded = [side + 2 * rim for side, rim in zip(self.source, self.padding)]
        if any(side < reach for side, reach in zip(padded, self.kernel)):
            rim = f" (with padding {by(self.padding)})" if any(self.padding) else ""
            raise UserError(f"a kernel of {by(self.kernel)} is larger than the map of {by(padded)} that it reads{rim}")
        if any(width < side for width, side in zip(self._all_positions, self.pool)):
            raise UserError(f"a pool of {by(self.pool)} is larger than the map of {by(self._all_positions)} before it")
        if math.prod(self.positions) > MOST_POSITIONS:
            raise UserError(f"a map of {by(self.positions)} has more than {MOST_POSITIONS:,} positions")
        if math.prod(self.positions + self.kernel) > MOST_READS:
            raise UserError(f"a kernel of {by(self.kernel)} at {by(self.positions)} positions reads more than "
                            f"{MOST_READS:,} times")

    @property
    def sums(self):
        """Whether the pool hands on every spike."""
        return self.pool_kind == SUM

    @property
    def often(self):
        """How many spikes are handed on of a window and channel, at the most."""
        return math.prod(self.pool) if self.sums else 1

    @property
    def _all_positions(self):
        return tuple((side + 2 * rim - reach) // step + 1 for side, rim, reach, step
                     in zip(self.source, self.padding, self.kernel, self.stride))

    @property
    def handed(self):
        """(rows, columns) of the map behind the pool, without channels."""
        return tuple(width // side for width, side in zip(self._all_positions, self.pool))

    @property
    def positions(self):
        """(rows, columns) of the neurons that count: those in whole windows of the pool. Of the others, at the lower
        and the right border, nobody hears."""
        return tuple(width * side for width, side in zip(self.handed, self.pool))

    @property
    def windows(self):
        """int [windows, of each]: the positions in each window of the pool."""
        (rows, columns), (high, wide) = self.handed, self.pool
        grid = np.arange(math.prod(self.positions)).reshape(rows, high, columns, wide)
        return grid.transpose(0, 2, 1, 3).reshape(rows * columns, high * wide)

    @property
    def inputs(self):
        return math.prod(self.source)

    @property
    def places(self):
        """Rows that the weights have: kernel rows * kernel columns * channels of the source."""
        return math.prod(self.kernel) * self.source[2]

    def reached(self, axis):
        """int [positions, kernel] of axis 0 or 1: the row (column) of the source that each place reads, -1 outside."""
        found = (np.arange(self.positions[axis])[:, None] * self.stride[axis] + np.arange(self.kernel[axis])
                 - self.padding[axis])
        return np.where(found < self.source[axis], np.maximum(found, -1), -1)

    def pooled(self, times):
        """Earliest spike of each window and channel; where the pool sums, all of them in order.

        times: integers [n, rows * columns * channels] of the neurons that count; returns the same of the map behind the
        pool, of a sum pool [n, rows * columns * channels * of each window].
        """
        if self.pool == (1, 1):
            return times
        rows, columns = self.pool
        grid = times.reshape(len(times), *self.positions, times.shape[1] // math.prod(self.positions))
        if self.sums:
            by_window = grid.reshape(len(times), self.handed[0], rows, self.handed[1], columns, grid.shape[3])
            by_unit = by_window.transpose(0, 1, 3, 5, 2, 4).reshape(-1, rows * columns)
            return np.sort(by_unit, axis=1).reshape(times.shape)
        earliest = grid[:, ::rows, ::columns].copy()
        for y in range(rows):
            for x in range(columns):
                np.minimum(earliest, grid[:, y::rows, x::columns], out=earliest)
        return earliest.reshape(len(times), math.prod(earliest.shape[1:]))
