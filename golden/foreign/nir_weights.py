"""Weights of NIR nodes in the order of the contract, with what stands around them multiplied in.

Maps are channel-first there ([channels, rows, columns]) and channel-last here, so kernels are turned, and so are the
inputs of a Linear node behind a Flatten. Everything here is linear, so that kernels with gaps, groups of channels,
sums of windows, scales, and weights behind weights are weights again, exactly but for rounding to float32, which
ForeignLayer counts.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from first_spike.golden.contract.geometry import Geometry, by
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.nir_graph import Node
from first_spike.golden.foreign.steps import LARGEST, NO_BIAS, check_numbers, fractions


@dataclass(frozen=True, eq=False)
class Weighted:
    """Weights that wait for their neurons, whose potential is scale * weights * spikes + bias.

    node: the last whose weights they are. weights: float64 as in ForeignLayer; geometry: None for dense ones. scale,
    bias: a Fraction for each column.
    """

    node: Node
    weights: np.ndarray
    geometry: Geometry | None
    scale: np.ndarray
    bias: np.ndarray
    folded: tuple = ()
    dropped: tuple = ()

    def scaled(self, factors, node):
        """The same behind a Scale node; factors: a Fraction for each column."""
        return Weighted(self.node, self.weights, self.geometry, self.scale * factors, self.bias * factors,
                        (*self.folded, str(node)), self.dropped)


def weighted(node, weights, geometry, once, folded=(), factor=Fraction(1), before=None):
    """The Weighted of a node; `weights` may be changed already, its bias is read here.

    once: a bias is added once, before the first step. factor: of all spikes, a Fraction. before: the Weighted that
    stands before it, with no neurons between.
    """
    if weights.size == 0:
        raise UserError(f"{node} has no weights")
    columns, dropped = weights.shape[1], ()
    bias = fractions(np.zeros(columns))
    if "bias" in node.values:
        given = node.array("bias").ravel()
        wrong = np.flatnonzero(given)
        if wrong.size and not once:
            raise UserError(f"{node} has a bias, {given[wrong[0]]:g} for its output {wrong[0]}: {NO_BIAS}")
        if wrong.size and given.size != columns:
            raise UserError(f"{node} has a bias of {given.size} numbers for {columns} outputs")
        bias, dropped = (fractions(given), ()) if wrong.size else (bias, ("a bias of zeros",))
    if before is not None:
        started = np.flatnonzero(before.bias)
        bias = bias + sum((fractions(weights[row]) * before.bias[row] for row in started), Fraction(0))
        alike = len(set(before.scale)) == 1
        factor = before.scale[0] if alike else Fraction(1)
        first = before.weights if alike else before.weights * before.scale.astype(np.float64)
        weights, folded = first @ weights, (*before.folded, *folded, f"product with {before.node.name}")
        dropped = (*before.dropped, *dropped)
    if np.abs(weights).max() > LARGEST:
        raise UserError(f"{node} holds weights beyond {LARGEST:g}, the largest that is taken")
    return Weighted(node, weights, geometry, fractions(np.ones(columns)) * factor, bias, folded, dropped)


def dense(node, size, image_map):
    """float64 [inputs, neurons] of a Linear or Affine node that reads a map [rows, columns, channels]; size: float64
    of a spike of each input, in the order of the map, or None."""
    weights, (rows, columns, channels) = node.array("weight"), image_map
    weights = weights.reshape(weights.shape[-2:]) if np.prod(weights.shape[:-2]) == 1 else weights
    if weights.ndim != 2:
        raise UserError(f"{node}: weight must be [outputs, inputs], found {list(weights.shape)}")
    count = rows * columns * channels
    if weights.shape[1] != count:
        raise UserError(f"{node} takes {weights.shape[1]} inputs, but what is before it gives {count}")
    ours = weights.reshape(-1, channels, rows, columns).transpose(2, 3, 1, 0).reshape(count, len(weights))
    return ours if size is None else ours * size[:, None]


def kernel(node, size, image_map):
    """float64 [channels out, channels in, rows, columns] of a Conv2d node, without gaps and groups; size as above."""
    weights, (down, right), (groups,) = node.array("weight"), node.whole("dilation", 2), node.whole("groups", 1)
    if weights.ndim != 4:
        raise UserError(f"{node}: weight must be [channels out, channels in, rows, columns], found "
                        f"{list(weights.shape)}")
    out, inside, rows, columns = weights.shape
    if min(down, right, groups) < 1 or out % groups:
        raise UserError(f"{node}: dilation {by((down, right))} and {groups} groups of {out} channels cannot be")
    if inside * groups != image_map[2]:
        raise UserError(f"{node} takes {inside * groups} channels, but what is before it gives {image_map[2]}")
    if weights.size == 0:
        raise UserError(f"{node} has no weights")
    shape = (out, inside * groups, (rows - 1) * down + 1, (columns - 1) * right + 1)
    check_numbers(math.prod(shape))
    whole = np.zeros(shape)
    for group in range(groups):
        mine, theirs = slice(group * out // groups, (group + 1) * out // groups), slice(group * inside,
                                                                                       (group + 1) * inside)
        whole[mine, theirs, ::down, ::right] = weights[mine]
    if size is not None:
        of_place = size.reshape(-1, image_map[2])
        if (of_place != of_place[0]).any():
            raise UserError(f"{node}: a Scale before it differs between the places of a channel, and a kernel does not")
        whole *= of_place[0][:, None, None]
    return whole


def padding(node, sides, stride):
    """(rows, columns) of zeros on every side."""
    given = node.values.get("padding")
    if isinstance(given, str) and given == "valid":
        return 0, 0
    if isinstance(given, str) and given == "same":
        if stride != (1, 1) or any(side % 2 == 0 for side in sides):
            raise UserError(f"{node}: padding 'same' is not the same on every side for a kernel of {by(sides)}: write "
                            f"numbers")
        return tuple(side // 2 for side in sides)
    return node.whole("padding", 2)


def unsummed(weights, windows):
    """Dense weights [places of the pool * channels, neurons] behind a SumPool2d as those before it; windows: the
    Geometry of the pool."""
    rows, columns, channels = windows.source
    check_numbers(windows.inputs * weights.shape[1])
    by_row, by_column = (_reads(windows, axis) for axis in (0, 1))
    grid = weights.reshape(*windows.handed, channels, -1)
    return np.einsum("pqcn,pr,qs->rscn", grid, by_row, by_column).reshape(rows * columns * channels, -1)


def _reads(windows, axis):
    """float64 [places of the pool, places before it]: 1 where a window reads a place along an axis."""
    check_numbers(windows.handed[axis] * windows.kernel[axis])
    reached = windows.reached(axis)
    found = np.zeros((len(reached), windows.source[axis]))
    for place, read in enumerate(reached):
        found[place, read[read >= 0]] = 1
    return found


def unsummed_kernel(node, weights, geometry, windows):
    """(kernel, Geometry) before a SumPool2d of a kernel [channels out, in, rows, columns] and its Geometry behind it.

    Raises UserError where a kernel that reaches over the border of the pool would read what the pool leaves out.
    """
    spread, sides = [], [(count - 1) * step + side for count, step, side
                         in zip(geometry.kernel, windows.stride, windows.kernel)]
    check_numbers(math.prod((*weights.shape[:2], *sides)))
    for axis, length in enumerate(sides):
        side, step, rim = (getattr(windows, name)[axis] for name in ("kernel", "stride", "padding"))
        count = geometry.kernel[axis]
        places = np.zeros((length, count))
        for place in range(count):
            places[place * step:place * step + side, place] = 1
        spread.append(places)
        starts = np.arange(geometry.positions[axis])[:, None] * geometry.stride[axis] - geometry.padding[axis]
        windows_read = starts + np.arange(count)  # numbers of windows, which may lie outside
        outside = windows_read[(windows_read < 0) | (windows_read >= windows.handed[axis])]
        first = outside * step - rim
        if ((first + side > 0) & (first < windows.source[axis])).any():
            raise UserError(f"{node}: its padding is of zeros where the pool before it leaves out neurons of the "
                            f"map of {by(windows.source[:2])}: choose pools that cover it, or no padding")
    made = np.einsum("ocij,yi,xj->ocyx", weights, *spread)
    return made, Geometry(windows.source, made.shape[2:], *(
        tuple(one * step + more for one, step, more in zip(getattr(geometry, name), windows.stride, add))
        for name, add in (("stride", (0, 0)), ("padding", windows.padding))))
