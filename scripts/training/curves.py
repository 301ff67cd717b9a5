"""The curves of a training as a picture."""

from scripts.command.figure import blank_figure, save_figure


def write_curves(path, history, title):
    """Draw accuracy, ties and silent outputs, and spikes per epoch, to a PNG file; UserError without matplotlib.

    history: one dict of figures per epoch, as `golden.training.loop.Result` has it.
    """
    figure, axes = blank_figure(3)
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
    axes[0].set_title(title, fontsize="medium", parse_math=False)
    save_figure(figure, path)
