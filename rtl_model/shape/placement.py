"""From a network and a configuration to the feeds of the layers: which neuron sits in which lane, fold, way and row."""

from dataclasses import dataclass

import numpy as np

from golden.contract.limits import FEWEST_SCAN_WORDS, SCAN_WORD
from rtl_model.parts.streams import bits_for


@dataclass(frozen=True)
class Feed:
    """How the spikes of one source reach a layer: `sources[way][row]` is the index of the input, or -1 for a row
    without."""

    sources: tuple
    row_bits: int

    @property
    def ways(self):
        return len(self.sources)

    @property
    def rows(self):
        return len(self.sources[0])


def bank_row_bits(beats):
    """Width of the number of one of `beats` beats, with all ones to spare for "empty"; at least 2, so that it is a
    vector everywhere."""
    return max(2, bits_for(beats + 1))


def pixel_feed(inputs, pixels, ways):
    """Feed from the spike encoder: way k has places k * n .. of each beat of `pixels`, n = pixels / ways."""
    beats = -(-inputs // pixels)
    places = pixels // ways
    order = np.arange(beats * pixels)
    order[inputs:] = -1
    sources = order.reshape(beats, ways, places).transpose(1, 0, 2).reshape(ways, beats * places)
    row_bits = bank_row_bits(beats) + (places - 1).bit_length()
    return Feed(tuple(map(tuple, sources.tolist())), row_bits)


def layer_feed(neurons, lanes, ways):
    """Feed from the serializer behind a layer: row {fold, place} of way k is lane k * n + place, n = ceil(lanes /
    ways)."""
    folds = -(-neurons // lanes)
    places = -(-lanes // ways)
    place_bits = bits_for(max(FEWEST_SCAN_WORDS, -(-places // SCAN_WORD))) + bits_for(SCAN_WORD)
    span = places if folds == 1 else 1 << place_bits
    sources = []
    for way in range(ways):
        rows = [-1] * (folds * span)
        for fold in range(folds):
            for place in range(places):
                lane = way * places + place
                neuron = fold * lanes + lane
                if lane < lanes and neuron < neurons:
                    rows[fold * span + place] = neuron
        sources.append(tuple(rows))
    return Feed(tuple(sources), place_bits + (bits_for(folds) if folds > 1 else 0))


def layer_feeds(network, configuration):
    """For each layer the Feed of its spikes."""
    sizes = network.sizes
    lanes, ways = configuration.layer_lanes(sizes), configuration.layer_ways(sizes)
    return [pixel_feed(network.inputs, configuration.pixels, ways[0])] + [
        layer_feed(size, own, ways[k + 1]) for k, (size, own) in enumerate(zip(sizes[:-1], lanes[:-1]))]
