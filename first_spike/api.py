"""What users import: a dozen names over the rooms of the package, arrays in, arrays out.

No function prints a result, asks the terminal or ends the program; long work shows a bar on stderr where a terminal
watches, else a line from time to time. What cannot be is a UserError, whose text is one sentence.
"""

import os
import tempfile
from pathlib import Path

from first_spike.command.data_options import read_dataset
from first_spike.command.images import ChosenImages, as_taken, check_classes, checked, images_of, load_shown, own_data
from first_spike.command.option_values import MOST_SEED, load_network, network_file
from first_spike.command.silence import warn
from first_spike.comparison.backends import VERILOG
from first_spike.comparison.compare_on import Subject, compare_on, compare_verilog, require_counterpart
from first_spike.comparison.design_files import write_named_design
from first_spike.exploration.budget import Budget, offers, within
from first_spike.exploration.energy import FOR_BOUNDS
from first_spike.exploration.metrics import metrics as counted_metrics
from first_spike.exploration.metrics import require_integers
from first_spike.golden.contract.configuration import require_choice
from first_spike.golden.contract.design import INTEGERS, Design
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.contract.plain import plain
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.inference.infer import float_infer
from first_spike.golden.inference.infer import infer as integer_infer
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.rtl_model.tops import DEFAULT, STREAMED
from first_spike.synthesis.targets import find_ecp5_board
from first_spike.training.train import read_training

SIMULATORS = (*VERILOG, "myhdl")
COUNTED = 1000  # images on which an exploration counts cycles
DESIGN = Design, "a Design(network, ...)"
NETWORK = (Network, FloatNetwork), "a network, as load(name) gives it,"


def load(name):
    """The Network, or FloatNetwork, of a shipped name, such as "mnist_784_128_10_4bit", or of a file."""
    _require_path(name, "the name of a network, or its file,")
    return load_network(network_file(name))


def samples():
    """The 500 test digits of MNIST that come along: ChosenImages with `images`, uint8 [500, 28, 28], and `labels`,
    int64 [500] (Y. LeCun and C. Cortes, CC BY-SA 3.0)."""
    return dataset("samples", train=False)


def dataset(name, train=True, network=None, choices=None):
    """A data set by its name (mnist, fashion, digits), a folder of idx files or pictures, or an .npz of arrays, as
    `--dataset` of `first-spike train` takes it: a Dataset for `train` and `import_nir`. Without `train` its test set:
    ChosenImages with `images`, uint8 [n, rows, columns], or Recordings of events, and `labels`, int64 [n].

    network: that takes them, whose file says how they are read. choices: else, as those of `train`, such as
    {"image_size": "20x31"}; series are coded by sides unless it is {"coding": "plain"}. Without `train`, floats and
    series need the network: else take `test_images` of the Dataset. What was assumed of arrays is said on stderr, and
    in `said` of a Dataset. Raises UserError where there is no such data set, or it cannot be read, or has other classes
    than the network.
    """
    _require_path(name, "the name of a data set, or its path,")
    if network is None:
        found = read_training(str(name), choices, train=train)
    elif choices:
        raise UserError("the network's file says how its data are read: leave out choices")
    else:
        require_kind(network, *NETWORK)
        found = load_shown(str(name), network, train=train, **as_taken(network, str(name)))
        check_classes(str(name), found, network)
    return found if train else ChosenImages(found.test_images, found.test_labels, found.name)


def infer(network, images):
    """What a network makes of images, uint8 [n, rows, columns], [n, rows, columns, channels] or [n, inputs], by the
    golden model: an Inference with `classes`, `decision_time` (int64 [n]; T where no output spiked), `silent`, `tie`
    (bool [n]) and `spike_times` (of each layer int16 [n, neurons], T where silent), of the whole run; its
    `until_decision()` is what the hardware shows. The read-out is that of S4NN (Kheradpisheh & Masquelier 2020): the
    first output spike; ties by potential, then by index. A network of events takes Recordings, as
    `dataset("events:PATH", train=False, network=network).images`. Raises UserError for other images."""
    require_kind(network, *NETWORK)
    return (integer_infer if isinstance(network, Network) else float_infer)(network, images_of(images))


