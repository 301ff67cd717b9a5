"""What an import did to somebody's network, and what the hardware of it costs."""

import numpy as np
from rich.table import Table

from first_spike.exploration.area import estimate_area
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.steps import fewest_bits
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.quantization.grid import levels
from first_spike.golden.schedule.cycles import predict

MOST_IMAGES = 1000  # that spikes are compared and cycles counted on


def import_table(imported, wholes, float_network, network, images):
    """A table of what was folded, rounded, clipped and dropped in each layer, and how many of its spikes moved: between
    float and integer network, over the whole run of `images` (uint8 [n, rows, columns]). wholes: see `integer_layers`.
    """
    grid = Table("layer", "folded", "dropped", "rounded to float32", "clipped", "spikes moved",
                 title=f"what became of it, on {len(images):,} test images")
    moved = spikes_moved(float_network, network, images)
    for number, (layer, one) in enumerate(zip(imported.layers, wholes)):
        rounded = (layer.rounded, "weights"), (0 if one.made else layer.inexact(), "thresholds")
        text = ", ".join(f"{count:,} {what}" for count, what in rounded if count)
        clipped = 0 if one.made else weights_clipped(float_network.layers[number], network.layers[number])
        folded = (one.stepped if one.made else layer).folded
        grid.add_row(f"{number} {layer.name}", "; ".join(folded) or "-", "; ".join(layer.dropped) or "-", text or "-",
                     f"{clipped:,} weights" if clipped else "-", moved[number])
    return grid


def spikes_moved(float_network, network, images):
    """Of each layer a text: the share of its spikes, of both networks, that come at another step or in one only."""
    texts = []
    for theirs, ours in zip(float_infer(float_network, images).spike_times, infer(network, images).spike_times):
        spikes = ((theirs < network.steps) | (ours < network.steps)).sum()
        changed = (theirs != ours).sum()
        texts.append(f"{changed:,} of {spikes:,} ({changed / spikes:.1%})" if spikes else "no spikes")
    return texts


def weights_clipped(float_layer, layer):
    """How many weights of a float layer lie beyond the levels of the integer layer that was made of it."""
    low, high, step = levels(layer.weight_bits)
    scale = (layer.thresholds + 0.5) / float_layer.thresholds.astype(np.float64)
    scaled = float_layer.weights * scale
    return int(((scaled < low - step / 2) | (scaled > high + step / 2)).sum())


def what_was_done(layers, wholes, images):
    """A text on how ForeignLayers became integers. wholes: what `integer_layers` made of them; images: how many scales
    are chosen on."""
    texts = [_done(layer, one.stepped, one.made, images) for layer, one in zip(layers, wholes)]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"layer {number}: {text}" for number, text in enumerate(texts))


def _done(layer, stepped, made, images):
    if made is None:
        return f"quantized, with scales chosen on {images:,} training images"
    if stepped is layer:
        return "weights and thresholds are integers already and stay as they are"
    return f"weights are {stepped.folded[len(layer.folded)]}, to float32 rounding, and stay so, with their thresholds"


def other_bits(wholes, bits):
    """A sentence on the fewest bits with which layers are taken as they are, or None where it is those that were asked
    for."""
    fewest = [one.stepped and fewest_bits(one.stepped) for one in wholes]
    if None in fewest:
        known = [f"layer {number} with {width}" for number, (width, one) in enumerate(zip(fewest, wholes))
                 if width and not one.made]
        return f"exact would be: {', '.join(known)} bits" if known else None
    text = " ".join(map(str, dict.fromkeys(fewest) if len(set(fewest)) == 1 else fewest))
    if all(one.made for one in wholes):
        return f"{text} bits would do" if list(bits) != fewest else None
    return f"{text} bits would be exact"


def thresholds_met(layers, wholes):
    """A sentence on thresholds that potentials can meet exactly, so that it matters whether that is enough; None where
    there are none."""
    layers = [one.stepped or layer for layer, one in zip(layers, wholes)]
    met, count = sum(layer.met() for layer in layers if layer.reached), sum(len(layer.thresholds) for layer in layers)
    return met and (f"{met:,} of {count:,} thresholds can be met exactly: neurons were taken to fire there, as in "
                    f"SpikingJelly; give --fires above for simulators that fire only above, as Norse")


def costs(network, images):
    """A sentence on area and cycles of the hardware without folds, by the models, or why there is none."""
    try:
        design = Design(network)
        cycles = predict(design, images, infer(network, images)).interval
    except UserError as error:
        return f"no figures of hardware: {error}"
    area = estimate_area(design)
    return (f"hardware, a lane for each neuron: about {area['lut']:,} LUT4 and {area['bram']} block RAMs of an ECP5 by "
            f"the area model, {cycles.mean():.1f} cycles an image by the cycle model")
