"""The section of a page that holds the float network, the golden model and the hardware against each other."""

from dataclasses import dataclass

import numpy as np

from first_spike.command.figure import save_figure
from first_spike.comparison.table import NAMES
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.plots.one_image import mark_decision
from first_spike.plots.page import block, figure, paragraph, table
from first_spike.plots.run import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    label,
    layer_name,
    legend,
    name_axis,
    sheet,
    subject_name,
    whole_numbers,
)

MOST = 100  # neurons of a layer that are drawn


@dataclass(frozen=True, eq=False)
class Layer:
    """Spike times of one layer for one image, [neurons] each; `steps` where there is none.

    golden, in_float (or None): of the whole run; hardware: up to the golden model's `decision`.
    """

    steps: int
    decision: int
    golden: np.ndarray
    in_float: np.ndarray | None
    hardware: np.ndarray

    @property
    def early(self):
        """What hardware has to show: the golden times up to the decision."""
        return np.where(self.golden > self.decision, self.steps, self.golden)

    @property
    def shown(self):
        """bool [neurons] that spike up to the decision, or should or should not."""
        return (self.early < self.steps) | self.float_parts | self.hardware_parts

    @property
    def float_parts(self):
        """bool [neurons] whose spikes in float are elsewhere, one of the two at least up to the decision."""
        if self.in_float is None:
            return np.zeros(len(self.golden), bool)
        return (self.in_float != self.golden) & (np.minimum(self.in_float, self.golden) <= self.decision)

    @property
    def hardware_parts(self):
        """bool [neurons] whose spikes hardware does not show where it has to."""
        return self.hardware != self.early


def layers_of(image, golden, in_float, hardware):
    """The Layers of image number `image`; golden, in_float (or None): Inference for the whole run; hardware: spike
    times that an Outcome gave."""
    floats = in_float.spike_times if in_float else [None] * len(hardware)
    return [Layer(golden.steps, int(golden.decision_time[image]), times[image],
                  None if in_float is None else other[image], found[image])
            for times, other, found in zip(golden.spike_times, floats, hardware)]


def draw_parting(path, layers, network, backend):
    """The three over each other, a row of axes for each of the Layers. Of one with more than MOST neurons those are
    drawn that part, then those that spike first."""
    chosen = [_chosen(layer) for layer in layers]
    heights = [0.5 + 0.045 * max(len(neurons), 10) for neurons in chosen]
    figure, axes = sheet(sum(heights) + 0.9, len(chosen), sharex=True, heights=heights)
    for number, (axis, neurons, layer) in enumerate(zip(axes, chosen, layers)):
        _draw_layer(axis, neurons, layer, backend)
        mark_decision(axis, layer.decision, layer.steps)
        axis.set_ylim(len(neurons) - 0.5, -0.5)
        _number(axis, neurons)
        label(axis, y=layer_name(network, number))
    if len(chosen[-1]) == len(network.classes):
        name_axis(axes[-1], network.classes)
    legend(axes[0], ncols=3)
    steps = layers[0].steps
    axes[-1].set_xlim(-0.6, steps + 0.6)
    whole_numbers(axes[-1])
    label(axes[-1], f"time step ({steps}: none)", axes[-1].get_ylabel())
    save_figure(figure, path)


def _draw_layer(axis, neurons, layer, backend):
    parts = [layer.float_parts[neurons], layer.hardware_parts[neurons]]
    shown, places, golden = layer.shown[neurons], np.arange(len(neurons)), layer.golden[neurons]
    found = layer.hardware[neurons]
    spiked, (unlike, wrong) = found < layer.steps, parts
    axis.hlines(places[wrong], golden[wrong], found[wrong], color=RED, linewidth=0.8)
    axis.plot(golden[shown], places[shown], "o", color=GREY, markersize=4.5, fillstyle="none", markeredgewidth=0.7,
              label="golden")
    axis.plot(found[spiked], places[spiked], ".", color=BLUE, markersize=2.5, label=backend)
    axis.plot(found[wrong], places[wrong], "x", color=RED, markersize=6)
    if layer.in_float is not None:
        other = layer.in_float[neurons]
        axis.hlines(places[unlike], golden[unlike], other[unlike], color=ORANGE, linewidth=0.8)
        axis.plot(other[shown], places[shown], "|", color=ORANGE, markersize=5, label="float")


