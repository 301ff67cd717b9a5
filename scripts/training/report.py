"""What a training or a sweep did: figures as JSON, curves as a picture."""

import json

from golden.files import replacing
from scripts.command.figure import blank_figure, save_figure


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


def draw_sweep(path, rows, title):
    """Accuracy over bits and events over steps, one line per value of the other, as a PNG file."""
    figure, (left, right) = blank_figure(2)
    for count in sorted({row["steps"] for row in rows}):
        part = [row for row in rows if row["steps"] == count]
        left.plot([row["bits"] for row in part], [100 * row["accuracy"] for row in part], marker="o",
                  label=f"T = {count}")
    for width in sorted({row["bits"] for row in rows}):
        part = [row for row in rows if row["bits"] == width]
        right.plot([row["steps"] for row in part], [row["events"] for row in part], marker="o", label=f"{width} bit")
    left.set(xlabel="weight bits", ylabel="accuracy %", title=title)
    right.set(xlabel="time steps", ylabel="spikes to the decision")
    right.set_xscale("log", base=2)
    for axis in (left, right):
        axis.legend(fontsize="small")
    save_figure(figure, path)
