"""Accuracy of a float network at every number of bits and time steps."""

from golden.calibrate import calibrate
from golden.evaluation import figures
from golden.network import Layer, Network
from golden.report import blank_figure, save_figure
from golden.thresholds import retune


def sweep(float_network, dataset, held_images, held_labels, bits, steps, most_silent, progress=None):
    """Quantize for each combination and return one dict per combination, in the order of bits, then steps.

    Scales are chosen once per number of bits, at the network's own steps; the output threshold for each combination, both on
    the held-out images. Keys: bits, steps, accuracy, silent, ties, events (on the test set), weight_kib (all layers).
    progress: called after each.
    """
    rows = []
    for width in bits:
        widths = (width,) * len(float_network.layers)
        base = calibrate(float_network, widths, held_images, held_labels)
        for count in steps:
            layers = retune(base, count, held_images, held_labels, most_silent)
            network = Network(count, float_network.image_shape, tuple(Layer(*layer, width) for layer in layers),
                              float_network.classes)
            found = figures(network, dataset).accuracy
            weights = sum(layer.weights.size for layer in network.layers)
            rows.append({"bits": width, "steps": count} | {key: found[key] for key in ("accuracy", "silent", "ties", "events")}
                        | {"weight_kib": round(weights * width / 8192, 1)})
            if progress:
                progress()
    return rows


def draw_sweep(path, rows, title):
    """Accuracy over bits and events over steps, one line per value of the other, as a PNG file."""
    figure, (left, right) = blank_figure(2)
    for count in sorted({row["steps"] for row in rows}):
        part = [row for row in rows if row["steps"] == count]
        left.plot([row["bits"] for row in part], [100 * row["accuracy"] for row in part], marker="o", label=f"T = {count}")
    for width in sorted({row["bits"] for row in rows}):
        part = [row for row in rows if row["bits"] == width]
        right.plot([row["steps"] for row in part], [row["events"] for row in part], marker="o", label=f"{width} bit")
    left.set(xlabel="weight bits", ylabel="accuracy %", title=title)
    right.set(xlabel="time steps", ylabel="spikes to the decision")
    right.set_xscale("log", base=2)
    for axis in (left, right):
        axis.legend(fontsize="small")
    save_figure(figure, path)
