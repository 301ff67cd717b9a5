"""The `decision` rule (see decision_kernels.py) for networks with convolutions, one image after the other.

Three things are more than in dense layers. A weight is shared: its gradient is summed over the positions. A pooled unit
spikes with the earliest neuron of its window and channel, so what it is told goes to that with the largest peak (the
first of several): the earliest of spikes is the largest of potentials. And `pull`: where the network decides, and
wrongly, the label's potential is pulled up only so hard, while the others are pushed down in full. With 1 everything
decides in step 0, since softmax minus one-hot sums to zero and nothing ever says "wait".

Where the label wins with a probability of more than SURE nothing is learnt, which saves much time.
"""

import numpy as np
from numba import njit, prange

from first_spike.golden.inference.encode import sort_by_step
from first_spike.golden.training.decision_kernels import output_errors
from first_spike.golden.training.shared_graph import graph_of

GROUP = 8  # images whose gradients are summed by one thread: the same ones, however many threads there are
SURE = 0.998


class Trace:
    """What a pass over a batch leaves behind, tuples of an array for each layer:

    spike_times int32 [batch, neurons handed on] (T: silent); gradients float32 [groups, weights] of convolutions, sums
    over the images of a group; told float32 and peak_times int32 [batch, neurons] of dense layers, of which Adam makes
    the gradient. Where a layer is of the other kind these are empty.
    Over [batch], as in decision_kernels.Trace: decisions, ties, winners, events.
    """

    def __init__(self, batch, layers):
        dense = [layer.kind == "dense" for layer in layers]
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


@njit(cache=True)
def _new_state(places):
    neurons, positions, units, _ = places[-1]
    return (np.empty(neurons, np.float32), np.empty(neurons, np.float32), np.empty(neurons, np.int32),
            np.empty(positions, np.int64), np.empty(positions, np.int64), np.empty(units, np.int32),
            np.empty(units, np.int64), np.empty(len(places) - 1, np.int64))


@njit(cache=True)
def _add(events, source_channels, weights, ahead, ahead_first, potentials, touched, visited, step):
    """Add the weights of events (inputs) to the potentials; returns how many positions are `touched` in this step."""
    channels, many = weights.shape[1], 0
    for event in events:
        place, channel = event // source_channels, event % source_channels
        for edge in range(ahead_first[place], ahead_first[place + 1]):
            position = ahead[edge, 0]
            row = weights[ahead[edge, 1] * source_channels + channel]
            own = potentials[position * channels:(position + 1) * channels]
            for o in range(channels):
                own[o] += row[o]
            if visited[position] != step:
                visited[position] = step
                touched[many] = position
                many += 1
    return many


@njit(cache=True)
def _fire(touched, thresholds, potentials, peaks, peak_times, window_of, spike_times, step, silent, fired, count):
    """End of a step for one layer: note peaks of touched positions, append units that fire to `fired`, which holds
    `count`; returns how many it holds then."""
    channels, now = thresholds.size, np.int32(step)
    for position in touched:
        own = potentials[position * channels:(position + 1) * channels]
        peak, time = (peaks[position * channels:(position + 1) * channels],
                      peak_times[position * channels:(position + 1) * channels])
        above = 0
        for o in range(channels):
            time[o] = now if own[o] > peak[o] else time[o]
            peak[o] = max(peak[o], own[o])
            above += own[o] > thresholds[o]
        if above > 0:
            unit = window_of[position] * channels
            for o in range(channels):
                if own[o] > thresholds[o] and spike_times[unit + o] == silent:
                    spike_times[unit + o] = now
                    fired[count] = unit + o
                    count += 1
    return count


@njit(cache=True)
def _run(order, first, steps, weights, thresholds, ahead, ahead_first, window_of, places, endless, state):
    """One image to its decision, which is returned (`steps`: silent), with the number of neurons that fired in it.

    order, first: its spikes by step. ahead, ahead_first, window_of: of a Graph. places: as `places_of` gives them.
    state: potentials, peaks and peak_times of all neurons, visited of all positions, touched, spike_times and fired
    (units by number, in the order of their time) of all units, counts int64 [layers] of these.
    """
    potentials, peaks, peak_times, visited, touched, spike_times, fired, counts = state
    last = len(weights) - 1
    potentials[:], peaks[:], peak_times[:], visited[:], spike_times[:], counts[:] = 0, 0, -1, -1, steps, 0
    for step in range(steps):
        events = order[first[step]:first[step + 1]]
        for k in range(last + 1):
            if events.size == 0:
                break
            n, p, u, source_channels = places[k]
            n_end, p_end, u_end, _ = places[k + 1]
            many = _add(events, source_channels, weights[k], ahead[k], ahead_first[k], potentials[n:n_end], touched,
                        visited[p:p_end], step)
            before = counts[k]
            counts[k] = _fire(touched[:many], thresholds[k], potentials[n:n_end], peaks[n:n_end], peak_times[n:n_end],
                              window_of[k], spike_times[u:u_end], step, steps, fired[u:u_end], before)
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
            share = neurons_told[position * channels + o] / thresholds[o]
            if share == 0:
                continue
            for edge in range(back_first[position], back_first[position + 1]):
                own = units_told[back[edge, 0] * source_channels:(back[edge, 0] + 1) * source_channels]
                row = outgoing[o, back[edge, 1] * source_channels:(back[edge, 1] + 1) * source_channels]
                for c in range(source_channels):
                    own[c] += share * row[c]


