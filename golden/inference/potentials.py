"""Potentials that inference does not keep: over time for one image, and those that the read-out compares."""

import numpy as np

from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import run_layer, take_in
from first_spike.golden.recordings import Recordings


def potentials_over_time(network, image, result):
    """V of the output neurons at the end of every step, [steps, classes], int64 or float64.

    image: one alone, uint8 [1, ...] or Recordings; result: an Inference of it for the whole run. Added in the order in
    which inference adds.
    """
    layer, train = network.layers[-1].dense(), _last_inputs(network, image, result)
    of_events = isinstance(train, Recordings)
    inputs, times = (train.inputs, train.steps) if of_events else (np.arange(layer.inputs), train[0])
    order = np.argsort(times, kind="stable")
    kind = np.int64 if isinstance(network, Network) else np.float64
    rows = layer.weights[inputs[order]]
    sums = np.concatenate([np.zeros((1, layer.neurons), kind), np.cumsum(rows, axis=0, dtype=kind)])
    return sums[np.searchsorted(times[order], np.arange(network.steps), side="right")]


def ranking(network, images, result):
    """(order, potentials), both [n, classes]: the classes as the read-out prefers them, the first being the result's,
    and the potentials in this order, at the end of the decision step, or of the run where there was none.

    images: uint8 [n, ...] or Recordings; result: the Inference of them for the whole run.
    """
    kind = np.int32 if isinstance(network, Network) else np.float64
    _, potentials = run_layer(network.layers[-1], _last_inputs(network, images, result), network.steps, kind)
    order = np.argsort(-potentials, axis=1, kind="stable")
    return order, np.take_along_axis(potentials, order, axis=1)


def _last_inputs(network, images, result):
    return result.spike_times[-2] if len(network.layers) > 1 else take_in(network, images)[0]
