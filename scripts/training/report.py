"""What a training or a sweep did: figures as JSON, curves as a picture."""

import json

from rich.table import Table

from golden.files import replacing
from scripts.command.figure import blank_figure, save_figure


def write_report(path, plan, result, warnings):
    """Write a training report as JSON: `plan`, `float` and `integer` (figures on the test set), `warnings` (sentences),
    `history` per epoch."""
    content = {
        "plan": plan.as_dict(),
        "float": result.float_network.accuracy,
        "integer": result.network and result.network.accuracy,
        "warnings": warnings,
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


def sweep_table(title, rows, held_out, test):
    """The rows of a sweep as a table for people; held_out, test: how many images accuracies were counted on."""
    grid = Table("bits", "steps", "held out", "test", "silent", "ties", "spikes", "KiB", title=title, caption=(
        f"accuracies, strict: choose by the {held_out:,} held-out training images, the {test:,} test images are for "
        f"what was chosen; silent, ties, spikes to the decision: on the test images; KiB: weights"))
    for row in rows:
        grid.add_row(str(row["bits"]), str(row["steps"]), f"{row['held_out']:.2%}", f"{row['accuracy']:.2%}",
                     f"{row['silent']:.2%}", f"{row['ties']:.2%}", str(row["events"]), str(row["weight_kib"]))
    return grid


def draw_sweep(path, rows, title):
    """Accuracy over bits, on held-out and beside it on test images, and events over steps, one line per value of the
    other, as a PNG file."""
    figure, (left, middle, right) = blank_figure(3)
    for axis, name in ((left, "held_out"), (middle, "accuracy")):
        for count in sorted({row["steps"] for row in rows}):
            part = [row for row in rows if row["steps"] == count]
            axis.plot([row["bits"] for row in part], [100 * row[name] for row in part], marker="o",
                      label=f"T = {count}")
    for width in sorted({row["bits"] for row in rows}):
        part = [row for row in rows if row["bits"] == width]
        right.plot([row["steps"] for row in part], [row["events"] for row in part], marker="o", label=f"{width} bit")
    left.set(xlabel="weight bits", ylabel="accuracy %, held-out images")
    left.set_title(title, fontsize="medium", parse_math=False)
    middle.set(xlabel="weight bits", ylabel="accuracy %, test images")
    middle.sharey(left)
    right.set(xlabel="time steps", ylabel="spikes to the decision")
    right.set_xscale("log", base=2)
    # beside the axes, where no point is
    figure.legend(*left.get_legend_handles_labels(), loc="outside left center", fontsize="small")
    figure.legend(*right.get_legend_handles_labels(), loc="outside right center", fontsize="small")
    save_figure(figure, path)
