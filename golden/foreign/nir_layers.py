"""From the chain of an NIR graph to layers: what each node says, in the order of the contract.

Maps are channel-first there ([channels, rows, columns]) and channel-last here, so kernels are turned, and so are the
inputs of a Linear node behind a Flatten. A neuron's `r` multiplies its potential, so its threshold is divided by it.
`v_reset` does not matter: each neuron fires once. Biases have no place here, but for zeros.
"""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from golden.contract.geometry import Geometry, by
from golden.errors import UserError
from golden.foreign.layers import ForeignLayer
from golden.foreign.limits import LARGEST

EXTREMES = Fraction(10) ** -30, Fraction(10) ** 30  # thresholds, between which float32 has room


def read_layers(nodes, image_map, reached, dt=None):
    """ForeignLayers of a chain of Nodes.

    image_map: (rows, columns, channels) of the images. reached: whether an IF node fires when its potential reaches
    v_threshold, or only above. dt: a Fraction, how long a spike lasts, for simulators that put 1 / dt into r; None
    stands for 1, a spike that moves a potential by r times its weight. Raises UserError, naming the node, for what
    cannot be a layer here.
    """
    _refuse_unclear_r(nodes, dt)
    return _Walk(image_map, reached, dt or Fraction(1)).through(nodes)


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
    and the weights that wait for their neurons."""

    def __init__(self, image_map, reached, dt):
        self._image_map, self._reached, self._dt = image_map, reached, dt
        self._map, self._flat = image_map, False
        self._weights = self._pool = None  # a Node and its ForeignLayer without thresholds; a Node
        self._layers = []

    def through(self, nodes):
        for node in nodes:
            getattr(self, f"_{node.kind.lower()}")(node)
        return self._layers

    def _input(self, node):
        shape, (rows, columns, channels) = node.whole("shape", node.array("shape").size), self._image_map
        maps = [(channels, rows, columns)] + [(rows, columns)] * (channels == 1)
        row = (math.prod(self._image_map),)  # which says nothing of where channels are, so that there must be none
        self._flat = shape in (row, (1, *row)) and (channels == 1 or rows * columns == 1)
        if not self._flat and shape not in [one for fit in maps for one in (fit, (1, *fit))]:  # 1: axis of a batch
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
        self._require_no_weights(node)
        weights, count = node.array("weight"), math.prod(self._map)
        weights = weights.reshape(weights.shape[-2:]) if math.prod(weights.shape[:-2]) == 1 else weights
        if weights.ndim != 2:
            raise UserError(f"{node}: weight must be [outputs, inputs], found {list(weights.shape)}")
        if not self._flat and count != max(self._map):
            raise UserError(f"{node} takes a row of numbers, but is given a map of {by(self._map)}: a Flatten node is "
                            f"missing before it")
        if weights.shape[1] != count:
            raise UserError(f"{node} takes {weights.shape[1]} inputs, but what is before it gives {count}")
        rows, columns, channels = self._map
        ours = weights.reshape(-1, channels, rows, columns).transpose(2, 3, 1, 0).reshape(count, len(weights))
        folded = ("channels last",) if channels > 1 and rows * columns > 1 else ()
        self._take(node, ours, None, (1, 1, len(weights)), folded)

    def _conv2d(self, node):
        self._require_no_weights(node)
        weights, stride, dilation = node.array("weight"), node.whole("stride", 2), node.whole("dilation", 2)
        if weights.ndim != 4:
            raise UserError(f"{node}: weight must be [channels out, channels in, rows, columns], found "
                            f"{list(weights.shape)}")
        if self._flat and self._map[:2] != (1, 1):
            raise UserError(f"{node} needs a map, but is given a row of numbers: give the Input the shape [channels, "
                            f"rows, columns], or leave the Flatten before it out")
        if dilation != (1, 1) or node.whole("groups", 1) != (1,):
            raise UserError(f"{node}: kernels with gaps (dilation) or of groups of channels are not known here: write "
                            f"the zeros into a whole kernel")
        if weights.shape[1] != self._map[2]:
            raise UserError(f"{node} takes {weights.shape[1]} channels, but what is before it gives {self._map[2]}")
        shape = node.values.get("input_shape")
        if isinstance(shape, np.ndarray) and tuple(shape.ravel()[-2:]) != self._map[:2]:
            raise UserError(f"{node}: its input_shape is {by(shape.ravel())}, but what is before it gives "
                            f"{by(self._map[:2])}")
        geometry = Geometry(self._map, weights.shape[2:], stride, _padding(node, weights.shape[2:], stride))
        self._require(node, geometry)
        ours = weights.transpose(2, 3, 1, 0).reshape(-1, len(weights))
        self._take(node, ours, geometry, (*geometry.positions, len(weights)), ("channels last",))

    def _take(self, node, weights, geometry, given, folded):
        if weights.size == 0:
            raise UserError(f"{node} has no weights")
        if np.abs(weights).max() > LARGEST:
            raise UserError(f"{node} holds weights beyond {LARGEST:g}, the largest that is taken")
        dropped = ()
        if "bias" in node.values:
            bias = node.array("bias").ravel()
            wrong = np.flatnonzero(bias)
            if wrong.size:
                raise UserError(f"{node} has a bias, {bias[wrong[0]]:g} for its output {wrong[0]}: an IF neuron with a "
                                f"bias fires without input, so there is none here; train with bias=False")
            dropped = ("a bias of zeros",)
        self._weights = node, weights, geometry, folded, dropped
        self._map, self._flat = given, geometry is None

    def _if(self, node):
        if self._pool is not None:
            return self._end_pool(node)
        if self._weights is None:
            raise UserError(f"{node} has no weights before it: a Linear, Affine or Conv2d node is missing")
        weighted, weights, geometry, folded, dropped = self._weights
        thresholds, divided = self._thresholds(node)
        if divided:
            folded = (*folded, divided)
        self._layers.append(ForeignLayer(weighted.name, weights, thresholds, self._reached, geometry, folded, dropped))
        self._weights = None

    def _thresholds(self, node):
        """(Fractions, a text on r or None) of an IF node: one for each channel of the map before it."""
        shared = []
        for name in ("v_threshold", "r"):
            value = node.array(name)
            wrong = np.argwhere(value <= 0)
            if wrong.size:
                why = "it would fire without input" if name == "v_threshold" else "its potential would not follow input"
                raise UserError(f"{node}: {name} {value[tuple(wrong[0])]:g} of neuron {wrong[0].tolist()} must be "
                                f"above 0, or {why}")
            if value.size not in (1, math.prod(self._map)):
                raise UserError(f"{node}: {name} is of {value.size} neurons, but what is before it gives "
                                f"{math.prod(self._map)}")
            of_channel = np.broadcast_to(value.reshape(-1, 1) if value.size == 1 else
                                         value.reshape(self._map[2], -1), (self._map[2], math.prod(self._map[:2])))
            unequal = np.argwhere(of_channel != of_channel[:, :1])
            if unequal.size:
                channel, place = unequal[0]
                raise UserError(f"{node}: {name} differs between the neurons of channel {channel}, "
                                f"{of_channel[channel, 0]:g} and {of_channel[channel, place]:g}: a convolution has one "
                                f"threshold for each channel")
            shared.append([Fraction(float(one)) for one in of_channel[:, 0]])
        found = tuple(threshold / (r * self._dt) for threshold, r in zip(*shared))
        if not EXTREMES[0] < min(found) <= max(found) < EXTREMES[1]:
            raise UserError(f"{node}: thresholds from {float(min(found)):g} to {float(max(found)):g}, after r, are out "
                            f"of reach")
        return found, None if all(r * self._dt == 1 for r in shared[1]) else "r in thresholds"

    def _sumpool2d(self, node):
        if self._weights is not None or not self._layers or self._flat or self._layers[-1].geometry is None:
            raise UserError(f"{node} must stand behind the IF node of a convolution")
        self._pool = node

    def _end_pool(self, node):
        """A sum of spikes and an IF node that fires at the first of them: the earliest-spike pool of a layer."""
        window = self._pool.whole("kernel_size", 2)
        last = self._layers[-1]
        if self._pool.whole("stride", 2) != window or self._pool.whole("padding", 2) != (0, 0) or \
                last.geometry.pool != (1, 1):
            raise UserError(f"{self._pool}: a pool's windows lie side by side here, without padding, one pool a layer")
        geometry = replace(last.geometry, pool=window)
        self._require(self._pool, geometry)
        self._map = (*geometry.handed, self._map[2])
        if any(one > 1 or one == 1 and not self._reached for one in self._thresholds(node)[0]):
            raise UserError(f"{node} behind {self._pool} must fire at the first spike, with a threshold "
                            f"{'of at most' if self._reached else 'below'} 1: a pool here spikes with the earliest in "
                            f"its window")
        self._layers[-1] = replace(last, geometry=geometry)
        self._pool = None

    def _output(self, node):
        self._require_no_weights(node)
        if self._map[:2] != (1, 1):
            raise UserError(f"{node} is given a map of {by(self._map)}: the last layer needs one neuron for each class")

    def _require_no_weights(self, node):
        waiting = self._pool or self._weights and self._weights[0]
        if waiting or not self._layers and node.kind == "Output":
            raise UserError(f"{waiting or 'the graph'} has no IF node behind it, before {node}: neurons are missing")

    def _require(self, node, geometry):
        try:
            geometry.validate()
        except UserError as error:
            raise UserError(f"{node}: {error}") from error


def _padding(node, kernel, stride):
    """(rows, columns) of zeros on every side."""
    padding = node.values.get("padding")
    if isinstance(padding, str) and padding == "valid":
        return 0, 0
    if isinstance(padding, str) and padding == "same":
        if stride != (1, 1) or any(side % 2 == 0 for side in kernel):
            raise UserError(f"{node}: padding 'same' is not the same on every side for a kernel of {by(kernel)}: write "
                            f"numbers")
        return tuple(side // 2 for side in kernel)
    return node.whole("padding", 2)
