"""A slow second opinion on recordings: plain loops, straight from the contract.

    V_j(t) = sum of w over all events with step <= t

Shares nothing with golden.inference and golden.recordings; a convolution is taken as its dense layer and the pool.
"""

from tb.helpers.oracle import read_out


def take_in(network, recording):
    """(events taken in, places of those dropped in the recording), from a list of (input, step)."""
    taken, dropped, before = [], [], 0
    for place, (source, step) in enumerate(recording):
        too_many = len(taken) == network.most_events
        if too_many or source >= network.inputs or step >= network.steps or step < before:
            dropped.append(place)
        else:
            taken.append((source, step))
            before = step
    return taken, dropped


def classify(network, recording):
    """(Verdict, bad) on a list of (input, step), to the end of its T steps."""
    steps = network.steps
    taken, dropped = take_in(network, recording)
    events, all_times, lowest, highest = taken, [], [], []
    for layer in network.layers:
        dense = layer.dense()
        weights, thresholds = dense.weights.tolist(), dense.thresholds.tolist()
        over_time, potentials = [], [0] * len(thresholds)
        for step in range(steps):
            potentials = list(potentials)
            for source, when in events:
                if when == step:
                    for j in range(len(thresholds)):
                        potentials[j] += weights[source][j]
            over_time.append(potentials)
        times = [next((step for step in range(steps) if over_time[step][j] > thresholds[j]), steps)
                 for j in range(len(thresholds))]
        lowest.append(min(0, *(min(row) for row in over_time)))
        highest.append(max(0, *(max(row) for row in over_time)))
        handed = pool(layer, times)
        all_times.append(handed)
        events = [(j, handed[j]) for j in range(len(handed)) if handed[j] < steps]
    at = min(min(all_times[-1]), steps - 1)
    verdict = read_out(steps, [[], *all_times], over_time[at], lowest, highest)
    return verdict, ends_bad(network, recording, dropped, verdict.decision_time)


def ends_bad(network, recording, dropped, decision):
    """Whether an event was dropped before the first that was taken in after the decision step."""
    later = [place for place, (_, step) in enumerate(recording) if place not in dropped and step > decision]
    return any(place < min(later, default=len(recording)) for place in dropped)


def pool(layer, times):
    """Earliest spike of each window."""
    if layer.kind == "dense" or layer.geometry.pool == (1, 1):
        return times
    (rows, columns), (high, wide) = layer.geometry.positions, layer.geometry.pool
    channels = len(layer.thresholds)
    return [min(times[((y * high + a) * columns + x * wide + b) * channels + o]
                for a in range(high) for b in range(wide))
            for y in range(rows // high) for x in range(columns // wide) for o in range(channels)]
