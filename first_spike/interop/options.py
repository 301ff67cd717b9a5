"""What a user says about somebody's file, beside the file.

What an import did to somebody's network, and what the hardware of it costs.
"""

import argparse
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from rich.table import Table

from first_spike.exploration.area import estimate_area
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.beside import in_order_of_layers
from first_spike.golden.foreign.named_arrays import read_arrays
from first_spike.golden.foreign.steps import fewest_bits
from first_spike.golden.foreign.weights import ORIENTATIONS
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.quantization.grid import levels
from first_spike.golden.schedule.cycles import predict

GRAPH = ".nir"
THRESHOLD_FILES = (".npy", ".npz")
OF_ARRAYS = {"--threshold": "threshold", "--orientation": "orientation", "--layers": "layers"}
OF_GRAPHS = {"--dt": "dt"}
CHOICES = {"orientation": ORIENTATIONS, "fires": ("at", "above"), "bias": ("once",)}


@dataclass(frozen=True)
class ForeignFile:
    """Somebody's file, and what is said of it beside.

    file: its path. Of a file of arrays: threshold, a number or an .npy for each layer, or one .npz; orientation, one of
    ORIENTATIONS; layers, names of the arrays. Of a graph: dt, seconds from 1e-12 to 1e12, as a Fraction. fires: "at" a
    threshold or only "above"; bias: "once" where biases are added once; classes: names of the output neurons in the
    file's order, any sequence (text is one of its letters), which becomes a tuple of str, or None for what the file
    says.
    Raises UserError for what the kind of file has no use for, and for other values.
    """

    file: str
    threshold: tuple | None = None
    orientation: str | None = None
    layers: tuple | None = None
    fires: str | None = None
    bias: str | None = None
    dt: Fraction | None = None
    classes: tuple | None = None

    def __post_init__(self):
        odd = [option for option, name in (OF_ARRAYS if self.is_graph else OF_GRAPHS).items() if getattr(self, name)]
        if odd and self.is_graph:
            raise UserError(f"an NIR graph says thresholds, order and orientation of its layers itself: leave out "
                            f"{' and '.join(odd)}")
        if odd:
            raise UserError(f"{' and '.join(odd)} can only be given with an NIR graph ({GRAPH})")
        for name, known in CHOICES.items():
            given = getattr(self, name)
            if given is not None and given not in known:
                raise UserError(f"{name} must be {' or '.join(map(repr, known))}, found {given!r}")
        if not isinstance(self.threshold, (tuple, list, type(None))):
            raise UserError(f"threshold must be a list, of a number or a file for each layer, found {self.threshold!r}")
        if self.dt is not None and not (isinstance(self.dt, Fraction) and _is_time_step(self.dt)):
            raise UserError(f"dt must be a Fraction of a second, such as Fraction('1e-4'), found {self.dt!r}")
        if self.classes is not None:
            if isinstance(self.classes, (set, frozenset)) or not np.iterable(self.classes):
                raise UserError(f"classes must be names in the order of the output neurons, found {self.classes!r}")
            object.__setattr__(self, "classes", tuple(map(str, self.classes)))

    @property
    def is_graph(self):
        """Whether it is an NIR graph, by its name."""
        return self.file.endswith(GRAPH)

    @property
    def reached(self):
        """Whether a neuron fires when its potential reaches its threshold, not only when it exceeds it."""
        return self.fires == "at" or self.is_graph and self.fires is None

    @property
    def name(self):
        """Of the file, without its folder."""
        return Path(self.file).name


def add_foreign_arguments(parser):
    """Add FILE, --threshold, --layers, --orientation, --fires, --bias and --dt to an argparse parser."""
    parser.add_argument("file", metavar="FILE", help=f"{GRAPH}, .pt, .pth, .safetensors, .npz or .npy")
    parser.add_argument("--threshold", nargs="+", metavar="V",
                        help="of a file of arrays: a number for each layer, or an .npy of a number for each neuron of "
                             "it; or one .npz of an array for each layer (default: those in the file)")
    parser.add_argument("--layers", nargs="+", metavar="NAME",
                        help="arrays that are the weights of the layers, in their order (default: found by their "
                             "shapes)")
    parser.add_argument("--orientation", choices=CHOICES["orientation"], help="needed only when the shapes allow both")
    parser.add_argument("--fires", choices=CHOICES["fires"],
                        help=f"a neuron fires when its potential reaches its threshold, or only above (default: at for "
                             f"{GRAPH}, above for arrays)")
    parser.add_argument("--bias", choices=CHOICES["bias"],
                        help="biases are added once, before the first step: a threshold becomes itself less the bias "
                             "(default: those that are not 0 are refused)")
    parser.add_argument("--dt", type=time_step, metavar="SECONDS",
                        help="time step of the simulator that wrote the graph, where it puts 1 / dt into r, as "
                             "SpikingJelly does (default: a spike moves a potential by r times its weight)")


def time_step(text):
    """A Fraction, exactly as it is written."""
    try:
        value = Fraction(text) if len(text) < 40 else None
    except (ValueError, ZeroDivisionError):
        value = None
    if value is None or not _is_time_step(value):
        raise argparse.ArgumentTypeError(f"must be a number of seconds, such as 1e-4, found {text!r}")
    return value


def _is_time_step(seconds):
    return Fraction(10) ** -12 <= seconds <= 10 ** 12


