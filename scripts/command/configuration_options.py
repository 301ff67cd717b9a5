"""The options of a configuration, which every command that makes a design takes."""

from golden.contract.configuration import (
    EVENTS_PER_CYCLE,
    PIXELS,
    SPIKES_PER_CYCLE,
    Configuration,
)


def add_configuration(parser):
    """Add --lanes, --pixels, --spikes-per-cycle and --events-per-cycle to an argparse parser."""
    parser.add_argument("--lanes", type=int, nargs="+", default=(), metavar="P",
                        help="neurons worked on at a time: one number for all layers or one per layer (default: all "
                             "neurons)")
    parser.add_argument("--pixels", type=int, default=8, metavar="B", help=f"pixels per beat, of {PIXELS} (default: 8)")
    parser.add_argument("--spikes-per-cycle", type=int, default=4, metavar="G",
                        help=f"between layers, of {SPIKES_PER_CYCLE} (default: 4)")
    parser.add_argument("--events-per-cycle", type=int, default=1, metavar="E",
                        help=f"input spikes, of {EVENTS_PER_CYCLE} (default: 1)")


def configuration(arguments):
    """The Configuration that parsed arguments describe."""
    return Configuration(tuple(arguments.lanes), arguments.pixels, arguments.spikes_per_cycle,
                         arguments.events_per_cycle)
