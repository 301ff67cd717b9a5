"""Accuracy of a float network at every number of bits and time steps."""

from dataclasses import replace

from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.integer import integer_network
from first_spike.golden.quantization.scales import calibrate
from first_spike.golden.quantization.thresholds import retune


def sweep(float_network, dataset, held_images, held_labels, bits, steps, most_silent, progress=None):
    """Quantize for each combination and return one dict per combination, in the order of bits, then steps.

    Scales are chosen once per number of bits, at the network's own steps; the output threshold for each combination,
    both on the held-out images. Keys: bits, steps, held_out (accuracy on the held-out images, which a combination is to
    be chosen by), accuracy, silent, ties, events (on the test set), weight_kib (all layers). progress: called after
    each.
    """
    rows = []
    for width in bits:
        widths = (width,) * len(float_network.layers)
        base = calibrate(float_network, widths, held_images, held_labels)
        for count in steps:
            layers = retune(base, count, held_images, held_labels, most_silent)
            network = integer_network(replace(float_network, steps=count), layers, float_network.source)
            _, found = figures(network, dataset, (held_images, held_labels), most_silent)
            weights = sum(layer.weights.size for layer in network.layers)
            rows.append({"bits": width, "steps": count, "held_out": found["held_out"]["accuracy"]}
                        | {key: found[key] for key in ("accuracy", "silent", "ties", "events")}
                        | {"weight_kib": round(weights * width / 8192, 1)})
            if progress:
                progress()
    return rows
