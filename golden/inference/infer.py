"""Inference: in integers the golden results that the hardware is compared with, bit for bit; in float the same rules
before quantization.

The forward pass of inference: the integer and the float network both run through it.

Training has two of its own, training/decision_kernels.py and training/s4nn_kernels.py, which keep what a rule learns
from and end where it has seen enough.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit, prange

from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.inference.convolution import run_convolution
from first_spike.golden.inference.encode import bad_frames, count_by_step, feed, sort_by_step, take_in
from first_spike.golden.inference.margins import confidence_of
from first_spike.golden.recordings import Recordings


@dataclass(frozen=True, eq=False, repr=False)
class Confidence:
    """How sure the classes of n images are.

    probability: float64 [n], 0 to 1, how likely the class is right. It holds for images of the network's own classes.
    unsure: bool [n], the margin is lower than the calibration's threshold.
    foreign: bool [n], the spread is lower than the calibration's threshold, as it often is for an image of none of the
        classes.
    """

    probability: np.ndarray
    unsure: np.ndarray
    foreign: np.ndarray

    def __repr__(self):
        if not len(self.unsure):
            return "Confidence of 0"
        return (f"Confidence of {len(self.unsure):,}: probability {self.probability.mean():.3f} in the mean, "
                f"{int(self.unsure.sum()):,} unsure, {int(self.foreign.sum()):,} foreign")


@dataclass(frozen=True, eq=False, repr=False)
class Inference:
    """What a network makes of n images or recordings.

    classes: int64 [n].
    decision_time: int64 [n], step of the first output spike, T where there was none.
    silent: bool [n], no output neuron fired; the class is then the largest potential at the end.
    tie: bool [n], two or more output neurons fired in the decision step.
    bad: bool [n], the frame was bad (see events.py); of images none is.
    spike_times: per layer int16 [n, neurons], T where a neuron was silent.
    steps: T, the number of time steps.
    margin: int64 [n], largest less second largest output potential at the end of the decision step, 0 or more; of a
        silent image at the end of the last step. Its unit is that of the weights of the last layer.
    spread: int64 [n], number of classes times the largest of these potentials, less their sum, 0 or more; same unit.
    runner_up: int64 [n], class of the second largest of these potentials; of equal ones the lower number.

    golden/contract/confidence.py defines the last three to the bit. A FloatNetwork has margin and spread in float64.
    They are None if hardware gave the results, which does not show them.
    """

    classes: np.ndarray
    decision_time: np.ndarray
    silent: np.ndarray
    tie: np.ndarray
    bad: np.ndarray
    spike_times: tuple
    steps: int
    margin: np.ndarray | None = None
    spread: np.ndarray | None = None
    runner_up: np.ndarray | None = None

    def __repr__(self):
        if not len(self.classes):
            return "Inference of 0"
        return (f"Inference of {len(self.classes):,}: decided in step {self.decision_time.mean():.1f} of {self.steps} "
                f"in the mean, {int(self.silent.sum()):,} silent, {int(self.tie.sum()):,} ties")

    def confidence(self, network):
        """Return the Confidence of these images.

        Args:
            network: The Network that inferred, with a calibration.

        Raises:
            UserError: The network has no calibration, or hardware gave the results, which does not show margins.
        """
        require_kind(network, Network, "a Network")
        calibration = network.calibration
        if calibration is None:
            raise UserError("the network has no calibration: make one by calibrate(network, images, labels), or load a "
                            "shipped one by load(name, calibrated=True)")
        if self.margin is None:
            raise UserError("these results hold no margins: infer the images with the golden model")
        return Confidence(calibration.probability(self.margin), self.margin < calibration.unsure_below,
                          self.spread < calibration.foreign_below)

    def until_decision(self):
        """The same inference as hardware shows it: T for every spike after the decision.

        Layers have no delay, so stopping early is the whole run with all later spikes left out.
        """
        late = self.decision_time[:, None]
        return replace(self, spike_times=tuple(np.where(times > late, np.int16(self.steps), times)
                                               for times in self.spike_times))


def forward(network, given, dtype):
    """Run images or Recordings through `network`, all steps, with potentials of `dtype`, and return an Inference.

    Everything else is as in `golden.inference.infer.infer`.
    """
    steps = network.steps
    train, kept = take_in(network, given)
    spike_times = []
    for layer in network.layers:
        times, potentials = run_layer(layer, train, steps, dtype)
        spike_times.append(times)
        train = feed(layer, times, steps)
    decision = times.min(axis=1).astype(np.int64)
    silent = decision == steps
    tie = ~silent & ((times == decision[:, None]).sum(axis=1) > 1)
    bad = np.zeros(len(given), bool) if kept is None else bad_frames(given, kept, decision)
    # With one threshold for all outputs, a neuron that fired has a larger potential than one that did not,
    # and argmax takes the lower index on equality: this is the read-out rule in full.
    classes = potentials.argmax(axis=1).astype(np.int64)
    return Inference(classes, decision, silent, tie, bad, tuple(spike_times), steps,
                     *confidence_of(potentials, classes))


def run_layer(layer, train, steps, dtype=None):
    """A layer for a batch: spike times int16 [n, neurons] of what it hands on, and potentials [n, neurons] as
    `integrate` gives them, or None where the layer cannot be the last.

    train: int16 [n, inputs], `steps` where silent, or Recordings in order and in range. dtype: of the potentials; None
    takes that of the thresholds.
    """
    return RUN.get(layer.kind, _dense)(layer, train, steps, layer.thresholds.dtype if dtype is None else dtype)


def _dense(layer, train, steps, dtype):
    dense = layer.dense()
    thresholds = dense.thresholds.astype(dtype, copy=False)
    if isinstance(train, Recordings):
        parts = train.offsets, train.inputs, train.steps
        spikes, potentials = integrate_recordings(*parts, steps, dense.weights, thresholds)
    else:
        spikes, potentials = integrate(train, steps, dense.weights, thresholds)
    return layer.hand_on(spikes), potentials


def _convolution(layer, train, steps, dtype):
    if layer.positions == 1:  # of one position, it is as dense as the others
        return _dense(layer, train, steps, dtype)
    return run_convolution(layer, train, steps, dtype), None


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
    spikes = np.full((n, weights.shape[1]), steps, np.int16)
    potentials = np.zeros((n, weights.shape[1]), thresholds.dtype)
    for image in prange(n):
        order, first = np.empty(inputs, np.int32), np.empty(steps + 1, np.int64)
        sort_by_step(times[image], steps, order, first)
        _follow(order, first, steps, weights, thresholds, spikes[image], potentials[image])
    return spikes, potentials


@njit(cache=True, nogil=True, parallel=True)
def integrate_recordings(offsets, inputs, event_steps, steps, weights, thresholds):
    """The same of recordings, the three arrays of Recordings: V_j(t) = sum of w_ji over all events with step <= t."""
    n = offsets.size - 1
    spikes = np.full((n, weights.shape[1]), steps, np.int16)
    potentials = np.zeros((n, weights.shape[1]), thresholds.dtype)
    for image in prange(n):
        first = np.empty(steps + 1, np.int64)
        count_by_step(event_steps[offsets[image]:offsets[image + 1]], steps, first)
        _follow(inputs[offsets[image]:offsets[image + 1]], first, steps, weights, thresholds, spikes[image],
                potentials[image])
    return spikes, potentials


@njit(cache=True, nogil=True)
def _follow(order, first, steps, weights, thresholds, spikes, potentials):
    """One image of `integrate`: the inputs order[first[t]:first[t + 1]] spike in step t. spikes [neurons], `steps`
    everywhere, and potentials [neurons] are written."""
    neurons = weights.shape[1]
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
            if fires and spikes[j] == steps:
                spikes[j] = step
        if undecided and fired > 0:
            undecided = False
            potentials[:] = v
    if undecided:
        potentials[:] = v


def infer(network: Network, images, until_decision=False) -> Inference:
    """Classify a batch of images.

    network: a Network. images: uint8 [n, rows, columns] or [n, inputs], or Recordings where the network takes events.
    until_decision: False gives the spike times of the whole run, as if nothing stopped at the decision; True
    gives `Inference.until_decision()` of it.

    Raises UserError when the images do not fit the network.
    """
    if not isinstance(network, Network):
        raise TypeError(f"infer takes an integer Network, found {type(network).__name__}")
    result = forward(network, images, np.int32)
    return result.until_decision() if until_decision else result


def float_infer(network: FloatNetwork, images, until_decision=False) -> Inference:
    """Classify a batch with potentials in float64; arguments, result and errors as in `infer`.

    Weights are added in time order, and by input number within a step; those of events in their order.
    """
    if not isinstance(network, FloatNetwork):
        raise TypeError(f"float_infer takes a FloatNetwork, found {type(network).__name__}")
    result = forward(network, images, np.float64)
    return result.until_decision() if until_decision else result
