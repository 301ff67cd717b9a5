"""A network as an NIR graph (neuroir.org) that other simulators run.

An integer threshold becomes itself and a half, so that simulators that fire at a threshold and those that fire above it
do the same; a float one the next float64, of which the same holds but for a potential of just that number. After its
spike a neuron falls so far that it cannot fire again, by v_reset. A sum pool is a sum of spikes, an earliest-spike pool
that and a neuron that fires at the first of them.
"""

import io
import json
import math

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing
from first_spike.golden.foreign.nir_graph import PINS

KEY = "first_spike"  # of what the graph keeps aside
TO_DO = (
    "feed one spike for each pixel p >= 1, at step (255 - p) >> (8 - log2 T), and none for p = 0",
    "run T = {steps} steps from potentials of 0 (SpikingJelly begins at v_reset: give it a state of zeros); spikes go "
    "through all layers in the step in which they arise",
    "pass on the first spike of each neuron only: v_reset sees to it where it is heeded; where not, as in Norse, drop "
    "the later ones",
    "read out the output neuron that fires first; of several in the same step the one of the largest potential, then "
    "the lower index; if none fires, the largest potential after the last step",
)
UNCHECKED = "read the file by nir.read(..., type_check=False): nir 1.0.8 takes every kernel for square, and one is not"


def describe(network):
    """What NIR cannot say of a Network or a FloatNetwork, as a dict of plain values."""
    bits = {"weight_bits": [layer.weight_bits for layer in network.layers]} if network.kind == "integer" else {}
    return {"steps": network.steps, "image_shape": list(network.image_shape), "classes": list(network.classes), **bits,
            "to_do": to_do(network)}


def to_do(network):
    """What a simulator has to do that the graph does not say: a list of sentences."""
    oblong = [layer for layer in network.layers if layer.kind == "convolution" and len(set(layer.geometry.kernel)) > 1]
    return [sentence.format(steps=network.steps) for sentence in TO_DO] + [UNCHECKED] * bool(oblong)


def read_description(metadata):
    """The dict of `describe` out of a graph's metadata; {} where there is none, or none that can be read."""
    try:
        found = json.loads(metadata.get(KEY, "{}"))
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write_nir(path, network, dt=1.0):
    """Write a Network or FloatNetwork to `path`, whole or not at all.

    dt: the time step in seconds of simulators that put 1 / dt into r. Raises UserError when the file cannot be written,
    or the packages nir and h5py are missing.
    """
    if network.most_events is not None:
        raise UserError("a graph for NIR is fed images here: a network that takes events cannot be written as one")
    try:
        import nir
    except ImportError as error:
        raise UserError(f"writing NIR graphs needs the package nir: {PINS}") from error

    rows, columns, channels = (*network.image_shape, 1)[:3]
    flat = network.layers[0].kind == "dense" and channels == 1  # pixels in raster order, as they are
    nodes = {"input": nir.Input({"input": np.array([rows * columns] if flat else [channels, rows, columns])})}
    before, often = (1, 1, rows * columns) if flat else (rows, columns, channels), 1
    for number, layer in enumerate(network.layers):
        if layer.kind == "dense" and not flat:
            shape = np.array([before[2], *before[:2]])
            nodes[f"flatten{number}"] = nir.Flatten({"input": shape}, 0, -1)
        maker = {"dense": _dense, "convolution": _convolution}[layer.kind]
        nodes |= {f"{name}{number}": node for name, node in maker(nir, layer, before, dt, often)}
        before, flat, often = layer.map, layer.kind == "dense", layer.often
    nodes["output"] = nir.Output({"output": np.array([before[2]] if flat else [before[2], 1, 1])})
    names = list(nodes)
    graph = nir.NIRGraph(nodes, list(zip(names, names[1:])), {KEY: json.dumps(describe(network))}, type_check=False)
    content = io.BytesIO()
    nir.write(content, graph)
    with replacing(path) as file:
        file.write(content.getbuffer())


def _dense(nir, layer, before, dt, often):
    rows, columns, channels = before
    weights = layer.weights.reshape(rows, columns, channels, -1).transpose(3, 2, 0, 1).reshape(layer.neurons, -1)
    yield "linear", nir.Linear(_floats(weights))
    yield "if", _neurons(nir, layer, (layer.neurons,), dt, often)


def _convolution(nir, layer, before, dt, often):
    geometry, (rows, columns, channels) = layer.geometry, before
    kernel = layer.weights.reshape(*geometry.kernel, channels, -1).transpose(3, 2, 0, 1)
    yield "conv", nir.Conv2d((rows, columns), _floats(kernel), geometry.stride, geometry.padding, (1, 1), 1,
                             np.zeros(len(kernel), np.float32))
    shape = [(side + 2 * rim - reach) // step + 1 for side, rim, reach, step
             in zip(geometry.source, geometry.padding, geometry.kernel, geometry.stride)]
    yield "if", _neurons(nir, layer, (len(kernel), *shape), dt, often)
    if geometry.pool != (1, 1):
        yield "pool", nir.SumPool2d(np.array(geometry.pool), np.array(geometry.pool), np.zeros(2, np.int64))
    if geometry.pool != (1, 1) and not geometry.sums:
        window = (len(kernel), *geometry.handed)
        yield "first", nir.IF(np.full(window, 1 / dt), np.full(window, 0.5), np.full(window, -math.prod(geometry.pool)))


def _neurons(nir, layer, shape, dt, often):
    """The IF node of a layer: shape as NIR has it, channels first. often: how many times an input may spike."""
    thresholds = layer.thresholds.astype(np.float64)
    thresholds = thresholds + 0.5 if layer.thresholds.dtype == np.int32 else np.nextafter(thresholds, np.inf)
    lowest = -np.maximum(layer.weights.astype(np.float64), 0).sum(axis=0).max() * often - 1
    full = np.broadcast_to(thresholds.reshape(-1, *[1] * (len(shape) - 1)), shape)
    return nir.IF(np.full(shape, 1 / dt), np.ascontiguousarray(full), np.full(shape, lowest))


def _floats(weights):
    return np.ascontiguousarray(weights, np.float32)
