"""The options of scripts/train.py."""

from dataclasses import fields

from first_spike.command.cli import Parser
from first_spike.command.data_options import add_dataset_arguments, add_patient, read_options
from first_spike.command.option_values import natural, positive, share
from first_spike.command.places import HELP, output_name
from first_spike.command.replaced import add_overwrite
from first_spike.golden.inference.calibration import FEWEST
from first_spike.golden.training import defaults
from first_spike.golden.training.plan import AUGMENTATIONS, RULES, SCALE_PER, TILES
from first_spike.golden.training.sources import CLASS_WEIGHTS, MOST_UNLIKE
from first_spike.jobs.cluster import add_jobs
from first_spike.training.wishes import Wishes

USUAL = Wishes()


def parse(description, words=None):
    """The parsed options, of the command line unless `words` are given; `seeds` is None or a list."""
    parser = Parser(description=description)
    add_dataset_arguments(parser)
    _add_network(parser)
    _add_training(parser)
    parser.add_argument("--out", type=output_name, required=True, metavar="NAME",
                        help=f"write NAME.npz, NAME_float.npz, NAME.json and NAME.png, with --seeds NAME_s1.npz and so "
                             f"on{HELP}")
    add_overwrite(parser)
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--resume", action="store_true", help="go on from NAME.checkpoint")
    begin.add_argument("--restart", action="store_true", help="begin anew, and remove NAME.checkpoint")
    add_jobs(parser)
    arguments = parser.parse_args(words)
    if arguments.layers and arguments.hidden:
        parser.error("--layers names all layers: leave out --hidden")
    if arguments.seeds is None and (arguments.jobs or arguments.scheduler):
        parser.error("--jobs and --scheduler go with --seeds: one training is one job")
    if arguments.seeds is not None and arguments.resume:
        parser.error("with --seeds what was stopped goes on by itself: leave out --resume")
    arguments.hidden = arguments.hidden or ()  # a default would be extended
    arguments.seed = USUAL.seed if arguments.seed is None else arguments.seed  # argparse excludes no default
    arguments.seeds = arguments.seeds and list(dict.fromkeys(arguments.seeds))
    return arguments


def wishes_of(arguments):
    """The Wishes that the parsed options of a command say."""
    said = {field.name: getattr(arguments, field.name, None) for field in fields(Wishes)}
    said = {name: value for name, value in said.items() if value is not None}
    return Wishes(**said | {"settings": read_options(arguments.set)})


def _add_network(parser):
    parser.add_argument("--hidden", type=int, nargs="+", action="extend", metavar="N",
                        help=f"neurons of the hidden layers, one after the other, or --hidden again for each (default: "
                             f"{' '.join(map(str, defaults.HIDDEN))}; of series, instead, convolutions)")
    parser.add_argument("--layers", default=USUAL.layers, metavar="TEXT",
                        help='all layers in words, instead of --hidden, as in "conv 16 5x5 same pool 2, conv 32 5x5 '
                             'pool 2, dense 10"; a convolution also takes stride N and padding N, sum N instead of '
                             'pool N, and NxM for N')
    parser.add_argument("--steps", type=int, default=USUAL.steps, metavar="T", help="time steps (default: %(default)s)")
    parser.add_argument("--bits", type=int, nargs="+", metavar="N",
                        help=f"weight bits, 1 to 8, one for all layers or one per layer; 2 is ternary, 0 leaves it at "
                             f"the float network ({defaults.BITS_HELP})")
    parser.add_argument("--most-events", type=positive, metavar="N",
                        help="events of a recording that the network takes in (default: a power of two that holds "
                             "every training recording)")
    parser.add_argument("--thin", default=USUAL.thin, metavar="SHARE",
                        help=f"pixels that the network does not listen to, so that it decides after fewer events: "
                             f"{', '.join(TILES)} (default: %(default)s)")


def _add_training(parser):
    parser.add_argument("--rule", default=USUAL.rule, metavar="RULE",
                        help=f"{' or '.join(RULES)} (default: %(default)s)")
    parser.add_argument("--epochs", type=int, metavar="N",
                        help=f"of the float network (default: {defaults.LEAST_EPOCHS}, or {defaults.LEAST_BATCHES:,} "
                             f"batches if that is more; convolutions of series {defaults.SERIES_EPOCHS} and "
                             f"{defaults.SERIES_BATCHES:,})")
    parser.add_argument("--finetune", type=int, metavar="N", help="epochs at few bits (default: a fifth of --epochs)")
    parser.add_argument("--finetune-rates", type=float, nargs=2, metavar="RATE",
                        help=f"learning rates of the hidden and the output layer at few bits "
                             f"({defaults.RATES_HELP})")
    seed = parser.add_mutually_exclusive_group()
    seed.add_argument("--seed", type=natural, metavar="N", help="(default: 1)")
    seed.add_argument("--seeds", type=natural, nargs="+", metavar="N", help="a training for each, as long jobs")
    parser.add_argument("--held-out", type=int, metavar="N",
                        help=f"training images kept for choosing thresholds (default: a tenth, of "
                             f"series a twentieth, {defaults.MOST_HELD_OUT} at most)")
    add_chosen(parser)
    parser.add_argument("--calibrate", action="store_true",
                        help=f"choose thresholds of confidence and a table of probabilities on the held-out images, "
                             f"at least {FEWEST} of each class, and keep them in NAME.npz, whose format is then 4")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
                        help=f"other settings of the rule, such as hidden_rate=0.001; with fewer than "
                             f"{defaults.FEW:,} training images the rule decision begins from "
                             f"{' '.join(f'{name}={value:g}' for name, value in defaults.FEW_SETTINGS.items())}")


def add_chosen(parser):
    """Add --silent, --patient and --deformed, by which output thresholds are chosen, --augment, --class-weights and
    --scale-per to an argparse parser."""
    parser.add_argument("--silent", type=share, metavar="SHARE",
                        help=f"largest share of held-out images without an output spike, if an output threshold gives "
                             f"that ({defaults.SILENT_HELP})")
    add_patient(parser)
    parser.add_argument("--deformed", type=natural, default=USUAL.deformed, metavar="N",
                        help="choose the output threshold by N deformed copies of each held-out image, too (default: "
                             "%(default)s)")
    parser.add_argument("--augment", metavar="KIND", help=f"{', '.join(AUGMENTATIONS)} (default: by data set)")
    parser.add_argument("--class-weights", metavar="KIND",
                        help=f"{CLASS_WEIGHTS[0]}: in training each class weighs alike; {CLASS_WEIGHTS[1]}: each image "
                             f"(default: {CLASS_WEIGHTS[0]} where a class has more than {MOST_UNLIKE} times as many "
                             f"training images as another)")
    parser.add_argument("--scale-per", metavar="WHAT",
                        help=f"hidden layers at few bits have a scale for each {' or '.join(SCALE_PER)} (default: "
                             f"layer, with convolutions channel)")
