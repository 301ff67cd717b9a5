"""A network as what a processor loads: tables and weights, with every limit checked; see docs/howto/processor.md."""

import zlib

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.processor.placed import count_reaches, map_fields, place_layers, reaches, windows
from first_spike.rtl_model.processor.limits import (
    DENSE,
    HEADER_FIELDS,
    MAGIC,
    MOST_EVENTS,
    NIBBLE,
    POTENTIAL_BITS,
    REACHES,
    START_ROWS,
)

NIBBLE_VALUES = 1 << NIBBLE


def load_words(network, limits):
    """uint32 [words]: the frame that loads a Network into a processor of these Limits. Raises UserError, naming the
    limit and by how much it is exceeded, for a network that does not fit."""
    payload = payload_words(network, limits)
    crc = zlib.crc32(payload.astype("<u4").tobytes())
    return np.concatenate([np.array([MAGIC, limits.identity, len(payload)], np.uint32), payload,
                           np.array([crc], np.uint32)])


def payload_words(network, limits):
    """uint32 [words]: what is between count and CRC: the slots of header and layers, masks, tables of maps where there
    may be convolutions, words of weights."""
    require_fit(network, limits)
    layers = place_layers(network, limits.lanes)
    header, slots = tables(network, limits, layers)
    words = np.zeros((1 + limits.layers, limits.slot_words), np.uint32)
    words[0, :len(HEADER_FIELDS)] = [header[name] for name in HEADER_FIELDS]
    for row, slot in zip(words[1:], slots):
        row[:len(limits.layer_fields)] = [slot[name] for name in limits.layer_fields]
    rows = np.concatenate([part for layer in layers for part in (weight_rows(layer), start_rows(layer))])
    return np.concatenate([words.ravel(), masks(network, limits), *map_tables(layers, slots, limits),
                           nibbles_in_words(rows)])


def map_tables(layers, slots, limits):
    """[uint32 [words]] of the table of reaches, two words for each entry, and that of windows; none where there may be
    no convolutions."""
    if not limits.takes_maps:
        return []
    known, own = np.zeros((limits.words, 5), np.uint32), np.zeros((limits.words, 2), np.uint32)
    for table, entries in ((known, reaches(layers, slots)), (own, windows(layers, slots))):
        table[:len(entries)] = entries
    word, weight, rows, columns, some = known.T
    return [np.stack([weight | word << 16, columns | rows << 8 | some << 16], axis=1).ravel(),
            own[:, 0] | own[:, 1] << 16]


def masks(network, limits):
    """uint32 [beats]: for each beat a bit for each pixel, the first the lowest: some neuron listens to it."""
    used = np.zeros((limits.beats, limits.pixels), np.uint32)
    used.ravel()[:network.inputs] = network.used_inputs
    return np.bitwise_or.reduce(used << np.arange(limits.pixels, dtype=np.uint32), axis=1)


def tables(network, limits, layers):
    """(header, [slot of each PlacedLayer]) as {field: value}."""
    first, word, slots = 0, 0, []
    for layer in layers:
        starts = first + layer.folds * layer.parts * layer.inputs
        slots.append({"weights": first, "starts": starts, "inputs": layer.inputs, "folds": layer.folds - 1,
                      "word": word, "parts": layer.parts - 1} | map_fields(layer))
        first, word = starts + layer.folds * START_ROWS, word + layer.folds * layer.positions
    header = {"beats": -(-network.inputs // limits.pixels) - 1,
              "step_shift": limits.step_bits - (network.steps.bit_length() - 1), "layers": len(slots) - 1,
              "classes": len(network.classes) - 1, "class_word": slots[-1]["word"], "events": 0, "last_input": 0,
              "most_events": 0}
    if network.most_events is not None:
        header |= {"beats": 0, "events": 1, "last_input": network.inputs - 1, "most_events": network.most_events}
    return header, slots


def require_fit(network, limits):
    """Raise UserError unless a processor of these Limits takes the network."""
    layers = place_layers(network, limits.lanes)
    maps = [layer for layer in layers if layer.geometry is not None]
    if maps and not limits.takes_maps:
        number = next(k for k, layer in enumerate(network.layers) if layer.positions > 1)
        raise UserError(f"layer {number} is a convolution: a processor of the kinds {DENSE} takes dense layers alone")
    weights = sum(layer.folds * (layer.parts * layer.inputs + START_ROWS) for layer in layers)
    handed = [layer.handed for layer in layers]
    widest = int(np.argmax(handed))
    words = "positions and folds" if maps else "folds"
    needs = [("inputs", network.inputs, limits.inputs), ("time steps", network.steps, limits.steps),
             ("layers", len(layers), limits.layers),
             (f"neurons of a layer (layer {widest})", handed[widest], limits.neurons),
             (f"{words} of {limits.lanes} neurons", sum(layer.folds * layer.positions for layer in layers),
              limits.words),
             ("inputs of convolutions", count_reaches(layers), limits.words),
             (f"words of weights, each of {limits.lanes} nibbles", weights, limits.weight_words)]
    needs += [(f"positions that an input reaches in a row or a column (layer {number})",
               int(max(axis[:, 1].max() for axis in layer.reached)), REACHES) for number, layer in enumerate(maps)]
    if network.most_events is not None:
        needs += [("events of a recording", network.most_events, MOST_EVENTS)]
        if not limits.takes_events:
            raise UserError(f"the network does not fit the processor: an event is a beat of 32 bits, and beats have "
                            f"{8 * limits.pixels}, {32 - 8 * limits.pixels} too few")
    for number, layer in enumerate(network.layers):
        lowest, highest = (bound.reshape(-1, len(layer.thresholds)) for bound in network.bounds(number))
        threshold = layer.thresholds.astype(np.int64) + 1
        most = max(int((threshold - lowest).max()), int((highest - threshold).max()) + 1, int(threshold.max()))
        needs.append((f"a potential relative to its threshold (layer {number})", most, 1 << POTENTIAL_BITS - 1))
    for what, need, limit in needs:
        if need > limit:
            raise UserError(f"the network does not fit the processor: {what}: {need:,} needed, {limit:,} possible, "
                            f"{need - limit:,} too many")


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
