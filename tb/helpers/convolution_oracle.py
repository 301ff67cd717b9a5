"""A slow second opinion on convolutional networks: plain Python loops from the formula of the contract.

    V(y, x, o)(t) = sum over (i, j, c) of w[(i, j, c), o] for the input at (y * stride + i - padding,
                    x * stride + j - padding, c) if it has spiked by step t

Shares nothing with golden.inference and golden.contract.geometry but the numbers in a layer's fields, and goes through
no dense layer.
"""

from tb.helpers.oracle import pixel_time, read_out


def classify(network, image):
    """The Verdict on one uint8 image, to the end of its T steps; its lowest and highest potentials are per layer."""
    steps = network.steps
    times = [[pixel_time(int(pixel), steps) for pixel in image.ravel()]]
    heard = [[time] for time in times[0]]  # all spikes of each input of the next layer
    lowest, highest = [], []
    for layer in network.layers:
        source, kernel, stride, padding, pool = shape_of(layer)
        rows = (source[0] + 2 * padding[0] - kernel[0]) // stride[0] + 1
        columns = (source[1] + 2 * padding[1] - kernel[1]) // stride[1] + 1
        weights, thresholds = layer.weights.tolist(), layer.thresholds.tolist()
        channels, fired, over_time, reached = len(thresholds), {}, {}, [0]
        for y in range(rows):
            for x in range(columns):
                for o in range(channels):
                    arriving = [0] * steps
                    for i in range(kernel[0]):
                        for j in range(kernel[1]):
                            row, column = y * stride[0] + i - padding[0], x * stride[1] + j - padding[1]
                            if not (0 <= row < source[0] and 0 <= column < source[1]):
                                continue
                            for c in range(source[2]):
                                for time in heard[(row * source[1] + column) * source[2] + c]:
                                    if time < steps:
                                        arriving[time] += weights[(i * kernel[1] + j) * source[2] + c][o]
                    potentials, total = [], 0
                    for step in range(steps):
                        total += arriving[step]
                        potentials.append(total)
                    over_time[y, x, o] = potentials
                    reached += potentials
                    above = [step for step in range(steps) if potentials[step] > thresholds[o]]
                    fired[y, x, o] = above[0] if above else steps
        lowest.append(min(reached))
        highest.append(max(reached))
        heard = [[fired[y * pool[0] + a, x * pool[1] + b, o] for a in range(pool[0]) for b in range(pool[1])]
                 for y in range(rows // pool[0]) for x in range(columns // pool[1]) for o in range(channels)]
        if layer.kind == "dense" or layer.geometry.pool_kind == "first":
            heard = [[min(window)] for window in heard]
            times.append([window[0] for window in heard])
        else:
            times.append([time for window in heard for time in sorted(window)])
    at = min(min(times[-1]), steps - 1)
    return read_out(steps, times, [over_time[0, 0, o][at] for o in range(channels)], lowest, highest)


def shape_of(layer):
    """source, kernel, stride, padding, pool; dense is the convolution whose kernel is the whole map."""
    if layer.kind == "dense":
        return (1, 1, len(layer.weights)), (1, 1), (1, 1), (0, 0), (1, 1)
    geometry = layer.geometry
    return geometry.source, geometry.kernel, geometry.stride, geometry.padding, geometry.pool
