"""From the chain of an NIR graph to layers: what each node says, in the order of the contract.

A neuron's `r` multiplies its potential, so its threshold is divided by it. `v_reset` does not matter: each neuron fires
once. What stands between two layers of neurons is linear, and becomes one layer of weights, behind a pool of the layer
before where its windows lie side by side.
"""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from first_spike.golden.contract.geometry import FIRST, SUM, Geometry, by
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import ForeignLayer
from first_spike.golden.foreign.nir_values import of_channels
from first_spike.golden.foreign.nir_weights import dense, kernel, padding, unsummed, unsummed_kernel, weighted
from first_spike.golden.foreign.steps import folded, fractions

EXTREMES = Fraction(10) ** -30, Fraction(10) ** 30  # thresholds, between which float32 has room
ROUNDED = Fraction(1, 1 << 22)  # how far r * dt may be from 1 where r is 1 / dt, in float32


def read_layers(nodes, image_map, reached, dt=None, once=False):
    """ForeignLayers of a chain of Nodes.

    image_map: (rows, columns, channels) of the images. reached: whether an IF node fires when its potential reaches
    v_threshold, or only above. dt: a Fraction above 0, how long a spike lasts, for simulators that put 1 / dt into r,
    which is that but for rounding; None stands for 1, a spike that moves a potential by r times its weight. once:
    biases are added once, before the first step. Raises UserError, naming the node, for what cannot be a layer here.
    """
    _refuse_unclear_r(nodes, dt)
    return _Walk(image_map, reached, dt, once).through(nodes)


def _refuse_unclear_r(nodes, dt):
    """Simulators with a time step write 1 / dt into every r; that it means that, only the user can say."""
    found = {float(one) for node in nodes if node.kind == "IF" for one in np.unique(node.array("r"))}
    if dt is None and len(found) == 1 and min(found) >= 100:
        r = found.pop()
        raise UserError(f"every IF node has r = {r:g}: choose --dt {1 / r:g} if the simulator that wrote the graph "
                        f"takes such time steps (SpikingJelly writes 1 / dt there), or --dt 1 if a spike moves a "
                        f"potential by {r:g} times its weight")


