"""What a user says about somebody's file, beside the file."""

import argparse
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.named_arrays import read_arrays
from first_spike.golden.foreign.weights import ORIENTATIONS

GRAPH = ".nir"
THRESHOLD_FILES = (".npy", ".npz")
OF_ARRAYS = {"--threshold": "threshold", "--orientation": "orientation", "--layers": "layers"}
OF_GRAPHS = {"--dt": "dt"}


@dataclass(frozen=True)
class ForeignFile:
    """Somebody's file, and what is said of it beside.

    file: its path. Of a file of arrays: threshold, words, a number or an .npy for each layer, or one .npz; orientation,
    one of ORIENTATIONS; layers, names of the arrays. Of a graph: dt, seconds, as a Fraction. fires: "at" a threshold or
    only "above"; bias: "once" where biases are added once; classes: names of the output neurons in the file's order.
    Raises UserError for what the kind of file has no use for.
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

    @property
    def is_graph(self):
        """Whether it is an NIR graph, by its name."""
        return self.file.endswith(GRAPH)

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
    parser.add_argument("--orientation", choices=ORIENTATIONS, help="needed only when the shapes allow both")
    parser.add_argument("--fires", choices=("at", "above"),
                        help=f"a neuron fires when its potential reaches its threshold, or only above (default: at for "
                             f"{GRAPH}, above for arrays)")
    parser.add_argument("--bias", choices=("once",),
                        help="biases are added once, before the first step: a threshold becomes itself less the bias "
                             "(default: those that are not 0 are refused)")
    parser.add_argument("--dt", type=time_step, metavar="SECONDS",
                        help="time step of the simulator that wrote the graph, where it puts 1 / dt into r, as "
                             "SpikingJelly does (default: a spike moves a potential by r times its weight)")


def time_step(text):
    """A Fraction above 0, exactly as it is written."""
    try:
        value = Fraction(text) if len(text) < 40 else None
    except (ValueError, ZeroDivisionError):
        value = None
    if value is None or not Fraction(10) ** -12 <= value <= 10 ** 12:
        raise argparse.ArgumentTypeError(f"must be a number of seconds, such as 1e-4, found {text!r}")
    return value


def read_thresholds(words):
    """Of each layer a number, or a float64 array of one for each neuron, from the words of --threshold."""
    if len(words) == 1 and words[0].endswith(".npz"):
        arrays = read_arrays(words[0])
        return [arrays[name] for name in sorted(arrays, key=lambda name: (len(name), name))]
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
