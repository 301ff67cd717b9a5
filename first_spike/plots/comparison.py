"""The section of a page that holds the float network, the golden model and the hardware against each other."""

import numpy as np

from first_spike.comparison.table import NAMES
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.plots.page import block, figure, paragraph, table
from first_spike.plots.parting import draw_parting, layers_of
from first_spike.plots.sheet import layer_name, subject_name

NUMBERED = 20  # images that are listed by their numbers


def comparison_section(folder, subject, first, report, outcome):
    """(the report of `compare_on` with what is added here, the section of the page): where the three part, for all
    images of the Subject by figures, for the first by a picture.

    first: number of the Subject's first image in the data; report, outcome: what `compare_on` gave for the Subject.
    """
    network = subject.network
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
    texts = [paragraph(f"{backend} differs from the golden model, first here, {name}s counted from {first}: {sentence}",
                       wrong=True) for sentence in [report["first_mismatch"]] if sentence]
    caption = (f"{name.capitalize()} {first}: neurons that spike up to its decision by golden (circles), {backend} "
               f"(dots, up to the decision) or float (bars). Lines join what should be one; red: hardware against "
               f"golden.")
    return "Float, golden, hardware", [*texts, block([figure("parting.svg", caption), table(rows)])]