@njit(cache=True, error_model="numpy")
def _tell_neurons(units_told, thresholds, width, peaks, windows, neurons_told):
    """Each unit's error goes to the neuron of its window with the largest peak, times the triangle at its threshold."""
    one, zero = np.float32(1), np.float32(0)
    channels = thresholds.size
    for window in range(len(windows)):
        for o in range(channels):
            best = windows[window, 0]
            for n in range(1, windows.shape[1]):
                neurons_told[windows[window, n] * channels + o] = zero
                if peaks[windows[window, n] * channels + o] > peaks[best * channels + o]:
                    best = windows[window, n]
            neurons_told[windows[window, 0] * channels + o] = zero
            slope = max(one - abs(peaks[best * channels + o] / thresholds[o] - one) / width, zero)
            neurons_told[best * channels + o] = units_told[window * channels + o] * slope


@njit(cache=True)
def _add_gradient(events, times, source_channels, neurons_told, peak_times, ahead, ahead_first, gradient):
    """Add what each neuron is told to the gradient of the weights by which it heard an event by its peak."""
    channels, zero = gradient.shape[1], np.float32(0)
    for event in events:
        place, channel, time = event // source_channels, event % source_channels, np.int32(times[event])
        for edge in range(ahead_first[place], ahead_first[place + 1]):
            first = ahead[edge, 0] * channels
            told, peak = neurons_told[first:first + channels], peak_times[first:first + channels]
            row = gradient[ahead[edge, 1] * source_channels + channel]
            for o in range(channels):
                row[o] += told[o] if peak[o] >= time else zero


@njit(cache=True, nogil=True, parallel=True)
def learn(times, steps, weights, outgoing, thresholds, graph, places, temperature, width, pull, endless, labels,
          image_weights, spike_times, gradients, told, peak_times, decisions, ties, winners, events):
    """Run a batch, each image to its decision, and tell every neuron its error.

    times int16 [batch, inputs]; weights, outgoing (transposed), thresholds: tuples of float32 arrays; graph, places: as
    `graph_of` and `places_of` give them; temperature, width, pull, endless, labels, image_weights: as in
    decision_kernels.forward. The remaining arguments are those of a Trace.
    """
    last, batch = len(weights) - 1, len(times)
    ahead, ahead_first, back, back_first, windows, window_of = graph
    for group in prange(-(-batch // GROUP)):
        state = _new_state(places)
        potentials, peaks, neuron_times, _, _, unit_times, fired, counts = state
        neurons_told, units_told = np.zeros(potentials.size, np.float32), np.zeros(unit_times.size, np.float32)
        order, first = np.empty(times.shape[1], np.int64), np.empty(steps + 1, np.int64)
        for k in range(last + 1):
            if len(gradients[k]) > 0:
                gradients[k][group] = 0
        for n in range(group * GROUP, min((group + 1) * GROUP, batch)):
            sort_by_step(times[n], steps, order, first)
            decision, together = _run(order, first, steps, weights, thresholds, ahead, ahead_first, window_of, places,
                                      endless[n], state)
            end = min(decision, steps - 1)
            heard = order[:first[end + 1]]
            decisions[n], ties[n], events[n] = decision, together > 1, heard.size + counts[:last].sum()
            begin = places[last, 0]
            output, errors = potentials[begin:], neurons_told[begin:]
            winners[n] = np.argmax(output)
            wrong = decision < steps and winners[n] != labels[n]
            output_errors(output, thresholds[last][0] * temperature, labels[n], decision < steps or endless[n],
                          pull if wrong else 1.0, 1.0, errors)
            neuron_times[begin:] = end
            sure = winners[n] == labels[n] and (decision < steps or endless[n]) and errors[labels[n]] > SURE - 1
            errors *= 0.0 if sure else image_weights[n]
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
                    _add_gradient(heard, times[n], source_channels, neurons_told[a:b], neuron_times[a:b],
                                  ahead[k], ahead_first[k], gradients[k][group])
                else:
                    before = places[k - 1, 2]
                    _add_gradient(fired[before:before + counts[k - 1]], unit_times[before:u], source_channels,
                                  neurons_told[a:b], neuron_times[a:b], ahead[k], ahead_first[k],
                                  gradients[k][group])
                if k > 0:
                    _tell_units(neurons_told[a:b], thresholds[k], outgoing[k], back[k], back_first[k],
                                source_channels, units_told[places[k - 1, 2]:u])


@njit(cache=True, nogil=True, parallel=True)
def find_peaks(times, steps, weights, thresholds, graph, places, peaks):
    """Write the peaks of the last layer's neurons, float32 [n, neurons that count], for whole runs of images."""
    ahead, ahead_first, _, _, _, window_of = graph
    for n in prange(len(times)):
        state = _new_state(places)
        order, first = np.empty(times.shape[1], np.int64), np.empty(steps + 1, np.int64)
        sort_by_step(times[n], steps, order, first)
        _run(order, first, steps, weights, thresholds, ahead, ahead_first, window_of, places, True, state)
        peaks[n] = state[1][places[len(weights) - 1, 0]:]
