"""Whether a processor has room for a network."""

import numpy as np

from first_spike.golden.contract.placed_layers import place_layers
from first_spike.golden.contract.processor import DENSE, MOST_EVENTS, POTENTIAL_BITS, REACHES, START_ROWS
from first_spike.golden.contract.processor_tables import count_reaches
from first_spike.golden.errors import UserError


def require_fit(network, processor):
    """Raise UserError, naming the limit and by how much it is exceeded, unless a Processor takes the Network."""
    layers = place_layers(network, processor.lanes)
    maps = [layer for layer in layers if layer.geometry is not None]
    if maps and not processor.takes_maps:
        number = next(k for k, layer in enumerate(network.layers) if layer.positions > 1)
        raise UserError(f"layer {number} is a convolution: a processor of the kinds {DENSE} takes dense layers alone")
    weights = sum(layer.folds * (layer.parts * layer.inputs + START_ROWS) for layer in layers)
    handed = [layer.handed for layer in layers]
    widest = int(np.argmax(handed))
    words = "positions and folds" if maps else "folds"
    needs = [("inputs", network.inputs, processor.inputs), ("time steps", network.steps, processor.steps),
             ("layers", len(layers), processor.layers),
             (f"neurons of a layer (layer {widest})", handed[widest], processor.neurons),
             (f"{words} of {processor.lanes} neurons", sum(layer.folds * layer.positions for layer in layers),
              processor.words),
             ("inputs of convolutions", count_reaches(layers), processor.words),
             (f"words of weights, each of {processor.lanes} nibbles", weights, processor.weight_words)]
    needs += [(f"positions that an input reaches in a row or a column (layer {number})",
               int(max(axis[:, 1].max() for axis in layer.reached)), REACHES) for number, layer in enumerate(maps)]
    if network.most_events is not None:
        needs += [("events of a recording", network.most_events, MOST_EVENTS)]
        if not processor.takes_events:
            raise UserError(f"the network does not fit the processor: an event is a beat of 32 bits, and beats have "
                            f"{8 * processor.pixels}, {32 - 8 * processor.pixels} too few")
    for number, layer in enumerate(network.layers):
        lowest, highest = (bound.reshape(-1, len(layer.thresholds)) for bound in network.bounds(number))
        threshold = layer.thresholds.astype(np.int64) + 1
        most = max(int((threshold - lowest).max()), int((highest - threshold).max()) + 1, int(threshold.max()))
        needs.append((f"a potential relative to its threshold (layer {number})", most, 1 << POTENTIAL_BITS - 1))
    for what, need, limit in needs:
        if need > limit:
            raise UserError(f"the network does not fit the processor: {what}: {need:,} needed, {limit:,} possible, "
                            f"{need - limit:,} too many")
