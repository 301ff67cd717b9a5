"""What fills the hardware of one layer: weights and thresholds, in the places that its shape gives them."""

from dataclasses import dataclass

import numpy as np

from first_spike.rtl_model.shape.layer_shape import potential_bounds


@dataclass(frozen=True)
class LayerContents:
    """The data of a layer, which change nothing of its structure: hex files and tables of constants."""

    words: tuple  # for each way the words of its weight memory: at fold * rows + row, lane 0 in the lowest bits
    initials: tuple  # for each fold and lane -threshold - 1


def layer_contents(layer, shape, feed):
    """LayerContents of a golden Layer in a hardware of the LayerShape `shape`, fed by `feed`."""
    lanes, places = shape.lanes, shape.folds * shape.lanes
    inputs, neurons = layer.weights.shape
    lowest, _ = potential_bounds(layer, feed.most_events)
    initials = np.full(places, lowest)
    initials[:neurons] = -layer.thresholds.astype(np.int64) - 1
    codes = np.zeros((inputs + 1, places), np.int64)  # the last row serves source -1
    weights = layer.weights.astype(np.int64)
    codes[:inputs, :neurons] = (weights > 0) if shape.weight_bits == 1 else weights % (1 << shape.weight_bits)
    folds = [[pack(row[fold * lanes:(fold + 1) * lanes], shape.weight_bits) for row in codes]
             for fold in range(shape.folds)]
    words = tuple(tuple(fold[source] for fold in folds for source in way) for way in feed.sources)
    return LayerContents(words=words, initials=tuple(map(tuple, initials.reshape(shape.folds, lanes).tolist())))


def pack(codes, bits):
    """One integer from `codes`, the first in the lowest `bits`."""
    planes = (codes[:, None] >> np.arange(bits)) & 1
    return int.from_bytes(np.packbits(planes.astype(np.uint8).ravel(), bitorder="little").tobytes(), "little")
