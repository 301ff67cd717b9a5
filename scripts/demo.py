"""The whole way on real digits: a trained network becomes Verilog, two simulators run it, every spike is compared.

Writes build/demo/report.json. Exit status 1 if anything differs, after naming the first place.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.contract.network import Network
from golden.data.catalogue import load
from rtl_model.convert import generate
from scripts.agreement.compare_on import Subject, compare_on, load_float
from scripts.agreement.design_files import expected_folder
from scripts.agreement.table import comparison_table
from scripts.agreement.verdict import check_files, verdict
from scripts.command.cli import console, run, shown, write_json
from scripts.command.places import (
    BUILD,
    DEFAULT_CONFIGURATION,
    DEFAULT_DESIGN,
    DEFAULT_NETWORK,
)
from tb.harness import require_simulator

DIGITS = {"icarus": 50, "verilator": 500}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--design", type=Path, default=DEFAULT_DESIGN, metavar="FOLDER",
                        help="simulate this folder instead of hdl/")
    parser.add_argument("--build", type=Path, default=BUILD / "demo", metavar="FOLDER",
                        help="work files and report.json (default: build/demo)")
    arguments = parser.parse_args()
    start = time.monotonic()
    for simulator in DIGITS:
        require_simulator(simulator)
    network, digits = Network.load(DEFAULT_NETWORK), load("samples", train=False)
    subject = Subject(network, load_float(network, DEFAULT_NETWORK), digits.test_images, digits.test_labels)
    made = generate(DEFAULT_NETWORK, DEFAULT_CONFIGURATION, expected_folder(arguments.build, arguments.design))
    console.print(f"{DEFAULT_NETWORK.name} made into Verilog: {len(list(made.glob('*.v')))} modules in "
                  f"{time.monotonic() - start:.1f} s")
    different_files = check_files(made, arguments.design)
    reports = []
    for simulator, count in DIGITS.items():
        report, _ = compare_on(simulator, subject.first(count), DEFAULT_CONFIGURATION, arguments.design,
                               arguments.build / simulator)
        reports.append(report)
    console.print(comparison_table(f"{DEFAULT_NETWORK.stem}, real test digits", reports))
    path = arguments.build / "report.json"
    write_json(path, {"network": DEFAULT_NETWORK.name, "different_files": different_files,
                      **{report["sim"]: report for report in reports}})
    console.print(f"report: {shown(path)} ({time.monotonic() - start:.0f} s in all)", soft_wrap=True)
    return verdict(reports, different_files)


if __name__ == "__main__":
    run(main)
