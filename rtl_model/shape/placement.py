"""From a network and a configuration to the feeds of the layers: which neuron sits in which lane, fold, way and row."""

import math
from dataclasses import dataclass, replace

import numpy as np

from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.contract.limits import FEWEST_SCAN_WORDS, SCAN_WORD
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.derived import derived


@dataclass(frozen=True)
class Feed:
    """How the spikes of one source reach a layer: `sources[way][row]` is the index of the input, or -1 for a row
    without. In the lowest `place_bits` a row names neurons of one position. most_events: spikes of an image, of any
    inputs; None where each input spikes `often` times at most."""

    sources: tuple
    row_bits: int
    place_bits: int = 0
    most_events: int | None = None
    often: int = 1

    @property
    def ways(self):
        return len(self.sources)

    @property
    def rows(self):
        return len(self.sources[0])


def bank_row_bits(beats):
    """Width of the number of one of `beats` beats; at least 2, so that it is a vector everywhere."""
    return max(2, bits_for(beats))


def pixel_feed(inputs, pixels, ways):
    """Feed from the spike encoder: way k has places k * n .. of each beat of `pixels`, n = pixels / ways."""
    beats = -(-inputs // pixels)
    places = pixels // ways
    order = np.arange(beats * pixels)
    order[inputs:] = -1
    sources = order.reshape(beats, ways, places).transpose(1, 0, 2).reshape(ways, beats * places)
    row_bits = bank_row_bits(beats) + (places - 1).bit_length()
    return Feed(tuple(map(tuple, sources.tolist())), row_bits)


def event_row_bits(inputs):
    """Width of the number of one of `inputs` inputs; at least 2, so that it is a vector everywhere."""
    return max(2, bits_for(inputs))


def event_feed(inputs, most_events):
    """Feed from the event loader: a row is the number of an input."""
    return Feed((tuple(range(inputs)),), event_row_bits(inputs), most_events=most_events)


def folds_of(neurons, lanes, windows=None):
    """Folds of a layer; windows: how many positions a convolution hands on, each of which has folds of its own."""
    if windows is None:
        return -(-neurons // lanes)
    return max(2, windows * -(-neurons // windows // lanes))  # several, so that a step ends apart from its spikes


def layer_feed(neurons, lanes, ways, windows=None):
    """Feed from the serializer behind a layer: row {fold, place} of way k is lane k * n + place, n = ceil(lanes /
    ways). windows: as in `folds_of`."""
    folds = folds_of(neurons, lanes, windows)
    channels = neurons // (windows or 1)
    window_folds = -(-channels // lanes)
    places = -(-lanes // ways)
    place_bits = bits_for(max(FEWEST_SCAN_WORDS, -(-places // SCAN_WORD))) + bits_for(SCAN_WORD)
    span = places if folds == 1 else 1 << place_bits
    sources = []
    for way in range(ways):
        rows = [-1] * (folds * span)
        for fold in range(folds):
            for place in range(places):
                lane = way * places + place
                channel = fold % window_folds * lanes + lane
                neuron = fold // window_folds * channels + channel
                if lane < lanes and channel < channels and neuron < neurons:
                    rows[fold * span + place] = neuron
        sources.append(tuple(rows))
    return Feed(tuple(sources), place_bits + (bits_for(folds) if folds > 1 else 0), place_bits)


FIRST_FEEDS = {
    PIXELS: lambda design, ways: pixel_feed(design.network.inputs, design.configuration.pixels, ways),
    EVENTS: lambda design, ways: event_feed(design.network.inputs, design.network.most_events),
}


@derived
def layer_feeds(design):
    """For each layer the Feed of its spikes."""
    network, ways = design.network, design.ways
    return [FIRST_FEEDS[network.takes](design, ways[0]), *(
        replace(layer_feed(math.prod(layer.map), own, following, windows_of(layer)), often=layer.often)
        for layer, own, following in zip(network.layers, design.lanes, ways[1:]))]


def windows_of(layer):
    """Positions that a golden layer hands on, None where its neurons have no common weights."""
    return None if layer.positions == 1 else math.prod(layer.map[:2])