def cycles(design, images, alone=False):
    """Clock cycles that the hardware of a Design takes for images, int64 [n], exact, without simulating: from one
    result to the next, back to back; or `alone`, each from its last beat to its result on an idle accelerator."""
    require_kind(design, *DESIGN)
    images = checked(images_of(images), design.network).images
    found = integer_infer(design.network, images)
    return latency(design, images, found) if alone else predict(design, images, found).interval


def metrics(subject, images, rate=None, clock=None, cells=None):
    """What inference asks for on images, exact: a dict, ready for JSON, of a Network, or of a Design with words of
    memory besides. Source of the counts: golden/inference/operations.py; of the joules: docs/explanation/energy.md.

    "neurobench": means of an image under NeuroBench's names. "layers": of each, up to the end of the decision step,
    mean, p50, p99 and max over the images of `spikes_in`, `spikes`, `synaptic_additions`, `effective_additions` (whose
    weight is not 0), `potential_reads`, `potential_writes`; of a Design `weight_words` and `potential_words` (read, and
    written as often; None where they are registers) with the bits of each. "energy_estimated", estimated and not
    measured: `rate`, and "models": of each (lowest, highest) `uj` an image, `mw` at `rate` images a second, `idle_mw`;
    clock (MHz) and cells (that a Design has on an iCE40, once placed) are for the model "up5k". Raises UserError for a
    float network, and for images that do not fit.
    """
    require_kind(subject, (Network, FloatNetwork, Design), "a Network or a Design")
    network = require_integers(subject.network if isinstance(subject, Design) else subject)
    return counted_metrics(subject, checked(images_of(images), network).images, rate=rate, clock=clock, cells=cells)


def generate(design, out, name="", top=DEFAULT):
    """Write the Verilog of a Design, its memories and its testbench into the folder `out`; returns its Path. An older
    design there is replaced, which is said on stderr where its name or network is another; UserError where anything
    else is. name: begins the names of modules and files; top: "accelerator" (AXI4-Stream), "accelerator_axi"
    (registers, too)."""
    require_kind(design, *DESIGN)
    _require_path(out, "a folder for the design")
    require_choice("the top", top, STREAMED)
    return write_named_design(design, Path(out), name, top)


def compare(design, data, simulator="verilator", float_network=None, build=None, seed=1):
    """Simulate the hardware of a Design on ChosenImages (or an array of images) and compare it with the golden model,
    every result, spike and cycle: a report, a dict with `mismatches`, `first_mismatch` (a sentence, or None) and
    `equal_images`, of results and spikes, `cycle_model`, which counts the images whose cycles differ, `accuracy`,
    `cycles` and `different_files`.

    simulator: "verilator", "icarus" or "myhdl". float_network: FloatNetwork that the design's was made from, for its
    figures. build: folder for the work, by default one that is gone afterwards; seed: of the simulator's random
    numbers; neither with "myhdl". Nothing is raised for what differs; UserError where the simulator is missing or
    fails, or images, labels or float_network do not fit.
    """
    require_kind(design, *DESIGN)
    require_choice("the simulator", simulator, SIMULATORS)
    seed = plain(seed)
    if type(seed) is not int or not 1 <= seed <= MOST_SEED:
        raise UserError(f"the seed must be a whole number from 1 to {MOST_SEED}, found {seed!r:.60}")
    if simulator not in VERILOG and (build, seed) != (None, 1):
        raise UserError(f"build and seed go with the simulator {' or '.join(VERILOG)}")
    require_counterpart(float_network, design.network)
    chosen = checked(data, design.network)
    subject = Subject(design, float_network, chosen.images, chosen.labels)
    if simulator not in VERILOG:
        return compare_on(simulator, subject)[0]
    if build is not None:
        _require_path(build, "as build a folder")
        return compare_verilog(simulator, subject, None, Path(build), seed=seed)[0]
    with tempfile.TemporaryDirectory() as folder:
        try:
            return compare_verilog(simulator, subject, None, Path(folder), seed=seed)[0]
        except UserError as error:
            if Path(folder, "simulation", "simulation.log").exists():  # of which it speaks
                raise UserError(f"the simulation on {simulator} failed: give build= to keep its messages") from error
            raise


