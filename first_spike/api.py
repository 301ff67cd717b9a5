"""What users import: a dozen names over the rooms of the package, arrays in, arrays out.

No function prints a result, asks the terminal or ends the program. A call that takes longer than five seconds shows on
stderr what it does, as a bar if a terminal watches, otherwise in a line from time to time. Invalid input raises
UserError, whose text is one sentence.
"""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from first_spike.command.bars import step
from first_spike.command.calibrations import with_calibration
from first_spike.command.cli import note
from first_spike.command.data_options import read_dataset
from first_spike.command.images import ChosenImages, as_taken, check_classes, checked, images_of, load_shown, own_data
from first_spike.command.option_values import MOST_SEED, load_network, network_file
from first_spike.command.silence import warn
from first_spike.comparison.backends import VERILOG
from first_spike.comparison.compare_on import Subject, compare_on, compare_verilog, require_counterpart
from first_spike.comparison.design_files import write_named_design
from first_spike.exploration.budget import Budget, missing, offers, within
from first_spike.exploration.energy import FOR_BOUNDS
from first_spike.exploration.metrics import metrics as counted_metrics
from first_spike.exploration.metrics import require_integers
from first_spike.exploration.processor_offers import processor_offers
from first_spike.golden.contract.design import INTEGERS, Design
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.contract.option import require_choice
from first_spike.golden.contract.plain import plain
from first_spike.golden.contract.processor import Processor
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.inference.calibration import COVERAGE, calibrated
from first_spike.golden.inference.encode import check_images
from first_spike.golden.inference.infer import float_infer
from first_spike.golden.inference.infer import infer as integer_infer
from first_spike.golden.schedule import processor_cycles
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.processor.comparing import compare_networks
from first_spike.processor.deliver import deliver
from first_spike.rtl_model.tops import DEFAULT, PROCESSOR, PROCESSOR_AXI, STREAMED
from first_spike.synthesis.targets import find_ecp5_board
from first_spike.training.train import read_training

SIMULATORS = (*VERILOG, "myhdl")
PART = 1000  # images that are inferred at a time
COUNTED = 1000  # images on which an exploration counts cycles
DESIGN = Design, "a Design(network, ...)"
HARDWARE = (Design, Processor), "a Design(network, ...) or a Processor(...)"
NETWORK = (Network, FloatNetwork), "a network, as load(name) gives it,"


@step("load")
def load(name, calibrated=False):
    """Load a network.

    Args:
        name: The name of a shipped network, such as "mnist_784_128_10_4bit", or the path of a file.
        calibrated: True for a network with a calibration: that of the file, else the one beside it, as shipped
            networks have it. It changes no inference; a file that is saved with it has format 4. By default the
            network is as its file holds it.

    Returns:
        A Network, or a FloatNetwork if the file holds one.

    Raises:
        UserError: There is no such network, the file is damaged, or it should be calibrated and has no calibration.
    """
    _require_path(name, "the name of a network, or its file,")
    path = network_file(name)
    network = load_network(path)
    if not calibrated:
        return network
    network = with_calibration(network, path)
    if network.calibration is None:
        raise UserError(f"{path.name} has no calibration, nor is there one beside it: make one by calibrate(network, "
                        f"images, labels)")
    return network


def samples():
    """Load the 500 test digits of MNIST that come along (Y. LeCun and C. Cortes, CC BY-SA 3.0).

    Returns:
        ChosenImages with `images`, uint8 [500, 28, 28], and `labels`, int64 [500]; `samples().first(20)` has the first
            20 of them.
    """
    return dataset("samples", train=False)


