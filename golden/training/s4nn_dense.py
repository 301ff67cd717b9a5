"""The equations of S4NN written out in plain numpy, every neuron at every step: slow, and easy to hold against the
paper.

It is the oracle of the event-driven `s4nn_kernels.py` and the baseline of `make bench-training`; nothing else uses it.
"""

import numpy as np


def spike_times(spikes):
    """First step of each neuron's spike from spikes [steps, neurons] of 0 and 1; `steps` where there is none."""
    return np.where(spikes.any(axis=0), spikes.argmax(axis=0), len(spikes))


def forward(times, steps, weights, thresholds):
    """Firing times (eq. 1-3) of all layers, inputs first, and the output potentials [steps, neurons].

    V_j(t) = sum of w_ij over the inputs with t_i <= t, as one tensordot of the layer's input over all steps; a neuron
    fires once, at the first step with V_j(t) > threshold_j.
    """
    layers = [times]
    for weight, threshold in zip(weights, thresholds):
        arrived = (layers[-1][None, :] <= np.arange(steps)[:, None]).astype(float)
        potentials = np.tensordot(arrived, weight, axes=1)
        layers.append(spike_times(potentials > threshold))
    return layers, potentials


def targets(times, label, steps, gamma):
    """Relative target firing times of the output neurons, where T - 1 stands for silence (eq. 6 and 7)."""
    last = steps - 1
    tau = times.min()
    if tau == steps:
        goal = np.full(len(times), last)
        goal[label] = last - gamma
    else:
        goal = np.where(times < tau + gamma, tau + gamma, np.minimum(times, last))
        goal[label] = tau
    return np.minimum(goal, last)


def normalised(errors):
    """errors / |errors|, or zeros (the paper's normalisation of each layer)."""
    size = np.sqrt((errors ** 2).sum())
    return errors / size if size > 0 else errors


def update(times, label, steps, weights, thresholds, gamma, rates, decays, image_weight=1.0):
    """Learn from one image; returns the new weights (list of [inputs, neurons]).

    times int [inputs]; weights [inputs, neurons] and thresholds [neurons] per layer; rates and decays per layer;
    image_weight: how much is learnt.
    """
    layers, _ = forward(times, steps, weights, thresholds)
    output = layers[-1]
    errors = normalised((targets(output, label, steps, gamma) - np.minimum(output, steps - 1)) / (steps - 1))
    changes = [None] * len(weights)
    for k in range(len(weights) - 1, -1, -1):
        before, after = layers[k], layers[k + 1]
        in_time = (before[:, None] < steps) & (before[:, None] <= after[None, :])
        changes[k] = rates[k] * image_weight * errors[None, :] * in_time
        errors = normalised((errors[None, :] * weights[k] * in_time).sum(axis=1))
    return [weight * (1 - rate * decay) - change for weight, rate, decay,
            change in zip(weights, rates, decays, changes)]
