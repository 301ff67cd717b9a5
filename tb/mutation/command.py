"""Try faults in the Verilog of small designs: what no test notices is a hole in the tests.

Mutants are operators, constants, conditions, signals and assignments that are changed, chosen by a seed. Exit status 1
if too few of them are found.
"""

import argparse
from collections import Counter
from functools import partial
from pathlib import Path

from first_spike.command.cli import complain, console, write_json
from first_spike.command.folders import work_folder
from first_spike.command.option_values import natural, positive
from first_spike.command.places import BUILD
from first_spike.command.places_to_write import check_places
from first_spike.command.provenance import made_by
from first_spike.comparison.harness import require_simulator
from first_spike.golden.errors import UserError
from first_spike.jobs.job_options import add_jobs, chosen_workers
from first_spike.jobs.jobs import Files, Job, run_jobs
from first_spike.jobs.kept import Kept, hash_of_files
from first_spike.synthesis.process import require_program
from tb.mutation import campaign, equivalence, proved, survivors
from tb.mutation.campaign import build_mutants, is_there, play_mutants, prove_survivor, read_design, sources
from tb.mutation.mutants import mutants_of
from tb.mutation.proved import known_proof
from tb.mutation.verdict import complaints, counts, share, table
from tb.scenarios.small_designs import SMALL_DESIGNS

COUNT, SEED = 260, 1
SHARE = 20  # mutants that are played in one job


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("verilator", "yosys")
    names = chosen_designs(arguments.designs)
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        workers.everywhere(require_simulator, "verilator")
        for program in ("yosys", "yosys-abc"):
            workers.everywhere(require_program, program)
        kept = Kept(folder / "kept")
        found, failed = play_all(names, arguments, folder, workers, kept)
        reasons = {line: reason for line, reason in survivors.read().items() if line.split(" | ")[0] in names}
        spared = ({}, {}) if arguments.prove_again else (reasons, proved.read())
        failed += prove_survivors(found, folder, workers, kept, *spared)
        whole = set(found) == set(SMALL_DESIGNS) and (arguments.count, arguments.seed) == (COUNT, SEED)
        if arguments.prove_again and whole and not failed:
            proved.write({name: verilog(folder, name) for name in found}, found)
        results = sum(found.values(), [])
        failed += complaints(results, reasons, all_entries(folder, found))
        of_blocks = counts(results, reasons)
        write_json(folder / "report.json", {
            "made_by": made, "seed": arguments.seed, "count": arguments.count, "failed": failed,
            "killed_share": share(sum(of_blocks.values(), Counter())), "designs": found,
            "modules": {name: {**count, "killed_share": share(count)} for name, count in of_blocks.items()}})
    console.print(table(results, reasons))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def play_all(names, arguments, folder, workers, kept):
    """({design: results}, sentences about what failed): all mutants, built and played; a result has `module`, what a
    Mutant has, and `killed`, which says by what, or None."""
    code = hash_of_files(sources())
    builds = [Job(name, build_mutants, (name, arguments.count, arguments.seed), folder / name,
                  {"code": code, "design": name, "count": arguments.count, "seed": arguments.seed},
                  still=partial(still_there, folder / name), brings=("bench/*", "verilog/*")) for name in names]
    built, failed = run_jobs("builds", builds, workers, kept)
    parts = [(name, first, min(first + SHARE, len(made["mutants"]) + 1) - 1) for name, made in zip(names, built) if made
             for first in range(1, len(made["mutants"]) + 1, SHARE)]
    hashes = {name: made["bench"] for name, made in zip(names, built) if made}
    player = hash_of_files([Path(campaign.__file__)])
    plays = [Job(f"{name} {first} to {last}", play_mutants, (Files(folder / name / campaign.BENCH), first, last),
                 decides={"code": player, "bench": hashes[name], "first": first, "last": last})
             for name, first, last in parts]
    said, more = run_jobs("mutants", plays, workers, kept)
    found = {name: made["mutants"] for name, made in zip(names, built) if made}
    for (name, first, _), sentences in zip(parts, said):
        for offset, sentence in enumerate(sentences or ()):
            found[name][first - 1 + offset]["killed"] = sentence or None
    return {name: results for name, results in found.items() if all("killed" in result for result in results)}, (
        failed + more)


def still_there(folder, result):
    """Whether what a build made is in its folder."""
    files = campaign.played(folder)
    return is_there(folder, result["program"]) and all(file.is_file() for file in files) and (
        hash_of_files(files) == result["bench"])


def verilog(folder, name):
    """(folder with the Verilog of a design, its Modules)."""
    return folder / name / "verilog", read_design(folder / name / "verilog")


def chosen_designs(names):
    """The names; all if there are none. UserError for a name that is none."""
    for name in names:
        if name not in SMALL_DESIGNS:
            raise UserError(f"no design is called {name!r}: choose of {', '.join(SMALL_DESIGNS)}")
    return names or list(SMALL_DESIGNS)


def prove_survivors(found, folder, workers, kept, reasons, known):
    """Note in each result of {design: results} the module for which it is `proved` to be none, or ""; sentences about
    what failed. Those with one of the `reasons` and those that are `known` are not proved again."""
    wanted = []
    for name, results in found.items():
        design, modules = verilog(folder, name)
        for result in results:
            result["proved"] = "" if result["killed"] else known_proof(design, modules, result, known)
            if not (result["killed"] or result["proved"] or result["entry"] in reasons):
                wanted.append((name, result))
    jobs = [Job(f"{name} {result['module']}", prove_survivor, (Files(folder / name / "verilog"), result),
                folder / "proofs" / str(number), {
                    "code": hash_of_files(equivalence.sources()), "mutant": result,
                    "design": hash_of_files((folder / name / "verilog").glob("*.v"))})
            for number, (name, result) in enumerate(wanted)]
    proofs, failed = run_jobs("proofs", jobs, workers, kept)
    for (_, result), level in zip(wanted, proofs):
        result["proved"] = level or ""
    return failed


def all_entries(folder, designs):
    """The entries of all mutants of these designs, those too that were not chosen."""
    return {survivors.entry(name, module, mutant.key) for name in designs
            for module, read in verilog(folder, name)[1].items() for mutant in mutants_of(read)}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("designs", nargs="*", metavar="DESIGN",
                        help=f"of {', '.join(SMALL_DESIGNS)} (default: all)")
    parser.add_argument("--count", type=positive, default=COUNT,
                        help=f"mutants of each design (default: {COUNT})")
    parser.add_argument("--seed", type=natural, default=SEED, help=f"by which they are chosen (default: {SEED})")
    parser.add_argument("--prove-again", action="store_true", help="prove all survivors, those too that have a reason "
                        "or were proved before, and write down which are proved to be none")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants", metavar="FOLDER",
                        help="(default: build/mutants)")
    return parser.parse_args()