class _Walk:
    """Where one is in a chain: the map [rows, columns, channels] that the last node hands on, whether it was flattened,
    how large its spikes are, and the weights that wait for their neurons."""

    def __init__(self, image_map, reached, dt, once):
        self._image_map, self._reached, self._dt, self._once = image_map, reached, dt, once
        self._map, self._flat = image_map, False
        self._pool = self._weights = None  # a Node and its Geometry; a Weighted
        self._factor, self._size = Fraction(1), None  # of all spikes; float64 of each neuron of the map
        self._scales = ()  # Nodes that they are of
        self._layers = []

    def through(self, nodes):
        for node in nodes:
            getattr(self, f"_{node.kind.lower()}")(node)
        return self._layers

    def _input(self, node):
        shape, (rows, columns, channels) = node.whole("shape", node.array("shape").size), self._image_map
        maps = [(channels, rows, columns)] + [(rows, columns)] * (channels == 1)
        fit = [one for axes in maps for one in (axes, (1, *axes))]  # 1: axis of a batch
        row = (math.prod(self._image_map),)  # which says nothing of where channels are, so that there must be none
        self._flat = shape not in fit and shape in (row, (1, *row)) and (channels == 1 or rows * columns == 1)
        if not self._flat and shape not in fit:
            raise UserError(f"{node} takes {by(shape)} numbers, but the images are of {by(maps[0])}, channels first")

    def _flatten(self, node):
        start, end = (node.whole(name, 1)[0] if name in node.values else usual
                      for name, usual in (("start_dim", 1), ("end_dim", -1)))
        if start not in (0, 1) or end not in (-1, 2, 3):  # counted with the axis of a batch or without
            raise UserError(f"{node} flattens the axes {start} to {end} only: it must flatten all of them")
        self._flat = True

    def _affine(self, node):
        self._linear(node)

    def _linear(self, node):
        before = self._weights
        if before is not None and before.geometry is not None:
            self._require_no_weights(node)
        if not self._flat and math.prod(self._map) != max(self._map):
            raise UserError(f"{node} takes a row of numbers, but is given a map of {by(self._map)}: a Flatten node is "
                            f"missing before it")
        weights = dense(node, self._size, self._map)
        turned = self._map[2] > 1 and math.prod(self._map[:2]) > 1
        if self._pool is not None and not self._pooled(SUM):
            weights = unsummed(weights, self._pool[1])
        self._take(node, weights, None, (1, 1, weights.shape[1]), ("channels last",) * turned, before)

    def _conv2d(self, node):
        self._require_no_weights(node, pool=False)
        if self._flat and self._map[:2] != (1, 1):
            raise UserError(f"{node} needs a map, but is given a row of numbers: give the Input the shape [channels, "
                            f"rows, columns], or leave the Flatten before it out")
        weights, stride = kernel(node, self._size, self._map), node.whole("stride", 2)
        shape = node.values.get("input_shape")
        if isinstance(shape, np.ndarray) and tuple(shape.ravel()[-2:]) != self._map[:2]:
            raise UserError(f"{node}: its input_shape is {by(shape.ravel())}, but what is before it gives "
                            f"{by(self._map[:2])}")
        geometry = Geometry(self._map, weights.shape[2:], stride, padding(node, weights.shape[2:], stride))
        self._require(node, geometry)
        given, texts = (*geometry.positions, len(weights)), ("channels last",)
        if weights.shape[1:] != node.array("weight").shape[1:]:
            texts += ("zeros in the kernel",)
        if self._pool is not None and not self._pooled(SUM):
            weights, geometry = unsummed_kernel(node, weights, geometry, self._pool[1])
            self._require(node, geometry)
        self._take(node, weights.transpose(2, 3, 1, 0).reshape(-1, len(weights)), geometry, given, texts)

    def _take(self, node, weights, geometry, given, texts, before=None):
        texts += tuple(map(str, self._scales))
        if self._pool is not None and self._pool[0] not in self._scales:
            texts += (str(self._pool[0]),)
        self._weights = weighted(node, weights, geometry, self._once, texts, self._factor, before)
        self._map, self._flat = given, geometry is None
        self._pool, self._factor, self._size, self._scales = None, Fraction(1), None, ()

    def _scale(self, node):
        """It makes spikes larger or smaller, or potentials where weights are before it."""
        of_channel = of_channels(node, "scale", self._map, self._flat)
        if self._weights is not None:
            if (of_channel != of_channel[:, :1]).any():
                raise UserError(f"{node} differs between the places of a channel, and a convolution does not")
            self._weights = self._weights.scaled(fractions(of_channel[:, 0]), node)
            return
        self._scales += (node,)
        if (of_channel == of_channel[0, 0]).all():
            self._factor *= Fraction(float(of_channel[0, 0]))
        else:
            self._size = of_channel.T.ravel() * (1 if self._size is None else self._size)

    def _if(self, node):
        if self._weights is None and self._scales:
            raise UserError(f"{self._scales[0]} has no weights behind it, before {node}")
        if self._pool is not None:
            return self._end_pool(node)
        if self._weights is None:
            raise UserError(f"{node} has no weights before it: a Linear, Affine or Conv2d node is missing")
        found, (thresholds, gains, divided) = self._weights, self._thresholds(node)
        try:
            weights, thresholds, scales, biased, texts = folded(found.weights, thresholds, found.scale, found.bias)
        except UserError as error:
            raise UserError(f"{found.node}: {error}") from error
        self._require_reach(node, thresholds)
        before = self._layers[-1].geometry if self._layers else None
        self._layers.append(ForeignLayer(found.node.name, weights, thresholds, self._reached, found.geometry,
                                         (*found.folded, *([divided] if divided else []), *texts), found.dropped,
                                         often=1 if before is None else before.often, biased=biased,
                                         scales=tuple(scale * gain for scale, gain in zip(scales, gains))))
        self._weights = None

    def _thresholds(self, node):
        """(thresholds after r, r as a factor, a text on r or None) of an IF node: Fractions of each channel."""
        shared = []
        for name in ("v_threshold", "r"):
            value = node.array(name)
            wrong = np.argwhere(value <= 0)
            if wrong.size:
                why = "it would fire without input" if name == "v_threshold" else "its potential would not follow input"
                raise UserError(f"{node}: {name} {value[tuple(wrong[0])]:g} of neuron {wrong[0].tolist()} must be "
                                f"above 0, or {why}")
            of_channel = of_channels(node, name, self._map, self._flat)
            unequal = np.argwhere(of_channel != of_channel[:, :1])
            if unequal.size:
                channel, place = unequal[0]
                raise UserError(f"{node}: {name} differs between the neurons of channel {channel}, "
                                f"{of_channel[channel, 0]:g} and {of_channel[channel, place]:g}: a convolution has one "
                                f"threshold for each channel")
            shared.append([Fraction(float(one)) for one in of_channel[:, 0]])
        gains = [self._gain(r) for r in shared[1]]
        found = tuple(threshold / gain for threshold, gain in zip(shared[0], gains))
        self._require_reach(node, found)
        return found, gains, None if set(gains) == {1} else "r in thresholds"

    def _gain(self, r):
        """What a spike of weight 1 moves a potential by."""
        if self._dt is None:
            return r
        return Fraction(1) if abs(r * self._dt - 1) <= ROUNDED else r * self._dt

    def _require_reach(self, node, found):
        if not EXTREMES[0] < min(found) <= max(found) < EXTREMES[1]:
            raise UserError(f"{node}: thresholds from {float(min(found)):g} to {float(max(found)):g}, after r, are out "
                            f"of reach")

    def _sumpool2d(self, node):
        if self._weights is not None or self._flat or self._pool is not None:
            raise UserError(f"{node} must stand behind the IF node of a convolution, or before weights: one pool a "
                            f"layer, on a map")
        windows = Geometry(self._map, *(node.whole(name, 2) for name in ("kernel_size", "stride", "padding")))
        self._require(node, windows)
        if self._size is not None:
            of_place = self._size.reshape(-1, self._map[2])
            if (of_place != of_place[0]).any():
                raise UserError(f"{self._scales[-1]} differs between the places of a channel, before {node}")
            self._size = np.tile(of_place[0], math.prod(windows.handed))
        self._pool, self._map = (node, windows), (*windows.handed, self._map[2])

    def _avgpool2d(self, node):
        """A sum of spikes of another size."""
        if node.whole("padding", 2) != (0, 0):
            raise UserError(f"{node}: no graph says whether its padding counts in averages: leave padding out")
        self._sumpool2d(node)
        self._factor /= math.prod(self._pool[1].kernel)
        self._scales += (node,)

    def _end_pool(self, node):
        """A sum of spikes and an IF node that fires at the first of them: the earliest-spike pool of a layer."""
        pool = self._pool[0]
        if not self._layers or self._layers[-1].geometry is None:
            raise UserError(f"{pool} must stand behind the IF node of a convolution, or before weights")
        if not self._pooled(FIRST):
            raise UserError(f"{pool}: a pool's windows lie side by side here, without padding, one pool a layer")
        if any(one > 1 or one == 1 and not self._reached for one in self._thresholds(node)[0]):
            raise UserError(f"{node} behind {pool} must fire at the first spike, with a threshold "
                            f"{'of at most' if self._reached else 'below'} 1: a pool here spikes with the earliest in "
                            f"its window")

    def _pooled(self, kind):
        """Whether the pool is one in which the last layer may end; if so, it now does."""
        windows, last = self._pool[1], self._layers[-1] if self._layers else None
        if last is None or last.geometry is None or last.geometry.pool != (1, 1) or windows.stride != windows.kernel \
                or any(windows.padding) or kind == SUM and windows.kernel == (1, 1):
            return False
        self._layers[-1] = replace(last, geometry=replace(last.geometry, pool=windows.kernel, pool_kind=kind))
        self._pool = None
        return True

    def _output(self, node):
        self._require_no_weights(node)
        if self._scales:
            raise UserError(f"{self._scales[0]} has no weights behind it, before {node}")
        if self._map[:2] != (1, 1):
            raise UserError(f"{node} is given a map of {by(self._map)}: the last layer needs one neuron for each class")

    def _require_no_weights(self, node, pool=True):
        waiting = self._weights and self._weights.node or pool and self._pool and self._pool[0]
        if waiting or not self._layers and node.kind == "Output":
            raise UserError(f"{waiting or 'the graph'} has no IF node behind it, before {node}: neurons are missing")

    def _require(self, node, geometry):
        try:
            geometry.validate()
        except UserError as error:
            raise UserError(f"{node}: {error}") from error