@step("dataset")
def dataset(name, train=True, network=None, choices=None):
    """Load a data set.

    Assumptions about arrays are printed to stderr and stand in `said` of a Dataset.

    Args:
        name: The name of a data set (mnist, fashion, digits), a folder of idx files or pictures, or an .npz of arrays,
            as `--dataset` of `first-spike train` takes it.
        train: True for a Dataset, which `train` and `import_nir` take; False for its test set alone.
        network: A Network or FloatNetwork that takes the data; its file says how they are read.
        choices: How the data are read if no network is given, as `choices` of `train`, such as
            {"image_size": "20x31"}. Series are coded by sides unless it is {"coding": "plain"}.

    Returns:
        A Dataset, or without `train` ChosenImages with `images`, uint8 [n, rows, columns], or Recordings of events, and
            `labels`, int64 [n]. Test sets of floats and series need the network; otherwise take `test_images` of the
            Dataset.

    Raises:
        UserError: There is no such data set, it cannot be read, or its classes are not those of the network.
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
    """Classify images with the golden model.

    The read-out is that of S4NN (Kheradpisheh & Masquelier 2020): the first output spike names the class; ties are
    decided by potential, then by index.

    Args:
        network: A Network or a FloatNetwork, as `load` gives it.
        images: uint8 [n, rows, columns], [n, rows, columns, channels] or [n, inputs], or ChosenImages. A network of
            events takes Recordings, as `dataset("events:PATH", train=False, network=network).images`.

    Returns:
        An Inference of the whole run, with `classes`, `decision_time` (int64 [n]; T if no output spiked), `silent`,
            `tie` (bool [n]) and `spike_times` (of each layer int16 [n, neurons], T if silent). Its `until_decision()`
            is what the hardware shows. `margin`, `spread` and `runner_up` (int64 [n]) say how sure the class is:
            largest less second largest output potential at the end of the decision step, classes times the largest
            less the sum, and the class of the second largest. Potentials count in units of the weights of the last
            layer. `confidence(network)` makes probabilities of them, if the network has a calibration.

    Raises:
        UserError: The images do not fit the network.
    """
    require_kind(network, *NETWORK)
    images, run = images_of(images), integer_infer if isinstance(network, Network) else float_infer
    check_images(network, images)
    parts = []
    with step("infer", len(images)) as progress:
        for first in range(0, max(len(images), 1), PART):
            parts.append(run(network, images[first:first + PART]))
            progress.reach(first + len(parts[-1].classes))
    if len(parts) == 1:
        return parts[0]
    joined = {name: np.concatenate([getattr(part, name) for part in parts])
              for name in ("classes", "decision_time", "silent", "tie", "bad", "margin", "spread", "runner_up")}
    return replace(parts[0], **joined, spike_times=tuple(map(np.concatenate, zip(*(one.spike_times for one in parts)))))


@step("calibrate")
def calibrate(network, images, labels=None, coverage=COVERAGE):
    """Choose, on held-out images, from which margin on an answer is sure, and how likely it is right.

    Held-out images are images of the network's classes on which no weight was learned, for example training images
    that were kept for choosing thresholds. Test images would make the figures on the test set too good.

    Args:
        network: A Network, with a calibration or without.
        images: Images as in `infer`, at least 10 of each class, or ChosenImages with labels.
        labels: Whole numbers [n], the class of each image; may be left out for ChosenImages.
        coverage: Share of the images, above 0 and up to 1, that the threshold of the margin keeps; the threshold of
            the spread keeps the same share.

    Returns:
        A new Network with the same weights and `calibration`: `unsure_below` and `foreign_below` (whole numbers, in
            units of margin and spread), `margins` and `probabilities` (16 entries of the table), `coverage`, `images`
            (how many), and `network` (SHA-256). Saved, it has format 4. Its SHA-256 stays.

    Raises:
        UserError: There are no labels, too few images of a class, or the coverage is not above 0 and up to 1; the
            network is a FloatNetwork; or the images do not fit.

    Example:
        `network = fs.calibrate(network, held_images, held_labels)`, then
        `fs.infer(network, images).confidence(network).unsure`
    """
    require_kind(network, *INTEGERS)
    chosen = images if isinstance(images, ChosenImages) else ChosenImages(images, None, "data")
    if labels is not None:
        chosen = replace(chosen, labels=labels)
    if chosen.labels is None:
        raise UserError("a calibration needs the labels of its images: give labels, a whole number for each image")
    chosen = checked(chosen, network)
    return calibrated(network, chosen.images, chosen.labels, coverage)


@step("count cycles")
def cycles(design, images, alone=False, network=None):
    """Count the clock cycles that hardware takes, exactly and without simulation.

    Args:
        design: A Design, or a Processor.
        images: Images that fit the network, or ChosenImages.
        alone: False counts from one result to the next, images back to back; True counts from the last beat of each
            image to its result on idle hardware.
        network: The Network that a Processor has loaded.

    Returns:
        int64 [n], cycles of each image.

    Raises:
        UserError: The images do not fit the network, `alone` is asked of a network of events, or the network does not
            fit the Processor.
    """
    network = _network_on(design, network)
    images = checked(images_of(images), network).images
    found = integer_infer(network, images)
    if isinstance(design, Design):
        return latency(design, images, found) if alone else predict(design, images, found).interval
    if not alone:
        return processor_cycles.predict(network, design, images, found).interval
    if network.most_events is not None:
        raise UserError("the time of a recording alone is not known: it depends on when its events come")
    return processor_cycles.latency(network, design, images, found, whole=False)


@step("metrics")
def metrics(subject, images, rate=None, clock=None, cells=None):
    """Count what inference asks for on images, exactly, and estimate its energy.

    The counts are those of golden/inference/operations.py; docs/explanation/energy.md says where the joules come from.

    Args:
        subject: A Network, or a Design, for which words of memory are counted, too.
        images: Images that fit the network, or ChosenImages.
        rate: Images a second, for the power.
        clock: MHz, for the model "up5k".
        cells: Logic cells that the Design has on an iCE40 once placed, for the model "up5k".

    Returns:
        A dict, ready for JSON. "neurobench": means of an image under NeuroBench's names. "layers": of each layer, up to
            the end of the decision step, mean, p50, p99 and max over the images of `spikes_in`, `spikes`,
            `synaptic_additions`, `effective_additions` (whose weight is not 0), `potential_reads`, `potential_writes`;
            of a Design also `weight_words` and `potential_words` (read, and written as often; None if they are
            registers) with the bits of each. "energy_estimated", which is no measurement: `rate`, and "models": of each
            (lowest, highest) `uj` an image, `mw` at `rate` images a second, `idle_mw`.

    Raises:
        UserError: The network is a float network, the images do not fit, or a number is not above 0.
    """
    require_kind(subject, (Network, FloatNetwork, Design), "a Network or a Design")
    network = require_integers(subject.network if isinstance(subject, Design) else subject)
    return counted_metrics(subject, checked(images_of(images), network).images, rate=rate, clock=clock, cells=cells)


@step("generate Verilog")
def generate(design, out, name="", top=None, network=None):
    """Write the Verilog of hardware, its memories and its testbench into a folder.

    An older design there is replaced; stderr says so if its name or network is another.

    Args:
        design: A Design, or a Processor.
        out: The folder.
        name: Begins the names of modules and files of a Design.
        top: "accelerator" (AXI4-Stream) or "accelerator_axi" (registers, too); of a Processor "processor" or
            "processor_axi". By default the one with streams alone.
        network: A Network that the testbench of a Processor loads; by default none, and the testbench has no vectors.

    Returns:
        The Path of the folder.

    Raises:
        UserError: The folder holds anything else than a design, or cannot be written, the name or top is invalid, or
            the network does not fit the Processor.
    """
    require_kind(design, *HARDWARE)
    _require_path(out, "a folder for the design")
    if isinstance(design, Design):
        _network_on(design, network)
        require_choice("the top", top or DEFAULT, STREAMED)
        return write_named_design(design, Path(out), name, top or DEFAULT)
    if name:
        raise UserError("the modules of a Processor have their own names: leave out name")
    require_choice("the top", top or PROCESSOR, (PROCESSOR, PROCESSOR_AXI))
    if network is not None:
        _network_on(design, network)
        if top == PROCESSOR_AXI:
            raise UserError(f"the network is for the testbench, which the top {PROCESSOR} has, not {PROCESSOR_AXI}")
    return deliver(design, Path(out), network, top or PROCESSOR)


@step("compare")
def compare(design, data, simulator="verilator", float_network=None, build=None, seed=1, network=None):
    """Simulate hardware and compare every result, spike and cycle with the golden model.

    Differences raise nothing: they stand in the report. Of a Processor, whose spikes stay inside, results and cycles
    are compared.

    Args:
        design: A Design, or a Processor.
        data: ChosenImages, or an array of images.
        simulator: "verilator", "icarus" or, of a Design, "myhdl".
        float_network: FloatNetwork that the network of the design was made from, for its figures.
        build: Folder for the work; by default a temporary folder. Not with "myhdl".
        seed: Seed of the simulator's random numbers, from 1 on. Not with "myhdl", nor of a Processor.
        network: The Network that a Processor loads.

    Returns:
        A dict with `mismatches`, `first_mismatch` (a sentence, or None) and `equal_images`, of results and spikes,
            `cycle_model`, which counts the images whose cycles differ, and `cycles`; of a Design also `accuracy` and
            `different_files`.

    Raises:
        UserError: The simulator is missing or fails, or images, labels, float_network or network do not fit.
    """
    if isinstance(design, Processor):
        return _compare_processor(design, _network_on(design, network), data, simulator, float_network, build, seed)
    _network_on(design, network)
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
            if Path(folder, "simulation", "build.log").exists():  # the error speaks of it or of one beside it
                raise UserError(f"the simulation on {simulator} failed: give build= to keep its messages") from error
            raise


@step("import a NIR graph")
def import_nir(file, data, bits=None, steps=None, *, threshold=None, orientation=None, layers=None, fires=None,
               bias=None, dt=None, classes=None, calibrate=False):
    """Import the network of another framework, for the images and classes of a data set.

    Weights that are integers of `bits` bits, or such integers times one number, stay as they are. For other weights
    scales are chosen on training images. The accuracy on test images and warnings are printed to stderr.

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
        calibrate: choose a calibration on training images, as `fs.calibrate` does with coverage 0.95. If the network
            has learned on them, its probabilities are too high (default: False).

    Returns:
        A Network.

    Raises:
        UserError: the file cannot become a first-spike network, or an argument does not fit; a sentence that names the
            node or the array.
    """
    from first_spike.interop.bring_in import bring_in, reaches
    from first_spike.interop.options import ForeignFile, thresholds_met
    foreign = ForeignFile(str(file), threshold, orientation, layers, fires, bias, dt, classes)
    found = read_dataset(str(data), steps=steps) if isinstance(data, (str, os.PathLike)) else data
    require_kind(found, Dataset, "a Dataset, as dataset(name) gives it, or its name")
    made = bring_in(foreign, found, bits, steps, calibrate_too=calibrate)
    met = thresholds_met(foreign, made.imported.layers, made.wholes)
    note(reaches(foreign, made))
    warn([*made.imported.warnings, *([met] if met else [])])
    return made.network


@step("explore")
def explore(networks, board=None, max_us=None, min_accuracy=None, images=None, *, max_uj=None, max_mw=None, rate=None,
            energy_model=FOR_BOUNDS[0], clock=None, processor=None, **tried):
    """Find every design of some networks that keeps bounds.

    With a Processor: every network that fits it and keeps the bounds.

    Combinations of options that do not fit a network are left out, and a network of which no design keeps the bounds is
    missing; stderr names both with the reason.

    Args:
        networks: A Network, a name or a file, or a list of several.
        board: Name of a board with an ECP5. Designs have to fit onto it with their serial line.
        max_us: Bound on the mean time of an image, in microseconds.
        min_accuracy: Bound on the accuracy on training images that were held out, in percent.
        images: Images on which cycles are counted, at most 1,000 of them, evenly spaced. By default the test images of
            mnist, fashion or digits, whichever a network was trained on, but the 500 samples for MNIST, or if the
            network's file names no data set. Networks of other data need them.
        max_uj: Bound on the estimated energy of an image, in microjoules.
        max_mw: Bound on the estimated power at `rate`, in milliwatts.
        rate: Images a second that designs have to keep.
        energy_model: Model that estimates energy: "45nm-memory", "45nm-add" or "45nm-float-add".
        clock: MHz by which times are computed, as `--clock` of `first-spike explore`; the board then says only what
            fits onto it. By default the clock of the board, or 130 without a board.
        processor: A Processor, or a list of several, into which the networks are loaded. Bounds are max_us,
            min_accuracy and rate then; board, energy and options of a Design do not go with it.
        tried: Options of a Design, each a value or a list of values to try.

    Returns:
        A list of Offers, fastest first, each with `design`, `us` (mean time of an image), `clock` (MHz by which `us` is
            computed), `held_out` (accuracy on held-out training images), `accuracy` (on the test set), `fits`,
            `estimate` (of energy) and `point`, its other figures. Of a Processor ProcessorOffers, whose `design` is the
            Processor, with `us`, `cycles_max`, `clock`, `held_out` and `accuracy`.

    Raises:
        UserError: No design keeps the bounds (the text names the nearest), a bound or the clock is no number above 0,
            the board or an option is unknown, a value of an option fits none of the networks, or images do not fit.

    Example:
        `fs.explore("mnist_784_128_10_4bit", board="i5", max_us=3, lanes=[32, 128], pixels=8)`
    """
    several = networks if isinstance(networks, (list, tuple)) else [networks]
    if not several:
        raise UserError("explore needs at least one network")
    budget = Budget(find_ecp5_board(board) if board else None, max_us, min_accuracy, max_uj, max_mw, rate,
                    energy_model, clock).check()
    processors = processor if isinstance(processor, (list, tuple)) else [processor] * (processor is not None)
    for one in processors:
        require_kind(one, Processor, "a Processor(...)")
    if processors and (board, max_uj, max_mw, *tried) != (None, None, None):
        raise UserError("board, bounds of energy and options of a Design do not go with a Processor: leave them out")
    every, left_out, absent = [], [], []
    for number, one in enumerate(several, 1):
        network = load(one) if isinstance(one, (str, os.PathLike)) else one
        require_kind(network, *INTEGERS)
        name = network.title if one is network else str(one)
        given = images_of(_test_images(network) if images is None else images)
        given = checked(given, network).spread(COUNTED).images
        with step(f"{name}, network {number} of {len(several)}"):
            offered, refused = (processor_offers(network, given, processors, budget) if processors else
                                offers(network.title, network, given, tried, budget))
        every += offered
        if len(several) > 1:
            absent += missing(name, offered, refused, budget)
            refused = [f"{name}: {sentence}" for sentence in refused if offered]
        left_out += refused
    kept, nearest = within(every, budget, left_out or absent)
    if nearest:
        absent = []
    warn([f"left out: {sentence}" for sentence in dict.fromkeys(left_out)] + list(dict.fromkeys(absent)))
    if nearest:
        raise UserError(nearest)
    return kept


def _network_on(hardware, network):
    """The network of a Design, or the one that a Processor has loaded; UserError unless it is clear which that is."""
    require_kind(hardware, *HARDWARE)
    if isinstance(hardware, Design):
        if network is not None:
            raise UserError("a Design has its network: leave out network")
        return hardware.network
    if network is None:
        raise UserError("a Processor has no network of its own: give network=")
    require_kind(network, *INTEGERS)
    require_fit(network, hardware)
    return network


def _compare_processor(processor, network, data, simulator, float_network, build, seed):
    require_choice("the simulator of a Processor", simulator, VERILOG)
    if (float_network, seed) != (None, 1):
        raise UserError("float_network and seed are for a Design: leave them out")
    cases = [(network.title, network, checked(data, network).images)]
    if build is not None:
        _require_path(build, "as build a folder")
        return compare_networks(cases, processor, Path(build), simulator)[0]
    with tempfile.TemporaryDirectory() as folder:
        return compare_networks(cases, processor, Path(folder), simulator)[0]


def _require_path(value, wanted):
    """UserError unless a file or folder may be called so; wanted: what is needed, as "a folder"."""
    require_kind(value, (str, os.PathLike), wanted)
    if "\0" in str(value):
        raise UserError(f"{wanted} is needed, found a null character in {str(value)!r:.60}")


def _test_images(network):
    name = own_data(network, "give images=")
    return samples() if name == "mnist" else dataset(name, train=False, network=network)
