"""Synthesize the hardware of a network for FPGAs: cells of each module, clock over several seeds, the critical path in
words."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.contract.network import Network
from golden.errors import UserError
from rtl_model.convert import generate
from scripts.command.cli import console, run, write_json
from scripts.command.configuration_options import add_configuration, configuration
from scripts.command.folders import make_folder
from scripts.command.job_bar import run_jobs
from scripts.command.option_values import above_zero, natural
from scripts.command.places import BUILD, DEFAULT_NETWORK
from scripts.synthesis.nextpnr import AIMS, PROGRAMS, SPEEDS, place_and_route, summarize
from scripts.synthesis.process import require_program
from scripts.synthesis.report import cell_table, clock_table, compare
from scripts.synthesis.rivals import rivals_table
from scripts.synthesis.targets import TARGETS, find_target, misfit, require_memory
from scripts.synthesis.yosys import synthesize


def main():
    arguments = parse()
    network = Network.load(arguments.network)
    chosen = configuration(arguments)
    chosen.layer_lanes(network.sizes)
    targets = [find_target(arguments.target)] if arguments.target else list(TARGETS.values())
    if arguments.target:
        require_memory(network, targets[0])
    for program in ["yosys", *(PROGRAMS[target.name] for target in targets if target.name in PROGRAMS
                               and arguments.seeds)]:
        require_program(program)
    folder = make_folder(arguments.build)
    design = generate(arguments.network, chosen, folder / "design")

    synthesized = run_jobs("yosys", [
        (target.name, 1, lambda _, target=target: synthesize(design, target, folder, arguments.timeout,
                                                             not arguments.plain))
        for target in targets])
    reports = {target.name: {"device": target.device, "units": target.units, **counts,
                             "misfit": misfit(target, counts["total"]), "clock": []} for target,
               (_, counts) in zip(targets, synthesized)}
    for target in targets:
        console.print(cell_table(target, reports[target.name]))
    netlists = {target.name: netlist for target, (netlist, _) in zip(targets, synthesized)}
    place_all(arguments, targets, netlists, reports, folder)
    report = {"network": arguments.network.stem, "network_sha256": network.sha256,
              "configuration": {**chosen.__dict__, "lanes": chosen.layer_lanes(network.sizes)},
              "frequency": arguments.frequency or AIMS, "output_registers": not arguments.plain,
              "targets": reports, "comparison": compare(network, chosen, reports)}
    if any(entry["clock"] for entry in reports.values()):
        console.print(clock_table(reports))
    if report["comparison"]:
        console.print(rivals_table(report["comparison"]))
    write_json(folder / "report.json", report)
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    wrong = [entry["misfit"] for entry in reports.values() if entry["misfit"]]
    if wrong and arguments.target:
        raise UserError(wrong[0])
    for sentence in wrong:
        console.print(sentence, soft_wrap=True)


def place_all(arguments, targets, netlists, reports, folder):
    """Place and route what fits, every speed with every seed, and put the summaries into the reports."""
    runs = [(target, speed, seed) for target in targets if target.name in PROGRAMS
            and not reports[target.name]["misfit"]
            for speed in SPEEDS[target.name] for seed in range(1, arguments.seeds + 1)]
    jobs = [(f"{target.name} speed {speed} seed {seed}", 1,
             lambda _, target=target, speed=speed, seed=seed: place_and_route(
                 netlists[target.name], target, speed, seed, arguments.frequency or AIMS[speed], folder,
                 arguments.timeout))
            for target, speed, seed in runs]
    placements = run_jobs("nextpnr", jobs) if jobs else []
    for target in targets:
        for speed in SPEEDS.get(target.name, ()):
            found = [placement for (owner, own, _), placement in zip(runs, placements) if owner is target and own
                     == speed]
            if found:
                reports[target.name]["clock"].append(summarize(found))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help="(default: the shipped 784-128-10)")
    add_configuration(parser)
    parser.add_argument("--target", metavar="NAME", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seeds", type=natural, default=3, metavar="N",
                        help="runs of place and route, 0 for none (default: 3)")
    aims = ", ".join(f"{mhz} for speed {speed}" for speed, mhz in AIMS.items())
    parser.add_argument("--frequency", type=above_zero, metavar="MHZ",
                        help=f"that nextpnr aims at; near what is reachable is best (default: {aims})")
    parser.add_argument("--plain", action="store_true",
                        help="leave the netlist as yosys makes it; without, registers that follow block RAM of ECP5 "
                             "are moved into it, where it has one for them")
    parser.add_argument("--timeout", type=above_zero, default=1800.0, metavar="SECONDS",
                        help="for each run of a program (default: 1800)")
    parser.add_argument("--build", type=Path, default=BUILD / "synth", metavar="FOLDER",
                        help="design, netlists, logs and report.json (default: build/synth)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
