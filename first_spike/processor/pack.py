"""A network as what a processor loads: tables and weights, with every limit checked; see docs/processor.md."""

import zlib

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.rtl_model.processor.limits import (
    FIELD_SLOTS,
    HEADER_FIELDS,
    LAYER_FIELDS,
    MAGIC,
    MOST_EVENTS,
    NIBBLE,
    POTENTIAL_BITS,
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
    """uint32 [words]: what is between count and CRC: the slots of header and layers, masks, words of weights."""
    require_fit(network, limits)
    header, slots = tables(network, limits)
    words = np.zeros((1 + limits.layers, FIELD_SLOTS), np.uint32)
    words[0, :len(HEADER_FIELDS)] = [header[name] for name in HEADER_FIELDS]
    for row, slot in zip(words[1:], slots):
        row[:len(LAYER_FIELDS)] = [slot[name] for name in LAYER_FIELDS]
    rows = np.concatenate([part for layer in network.layers
                           for part in (weight_rows(layer, limits.lanes), start_rows(layer, limits.lanes))])
    return np.concatenate([words.ravel(), masks(network, limits), nibbles_in_words(rows)])


def masks(network, limits):
    """uint32 [beats]: for each beat a bit for each pixel, the first the lowest: some neuron listens to it."""
    used = np.zeros((limits.beats, limits.pixels), np.uint32)
    used.ravel()[:network.inputs] = network.used_inputs
    return np.bitwise_or.reduce(used << np.arange(limits.pixels, dtype=np.uint32), axis=1)


def tables(network, limits):
    """(header, [slot of each layer]) as {field: value}."""
    first, word, slots = 0, 0, []
    for layer in network.layers:
        folds, parts = folds_of(layer, limits.lanes), parts_of(layer)
        starts = first + folds * parts * layer.inputs
        slots.append({"weights": first, "starts": starts, "inputs": layer.inputs, "folds": folds - 1, "word": word,
                      "parts": parts - 1})
        first, word = starts + folds * START_ROWS, word + folds
    header = {"beats": -(-network.inputs // limits.pixels) - 1,
              "step_shift": limits.step_bits - (network.steps.bit_length() - 1), "layers": len(slots) - 1,
              "classes": len(network.classes) - 1, "class_word": slots[-1]["word"], "events": 0, "last_input": 0,
              "most_events": 0}
    if network.most_events is not None:
        header |= {"beats": 0, "events": 1, "last_input": network.inputs - 1, "most_events": network.most_events}
    return header, slots


def require_fit(network, limits):
    """Raise UserError unless a processor of these Limits takes the network."""
    for number, layer in enumerate(network.layers):
        if layer.kind != "dense":
            raise UserError(f"layer {number} is a {layer.kind}: a processor takes dense layers alone yet")
    folds = [folds_of(layer, limits.lanes) for layer in network.layers]
    weights = sum(count * (parts_of(layer) * layer.inputs + START_ROWS) for count, layer in zip(folds, network.layers))
    widest = max(range(len(folds)), key=lambda number: network.layers[number].neurons)
    needs = [("inputs", network.inputs, limits.inputs), ("time steps", network.steps, limits.steps),
             ("layers", len(network.layers), limits.layers),
             (f"neurons of a layer (layer {widest})", network.layers[widest].neurons, limits.neurons),
             (f"folds of {limits.lanes} neurons", sum(folds), limits.words),
             (f"words of weights, each of {limits.lanes} nibbles", weights, limits.weight_words)]
    if network.most_events is not None:
        needs += [("events of a recording", network.most_events, MOST_EVENTS)]
        if not limits.takes_events:
            raise UserError(f"the network does not fit the processor: an event is a beat of 32 bits, and beats have "
                            f"{8 * limits.pixels}, {32 - 8 * limits.pixels} too few")
    for number, layer in enumerate(network.layers):
        lowest, highest = network.bounds(number)
        threshold = layer.thresholds.astype(np.int64) + 1
        most = max(int((threshold - lowest).max()), int((highest - threshold).max()) + 1, int(threshold.max()))
        needs.append((f"a potential relative to its threshold (layer {number})", most, 1 << POTENTIAL_BITS - 1))
    for what, need, limit in needs:
        if need > limit:
            raise UserError(f"the network does not fit the processor: {what}: {need:,} needed, {limit:,} possible, "
                            f"{need - limit:,} too many")


def folds_of(layer, lanes):
    """Turns that the lanes take for the neurons of a layer."""
    return -(-layer.neurons // lanes)


def parts_of(layer):
    """Nibbles of a weight."""
    return 1 if layer.weight_bits <= NIBBLE else 2


def weight_rows(layer, lanes):
    """uint8 [folds * parts * inputs, lanes]: nibbles of the weights, 0 for lanes without a neuron; of two parts the
    low one comes first."""
    folds = folds_of(layer, lanes)
    padded = np.zeros((layer.inputs, folds * lanes), np.int64)
    padded[:, :layer.neurons] = layer.weights
    by_fold = padded.reshape(layer.inputs, folds, lanes).transpose(1, 0, 2)
    parts = [by_fold >> NIBBLE * part & NIBBLE_VALUES - 1 for part in range(parts_of(layer))]
    return np.stack(parts, axis=1).reshape(-1, lanes).astype(np.uint8)


def start_rows(layer, lanes):
    """uint8 [folds * 4, lanes]: nibbles of -(threshold + 1), the lowest first; the lowest potential there is for lanes
    without a neuron, which never fire."""
    folds = folds_of(layer, lanes)
    starts = np.full(folds * lanes, -(1 << POTENTIAL_BITS - 1), np.int64)
    starts[:layer.neurons] = -(layer.thresholds.astype(np.int64) + 1)
    shifts = NIBBLE * np.arange(START_ROWS)[None, :, None]
    rows = starts.reshape(folds, 1, lanes) >> shifts & NIBBLE_VALUES - 1
    return rows.reshape(-1, lanes).astype(np.uint8)


def nibbles_in_words(rows):
    """uint32 [words]: eight nibbles in each, the first in the lowest bits."""
    eights = rows.reshape(-1, 8).astype(np.uint32) << NIBBLE * np.arange(8, dtype=np.uint32)
    return np.bitwise_or.reduce(eights, axis=1)
