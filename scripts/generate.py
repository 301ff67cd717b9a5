"""Generate the Verilog of a network."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from golden.configuration import EVENTS_PER_CYCLE, PIXELS, SPIKES_PER_CYCLE, Configuration
from rtl_model.convert import generate
from scripts import cli


def add_configuration(parser):
    """The options of a Configuration, for every command that makes a design."""
    parser.add_argument("--lanes", type=int, nargs="+", default=(), metavar="P",
                        help="neurons worked on at a time: one number for all layers or one per layer (default: all neurons)")
    parser.add_argument("--pixels", type=int, default=8, metavar="B", help=f"pixels per beat, of {PIXELS} (default: 8)")
    parser.add_argument("--spikes-per-cycle", type=int, default=4, metavar="G",
                        help=f"between layers, of {SPIKES_PER_CYCLE} (default: 4)")
    parser.add_argument("--events-per-cycle", type=int, default=1, metavar="E",
                        help=f"input spikes, of {EVENTS_PER_CYCLE} (default: 1)")


def configuration(arguments):
    """The Configuration that parsed arguments describe."""
    return Configuration(tuple(arguments.lanes), arguments.pixels, arguments.spikes_per_cycle, arguments.events_per_cycle)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="network file (.npz)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the design; an older design in it is replaced")
    add_configuration(parser)
    arguments = parser.parse_args()
    folder = generate(arguments.network, configuration(arguments), arguments.out)
    modules = len((folder / "filelist.f").read_text().split())
    cli.console.print(f"{folder}: {modules} modules, top accelerator")


if __name__ == "__main__":
    cli.run(main)
