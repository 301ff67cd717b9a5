"""The options of scripts/quantize.py.

The data that a float network is quantized on.

A sweep over bits and steps: its jobs, its table and its picture.

A sweep over bits and steps as long jobs, one for each number of bits.

What a sweep over bits and steps found, as a table and as a picture.
"""

import re
from dataclasses import replace

from rich.table import Table

from first_spike.command.cli import Parser
from first_spike.command.data_options import add_dataset_arguments, read_dataset, read_options
from first_spike.command.figure import blank_figure, save_figure
from first_spike.command.option_values import NetworkFile, natural
from first_spike.command.places import HELP, output_name
from first_spike.command.replaced import add_overwrite
from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.data.catalogue import LOADERS, USUAL
from first_spike.golden.errors import UserError, printable
from first_spike.golden.quantization.thresholds import sweep
from first_spike.golden.recordings import Recordings
from first_spike.golden.training import defaults
from first_spike.jobs.cluster import add_jobs
from first_spike.jobs.jobs import Job, Kept, Large, hash_of_arrays, hash_of_project, run_jobs
from first_spike.training.train_options import add_chosen


def data_name(network, path, name=None):
    """The name of the data set to quantize on: `name`, else the one that the file of the FloatNetwork, `path`, names;
    UserError where it names none that is at hand."""
    found = network.accuracy.get("dataset") if name is None else name
    if name is None and found not in list(LOADERS):  # anything may stand in the file
        raise UserError(f"{path} was trained on {found or 'data that it does not name'}; name the data by --dataset "
                        f"{USUAL}")
    return found


def data_for(network, path, name, choices=None):
    """The data set `name` for the FloatNetwork of the file `path`; choices: see `read_dataset`. UserError where it has
    other images or classes."""
    dataset = read_dataset(name, choices, network=network)
    if tuple(dataset.image_shape) != network.image_shape or dataset.classes != network.classes:
        raise UserError(f"{path} is for images of {shown_shape(network.image_shape)} in "
                        f"{len(network.classes)} classes, which {dataset.name} does not have")
    if isinstance(dataset.test_images, Recordings) != (network.most_events is not None):
        raise UserError(f"{path} takes {'images' if network.most_events is None else 'events'}, which "
                        f"{dataset.name} does not hold")
    return dataset


def trained_seed(network):
    """The seed of the training that made a FloatNetwork, as its `source` says; None where it says none."""
    said = re.match(r"trained on .* epochs, seed (\d+)", network.source)
    return said and int(said[1])


def seed_for(network, seed=None):
    """The seed by which training images of a FloatNetwork are held out: `seed`, else the training's, or 1."""
    found = trained_seed(network) if seed is None else seed
    return 1 if found is None else found


def parse(description, words=None):
    """The parsed options, of the command line unless `words` are given; UserError for some that go together in no
    way."""
    parser = Parser(description=description)
    parser.add_argument("--float", action=NetworkFile, required=True, metavar="FILE.npz",
                        help="file of a float network, or the name of one that comes along")
    parser.add_argument("--bits", type=int, nargs="+", metavar="N",
                        help=f"weight bits, 1 to 8, one for all layers or one per layer; 2 is ternary "
                             f"({defaults.BITS_HELP})")
    parser.add_argument("--steps", type=int, metavar="T", help="time steps (default: the float network's)")
    parser.add_argument("--finetune", type=natural, default=0, metavar="EPOCHS", help="of quantization-aware training")
    parser.add_argument("--finetune-rates", type=float, nargs=2, metavar="RATE",
                        help=f"its learning rates, of the hidden and the output layer ({defaults.RATES_HELP})")
    parser.add_argument("--scales", type=float, nargs="+", default=[], metavar="FACTOR",
                        help="of the levels of each layer in fine-tuning, relative to those nearest to the float "
                             "weights (default: 1)")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
                        help="other settings of the fine-tuning, such as decay=0.05")
    add_chosen(parser)
    parser.add_argument("--seed", type=natural, metavar="N",
                        help="as in training: which images are held out (default: the training's, as the float "
                             "network's file says, or 1)")
    add_dataset_arguments(parser, default=None)
    parser.add_argument("--out", type=output_name, metavar="NAME", help=f"write the integer network NAME.npz{HELP}")
    parser.add_argument("--sweep", type=output_name, metavar="NAME",
                        help="table over bits 1 to 8 and several steps; writes NAME.json and NAME.png")
    add_overwrite(parser)
    add_jobs(parser)
    arguments = parser.parse_args(words)
    _check_combination(arguments)
    return arguments


def _check_combination(arguments):
    """UserError for options that go together in no way, or would have no effect."""
    training = {"--scales": arguments.scales, "--set": arguments.set, "--augment": arguments.augment,
                "--finetune-rates": arguments.finetune_rates, "--deformed": arguments.deformed,
                "--class-weights": arguments.class_weights, "--scale-per": arguments.scale_per}
    if arguments.sweep:
        alone = {"--out": arguments.out, "--bits": arguments.bits, "--steps": arguments.steps is not None,
                 "--patient": arguments.patient, "--finetune": arguments.finetune, **training}
        odd = [name for name, value in alone.items() if value]
        if odd:
            raise UserError(f"--sweep tries all bits and steps, without training or patience: leave out "
                            f"{' and '.join(odd)}")
    elif arguments.out is None:
        raise UserError("name the file to write by --out, or ask for --sweep")
    elif arguments.jobs or arguments.scheduler:
        raise UserError("--jobs and --scheduler go with --sweep: one network is one job")
    elif not arguments.finetune:
        odd = [name for name, value in training.items() if value]
        if odd:
            raise UserError(f"{' and '.join(odd)} can only be given with --finetune; without it, scales are chosen by "
                            f"their accuracy")
    for name, _ in read_options(arguments.set):
        if name in ("hidden_rate", "output_rate"):
            raise UserError(f"{name} of fine-tuning is given by --finetune-rates, not by --set")


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
    left.set_title(printable(title), fontsize="medium", parse_math=False)
    middle.set(xlabel="weight bits", ylabel="accuracy %, test images")
    middle.sharey(left)
    right.set(xlabel="time steps", ylabel="spikes to the decision")
    right.set_xscale("log", base=2)
    # beside the axes, where no point is
    figure.legend(*left.get_legend_handles_labels(), loc="outside left center", fontsize="small")
    figure.legend(*right.get_legend_handles_labels(), loc="outside right center", fontsize="small")
    save_figure(figure, path)
