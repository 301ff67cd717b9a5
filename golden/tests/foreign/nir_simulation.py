"""NIR nodes simulated as their definition says, step by step in exact fractions of two: what an import is held to."""

from dataclasses import replace

import numpy as np

from first_spike.golden.contract.geometry import FIRST
from first_spike.golden.inference.encode import encode


def simulate(nodes, images, steps, reached):
    """First spike steps of each IF node, int16 [n, neurons] in NIR's order, `steps` where silent.

    nodes: of the package nir, one behind the other, in a dict. images: uint8 [n, rows, columns, ...]. Weights and
    thresholds must be such that float64 holds every potential exactly. Biases are added in the first step alone.
    """
    batch = images.reshape(*images.shape[:3], -1).transpose(0, 3, 1, 2)
    times = encode(np.ascontiguousarray(batch).reshape(len(batch), -1), steps)
    state, first = {}, {}
    for step in range(steps):
        signal = (times == step).astype(float).reshape(batch.shape)
        for name, node in nodes.items():
            signal = STEP[type(node).__name__](node, signal, state.setdefault(name, {}), reached)
            if type(node).__name__ == "IF":
                seen = first.setdefault(name, np.full((len(signal), signal[0].size), steps, np.int16))
                seen[signal.reshape(seen.shape) > 0] = step
    return first


def of_layer(layer, times):
    """Spike times of an IF node, [n, neurons] in NIR's order, as those of a layer: in golden's order, and where its
    pool sums unit by unit, without the neurons that no window counts."""
    rows, columns = whole = layer.map[:2]
    if layer.often > 1:
        rows, columns = layer.geometry.positions
        whole = replace(layer.geometry, pool=(1, 1), pool_kind=FIRST).positions
    grid = times.reshape(len(times), -1, *whole)[:, :, :rows, :columns]
    found = grid.transpose(0, 2, 3, 1).reshape(len(times), -1)
    return layer.hand_on(found) if layer.often > 1 else found


def _input(node, signal, state, reached):
    return signal.reshape(len(signal), *node.input_type["input"])


def _once(node, signal, state):
    """`signal`, channels in axis 1, and in the first step the bias with it."""
    if "begun" in state or not hasattr(node, "bias"):
        return signal
    state["begun"] = True
    return signal + node.bias.reshape(-1, *[1] * (signal.ndim - 2))


def _linear(node, signal, state, reached):
    return _once(node, signal @ node.weight.T, state)


def _conv2d(node, signal, state, reached):
    (rows, columns), (down, right), (low, wide) = node.padding, node.stride, node.dilation
    padded = np.pad(signal, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    reach = [(side - 1) * gap + 1 for side, gap in zip(node.weight.shape[2:], (low, wide))]
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach, (2, 3))
    windows = windows[:, :, ::down, ::right, ::low, ::wide]
    parts = [np.einsum("ncyxij,ocij->noyx", *pair) for pair in zip(np.split(windows, node.groups, 1),
                                                                   np.split(node.weight, node.groups))]
    return _once(node, np.concatenate(parts, 1), state)


def _sumpool2d(node, signal, state, reached):
    (rows, columns), (down, right) = node.padding, node.stride
    padded = np.pad(signal, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, tuple(node.kernel_size), (2, 3))
    return windows[:, :, ::down, ::right].sum(axis=(4, 5))


def _avgpool2d(node, signal, state, reached):
    return _sumpool2d(node, signal, state, reached) / np.prod(node.kernel_size)


def _if(node, signal, state, reached):
    state["v"] = state.get("v", 0) + node.r * signal.reshape(len(signal), *node.r.shape)
    fires = (state["v"] >= node.v_threshold if reached else state["v"] > node.v_threshold) & ~state.get("fired", False)
    state["fired"] = state.get("fired", False) | fires  # each fires once, whatever v_reset is
    return fires.astype(float)


STEP = {"Input": _input, "Linear": _linear, "Affine": _linear, "Conv2d": _conv2d, "IF": _if, "SumPool2d": _sumpool2d,
        "AvgPool2d": _avgpool2d, "Scale": lambda node, signal, state, reached: signal * node.scale,
        "Flatten": lambda node, signal, state, reached: signal.reshape(len(signal), -1),
        "Output": lambda node, signal, state, reached: signal}
