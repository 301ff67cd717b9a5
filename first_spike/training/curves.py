"""The curves of a training as a picture."""

import numpy as np

from first_spike.command.figure import blank_figure, save_figure, tiled


def write_curves(path, history, title, first):
    """Draw accuracy, ties and silent outputs, and spikes per epoch, to a PNG file, and the kernels of a convolution;
    UserError without matplotlib.

    history: one dict of figures per epoch, as `golden.training.loop.Result` has it. first: the network's first layer.
    """
    figure, axes = blank_figure(3 + (first.kind == "convolution"))
    epochs = range(1, len(history) + 1)
    turn = sum(entry["phase"] == "float" for entry in history)
    for axis, names, label in (
        (axes[0], ("training_accuracy", "held_out_accuracy"), "accuracy"),
        (axes[1], ("held_out_silent", "training_ties"), "share of images"),
        (axes[2], ("training_spikes",), "spikes to the decision"),
    ):
        for name in names:
            axis.plot(epochs, [entry[name] for entry in history], label=name.replace("_", " "))
        if 0 < turn < len(history):
            axis.axvline(turn + 0.5, color="grey", linestyle=":", label="few bits from here")
        axis.set_xlabel("epoch")
        axis.set_ylabel(label)
        axis.legend(fontsize="small")
    for axis in axes[3:]:
        _draw_kernels(axis, first)
    axes[0].set_title(title, fontsize="medium", parse_math=False)
    save_figure(figure, path)


def _draw_kernels(axis, layer):
    """A kernel after the other, the channels that it reads side by side; red is positive, blue negative."""
    kernels = layer.weights.T.reshape(layer.channels, *layer.geometry.kernel, layer.takes[2])
    reach = float(np.abs(kernels).max()) or 1.0
    tiles = np.stack([tiled(np.moveaxis(kernel, 2, 0), layer.takes[2], 0) for kernel in kernels])
    axis.imshow(tiled(tiles), cmap="RdBu_r", vmin=-reach, vmax=reach, interpolation="nearest")
    axis.set_title(f"{layer.channels} kernels of the first layer", fontsize="medium")
    axis.set_axis_off()
