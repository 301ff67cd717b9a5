"""A network as the words that a processor loads: tables and weights; see docs/howto/processor.md."""

import zlib

import numpy as np

from first_spike.golden.contract.placed_layers import place_layers
from first_spike.golden.contract.processor import HEADER_FIELDS, MAGIC, NIBBLE, POTENTIAL_BITS, START_ROWS
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.contract.processor_tables import reaches, tables, windows

NIBBLE_VALUES = 1 << NIBBLE


def load_words(network, processor):
    """uint32 [words]: the frame that loads a Network into a Processor. Raises UserError for one that does not fit."""
    payload = payload_words(network, processor)
    crc = zlib.crc32(payload.astype("<u4").tobytes())
    return np.concatenate([np.array([MAGIC, processor.identity, len(payload)], np.uint32), payload,
                           np.array([crc], np.uint32)])


def payload_words(network, processor):
    """uint32 [words]: what is between count and CRC: the slots of header and layers, masks, tables of maps where there
    may be convolutions, words of weights."""
    require_fit(network, processor)
    layers = place_layers(network, processor.lanes)
    header, slots = tables(network, processor, layers)
    words = np.zeros((1 + processor.layers, processor.slot_words), np.uint32)
    words[0, :len(HEADER_FIELDS)] = [header[name] for name in HEADER_FIELDS]
    for row, slot in zip(words[1:], slots):
        row[:len(processor.layer_fields)] = [slot[name] for name in processor.layer_fields]
    rows = np.concatenate([part for layer in layers for part in (weight_rows(layer), start_rows(layer))])
    return np.concatenate([words.ravel(), masks(network, processor), *map_tables(layers, slots, processor),
                           nibbles_in_words(rows)])


def map_tables(layers, slots, processor):
    """[uint32 [words]] of the table of reaches, two words for each entry, and that of windows; none where there may be
    no convolutions."""
    if not processor.takes_maps:
        return []
    known, own = np.zeros((processor.words, 5), np.uint32), np.zeros((processor.words, 2), np.uint32)
    for table, entries in ((known, reaches(layers, slots)), (own, windows(layers, slots))):
        table[:len(entries)] = entries
    word, weight, rows, columns, some = known.T
    return [np.stack([weight | word << 16, columns | rows << 8 | some << 16], axis=1).ravel(),
            own[:, 0] | own[:, 1] << 16]


def masks(network, processor):
    """uint32 [beats]: for each beat a bit for each pixel, the first the lowest: some neuron listens to it."""
    used = np.zeros((processor.beats, processor.pixels), np.uint32)
    used.ravel()[:network.inputs] = network.used_inputs
    return np.bitwise_or.reduce(used << np.arange(processor.pixels, dtype=np.uint32), axis=1)


def weight_rows(layer):
    """uint8 [folds * parts * inputs, lanes]: nibbles of the weights of a PlacedLayer, 0 for lanes without a neuron; of
    two parts the low one comes first."""
    padded = np.zeros((layer.inputs, layer.folds * layer.lanes), np.int64)
    padded[:, :layer.neurons] = layer.weights
    by_fold = padded.reshape(layer.inputs, layer.folds, layer.lanes).transpose(1, 0, 2)
    parts = [by_fold >> NIBBLE * part & NIBBLE_VALUES - 1 for part in range(layer.parts)]
    return np.stack(parts, axis=1).reshape(-1, layer.lanes).astype(np.uint8)


def start_rows(layer):
    """uint8 [folds * 4, lanes]: nibbles of -(threshold + 1), the lowest first; the lowest potential there is for lanes
    without a neuron, which never fire."""
    starts = np.full(layer.folds * layer.lanes, -(1 << POTENTIAL_BITS - 1), np.int64)
    starts[:layer.neurons] = -(layer.thresholds.astype(np.int64) + 1)
    shifts = NIBBLE * np.arange(START_ROWS)[None, :, None]
    rows = starts.reshape(layer.folds, 1, layer.lanes) >> shifts & NIBBLE_VALUES - 1
    return rows.reshape(-1, layer.lanes).astype(np.uint8)


def nibbles_in_words(rows):
    """uint32 [words]: eight nibbles in each, the first in the lowest bits."""
    eights = rows.reshape(-1, 8).astype(np.uint32) << NIBBLE * np.arange(8, dtype=np.uint32)
    return np.bitwise_or.reduce(eights, axis=1)