def read_thresholds(words, layers):
    """Of each layer a number, or a float64 array of one for each neuron, from the words of --threshold, or numbers.
    layers: names of their weights."""
    words = [str(word) for word in words]
    if len(words) == 1 and words[0].endswith(".npz"):
        return in_order_of_layers(read_arrays(words[0]), layers)
    return [_threshold(word) for word in words]


def _threshold(word):
    if word.endswith(".npy"):
        arrays = list(read_arrays(word).values())
        if len(arrays) != 1:
            raise UserError(f"{word} holds {len(arrays)} arrays; one, of the thresholds of a layer, is needed")
        return arrays[0]
    try:
        return float(word)
    except ValueError:
        raise UserError(f"--threshold takes numbers, .npy files, or one .npz file, found {word!r}") from None


def threshold_files(words):
    """{"--threshold": path} of the last of the words that is a file, which nothing may be written over."""
    return {"--threshold": word for word in words or () if word.endswith(THRESHOLD_FILES)}


MOST_IMAGES = 1000  # that spikes are compared and cycles counted on


def import_table(imported, wholes, float_network, network, images):
    """A table of what was folded, rounded, clipped and dropped in each layer, and how many of its spikes moved: between
    float and integer network, over the whole run of `images` (uint8 [n, rows, columns]). wholes: see `integer_layers`.
    """
    grid = Table("layer", "folded", "dropped", "rounded to float32", "clipped", "spikes moved",
                 title=f"what became of it, on {len(images):,} test images")
    moved = spikes_moved(float_network, network, images)
    for number, (layer, one) in enumerate(zip(imported.layers, wholes)):
        rounded = (layer.rounded, "weights"), (0 if one.made else layer.inexact(), "thresholds")
        text = ", ".join(f"{count:,} {what}" for count, what in rounded if count)
        clipped = 0 if one.made else weights_clipped(float_network.layers[number], network.layers[number])
        folded = (one.stepped if one.made else layer).folded
        grid.add_row(f"{number} {layer.name}", "; ".join(folded) or "-", "; ".join(layer.dropped) or "-", text or "-",
                     f"{clipped:,} weights" if clipped else "-", moved[number])
    return grid


def spikes_moved(float_network, network, images):
    """Of each layer a text: the share of its spikes, of both networks, that come at another step or in one only."""
    texts = []
    for theirs, ours in zip(float_infer(float_network, images).spike_times, infer(network, images).spike_times):
        spikes = ((theirs < network.steps) | (ours < network.steps)).sum()
        changed = (theirs != ours).sum()
        texts.append(f"{changed:,} of {spikes:,} ({changed / spikes:.1%})" if spikes else "no spikes")
    return texts


def weights_clipped(float_layer, layer):
    """How many weights of a float layer lie beyond the levels of the integer layer that was made of it."""
    low, high, step = levels(layer.weight_bits)
    scale = (layer.thresholds + 0.5) / float_layer.thresholds.astype(np.float64)
    scaled = float_layer.weights * scale
    return int(((scaled < low - step / 2) | (scaled > high + step / 2)).sum())


def what_was_done(layers, wholes, images):
    """A text on how ForeignLayers became integers. wholes: what `integer_layers` made of them; images: how many scales
    are chosen on."""
    texts = [_done(layer, one.stepped, one.made, images) for layer, one in zip(layers, wholes)]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"layer {number}: {text}" for number, text in enumerate(texts))


def _done(layer, stepped, made, images):
    if made is None:
        return f"quantized, with scales chosen on {images:,} training images"
    if stepped is layer:
        return "weights and thresholds are integers already and stay as they are"
    return f"weights are {stepped.folded[len(layer.folded)]}, to float32 rounding, and stay so, with their thresholds"


def other_bits(wholes, bits):
    """A sentence on the fewest bits with which layers are taken as they are, or None where it is those that were asked
    for."""
    fewest = [one.stepped and fewest_bits(one.stepped) for one in wholes]
    if None in fewest:
        known = [f"layer {number} with {width}" for number, (width, one) in enumerate(zip(fewest, wholes))
                 if width and not one.made]
        return f"exact would be: {', '.join(known)} bits" if known else None
    text = " ".join(map(str, dict.fromkeys(fewest) if len(set(fewest)) == 1 else fewest))
    if all(one.made for one in wholes):
        return f"{text} bits would do" if list(bits) != fewest else None
    return f"{text} bits would be exact"


def thresholds_met(foreign, layers, wholes):
    """A sentence on thresholds that potentials can meet exactly, so that it matters whether that is enough, if the
    ForeignFile does not say; None where there are none."""
    layers = [one.stepped or layer for layer, one in zip(layers, wholes)]
    count = sum(len(layer.thresholds) for layer in layers)
    met = sum(layer.met() for layer in layers if layer.reached == foreign.reached)
    if foreign.fires or not met:
        return None
    taken, other = ("there, as in SpikingJelly", "above for simulators that fire only above, as Norse") \
        if foreign.reached else ("only above, as in Norse", "at for simulators that fire there, as SpikingJelly")
    return (f"{met:,} of {count:,} thresholds can be met exactly: neurons were taken to fire {taken}; "
            f"give --fires {other}")


def costs(network, images):
    """A sentence on area and cycles of the hardware without folds, by the models, or why there is none."""
    try:
        design = Design(network)
        cycles = predict(design, images, infer(network, images)).interval
    except UserError as error:
        return f"no figures of hardware: {error}"
    area = estimate_area(design)
    return (f"hardware, a lane for each neuron: about {area['lut']:,} LUT4 and {area['bram']} block RAMs of an ECP5 by "
            f"the area model, {cycles.mean():.1f} cycles an image by the cycle model")
