"""A sweep over bits and steps: its jobs, its table and its picture.

A sweep over bits and steps as long jobs, one for each number of bits.

What a sweep over bits and steps found, as a table and as a picture.
"""

from dataclasses import replace

from rich.table import Table

from first_spike.command.figure import blank_figure, save_figure
from first_spike.golden.quantization.thresholds import sweep
from first_spike.jobs.jobs import Job, Kept, Large, hash_of_arrays, hash_of_project, run_jobs


def sweep_all(network, dataset, held_images, held_labels, bits, steps, most_silent, workers, folder):
    """(rows as of `sweep`, a sentence for each number of bits that failed); what is done is kept in the `folder`."""
    tested = replace(dataset, train_images=dataset.train_images[:0], train_labels=dataset.train_labels[:0])
    decides = {"network": network.sha256, "steps": steps, "silent": most_silent, "dataset": dataset.name,
               "images": hash_of_arrays(dataset.test_images, dataset.test_labels, held_images, held_labels),
               "code": hash_of_project()}
    shared = [Large(value) for value in (network, tested, held_images, held_labels)]
    results, failed = run_jobs("bits", [
        Job(str(width), sweep_bits, (width, steps, most_silent, *shared), decides=decides | {"bits": width})
        for width in bits], workers, Kept(folder))
    return [row for rows in results if rows is not None for row in rows], failed


def sweep_bits(folder, report, width, steps, most_silent, network, dataset, held_images, held_labels):
    """The rows of `sweep` for one number of bits."""
    done = iter(range(1, len(steps) + 1))
    return sweep(network, dataset, held_images, held_labels, [width], steps, most_silent,
                 lambda: report(next(done) / len(steps)))


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
