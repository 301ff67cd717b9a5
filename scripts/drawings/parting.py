"""Spike times of the float network, the golden model and the hardware over each other, and where they part."""

from dataclasses import dataclass

import numpy as np

from scripts.command.figure import save_figure
from scripts.drawings.one_image import mark_decision
from scripts.drawings.sheet import BLUE, GREY, ORANGE, RED, label, layer_name, legend, name_axis, sheet, whole_steps

MOST = 100  # neurons of a layer that are drawn


@dataclass(frozen=True, eq=False)
class Spikes:
    """Spike times of one image, a list of [neurons] a layer, up to the golden model's `decision`; T, the number of
    `steps`, where there is none up to then. in_float, hardware: None where there is none, or nothing is seen of it."""

    steps: int
    decision: int
    golden: list
    in_float: list | None
    hardware: list | None

    def layers(self):
        """(golden, float or None, hardware or None) of each layer."""
        none = [None] * len(self.golden)
        return list(zip(self.golden, self.in_float or none, self.hardware or none))


def spikes_of(image, golden, in_float, hardware):
    """The Spikes of image number `image`; golden, in_float: Inference for the whole run, in_float or None; hardware:
    what an Outcome gave, or None."""
    decision = int(golden.decision_time[image])

    def early(times):
        return [np.where(part[image] > decision, golden.steps, part[image]) for part in times]

    return Spikes(golden.steps, decision, early(golden.spike_times),
                  None if in_float is None else early(in_float.spike_times),
                  None if hardware is None else [part[image] for part in hardware])


def apart(spikes):
    """(neurons that spike elsewhere in float than in golden, the same of hardware and golden), int64 each, of each
    layer; None where there is nothing to compare."""
    return [tuple(None if other is None else np.flatnonzero(other != golden) for other in others)
            for golden, *others in spikes.layers()]


def draw_parting(path, spikes, network, backend):
    """The three over each other, a row of axes for each layer. Of a layer with more than MOST neurons those are drawn
    that part, then those that spike first."""
    names = {"float": ORANGE, "golden": GREY, backend: BLUE}
    chosen = [_chosen(layer, spikes.steps) for layer in spikes.layers()]
    heights = [0.5 + 0.045 * max(len(neurons), 10) for neurons in chosen]
    figure, axes = sheet(sum(heights) + 0.9, len(chosen), sharex=True, heights=heights)
    for number, (axis, neurons, (golden, in_float, hardware)) in enumerate(zip(axes, chosen, spikes.layers())):
        places = np.arange(len(neurons))
        for other, colour in ((in_float, ORANGE), (hardware, RED)):
            if other is not None:
                parts = places[other[neurons] != golden[neurons]]
                axis.hlines(parts, golden[neurons][parts], other[neurons][parts], color=colour, linewidth=0.8)
        axis.plot(golden[neurons], places, "o", color=names["golden"], markersize=4.5, fillstyle="none",
                  markeredgewidth=0.7, label="golden")
        if hardware is not None:
            axis.plot(hardware[neurons], places, ".", color=names[backend], markersize=2.5, label=backend)
            wrong = places[hardware[neurons] != golden[neurons]]
            axis.plot(hardware[neurons][wrong], wrong, "x", color=RED, markersize=6)
        if in_float is not None:
            axis.plot(in_float[neurons], places, "|", color=names["float"], markersize=5, label="float")
        mark_decision(axis, spikes.decision, spikes.steps)
        axis.set_ylim(len(neurons) - 0.5, -0.5)
        _number(axis, neurons)
        label(axis, y=layer_name(network, number))
    if len(chosen[-1]) == len(network.classes):
        name_axis(axes[-1], network.classes)
    legend(axes[0], ncols=3)
    axes[-1].set_xlim(-0.6, spikes.steps + 0.6)
    whole_steps(axes[-1])
    label(axes[-1], f"time step; {spikes.steps}: none up to the decision", axes[-1].get_ylabel())
    save_figure(figure, path)


def _chosen(layer, steps):
    """Numbers of the neurons that are drawn, rising."""
    golden, *others = layer
    if len(golden) <= MOST:
        return np.arange(len(golden))
    parts = np.logical_or.reduce([other != golden for other in others if other is not None])
    order = np.lexsort((golden, ~parts))
    return np.sort(order[:MOST])


def _number(axis, neurons):
    """Some numbers of neurons at the axis."""
    places = np.unique(np.linspace(0, len(neurons) - 1, min(len(neurons), 6)).round().astype(int))
    axis.set_yticks(places, [str(neurons[place]) for place in places])
