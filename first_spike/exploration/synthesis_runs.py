"""What yosys and nextpnr find of a design, kept, so that a repeated or broken run does only what is missing."""

import functools
from dataclasses import dataclass
from pathlib import Path

import first_spike.synthesis
from first_spike.command.provenance import version
from first_spike.jobs.jobs import Files, Job, Kept, LocalWorkers, hash_of_files, run_jobs
from first_spike.synthesis.targets import misfit
from first_spike.synthesis.toolchains import AIMS, PROGRAMS, SPEEDS, place_and_route, summarize
from first_spike.synthesis.yosys import synthesize


@dataclass(frozen=True)
class Runs:
    """How one design is synthesized and placed.

    design: its folder; folder: for netlists, reports and logs; kept: where results stay. output_registers: use those of
    ECP5's block RAM. timeout: seconds after which a program is stopped. workers: who does it.
    """

    design: Path
    folder: Path
    kept: Kept
    output_registers: bool
    timeout: float
    workers: LocalWorkers

    def netlist(self, target):
        """Where the netlist for a Target is written."""
        return self.folder / f"{target.name}.json"

    def synthesis(self, target):
        """The Job that synthesizes for a Target; its result is that of `netlist_and_counts`."""
        netlist = self.netlist(target)
        return Job(target.name, netlist_and_counts, (Files(self.design), target, self.timeout, self.output_registers),
                   self.folder, self._decides(target), (netlist.name, "*.log"),
                   lambda result: netlist.is_file() and hash_of_files([netlist]) == result["netlist"])

    def placement(self, target, speed, seed, frequency):
        """The Job that places and routes what was synthesized for a Target; its result is that of `place_and_route`."""
        decides = self._decides(target) | {"speed": speed, "seed": seed, "frequency": frequency,
                                           "nextpnr": self._version(PROGRAMS[target.name])}
        return Job(f"{target.name} speed {speed} seed {seed}", placed,
                   (Files(self.netlist(target)), target, speed, seed, frequency, self.timeout), self.folder, decides,
                   (f"{target.name}_{speed}_{seed}.*",))

    def _decides(self, target):
        files = [path for path in self.design.iterdir() if path.is_file()]
        return {"design": hash_of_files(files), "target": target.name,
                "output_registers": self.output_registers, "yosys": self._version("yosys"), "code": _code()}

    def _version(self, program):
        return self.workers.everywhere(version, program)


def netlist_and_counts(folder, report, design, target, timeout, output_registers):
    """{"netlist": hash of the netlist that yosys leaves in `folder`, "counts": what `count_cells` gives}."""
    netlist, counts = synthesize(design, target, folder, timeout, output_registers)
    return {"netlist": hash_of_files([netlist]), "counts": counts}


def placed(folder, report, netlist, target, speed, seed, frequency, timeout):
    """What `place_and_route` gives."""
    return place_and_route(netlist, target, speed, seed, frequency, folder, timeout)


def synthesize_all(runs, targets):
    """(reports {target's name: report ready for JSON}, a sentence for each that failed) of Runs for several Targets."""
    results, failed = run_jobs("yosys", [runs.synthesis(target) for target in targets], runs.workers, runs.kept)
    return {target.name: {"device": target.device, "units": target.units, **result["counts"],
                          "misfit": misfit(target, result["counts"]["total"]), "clock": []}
            for target, result in zip(targets, results) if result is not None}, failed


def place_all(runs, targets, reports, seeds, frequency=None):
    """Place and route what was synthesized and fits, at every speed with `seeds` seeds, and put the summaries into the
    reports; returns a sentence for each run that failed. frequency: in MHz, what nextpnr aims at, by default AIMS."""
    wanted = [(target, speed, seed) for target in targets if target.name in PROGRAMS and target.name in reports
              and not reports[target.name]["misfit"] for speed in SPEEDS[target.name] for seed in range(1, seeds + 1)]
    placements, failed = run_jobs("nextpnr", [
        runs.placement(target, speed, seed, frequency or AIMS[speed]) for target, speed, seed in wanted],
        runs.workers, runs.kept)
    found = {}
    for (target, speed, _), placement in zip(wanted, placements):
        if placement is not None:
            found.setdefault((target.name, speed), []).append(placement)
    for (name, _), runs_at_speed in found.items():
        reports[name]["clock"].append(summarize(runs_at_speed))
    return failed


@functools.cache
def _code():
    """Hash of the sources that call the programs and read what they say."""
    return hash_of_files(Path(first_spike.synthesis.__file__).parent.glob("*.py"))