def import_nir(file, data, bits=None, steps=None, *, threshold=None, orientation=None, layers=None, fires=None,
               bias=None, dt=None, classes=None):
    """Import the network of another framework, for the images and classes of a data set.

    Weights that are integers of `bits` bits, or such integers times one number, stay as they are. For other weights
    scales are chosen on training images. Warnings are printed to stderr.

    Args:
        file: an NIR graph (.nir), or a file of arrays as `first-spike import` takes it.
        data: a Dataset, or a data set by its name, read as `first-spike import --dataset` reads it.
        bits: weight bits from 1 to 8, one number or one for each layer (default: those of the graph, or 8).
        steps: time steps T, a power of two from 2 to 256 (default: those of the graph or of recordings, or 256).
        threshold: for a file of arrays, a list of a number or an .npy file for each layer, or of one .npz file
            (default: the thresholds in the file).
        orientation: for a file of arrays, the order of the axes of weights, "neurons-first" or "inputs-first"
            (default: by their shapes).
        layers: for a file of arrays, the names of the arrays that are weights, in the order of the layers (default: by
            their shapes).
        fires: "at" if a neuron fires when its potential reaches its threshold, "above" if it has to exceed it
            (default: "at" for an NIR graph, "above" for arrays).
        bias: "once" if biases are added once, before the first step (default: biases other than 0 are refused).
        dt: for an NIR graph, the time step of the simulator that wrote it, in seconds from 1e-12 to 1e12, as a Fraction
            (default: a spike moves a potential by r times its weight).
        classes: the class of each output neuron in the file's order (default: the order of the data set).

    Returns:
        A Network.

    Raises:
        UserError: the file cannot become a first-spike network, or an argument does not fit; a sentence that names the
            node or the array.
    """
    from first_spike.interop.bring_in import bring_in
    from first_spike.interop.options import ForeignFile, thresholds_met
    foreign = ForeignFile(str(file), threshold, orientation, layers, fires, bias, dt, classes)
    found = read_dataset(str(data), steps=steps) if isinstance(data, (str, os.PathLike)) else data
    require_kind(found, Dataset, "a Dataset, as dataset(name) gives it, or its name")
    made = bring_in(foreign, found, bits, steps)
    met = thresholds_met(foreign, made.imported.layers, made.wholes)
    warn([*made.imported.warnings, *([met] if met else [])])
    return made.network


def explore(networks, board=None, max_us=None, min_accuracy=None, images=None, *, max_uj=None, max_mw=None, rate=None,
            energy_model=FOR_BOUNDS[0], **tried):
    """Every design of the networks (a Network, a name or a file, or several) that keeps the bounds, fastest first: a
    list of Offers with `design`, `us` (mean time of an image), `held_out`, `accuracy`, `fits`, `estimate` (of energy)
    and `point`, its other figures. Where none does, a UserError names the nearest.

    board: the name of one with an ECP5, whose clock counts, and onto which designs have to fit; max_us: microseconds an
    image; min_accuracy: percent of held-out training images. images: cycles are counted on 1,000 of them, evenly
    spaced; by default test images of mnist, fashion or digits, whichever a network was trained on, but the 500 samples
    for MNIST, or where its file names nothing; of others they are needed. tried: options of Design, each a list of
    values to try; what does not fit a network is left out, and said on stderr; UserError for a value that fits none.
    """
    several = networks if isinstance(networks, (list, tuple)) else [networks]
    if not several:
        raise UserError("explore needs at least one network")
    budget = Budget(find_ecp5_board(board) if board else None, max_us, min_accuracy, max_uj, max_mw, rate,
                    energy_model).check()
    found, left_out = [], []
    for one in several:
        network = load(one) if isinstance(one, (str, os.PathLike)) else one
        require_kind(network, *INTEGERS)
        given = images_of(_test_images(network) if images is None else images)
        given = checked(given, network).spread(COUNTED).images
        made, refused = offers(network.title, network, given, tried, budget)
        found += made
        left_out += [f"{network.title}: {sentence}" for sentence in refused] if len(several) > 1 else refused
    kept, nearest = within(found, budget, left_out)
    warn([f"left out: {sentence}" for sentence in dict.fromkeys(left_out)])
    if nearest:
        raise UserError(nearest)
    return kept


def _require_path(value, wanted):
    """UserError unless a file or folder may be called so; wanted: what is needed, as "a folder"."""
    require_kind(value, (str, os.PathLike), wanted)
    if "\0" in str(value):
        raise UserError(f"{wanted} is needed, found a null character in {str(value)!r:.60}")


def _test_images(network):
    name = own_data(network, "give images=")
    return samples() if name == "mnist" else dataset(name, train=False, network=network)
