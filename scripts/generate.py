"""Generate the Verilog of a network."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rtl_model.convert import generate
from scripts.command.cli import console, run
from scripts.command.configuration_options import add_configuration, configuration


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="network file (.npz)")
    parser.add_argument("--out", type=Path, required=True,
                        help="folder for the design; an older design in it is replaced")
    add_configuration(parser)
    arguments = parser.parse_args()
    folder = generate(arguments.network, configuration(arguments), arguments.out)
    modules = len((folder / "filelist.f").read_text().split())
    console.print(f"{folder}: {modules} modules, top accelerator")


if __name__ == "__main__":
    run(main)
