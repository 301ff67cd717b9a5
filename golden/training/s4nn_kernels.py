"""The `s4nn` rule: temporal backpropagation with one spike per neuron (Kheradpisheh & Masquelier 2020, arXiv
1910.09495).

For every training image, with t_j the firing time of neuron j (T - 1 stands in for a neuron that stays silent):

    relative targets  tau = min over the output neurons of t_j
                      t*_label = tau;  t*_j = tau + gamma for another j that fires before tau + gamma, else t*_j = t_j
                      no output spike at all: t*_label = T - 1 - gamma, t*_j = T - 1
    output error      delta_j = (t*_j - t_j) / (T - 1)
    normalisation     delta = delta / |delta| in each layer, before it is used; times the image's weight in the update
    hidden error      delta_h = sum over j of delta_j w_hj [h fired, t_h <= t_j]
    update            w_ij -= eta delta_j [i fired, t_i <= t_j], and w_ij -= eta lambda w_ij

Here a layer has no delay and a neuron fires above its threshold, not at it; that is the inference of this project.
Updates are made image by image. What is not changed by an image is not touched: events drive the forward pass, the
errors and the updates, and the regularisation of all weights is one factor kept beside each layer.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from first_spike.golden.inference.encode import sort_by_step

SMALLEST_FACTOR = 1e-3  # below it, the factor of a layer is multiplied into its weights


class Net(NamedTuple):
    """weights: tuple of float64 [inputs, neurons], to be multiplied by factors (float64 [layers]); both are changed.
    thresholds: tuple of float64 [neurons]. starts: int64 [layers + 1], where each layer's neurons begin among those of
    all layers."""

    weights: tuple
    factors: np.ndarray
    thresholds: tuple
    starts: np.ndarray


class Images(NamedTuple):
    """times int16 [n, inputs], their orders and firsts as `sort_images` makes them, labels int64 [n], weights float64
    [n]: how much each is learnt from."""

    times: np.ndarray
    orders: np.ndarray
    firsts: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


class Rates(NamedTuple):
    """gamma: margin of the targets. etas, decays: float64 [layers], eta and lambda."""

    gamma: int
    etas: np.ndarray
    decays: np.ndarray


class Outcome(NamedTuple):
    """Of each image winners int64, decisions int64 (T: silent), ties bool, events int64 (input and hidden spikes up to
    the decision)."""

    winners: np.ndarray
    decisions: np.ndarray
    ties: np.ndarray
    events: np.ndarray


def empty_outcome(count):
    """An Outcome of `count` images, to be written."""
    return Outcome(np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.bool_),
                   np.empty(count, np.int64))


class Work(NamedTuple):
    """Of one image, for the neurons of all layers: times int64, potentials, limits and errors float64; fired int32."""

    times: np.ndarray
    potentials: np.ndarray
    limits: np.ndarray
    errors: np.ndarray
    fired: np.ndarray


@njit(cache=True)
def _run(order, first, steps, net, gamma, label, work):
    """Forward pass, until nothing that comes later can matter to the update; `steps` in `times` where silent.

    That is the case once the label's neuron has fired and tau + gamma is reached. Returns the winner.
    """
    weights, factors, thresholds, starts = net.weights, net.factors, net.thresholds, net.starts
    times, potentials, limits, fired = work.times, work.potentials, work.limits, work.fired
    layers = len(weights)
    output = starts[layers - 1]
    times[:] = steps
    potentials[:] = 0
    winner, tau = -1, steps
    for k in range(layers):
        limits[starts[k]:starts[k + 1]] = thresholds[k] / factors[k]
    for t in range(steps):
        count = first[t + 1] - first[t]
        rows = order[first[t]:first[t + 1]]
        for k in range(layers):
            if count == 0:
                break
            start, size = starts[k], starts[k + 1] - starts[k]
            v, w = potentials[start:start + size], weights[k]
            for r in range(count):
                row = w[rows[r]]
                for j in range(size):
                    v[j] += row[j]
            rows = fired[start:start + size]
            count = _fire(v, limits[start:start + size], times[start:start + size], t, rows)
        if winner < 0 and count > 0:
            tau = t
            winner = _largest(potentials[output:])
        if winner >= 0 and times[output + label] < steps and t + 1 >= tau + gamma:
            break
    return _largest(potentials[output:]) if winner < 0 else winner


@njit(cache=True)
def _fire(potentials, limits, times, step, fired):
    """Fire the neurons above their limit, which becomes infinite; return how many."""
    above = 0
    for j in range(potentials.size):
        above += potentials[j] > limits[j]
    if above == 0:
        return 0
    count = 0
    for j in range(potentials.size):
        if potentials[j] > limits[j]:
            limits[j] = np.inf
            times[j] = step
            fired[count] = j
            count += 1
    return count


@njit(cache=True)
def _largest(values):
    best = 0
    for j in range(1, values.size):
        if values[j] > values[best]:
            best = j
    return best


@njit(cache=True)
def _output_error(times, label, steps, gamma, errors):
    """Relative target firing times and the errors to them (the paper's relative target equations)."""
    last = steps - 1
    tau = times.min()
    for j in range(times.size):
        t = min(times[j], last)
        if tau == steps:
            target = last - gamma if j == label else last
        elif j == label:
            target = tau
        else:
            target = tau + gamma if times[j] < tau + gamma else t
        errors[j] = (min(target, last) - t) / last


@njit(cache=True)
def _normalise(errors):
    total = 0.0
    for j in range(errors.size):
        total += errors[j] * errors[j]
    if total > 0:
        scale = 1.0 / np.sqrt(total)
        for j in range(errors.size):
            errors[j] *= scale


@njit(cache=True, nogil=True)
def sort_images(times, steps):
    """Sort the spikes of images, see `sort_by_step`: times int16 [n, inputs] to (orders int32 [n, inputs], firsts int64
    [n, T + 1])."""
    orders, firsts = np.empty(times.shape, np.int32), np.empty((len(times), steps + 1), np.int64)
    for m in range(len(times)):
        sort_by_step(times[m], steps, orders[m], firsts[m])
    return orders, firsts


@njit(cache=True, nogil=True)
def learn(images, steps, net, rates, fired_in, outcome):
    """Learn from Images, one after the other: change the Net, write the Outcome, and add to `fired_in`, int64 [neurons
    of all layers], in how many images each neuron fired."""
    weights, factors, starts = net.weights, net.factors, net.starts
    winners, decisions, ties, events = outcome.winners, outcome.decisions, outcome.ties, outcome.events
    layers = len(weights)
    neurons, output = starts[layers], starts[layers - 1]
    work = Work(np.empty(neurons, np.int64), np.empty(neurons), np.empty(neurons), np.empty(neurons),
                np.empty(neurons, np.int32))
    times, errors = work.times, work.errors
    for m in range(images.labels.size):
        inputs, order, first, label = images.times[m], images.orders[m], images.firsts[m], images.labels[m]
        winners[m] = _run(order, first, steps, net, rates.gamma, label, work)
        decisions[m] = times[output:].min()
        ties[m] = decisions[m] < steps and (times[output:] == decisions[m]).sum() > 1
        events[m] = first[min(decisions[m], steps - 1) + 1] + (times[:output] <= min(decisions[m], steps - 1)).sum()
        for n in range(neurons):
            fired_in[n] += times[n] < steps
        _output_error(times[output:], label, steps, rates.gamma, errors[output:])
        _normalise(errors[output:])
        for k in range(layers - 1, 0, -1):
            _hidden_error(times, errors, weights[k], factors[k], starts[k - 1], starts[k], starts[k + 1], steps)
            _normalise(errors[starts[k - 1]:starts[k]])
        errors *= images.weights[m]
        for k in range(layers):
            a, b = starts[k], starts[k + 1]
            if k == 0:
                _update(weights[0], factors, 0, inputs, order[:first[steps]], errors[a:b], times[a:b],
                        rates.etas[0], rates.decays[0])
            else:
                before = times[starts[k - 1]:a]
                rows = np.flatnonzero(before < steps)
                _update(weights[k], factors, k, before, rows, errors[a:b], times[a:b], rates.etas[k],
                        rates.decays[k])


@njit(cache=True)
def _hidden_error(times, errors, later, factor, a, b, c, steps):
    for h in range(b - a):
        total = 0.0
        if times[a + h] < steps:
            for j in range(c - b):
                if times[a + h] <= times[b + j]:
                    total += errors[b + j] * later[h, j]
        errors[a + h] = total * factor


@njit(cache=True)
def _update(weights, factors, k, before, rows, errors, times, rate, decay):
    factors[k] *= 1.0 - rate * decay
    if factors[k] < SMALLEST_FACTOR:
        weights *= factors[k]
        factors[k] = 1.0
    change = errors * (rate / factors[k])
    if not np.any(change != 0):
        return
    for r in range(rows.size):
        i = rows[r]
        time, row = before[i], weights[i]
        for j in range(change.size):
            row[j] -= change[j] if time <= times[j] else 0.0
