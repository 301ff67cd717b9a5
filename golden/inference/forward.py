"""The forward pass of inference: the integer and the float network both run through it.

Training has two of its own, training/decision_kernels.py and training/s4nn_kernels.py, which keep what a rule learns
from and end where it has seen enough.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numba import njit, prange

from golden.contract.base_network import shown_shape
from golden.errors import UserError
from golden.inference.convolution import run_convolution
from golden.inference.encode import encode, sort_by_step


@dataclass(frozen=True, eq=False)
class Inference:
    """What a network makes of n images.

    classes: int64 [n].
    decision_time: int64 [n], step of the first output spike, T where there was none.
    silent: bool [n], no output neuron fired; the class is then the largest potential at the end.
    tie: bool [n], two or more output neurons fired in the decision step.
    spike_times: per layer int16 [n, neurons], T where a neuron was silent.
    steps: T, the number of time steps.
    """

    classes: np.ndarray
    decision_time: np.ndarray
    silent: np.ndarray
    tie: np.ndarray
    spike_times: tuple
    steps: int

    def until_decision(self):
        """The same inference as hardware shows it: T for every spike after the decision.

        Layers have no delay, so stopping early is the whole run with all later spikes left out.
        """
        late = self.decision_time[:, None]
        return replace(self, spike_times=tuple(np.where(times > late, np.int16(self.steps), times)
                                               for times in self.spike_times))


def forward(network, images, dtype):
    """Run `images` through `network`, all steps, with potentials of `dtype`, and return an Inference.

    Everything else is as in `golden.inference.infer.infer`.
    """
    check_images(network, images)
    steps = network.steps
    times = encode(images, steps)
    spike_times = []
    for layer in network.layers:
        times, potentials = run_layer(layer, times, steps, dtype)
        spike_times.append(times)
    decision = times.min(axis=1).astype(np.int64)
    silent = decision == steps
    tie = ~silent & ((times == decision[:, None]).sum(axis=1) > 1)
    # With one threshold for all outputs, a neuron that fired has a larger potential than one that did not,
    # and argmax takes the lower index on equality: this is the read-out rule in full.
    return Inference(potentials.argmax(axis=1).astype(np.int64), decision, silent, tie, tuple(spike_times), steps)


def check_images(network, images):
    """Raise UserError unless `images` is uint8 and of the network's shape, or flat with its number of inputs."""
    if images.dtype != np.uint8:
        raise UserError(f"images must be uint8, found {images.dtype}")
    if images.ndim < 2 or images.shape[1:] not in (network.image_shape, (network.inputs,)):
        raise UserError(f"the network takes images of {shown_shape(network.image_shape)}, "
                        f"found an array of shape {list(images.shape)}")


def run_layer(layer, times, steps, dtype=None):
    """A layer for a batch: spike times int16 [n, neurons] of what it hands on, and potentials [n, neurons] as
    `integrate` gives them, or None where the layer cannot be the last.

    times: int16 [n, inputs], `steps` where silent. dtype: of the potentials; None takes that of the thresholds.
    """
    return RUN.get(layer.kind, _dense)(layer, times, steps, layer.thresholds.dtype if dtype is None else dtype)


def _dense(layer, times, steps, dtype):
    dense = layer.dense()
    spikes, potentials = integrate(times, steps, dense.weights, dense.thresholds.astype(dtype, copy=False))
    return layer.hand_on(spikes), potentials


def _convolution(layer, times, steps, dtype):
    if math.prod(layer.geometry.positions) == 1:  # of one position, it is as dense as the others
        return _dense(layer, times, steps, dtype)
    return run_convolution(layer, times, steps, dtype), None


RUN = {"convolution": _convolution}  # kind of a layer -> how it runs, where not as its dense layer


@njit(cache=True, nogil=True, parallel=True)
def integrate(times, steps, weights, thresholds):
    """One layer of IF neurons for a batch: V_j(t) = sum of w_ji over the inputs i with spike time <= t.

    A neuron's spike time is the first step at whose end V_j > threshold_j. Steps without input spikes
    change nothing and are skipped.

    times: int16 [n, inputs], `steps` where silent. weights [inputs, neurons]. thresholds [neurons].
    Returns spike times int16 [n, neurons], and the potentials [n, neurons] at the end of the first step in
    which a neuron of the layer fired, or at the end of the run where none did.
    """
    n, inputs = times.shape
    neurons = weights.shape[1]
    spikes = np.full((n, neurons), steps, np.int16)
    potentials = np.zeros((n, neurons), thresholds.dtype)
    for image in prange(n):
        order, first = np.empty(inputs, np.int32), np.empty(steps + 1, np.int64)
        sort_by_step(times[image], steps, order, first)
        v = np.zeros(neurons, thresholds.dtype)
        undecided = True
        for step in range(steps):
            if first[step] == first[step + 1]:
                continue
            for event in range(first[step], first[step + 1]):
                row = weights[order[event]]
                for j in range(neurons):
                    v[j] += row[j]
            fired = 0
            for j in range(neurons):
                fires = v[j] > thresholds[j]
                fired += fires
                if fires and spikes[image, j] == steps:
                    spikes[image, j] = step
            if undecided and fired > 0:
                undecided = False
                potentials[image] = v
        if undecided:
            potentials[image] = v
    return spikes, potentials
