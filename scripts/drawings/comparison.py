"""The section of a page that holds the float network, the golden model and the hardware against each other."""

import numpy as np

from golden.inference.infer import float_infer, infer
from scripts.agreement.mismatches import NOT_OBSERVED
from scripts.agreement.table import NAMES
from scripts.drawings.page import block, figure, paragraph, table
from scripts.drawings.parting import draw_parting, layers_of
from scripts.drawings.sheet import layer_name

NUMBERED = 20  # images that are listed by their numbers


def compared(subject, first, outcome):
    """(Layers of the first image of a Subject, for `draw_parting`; numbers of images that the float network names
    otherwise).

    first: number of the Subject's first image in the data; outcome: what hardware gave for the Subject.
    """
    golden = infer(subject.network, subject.images)
    in_float = None if subject.float_network is None else float_infer(subject.float_network, subject.images)
    other = [] if in_float is None else (first + np.flatnonzero(golden.classes != in_float.classes)).tolist()
    return layers_of(0, golden, in_float, outcome.spike_times), other


def comparison_section(folder, report, layers, other, network, first):
    """Where the three part: for all compared images by figures, for the first by a picture. report: of `compare_on`;
    layers, other: as `compared` gives them."""
    backend, count = NAMES[report["sim"]], report["images"]
    draw_parting(folder / "parting.svg", layers, network, backend)
    wrong = report["mismatches"]
    rows = [("compared", f"images {first} to {first + count - 1}"),
            (f"{backend} equal to golden in everything", f"{report['equal_images']:,} of {count:,} images"),
            ("spike times that differ", wrong["spikes"] if wrong["spikes"] == NOT_OBSERVED else f"{wrong['spikes']:,}")]
    if report["float_agreement"]:
        named = f": {', '.join(map(str, other[:NUMBERED]))}{', …' if len(other) > NUMBERED else ''}" if other else ""
        rows += [("float network names otherwise", f"{len(other):,} of {count:,} images{named}"),
                 ("its decision, mean distance", f"{report['float_agreement']['decision_time_mean_abs']:.3f} steps")]
        if report["float_agreement"]["hidden_time_mean_abs"] is not None:
            rows += [("its hidden spikes, mean distance",
                      f"{report['float_agreement']['hidden_time_mean_abs']:.3f} steps")]
    for number, layer in enumerate(layers):
        parts = [f"{int(layer.float_parts.sum()):,} of float"] if layer.in_float is not None else []
        if layer.hardware is not None:
            parts.append(f"{int(layer.hardware_parts.sum()):,} of {backend}")
        rows.append((f"image {first}, {layer_name(network, number)}: spikes elsewhere than golden", ", ".join(parts)))
    texts = [paragraph(f"{backend} differs from the golden model, first here, images counted from {first}: {sentence}",
                       wrong=True) for sentence in [report["first_mismatch"]] if sentence]
    caption = (f"Image {first}: neurons that spike up to its decision by golden (circles), {backend} (dots, up to the "
               f"decision) or float (bars). Lines join what should be one; red: hardware against golden.")
    return "Float, golden, hardware", [*texts, block([figure("parting.svg", caption), table(rows)])]
