"""All images: when they are decided, how many spikes that takes, and which classes are taken for which.

The images that went wrong: what they are, what they were named, and how near the runner-up came.
"""

from typing import NamedTuple

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.plots.run import (
    BLUE,
    FONT,
    NAMED,
    ORANGE,
    label,
    layer_name,
    legend,
    name_axis,
    sheet,
    short_names,
    whole_numbers,
)

BINS = 40
BARS = 32  # of decision times, one for several steps where there are more


def decision_counts(run):
    """int64 [steps + 1] of images that are decided in each step, the last without an output spike; the same of those
    that are named wrong, None without labels."""
    times, bins = run.result.decision_time, run.network.steps + 1
    wrong = None if run.chosen.labels is None else np.bincount(times[run.wrong], minlength=bins)
    return np.bincount(times, minlength=bins), wrong


def confusion(run):
    """int64 [classes, classes] of images, labelled as the row and named as the column; UserError without labels."""
    if run.chosen.labels is None:
        raise UserError(f"a confusion matrix needs labels, but {run.chosen.name} has none: give ChosenImages with some")
    counts = np.zeros((len(run.network.classes),) * 2, np.int64)
    np.add.at(counts, (run.chosen.labels, run.result.classes), 1)
    return counts


def draw_decision_times(run):
    """How many images are decided in each step; apart at the right those that end without an output spike."""
    counts, wrong = decision_counts(run)
    steps = run.network.steps
    width = max(1, steps // BARS)
    figure, (axis,) = sheet(2.8)
    places = np.append(np.arange(0, steps, width) + (width - 1) / 2, steps + max(width, steps / 16))

    def draw(each, **options):
        bars = np.append(each[:-1].reshape(-1, width).sum(axis=1), each[-1])
        axis.bar(places, bars, width=0.9 * width, **options)

    draw(counts, color=BLUE, label=f"{run.name}s" if wrong is None else "named right")
    if wrong is not None:
        draw(wrong, color=ORANGE, label="named wrong")
        legend(axis, ncols=2)
    ticks = range(0, steps, max(1, steps // 8))
    axis.set_xticks([*ticks, places[-1]], [*map(str, ticks), "silent"])
    label(axis, "decided in step" + (f" (a bar for {width} steps)" if width > 1 else ""), f"{run.name}s")
    return figure


def draw_spikes(run):
    """How many spikes an image has up to its decision, a histogram for the input and for each layer."""
    counts = run.spike_counts
    figure, axes = sheet(1.1 * len(counts) + 0.5, len(counts))
    for number, (axis, spikes) in enumerate(zip(axes, counts)):
        axis.hist(spikes, bins=_edges(int(spikes.min()), int(spikes.max())), color=BLUE)
        axis.axvline(spikes.mean(), color=ORANGE, linewidth=1.2)
        whole_numbers(axis)
        label(axis, y="input" if number == 0 else layer_name(run.network, number - 1))
    label(axes[-1], "spikes up to the decision", axes[-1].get_ylabel())
    return figure


def _edges(lowest, highest):
    """Between whole numbers, at most BINS bins, all of one width."""
    width = (highest - lowest) // BINS + 1
    return np.arange(lowest, highest + width + 1, width) - 0.5


def draw_confusion(run):
    """Draw the confusion matrix: true classes are rows, predicted ones columns. The colour is the root of the share of
    the row's images, so that few are seen too."""
    counts = confusion(run)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, (axis,) = sheet(4.2)
    axis.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    if len(counts) <= NAMED:
        for (row, column), count in np.ndenumerate(counts):
            if count:
                axis.text(column, row, str(count), ha="center", va="center", fontsize=FONT - 2,
                          color="white" if shares[row, column] > 0.3 else "black")
        axis.set_xticks(range(len(counts)), short_names(run.network.classes), rotation=90)
    name_axis(axis, run.network.classes)
    label(axis, "predicted class", "true class")
    return figure


SHOWN = 40  # with their pictures; the JSON file has all


class Mistake(NamedTuple):
    """An image, its label, the class that it was named and the runner-up by the rules of the read-out (numbers of
    classes), by how much of potential that lost, and the decision time, T where silent."""

    image: int
    label: int
    named: int
    runner_up: int
    lost_by: float
    decision_time: int


def mistakes(run):
    """The Mistakes of a Run, in the order of the images; none without labels."""
    order, potentials = run.ranking if run.wrong else (None, None)
    return [Mistake(k, int(run.chosen.labels[k]), *order[k, :2].tolist(),
                    (potentials[k, 0] - potentials[k, 1]).item(), int(run.result.decision_time[k]))
            for k in run.wrong]  # two classes at least, or nothing could be wrong