def _chosen(layer):
    """Numbers of the neurons that are drawn, rising."""
    if len(layer.golden) <= MOST:
        return np.arange(len(layer.golden))
    order = np.lexsort((layer.golden, ~(layer.float_parts | layer.hardware_parts)))
    return np.sort(order[:MOST])


def _number(axis, neurons):
    """Some numbers of neurons at the axis."""
    places = np.unique(np.linspace(0, len(neurons) - 1, min(len(neurons), 6)).round().astype(int))
    axis.set_yticks(places, [str(neurons[place]) for place in places])


NUMBERED = 20  # images that are listed by their numbers


def comparison_section(folder, subject, report, outcome):
    """(the report of `compare_on` with what is added here, the section of the page): where the three part, for all
    images of the Subject by figures, for the first by a picture.

    report, outcome: what `compare_on` gave for the Subject.
    """
    network, first = subject.network, subject.start
    golden = infer(network, subject.images)
    in_float = None if subject.float_network is None else float_infer(subject.float_network, subject.images)
    other = [] if in_float is None else (first + np.flatnonzero(golden.classes != in_float.classes)).tolist()
    layers = layers_of(0, golden, in_float, outcome.spike_times)
    draw_parting(folder / "parting.svg", layers, network, NAMES[report["sim"]])
    section = _section(report, layers, other, network, first)
    return report | {"first_image": first, "float_names_otherwise": other}, section


def _section(report, layers, other, network, first):
    backend, count, name = NAMES[report["sim"]], report["images"], subject_name(network)
    rows = [("compared", f"{name}s {first} to {first + count - 1}"),
            (f"{backend} equal to golden in everything", f"{report['equal_images']:,} of {count:,} {name}s"),
            ("spike times that differ", f"{report['mismatches']['spikes']:,}")]
    if report["float_agreement"]:
        named = f": {', '.join(map(str, other[:NUMBERED]))}{', …' if len(other) > NUMBERED else ''}" if other else ""
        rows += [("float network names otherwise", f"{len(other):,} of {count:,} {name}s{named}"),
                 ("its decision, mean distance", f"{report['float_agreement']['decision_time_mean_abs']:.3f} steps")]
        if report["float_agreement"]["hidden_time_mean_abs"] is not None:
            rows += [("its hidden spikes, mean distance",
                      f"{report['float_agreement']['hidden_time_mean_abs']:.3f} steps")]
    for number, layer in enumerate(layers):
        parts = "" if layer.in_float is None else f"{int(layer.float_parts.sum()):,} of float, "
        rows.append((f"{name} {first}, {layer_name(network, number)}: spikes elsewhere than golden",
                     f"{parts}{int(layer.hardware_parts.sum()):,} of {backend}"))
    found = [("differs from the golden model, first here", report["first_mismatch"]),
             ("takes other cycles than the cycle model, first here", report["cycle_model"]["first"]),
             ("ran other files than the generator's, first here", next(iter(report["different_files"]), None))]
    texts = [paragraph(f"{backend} {what}: {sentence}", wrong=True) for what, sentence in found if sentence]
    caption = (f"{name.capitalize()} {first}: neurons that spike up to its decision by golden (circles), {backend} "
               f"(dots, up to the decision) or float (bars). Lines join what should be one; red: hardware against "
               f"golden.")
    for number, layer in enumerate(layers):
        if layer.shown.sum() > MOST:
            caption += f" {layer_name(network, number).capitalize()}: the first {MOST} of {layer.shown.sum():,}."
    return "Float, golden, hardware", [*texts, block([figure("parting.svg", caption), table(rows)])]
