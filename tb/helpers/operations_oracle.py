"""A slow second opinion on operations: plain loops over spikes, positions and weights, from the contract's formula.

Spikes are those of the other oracles. Shares nothing with golden.inference.operations and golden.contract.geometry but
the numbers in a layer's fields.
"""

from tb.helpers import convolution_oracle, event_oracle
from tb.helpers.convolution_oracle import shape_of
from tb.helpers.oracle import pixel_time


def trains(network, given):
    """[[(input, step)]] of each layer's inputs and of the last one's spikes up to the decision step, of a sum pool an
    entry for each spike of a unit; given: a uint8 image, or a list of (input, step)."""
    if network.most_events is None:
        verdict = convolution_oracle.classify(network, given)
        first = [(i, pixel_time(int(pixel), network.steps)) for i, pixel in enumerate(given.ravel())]
    else:
        verdict, _ = event_oracle.classify(network, given)
        first, _ = event_oracle.take_in(network, given)
    times = [times for times in verdict.spike_times if len(times)]
    every = [first] + [[(unit(layer, n), step) for n, step in enumerate(own)]
                       for layer, own in zip(network.layers, times)]
    return [[(i, step) for i, step in train if step < network.steps and step <= verdict.decision_time]
            for train in every]


def unit(layer, neuron):
    """The number of the unit as which a layer hands on its spike train `neuron`."""
    if layer.kind == "dense" or layer.geometry.pool_kind == "first":
        return neuron
    rows, columns = layer.geometry.pool
    return neuron // (rows * columns)


def reads(layer, source):
    """[(row, column, channel, weight)] of each neuron that counts and reads input `source`: a position and channel."""
    shape, kernel, stride, padding, pool = shape_of(layer)
    rows, columns = ((shape[a] + 2 * padding[a] - kernel[a]) // stride[a] + 1 for a in (0, 1))
    rows, columns, weights = rows // pool[0] * pool[0], columns // pool[1] * pool[1], layer.weights.tolist()
    found = []
    for y in range(rows):
        for x in range(columns):
            for i in range(kernel[0]):
                for j in range(kernel[1]):
                    row, column = y * stride[0] + i - padding[0], x * stride[1] + j - padding[1]
                    if not (0 <= row < shape[0] and 0 <= column < shape[1]):
                        continue
                    for c in range(shape[2]):
                        if (row * shape[1] + column) * shape[2] + c == source:
                            found += [(y, x, o, weight)
                                      for o, weight in enumerate(weights[(i * kernel[1] + j) * shape[2] + c])]
    if rows * columns == 1 and not found:  # of one position: every neuron gets a weight, if only 0
        found = [(0, 0, o, 0) for o in range(len(layer.thresholds))]
    return found


def operations(network, given):
    """[(arriving, spikes, additions, effective)] of each layer."""
    fed, found = trains(network, given), []
    for k, layer in enumerate(network.layers):
        arriving = [(i, reads(layer, i)) for i, _ in fed[k]]
        if k == 0:
            arriving = [(i, read) for i, read in arriving if any(weight != 0 for *_, weight in read)]
        found.append((len(arriving), len(fed[k + 1]), sum(len(read) for _, read in arriving),
                      sum(weight != 0 for _, read in arriving for *_, weight in read)))
    return found


def words(network, given, lanes, by_row, sends_all=False):
    """[(words of weights, words of potentials)] of each layer in `lanes` lanes; by_row: of each, whether it works on a
    row of its kernel at once; sends_all: inputs that nobody uses come, too."""
    fed, found = trains(network, given), []
    for k, layer in enumerate(network.layers):
        read_words, accesses = 0, 0
        for i, _ in fed[k]:
            read = reads(layer, i)
            if k == 0 and not sends_all and not any(weight != 0 for *_, weight in read):
                continue
            read_words += len({(y, None if by_row[k] else x, o // lanes[k]) for y, x, o, _ in read})
            accesses += len({(y, x, o // lanes[k]) for y, x, o, _ in read})
        found.append((read_words, accesses))
    return found
