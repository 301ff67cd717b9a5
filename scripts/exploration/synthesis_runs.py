"""What yosys and nextpnr find of a design, kept, so that a repeated or broken run does only what is missing."""

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

import scripts.synthesis
from scripts.command.job_bar import run_jobs
from scripts.command.kept import Kept, hash_of_files
from scripts.synthesis.nextpnr import AIMS, PROGRAMS, SPEEDS, place_and_route, summarize
from scripts.synthesis.targets import misfit
from scripts.synthesis.yosys import synthesize


@dataclass(frozen=True)
class Runs:
    """How one design is synthesized and placed.

    design: its folder; folder: for netlists, reports and logs; kept: where results stay. output_registers: use those of
    ECP5's block RAM. timeout: seconds after which a program is stopped.
    """

    design: Path
    folder: Path
    kept: Kept
    output_registers: bool
    timeout: float

    def synthesize(self, target):
        """(netlist file, what `count_cells` gives) for a Target; UserError when yosys is missing, fails or takes too
        long."""
        netlist = self.folder / f"{target.name}.json"

        def make():
            made, counts = synthesize(self.design, target, self.folder, self.timeout, self.output_registers)
            return {"netlist": hash_of_files([made]), "counts": counts}

        found = self.kept.get_or_make(self._decides(target), make, lambda result: (
            netlist.is_file() and hash_of_files([netlist]) == result["netlist"]))
        return netlist, found["counts"]

    def place(self, netlist, target, speed, seed, frequency):
        """What `place_and_route` gives; UserError as from there."""
        decides = self._decides(target) | {"speed": speed, "seed": seed, "frequency": frequency,
                                           "nextpnr": version(PROGRAMS[target.name])}
        return self.kept.get_or_make(decides, lambda: place_and_route(netlist, target, speed, seed, frequency,
                                                                      self.folder, self.timeout))

    def _decides(self, target):
        return {"design": hash_of_files(self.design.iterdir()), "target": target.name,
                "output_registers": self.output_registers, "yosys": version("yosys"), "code": _code()}


def synthesize_all(runs, targets):
    """(netlists {target's name: file}, reports {target's name: report ready for JSON}, a sentence for each that failed)
    of Runs for several Targets."""
    results, failed = run_jobs("yosys", [(target.name, lambda _, target=target: runs.synthesize(target))
                                         for target in targets])
    made = {target.name: (target, *result) for target, result in zip(targets, results) if result is not None}
    reports = {name: {"device": target.device, "units": target.units, **counts,
                      "misfit": misfit(target, counts["total"]), "clock": []}
               for name, (target, _, counts) in made.items()}
    return {name: netlist for name, (_, netlist, _) in made.items()}, reports, failed


def place_all(runs, targets, netlists, reports, seeds, frequency=None):
    """Place and route what was synthesized and fits, at every speed with `seeds` seeds, and put the summaries into the
    reports; returns a sentence for each run that failed. frequency: in MHz, what nextpnr aims at, by default AIMS."""
    wanted = [(target, speed, seed) for target in targets if target.name in PROGRAMS and target.name in reports
              and not reports[target.name]["misfit"] for speed in SPEEDS[target.name] for seed in range(1, seeds + 1)]
    placements, failed = run_jobs("nextpnr", [
        (f"{target.name} speed {speed} seed {seed}",
         lambda _, target=target, speed=speed, seed=seed: runs.place(netlists[target.name], target, speed, seed,
                                                                     frequency or AIMS[speed]))
        for target, speed, seed in wanted])
    found = {}
    for (target, speed, _), placement in zip(wanted, placements):
        if placement is not None:
            found.setdefault((target.name, speed), []).append(placement)
    for (name, _), runs_at_speed in found.items():
        reports[name]["clock"].append(summarize(runs_at_speed))
    return failed


@functools.cache
def version(program):
    """What a program says about its version."""
    done = subprocess.run([program, "-V"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


@functools.cache
def _code():
    """Hash of the sources that call the programs and read what they say."""
    return hash_of_files(Path(scripts.synthesis.__file__).parent.glob("*.py"))
