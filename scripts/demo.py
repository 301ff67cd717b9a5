"""The whole way on real digits: a trained network becomes Verilog, two simulators run it, every spike is compared.

Writes build/demo/report.json. Exit status 1 if anything differs, after naming the first place.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.data import load
from golden.network import Network
from rtl_model.convert import generate
from scripts.cli import console, run, shown, write_json
from scripts.comparison import Subject, compare_on, load_float
from scripts.default_design import CONFIGURATION, FOLDER, NETWORK
from scripts.design_files import expected_folder
from scripts.tables import comparison_table
from scripts.verdict import check_files, verdict
from tb.harness import ROOT, require_simulator

DIGITS = {"icarus": 50, "verilator": 500}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--design", type=Path, default=FOLDER, metavar="FOLDER", help="simulate this folder instead of hdl/")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "demo", metavar="FOLDER",
                        help="work files and report.json (default: build/demo)")
    arguments = parser.parse_args()
    start = time.monotonic()
    for simulator in DIGITS:
        require_simulator(simulator)
    network, digits = Network.load(NETWORK), load("samples", train=False)
    subject = Subject(network, load_float(network, NETWORK), digits.test_images, digits.test_labels)
    made = generate(NETWORK, CONFIGURATION, expected_folder(arguments.build, arguments.design))
    console.print(f"{NETWORK.name} made into Verilog: {len(list(made.glob('*.v')))} modules in {time.monotonic() - start:.1f} s")
    different_files = check_files(made, arguments.design)
    reports = []
    for simulator, count in DIGITS.items():
        report, _ = compare_on(simulator, subject.first(count), CONFIGURATION, arguments.design, arguments.build / simulator)
        reports.append(report)
    console.print(comparison_table(f"{NETWORK.stem}, real test digits", reports))
    path = arguments.build / "report.json"
    write_json(path, {"network": NETWORK.name, "different_files": different_files,
                      **{report["sim"]: report for report in reports}})
    console.print(f"report: {shown(path)} ({time.monotonic() - start:.0f} s in all)", soft_wrap=True)
    return verdict(reports, different_files)


if __name__ == "__main__":
    run(main)
