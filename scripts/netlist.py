"""Simulate the gates: the netlist that `make synth` places on an ECP5, on Verilator, result for result and cycle for
cycle.

Exit status 1 if a result differs from the golden model's or a cycle from the cycle model's.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

import numpy as np

from golden.contract.network import Network
from golden.errors import UserError
from golden.inference.infer import infer
from golden.schedule.cycles import predict
from rtl_model.convert import generate
from scripts.agreement.backends import Outcome
from scripts.agreement.measure import cycle_difference
from scripts.agreement.mismatches import count_mismatches
from scripts.command.cli import console, run, write_json
from scripts.command.configuration_options import add_configuration, configuration
from scripts.command.folders import make_folder
from scripts.command.images import add_image_arguments, read_images
from scripts.command.job_bar import run_jobs
from scripts.command.option_values import above_zero, positive
from scripts.command.places import BUILD, DEFAULT_NETWORK
from scripts.synthesis.gates import write_gates
from scripts.synthesis.targets import find_target
from scripts.synthesis.yosys import synthesize
from tb.harness import require_simulator
from tb.recorder import build_recorder, record

DEFAULT_COUNT = 500
SYNTHESIS_SHARE, BUILD_SHARE = 0.4, 0.9  # of the time, at the end of each


def main():
    arguments = parse()
    require_simulator("verilator")
    network = Network.load(arguments.network)
    chosen = configuration(arguments)
    chosen.layer_lanes(network.sizes)
    images = read_images(arguments, network).images
    count = min(len(images), DEFAULT_COUNT) if arguments.count is None else arguments.count
    if count > len(images):
        raise UserError(f"there are {len(images)} images: choose --count 1 to {len(images)}")
    images = images[:count]
    folder = make_folder(arguments.build)
    report, = run_jobs("netlist", [("gates", 1, lambda show: simulate(arguments, network, chosen, images, folder,
                                                                      show))])
    write_json(folder / "report.json", report)
    console.print(f"{count} images on the netlist: {report['equal_images']} equal to the golden model, "
                  f"{report['equal_cycles']} to "
                  f"the cycle model; report: {folder / 'report.json'}", soft_wrap=True)
    for sentence in filter(None, (report["first_mismatch"], report["first_cycle"])):
        console.print(sentence, style="bold red", soft_wrap=True)
    return 1 if report["first_mismatch"] or report["first_cycle"] else None


def simulate(arguments, network, chosen, images, folder, show):
    """Synthesize, simulate, compare; returns the report, ready for JSON."""
    design = generate(arguments.network, chosen, folder / "design")
    netlist, _ = synthesize(design, find_target("ecp5"), folder, arguments.timeout, not arguments.plain)
    show(SYNTHESIS_SHARE)
    gates = write_gates(netlist, make_folder(folder / "gates"), arguments.timeout)
    build_recorder(network, chosen, images, gates, folder / "simulation", spikes=False)
    show(BUILD_SHARE)
    found = record(network, chosen, len(images), folder / "simulation",
                   progress=lambda share: show(BUILD_SHARE + (1 - BUILD_SHARE) * share))
    # spikes have no signals of their own among gates
    results = Outcome(found["words"].astype(np.int64), (), None, None)
    whole = infer(network, images)
    agreement = count_mismatches(network, whole.until_decision(), results)
    predicted, valid = predict(network, chosen, images, whole).valid, found["valid"] - found["first_beat"][0]
    return {"network_sha256": network.sha256, "configuration": {**chosen.__dict__,
                                                                "lanes": chosen.layer_lanes(network.sizes)},
            "output_registers": not arguments.plain, "images": len(images), "equal_images": agreement.equal_images,
            "equal_cycles": int((predicted == valid).sum()), "first_mismatch": agreement.first,
            "first_cycle": cycle_difference(predicted, valid)}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", type=Path, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help="(default: the shipped 784-128-10)")
    add_configuration(parser)
    add_image_arguments(parser)
    parser.add_argument("--count", type=positive, metavar="N",
                        help=f"the first N images (default: {DEFAULT_COUNT}, or all if fewer)")
    parser.add_argument("--plain", action="store_true",
                        help="the netlist as yosys makes it, no register moved into block RAM")
    parser.add_argument("--timeout", type=above_zero, default=1800.0, metavar="SECONDS",
                        help="for each run of yosys (default: 1800)")
    parser.add_argument("--build", type=Path, default=BUILD / "netlist", metavar="FOLDER",
                        help="(default: build/netlist)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
