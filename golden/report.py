"""What a training did: figures as JSON, curves as a picture."""

import json

from golden.errors import UserError
from golden.files import replacing


def write_report(path, plan, result):
    """Write a training report as JSON: `plan`, `float` and `integer` (figures on the test set), `history` per epoch."""
    content = {
        "plan": plan.as_dict(),
        "float": result.float_network.accuracy,
        "integer": result.network and result.network.accuracy,
        "history": result.history,
    }
    with replacing(path) as file:
        file.write(json.dumps(content, indent=1, allow_nan=False).encode() + b"\n")


def write_curves(path, result, title):
    """Draw accuracy, ties and silent outputs, and spikes per epoch, to a PNG file; UserError without matplotlib."""
    figure, axes = blank_figure(3)
    history = result.history
    epochs = range(1, len(history) + 1)
    turn = sum(entry["phase"] == "float" for entry in history)
    for axis, names, label in (
        (axes[0], ("accuracy", "held_out_accuracy"), "accuracy"),
        (axes[1], ("ties", "silent"), "share of images"),
        (axes[2], ("spikes",), "spikes to the decision"),
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


def blank_figure(count):
    """A matplotlib figure with `count` axes side by side, drawn without a display."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UserError("drawing needs matplotlib: pip install matplotlib") from error
    figure = Figure(figsize=(4.2 * count, 3.4), layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def save_figure(figure, path):
    """Write a figure as PNG, whole or not at all."""
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=110)
