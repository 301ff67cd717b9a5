"""The decision rule written out for one image in plain numpy, every neuron at every step: the oracle of its kernels."""

import numpy as np

from first_spike.golden.training.decision_kernels import ERROR_GRID


def learn(times, steps, weights, thresholds, loss, width, endless, label, image_weight=1.0):
    """Decision step, winner, and the gradient of every layer [inputs, neurons] for one image.

    Gradients are with respect to weights in units of the threshold.
    """
    layer_times, layers = times, []
    for k, (weight, threshold) in enumerate(zip(weights, thresholds)):
        limit = np.full(len(threshold), np.inf) if endless and k == len(weights) - 1 else threshold
        potentials = np.array([weight[layer_times <= t].sum(axis=0) for t in range(steps)])
        fires = potentials > limit
        layer_times = np.where(fires.any(axis=0), fires.argmax(axis=0), steps)
        layers.append((potentials, layer_times))
    potentials, output_times = layers[-1]
    decision = output_times.min()
    last = min(decision, steps - 1)
    logits = potentials[last] / (thresholds[-1][0] * loss.temperature)
    errors = np.exp(logits - logits.max())
    errors /= errors.sum()
    silent, right = decision == steps and not endless, potentials[last].argmax() == label
    if right and not silent and errors[label] > loss.sure:
        errors[:] = 0
        errors[label] = 1  # nothing is told
    errors[label] -= 1.0 + loss.push if silent else 1.0
    if decision < steps and not right:
        errors[label] *= loss.pull
    errors = np.rint(errors * ERROR_GRID) / ERROR_GRID * image_weight
    gradients, peak_times = [None] * len(weights), np.full(len(errors), last)
    for k in range(len(weights) - 1, -1, -1):
        before = times if k == 0 else layers[k - 1][1]
        gradients[k] = errors[None, :] * (before[:, None] <= peak_times[None, :])
        if k:
            seen = layers[k - 1][0][:last + 1]
            peaks = seen.max(axis=0)
            peak_times = np.where(peaks > 0, seen.argmax(axis=0), -1)
            slopes = np.maximum(0, 1 - np.abs(np.maximum(peaks, 0) / thresholds[k - 1] - 1) / width)
            errors = (weights[k] / thresholds[k] * errors[None, :]).sum(axis=1) * slopes
    return decision, potentials[last].argmax(), gradients
