"""Prove that hdl/ is, byte for byte, what the generator makes of the default network today."""

import argparse
import tempfile
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import console, run, shown
from first_spike.command.places import (
    DEFAULT_CONFIGURATION,
    DEFAULT_DESIGN,
    DEFAULT_NETWORK,
)
from first_spike.comparison.design_files import read_design, top_of, write_whole_design
from first_spike.comparison.verdict import DIFFERENT, check_files
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.delivery.manifest import read_manifest
from first_spike.rtl_model.tops import DEFAULT


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--design", type=Path, default=DEFAULT_DESIGN, metavar="FOLDER",
                        help="folder to check instead of hdl/, of the same network in any configuration")
    folder = parser.parse_args().design
    found = read_design(folder, Network.load(DEFAULT_NETWORK))
    wanted, top = ((found, top_of(folder)) if folder != DEFAULT_DESIGN
                   else (Design(found.network, DEFAULT_CONFIGURATION), DEFAULT))
    with tempfile.TemporaryDirectory() as temporary:
        made = write_whole_design(wanted, Path(temporary) / "design", read_manifest(folder)["name"], top)
        if check_files(made, folder):
            return DIFFERENT
        count = len(list(made.iterdir()))
    console.print(f"{shown(folder)}: {count} files, each as the generator makes it", soft_wrap=True)
    return None


if __name__ == "__main__":
    run(main)
