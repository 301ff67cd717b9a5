"""The `decision` rule (see decision_kernels.py) for networks with convolutions, one image after the other.

Two things are more than in dense layers. A weight is shared: its gradient is summed over the positions. A pooled unit
spikes with the earliest neuron of its window and channel, so what it is told goes to that with the largest peak (the
first of several): the earliest of spikes is the largest of potentials; of a sum pool it goes to each of its neurons, by
its own peak. And one differs: with a `pull` of 1 everything decides in step 0, since softmax minus one-hot sums to zero
and nothing ever says "wait".

Weights and gradients are read in the order of a Graph's `rows`, so that all that a row of a kernel adds lies together.
"""

import numpy as np
from numba import njit, prange

from first_spike.golden.inference.encode import sort_by_step
from first_spike.golden.training.decision_kernels import output_errors
from first_spike.golden.training.shared_graph import graph_of

GROUP = 8  # images whose gradients are summed by one thread: the same ones, however many threads there are


class Trace:
    """What a pass over a batch leaves behind, tuples of an array for each layer:

    spike_times int32 [batch, neurons handed on] (T: silent); gradients float32 [groups, weights] of convolutions and of
    what is behind a sum pool, sums over the images of a group, rows as in `rows` of a Graph; told float32 and
    peak_times int32 [batch, neurons] of the other dense layers, of which Adam makes the gradient. Each is empty where
    the others are not.
    Over [batch], as in decision_kernels.Trace: decisions, ties, winners, events.
    """

    def __init__(self, batch, layers):
        dense = [layer.kind == "dense" and (before is None or before.often == 1)
                 for before, layer in zip((None, *layers), layers)]
        groups = -(-batch // GROUP)
        self.spike_times = tuple(np.empty((batch, layer.neurons), np.int32) for layer in layers)
        self.gradients = tuple(np.zeros((groups if not plain else 0, *layer.weights.shape), np.float32)
                               for layer, plain in zip(layers, dense))
        self.told, self.peak_times = (tuple(np.zeros((batch, layer.neurons if plain else 0), dtype)
                                            for layer, plain in zip(layers, dense)) for dtype in (np.float32, np.int32))
        self.decisions, self.winners = np.empty(batch, np.int32), np.empty(batch, np.int32)
        self.ties, self.events = np.empty(batch, np.bool_), np.empty(batch, np.int64)


def places_of(layers):
    """int64 [layers + 1, 4]: where the neurons, positions and units (what is handed on) of each layer begin in arrays
    of all layers; and the channels of the map that it reads."""
    sizes = [(len(table) * layer.weights.shape[1], len(table), layer.neurons)
             for layer, table in zip(layers, graph_of(layers).window_of)]
    ends = np.cumsum([(0, 0, 0), *sizes], axis=0)
    channels = [1 if layer.kind == "dense" else layer.takes[2] for layer in layers]
    return np.column_stack([ends, [*channels, 0]]).astype(np.int64)


def as_read(layers, graph):
    """Weights of each layer, float32 [rows, channels], flat, in the order in which the kernels read them."""
    return tuple(layer[rows].ravel() for layer, rows in zip(layers, graph.rows))


@njit(cache=True)
def _new_state(places):
    neurons, positions, units, _ = places[-1]
    return (np.empty(neurons, np.float32), np.empty(neurons, np.float32), np.empty(neurons, np.float32),
            np.empty(neurons, np.int32), np.empty(positions, np.int64), np.empty(positions, np.int64),
            np.empty(units, np.int32), np.empty(units, np.int64), np.empty(len(places) - 1, np.int64))


@njit(cache=True)
def _add(events, source_channels, weights, channels, ahead, ahead_first, potentials, touched, visited, step):
    """Add the weights (one after the other) of events (inputs) to the potentials; returns how many positions are
    `touched` in this step."""
    kernel, many = weights.size // (channels * source_channels), 0
    for event in events:
        place, before = event // source_channels, event % source_channels * kernel
        for run in range(ahead_first[place], ahead_first[place + 1]):
            position, end = ahead[run, 0], ahead[run, 0] + ahead[run, 2]
            start = (before + ahead[run, 1]) * channels
            own = potentials[position * channels:end * channels]
            row = weights[start:start + own.size]
            for o in range(own.size):
                own[o] += row[o]
            for reached in range(position, end):
                if visited[reached] != step:
                    visited[reached] = step
                    touched[many] = reached
                    many += 1
    return many


@njit(cache=True)
def _note_peaks(visited, step, hot, channels, potentials, peaks, peak_times, limits):
    """End of a step for one layer: the peaks of the visited positions, neighbours together; visited becomes `hot` where
    a neuron among them may fire."""
    now, position = np.int32(step), 0
    while position < visited.size:
        if visited[position] != step:
            position += 1
            continue
        end = position + 1
        while end < visited.size and visited[end] == step:
            end += 1
        own, limit = potentials[position * channels:end * channels], limits[position * channels:end * channels]
        peak, time = peaks[position * channels:end * channels], peak_times[position * channels:end * channels]
        above = np.int32(0)
        for o in range(own.size):
            time[o] = now if own[o] > peak[o] else time[o]
            peak[o] = max(peak[o], own[o])
            above += np.int32(own[o] > limit[o])
        if above > 0:
            visited[position:end] = hot
        position = end + 1


@njit(cache=True)
def _fire(touched, visited, hot, channels, potentials, windows, window_of, spike_times, limits, step, fired, count):
    """End of a step for one layer: append units that fire to `fired`, which holds `count`; returns how many it holds
    then. limits: the threshold of each neuron, infinite from its unit's spike on."""
    for position in touched:
        if visited[position] != hot:
            continue
        first = position * channels
        for o in range(channels):
            if potentials[first + o] > limits[first + o]:
                window = window_of[position]
                for n in range(windows.shape[1]):
                    limits[windows[window, n] * channels + o] = np.inf
                spike_times[window * channels + o] = step
                fired[count] = window * channels + o
                count += 1
    return count


@njit(cache=True)
def _run(order, first, steps, weights, thresholds, ahead, ahead_first, windows, window_of, places, endless, state):
    """One image to its decision, which is returned (`steps`: silent), with the number of neurons that fired in it.

    order, first: its spikes by step. weights: as `as_read` gives them. ahead, ahead_first, windows, window_of: of a
    Graph. places: as `places_of` gives them. state: potentials, limits, peaks and peak_times of all neurons, visited of
    all positions, touched, spike_times and fired (units by number, in the order of their time) of all units, counts
    int64 [layers] of these.
    """
    potentials, limits, peaks, peak_times, visited, touched, spike_times, fired, counts = state
    last = len(weights) - 1
    potentials[:], peaks[:], peak_times[:], visited[:], spike_times[:], counts[:] = 0, 0, -1, -1, steps, 0
    for k in range(last + 1):
        own, channels = limits[places[k, 0]:places[k + 1, 0]], thresholds[k].size
        for start in range(0, own.size, channels):
            own[start:start + channels] = thresholds[k]
    for step in range(steps):
        events, hot = order[first[step]:first[step + 1]], steps + step
        for k in range(last + 1):
            if events.size == 0:
                break
            n, p, u, source_channels = places[k]
            n_end, p_end, u_end, _ = places[k + 1]
            channels, own, limit = thresholds[k].size, potentials[n:n_end], limits[n:n_end]
            many = _add(events, source_channels, weights[k], channels, ahead[k], ahead_first[k], own, touched,
                        visited[p:p_end], step)
            _note_peaks(visited[p:p_end], step, hot, channels, own, peaks[n:n_end], peak_times[n:n_end], limit)
            before = counts[k]
            counts[k] = _fire(touched[:many], visited[p:p_end], hot, channels, own, windows[k], window_of[k],
                              spike_times[u:u_end], limit, step, fired[u:u_end], before)
            events = fired[u + before:u + counts[k]]
            if k == last and events.size > 0 and not endless:
                return step, events.size
    return steps, 0


@njit(cache=True)
def _tell_units(neurons_told, thresholds, outgoing, back, back_first, source_channels, units_told):
    """What the units that a layer reads are told: the sum over its neurons of told * weight / threshold.

    outgoing: the layer's weights, transposed, float32 [channels, its rows].
    """
    units_told[:] = 0
    channels = thresholds.size
    for position in range(len(back_first) - 1):
        for o in range(channels):
            told = neurons_told[position * channels + o]
            if told == 0:
                continue
            share = told / thresholds[o]
            for run in range(back_first[position], back_first[position + 1]):
                place, kernel_place, many = back[run]
                own = units_told[place * source_channels:(place + many) * source_channels]
                row = outgoing[o, kernel_place * source_channels:(kernel_place + many) * source_channels]
                for c in range(own.size):
                    own[c] += share * row[c]


@njit(cache=True)
def _spread(units, told):
    """Give each neuron of a sum pool what its unit is told, in place: a unit's number is never above its neurons'."""
    for neuron in range(units.size - 1, -1, -1):
        told[neuron] = told[units[neuron]]


@njit(cache=True, error_model="numpy")
def _tell_neurons(units_told, thresholds, width, peaks, windows, neurons_told):
    """Each unit's error goes to the neuron of its window with the largest peak, times the triangle at its threshold."""
    one, zero = np.float32(1), np.float32(0)
    channels = thresholds.size
    top, winner = np.empty(channels, np.float32), np.empty(channels, np.int32)
    for window in range(len(windows)):
        first = windows[window, 0] * channels
        top[:], winner[:] = peaks[first:first + channels], 0
        for n in range(1, windows.shape[1]):
            peak, number = peaks[windows[window, n] * channels:(windows[window, n] + 1) * channels], np.int32(n)
            for o in range(channels):
                winner[o] = number if peak[o] > top[o] else winner[o]
                top[o] = max(top[o], peak[o])
        told = units_told[window * channels:(window + 1) * channels]
        for o in range(channels):
            top[o] = told[o] * max(one - abs(top[o] / thresholds[o] - one) / width, zero)
        for n in range(windows.shape[1]):
            own, number = (neurons_told[windows[window, n] * channels:(windows[window, n] + 1) * channels],
                           np.int32(n))
            for o in range(channels):
                own[o] = top[o] if winner[o] == number else zero


@njit(cache=True)
def _add_gradient(events, times, source_channels, channels, neurons_told, peak_times, ahead, ahead_first, gradient):
    """Add what each neuron is told to the gradient (flat, as the weights) of the weights by which it heard an event by
    its peak."""
    kernel, zero = gradient.size // (channels * source_channels), np.float32(0)
    for event in events:
        place, before, time = event // source_channels, event % source_channels * kernel, np.int32(times[event])
        for run in range(ahead_first[place], ahead_first[place + 1]):
            first, start = ahead[run, 0] * channels, (before + ahead[run, 1]) * channels
            told = neurons_told[first:first + ahead[run, 2] * channels]
            peak, own = peak_times[first:first + told.size], gradient[start:start + told.size]
            for o in range(told.size):
                own[o] += told[o] if peak[o] >= time else zero


@njit(cache=True, nogil=True, parallel=True)
def learn(times, steps, weights, outgoing, thresholds, graph, places, width, loss, endless, labels, image_weights,
          spike_times, gradients, told, peak_times, decisions, ties, winners, events):
    """Run a batch, each image to its decision, and tell every neuron its error.

    times int16 [batch, inputs]; weights: as `as_read` gives them, outgoing (transposed, in their own order),
    thresholds: tuples of float32 arrays; graph, places: as `graph_of` and `places_of` give them; width, loss, endless,
    labels, image_weights: as in decision_kernels. The remaining arguments are those of a Trace.
    """
    last, batch = len(weights) - 1, len(times)
    ahead, ahead_first, back, back_first, windows, window_of, _, units = graph
    for group in prange(-(-batch // GROUP)):
        state = _new_state(places)
        potentials, _, peaks, neuron_times, _, _, unit_times, fired, counts = state
        neurons_told, units_told = np.zeros(potentials.size, np.float32), np.zeros(unit_times.size, np.float32)
        order, first = np.empty(times.shape[1], np.int64), np.empty(steps + 1, np.int64)
        for k in range(last + 1):
            if len(gradients[k]) > 0:
                gradients[k][group] = 0
        for n in range(group * GROUP, min((group + 1) * GROUP, batch)):
            sort_by_step(times[n], steps, order, first)
            decision, together = _run(order, first, steps, weights, thresholds, ahead, ahead_first, windows, window_of,
                                      places, endless[n], state)
            end = min(decision, steps - 1)
            heard = order[:first[end + 1]]
            decisions[n], ties[n], events[n] = decision, together > 1, heard.size + counts[:last].sum()
            begin = places[last, 0]
            winners[n] = np.argmax(potentials[begin:])
            sure = output_errors(potentials[begin:], thresholds[last][0], labels[n], winners[n], decision < steps,
                                 endless[n], loss, image_weights[n], neurons_told[begin:])
            neuron_times[begin:] = end
            for k in range(last, -1, -1):
                a, _, u, source_channels = places[k]
                b, _, v, _ = places[k + 1]
                spike_times[k][n] = unit_times[u:v]
                if sure:
                    if told[k].shape[1] > 0:
                        told[k][n] = 0
                        peak_times[k][n] = -1
                    continue
                if k < last:
                    _tell_neurons(units_told[u:v], thresholds[k], width, peaks[a:b], windows[k],
                                  neurons_told[a:b])
                if told[k].shape[1] > 0:
                    told[k][n] = neurons_told[a:b]
                    peak_times[k][n] = neuron_times[a:b]
                elif k == 0:
                    _add_gradient(heard, times[n], source_channels, thresholds[k].size, neurons_told[a:b],
                                  neuron_times[a:b], ahead[k], ahead_first[k], gradients[k][group].reshape(-1))
                else:
                    before = places[k - 1, 2]
                    _add_gradient(fired[before:before + counts[k - 1]], unit_times[before:u], source_channels,
                                  thresholds[k].size, neurons_told[a:b], neuron_times[a:b], ahead[k], ahead_first[k],
                                  gradients[k][group].reshape(-1))
                if k > 0:
                    _tell_units(neurons_told[a:b], thresholds[k], outgoing[k], back[k], back_first[k],
                                source_channels, units_told[places[k - 1, 2]:u])
                    _spread(units[k - 1], units_told[places[k - 1, 2]:u])


@njit(cache=True, nogil=True, parallel=True)
def find_peaks(times, steps, weights, thresholds, graph, places, peaks):
    """Write the peaks of the last layer's neurons, float32 [n, neurons that count], for whole runs of images."""
    ahead, ahead_first, _, _, windows, window_of, _, _ = graph
    for n in prange(len(times)):
        state = _new_state(places)
        order, first = np.empty(times.shape[1], np.int64), np.empty(steps + 1, np.int64)
        sort_by_step(times[n], steps, order, first)
        _run(order, first, steps, weights, thresholds, ahead, ahead_first, windows, window_of, places, True, state)
        peaks[n] = state[2][places[len(weights) - 1, 0]:]
