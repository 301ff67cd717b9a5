"""The options of a configuration, which every command that makes a design takes, and how one is written down."""

from pathlib import Path

from first_spike.command.option_values import taps
from first_spike.golden.contract import base_network
from first_spike.golden.contract.configuration import (
    EVENTS_PER_CYCLE,
    PIXELS,
    ROW,
    SPIKES_PER_CYCLE,
    WEIGHT_BANKS,
    WEIGHT_MEMORIES,
    WEIGHTS,
    Configuration,
)
from first_spike.rtl_model.tops import DEFAULT, TOPS

OPTIONS = ("lanes", "pixels", "spikes_per_cycle", "events_per_cycle", "taps", "weights", "weight_banks",
           "weight_memory", "potential_margin")
CONSTANTS = "constants"
SPOKEN = dict(zip((CONSTANTS, "loadable"), WEIGHTS))  # on the command line -> in a Configuration
OF_PIXELS = ("pixels", "events_per_cycle")  # say nothing where a network takes events
SERIAL = "accelerator_serial"
HASH_DIGITS = 8  # of a network's hash in the name of a folder


def add_configuration(parser):
    """Add --lanes, --pixels, --spikes-per-cycle, --events-per-cycle, --taps and the options of `add_weights` to an
    argparse parser."""
    parser.add_argument("--lanes", type=int, nargs="+", default=(), metavar="P",
                        help="neurons worked on at a time: one number for all layers or one per layer (default: all "
                             "neurons)")
    parser.add_argument("--pixels", type=int, default=8, metavar="B", help=f"pixels per beat, of {PIXELS} (default: 8)")
    parser.add_argument("--spikes-per-cycle", type=int, default=4, metavar="G",
                        help=f"between layers, of {SPIKES_PER_CYCLE} (default: 4)")
    parser.add_argument("--events-per-cycle", type=int, default=1, metavar="E",
                        help=f"input spikes, of {EVENTS_PER_CYCLE} (default: 1)")
    parser.add_argument("--taps", type=taps, nargs="+", default=(), metavar="N",
                        help="places of a kernel that a convolution works on in a cycle, 1 or row: one for all layers "
                             "or one per layer (default: 1)")
    add_weights(parser)
    parser.add_argument("--weight-memory", choices=WEIGHT_MEMORIES, default=WEIGHT_MEMORIES[0],
                        help="what large memories of loadable weights are made of: block RAM, or SPRAM of an iCE40 "
                             "UP5K (default: block)")


def add_weights(parser):
    """Add --weights, --weight-banks and --potential-margin to an argparse parser."""
    parser.add_argument("--weights", choices=SPOKEN, default=CONSTANTS,
                        help="constants of the design, or loadable at run time, thresholds and masks of pixels too "
                             "(default: constants)")
    parser.add_argument("--weight-banks", type=int, default=1, metavar="N",
                        help=f"sets of loadable weights that there is room for, of {WEIGHT_BANKS} (default: 1)")
    parser.add_argument("--potential-margin", type=int, default=0, metavar="BITS",
                        help="that potentials and thresholds of a loadable design have to spare for other networks "
                             "(default: 0)")


def add_top(parser, tops=tuple(TOPS)):
    """Add --top, one of `tops`, to an argparse parser."""
    parser.add_argument("--top", choices=tops, default=DEFAULT,
                        help="the bare core, the core with registers around it, or that at a serial line (default: "
                             "%(default)s)")


def check_board(parser, arguments):
    """A board holds accelerator_serial: with --board that is the top; argparse's error for another."""
    if arguments.board:
        if arguments.top not in (DEFAULT, SERIAL):
            parser.error(f"--board is for the top {SERIAL}, not for {arguments.top}")
        arguments.top = SERIAL


def configuration(arguments):
    """The Configuration that parsed arguments describe."""
    return Configuration(tuple(arguments.lanes), arguments.pixels, arguments.spikes_per_cycle,
                         arguments.events_per_cycle, taps=arguments.taps, weight_memory=arguments.weight_memory,
                         **weights_of(arguments))


def options_of(configuration):
    """{name: value} of the options that describe a Configuration."""
    spoken = {value: word for word, value in SPOKEN.items()}
    return {name: getattr(configuration, name) for name in OPTIONS} | {"weights": spoken[configuration.weights]}


def weights_of(arguments):
    """What parsed arguments say of the weights, as keywords of a Configuration."""
    return dict(weights=SPOKEN[arguments.weights], weight_banks=arguments.weight_banks,
                potential_margin=arguments.potential_margin)


def is_chosen(parser, arguments):
    """Whether one of the options was given another value than its default."""
    return any(getattr(arguments, name, None) != parser.get_default(name) for name in (*OPTIONS, "top"))


def check_design(parser, arguments):
    """End with argparse's error where --design is given together with what it brings itself."""
    if arguments.design and is_chosen(parser, arguments):
        parser.error("--design brings its own --lanes, --pixels, --spikes-per-cycle, --events-per-cycle, --taps, "
                     "--weights and --top")


def described(configuration, network):
    """A Configuration as it stands in reports: a dict with the lanes and taps of every layer of `network`, None for
    what says nothing of it."""
    none = {} if network.takes == base_network.PIXELS else dict.fromkeys(OF_PIXELS)
    return {**configuration.__dict__, **none, "lanes": configuration.layer_lanes(network.widths),
            "taps": configuration.layer_taps(network)}


def folder_name(network_path, network, configuration, top=DEFAULT):
    """A name for the work on a network in a Configuration with one of TOPS, which nothing else has."""
    lanes = "-".join(map(str, configuration.layer_lanes(network.widths)))
    own_taps = configuration.layer_taps(network)
    return (f"{Path(network_path).stem}_{network.sha256[:HASH_DIGITS]}_lanes{lanes}_pixels{configuration.pixels}"
            f"_spikes{configuration.spikes_per_cycle}_events{configuration.events_per_cycle}"
            + (f"_taps{'-'.join(map(str, own_taps))}" if ROW in own_taps else "")
            + (f"_loadable{configuration.weight_banks}_margin{configuration.potential_margin}"
               if configuration.is_loadable else "") + ("_spram" if configuration.in_spram else "")
            + ("" if top == DEFAULT else f"_{top}"))
