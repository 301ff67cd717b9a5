"""The forward pass, written once: the integer and the float network both run through it."""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit, prange

from golden.errors import UserError
from golden.inference.encode import encode, sort_by_step


@dataclass(frozen=True, eq=False)
class Inference:
    """What a network makes of n images; T is the number of time steps.

    classes: int64 [n].
    decision_time: int64 [n], step of the first output spike, T where there was none.
    silent: bool [n], no output neuron fired; the class is then the largest potential at the end.
    tie: bool [n], two or more output neurons fired in the decision step.
    spike_times: per layer int16 [n, neurons], T where a neuron was silent.
    """

    classes: np.ndarray
    decision_time: np.ndarray
    silent: np.ndarray
    tie: np.ndarray
    spike_times: tuple
    steps: int = 0

    def until_decision(self):
        """The same without the spikes after the decision, which is what the hardware shows."""
        late = self.decision_time[:, None]
        return replace(self, spike_times=tuple(np.where(times > late, np.int16(self.steps), times)
                                               for times in self.spike_times))


def forward(network, parameters, images, until_decision):
    """Run `images` through `network` and return an Inference.

    parameters: per layer (weights [inputs, neurons], thresholds [neurons]); potentials have the dtype of
    the thresholds. Everything else is as in `golden.inference.infer.infer`.
    """
    check_images(network, images)
    steps = network.steps
    times = encode(images, steps)
    spike_times = []
    for weights, thresholds in parameters:
        times, potentials = integrate(times, steps, weights, thresholds)
        spike_times.append(times)
    decision = times.min(axis=1).astype(np.int64)
    silent = decision == steps
    tie = ~silent & ((times == decision[:, None]).sum(axis=1) > 1)
    if until_decision:
        # Layers have no delay, so an early stop is the whole run with all later spikes left out.
        spike_times = [np.where(layer > decision[:, None], np.int16(steps), layer) for layer in spike_times]
    # With one threshold for all outputs, a neuron that fired has a larger potential than one that did not,
    # and argmax takes the lower index on equality: this is the read-out rule in full.
    return Inference(potentials.argmax(axis=1).astype(np.int64), decision, silent, tie, tuple(spike_times), steps)


def check_images(network, images):
    """Raise UserError unless `images` is uint8 and of the network's shape, or flat with its number of inputs."""
    if images.dtype != np.uint8:
        raise UserError(f"images must be uint8, found {images.dtype}")
    if images.ndim < 2 or images.shape[1:] not in (network.image_shape, (network.inputs,)):
        rows, columns = network.image_shape
        raise UserError(f"the network takes images of {rows} x {columns} pixels, "
                        f"found an array of shape {list(images.shape)}")


@njit(cache=True, parallel=True)
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
