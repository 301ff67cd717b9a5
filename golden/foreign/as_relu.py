"""ForeignLayers as a ReLU network, whose neurons hand on numbers instead of first spikes."""

import numpy as np

BATCH = 256  # images at a time


def relu_classes(layers, images):
    """Return the class of each image by the weights of ForeignLayers, with ReLU for their neurons and no biases.

    A pixel p counts as p / 255. A pool of first spikes takes the largest number of each window, a sum pool their sum.

    Args:
        layers: ForeignLayers, one behind the other.
        images: uint8 [n, rows, columns], with channels behind if there are some.

    Returns:
        int64 [n], the number of the largest output.
    """
    weights = [_of_file(layer) for layer in layers]
    classes = np.empty(len(images), np.int64)
    for start in range(0, len(images), BATCH):
        numbers = images[start:start + BATCH].astype(np.float32) / 255
        for layer, own in zip(layers, weights):
            numbers = np.maximum(numbers, 0).reshape(len(numbers), -1)
            numbers = numbers @ own if layer.geometry is None else _convolution(numbers, own, layer.geometry)
        classes[start:start + BATCH] = numbers.reshape(len(numbers), -1).argmax(axis=1)
    return classes


def _of_file(layer):
    """Return weights float32 with which potentials are those of the file, but for one factor of the whole layer, which
    ReLU hands on: the largest weight is 1."""
    weights = layer.weights * np.array([float(one) for one in layer.scales])
    return (weights / (np.abs(weights).max() or 1.0)).astype(np.float32)


def _convolution(numbers, weights, geometry):
    """Sums [n, rows, columns, channels] of what a convolution hands on, ReLU before its pool."""
    (rows, columns), (down, right), (high, wide) = geometry.positions, geometry.stride, geometry.pool
    maps = np.pad(numbers.reshape(-1, *geometry.source), [(0, 0), *((rim, rim) for rim in geometry.padding), (0, 0)])
    kernel = weights.reshape(*geometry.kernel, geometry.source[2], -1)
    sums = sum(maps[:, i:i + rows * down:down, j:j + columns * right:right] @ kernel[i, j]
               for i in range(geometry.kernel[0]) for j in range(geometry.kernel[1]))
    if geometry.pool == (1, 1):
        return sums
    windows = np.maximum(sums, 0).reshape(len(sums), rows // high, high, columns // wide, wide, -1)
    return windows.sum(axis=(2, 4)) if geometry.sums else windows.max(axis=(2, 4))
