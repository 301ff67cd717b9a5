"""The options of scripts/quantize.py.

The data that a float network is quantized on.
"""

from first_spike.command.cli import Parser
from first_spike.command.data_options import add_dataset_arguments, read_dataset, read_options
from first_spike.command.option_values import NetworkFile, natural
from first_spike.command.places import HELP, output_name
from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.data.catalogue import LOADERS, USUAL
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from first_spike.golden.training import defaults
from first_spike.jobs.cluster import add_jobs
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
    parser.add_argument("--seed", type=natural, default=1, metavar="N",
                        help="as in training: which images are held out")
    add_dataset_arguments(parser, default=None)
    parser.add_argument("--out", type=output_name, metavar="NAME", help=f"write the integer network NAME.npz{HELP}")
    parser.add_argument("--sweep", type=output_name, metavar="NAME",
                        help="table over bits 1 to 8 and several steps; writes NAME.json and NAME.png")
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
        alone = {"--out": arguments.out, "--bits": arguments.bits, "--steps": arguments.steps,
                 "--finetune": arguments.finetune, **training}
        odd = [name for name, value in alone.items() if value]
        if odd:
            raise UserError(f"--sweep tries all bits and steps without training: leave out {' and '.join(odd)}")
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
