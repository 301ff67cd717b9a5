"""Try faults in the Verilog of small designs: what no test notices is a hole in the tests.

Mutants are operators, constants, conditions, signals and assignments that are changed, chosen by a seed; or, with
--netlist, bits of the cells that yosys makes of the design, whatever its text. Exit status 1 if too few of them are
found.
"""

import argparse
from collections import Counter
from functools import partial
from pathlib import Path

from first_spike.command.cli import complain, console, made_by, write_json
from first_spike.command.option_values import natural, positive
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.comparison.harness import require_simulator
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Files, Job, Kept, hash_of_files, hash_of_project, run_jobs
from first_spike.synthesis.toolchains import require_program
from tb.mutation import boxes, campaign, equivalence, verdict
from tb.mutation.boxes import known_proof
from tb.mutation.campaign import (
    build_mutants,
    choose_pairs,
    is_there,
    play_mutants,
    prove_survivor,
    read_design,
)
from tb.mutation.mutants import chosen, mutants_of
from tb.mutation.verdict import FEWEST_IN_NETLIST, complaints, counts, of_seeds, share, table, too_few
from tb.scenarios.small_designs import BY_NAME, TRIED_DESIGNS

COUNT, SEEDS = 260, [1]
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
        reasons = {}
        if not arguments.netlist:  # there is no list of survivors with names of yosys
            reasons = {line: reason for line, reason in verdict.read().items() if line.split(" | ")[0] in names}
        again = arguments.netlist or arguments.prove_again
        found, failed = play_all(names, arguments, folder, workers, kept, {} if again else boxes.read())
        failed += prove_survivors(found, folder, workers, kept, () if again else reasons)
        whole = set(found) == set(chosen_designs([])) and (arguments.count, arguments.seed) == (COUNT, SEEDS)
        if arguments.prove_again and whole and not failed:
            boxes.write({name: verilog(folder, name) for name in found}, found)
        results, there = sum(found.values(), []), all_entries(folder, found)
        failed += (too_few(results, reasons, "area", FEWEST_IN_NETLIST) if arguments.netlist
                   else complaints(results, reasons, there))
        pairs, more = play_pairs(found, arguments, folder, workers, kept)
        failed += more
        of_blocks = counts(results, reasons)
        write_json(folder / "report.json", {
            "made_by": made, "seed": " ".join(map(str, arguments.seed)), "count": arguments.count, "failed": failed,
            "killed_share": share(sum(of_blocks.values(), Counter())), "designs": found, "pairs": pairs,
            "seeds": of_seeds(results, reasons),
            "modules": {name: {**count, "killed_share": share(count)} for name, count in of_blocks.items()}})
    console.print(table(results, reasons))
    if pairs:
        console.print(f"pairs: {sum(pair['killed'] is not None for pair in pairs)} of {len(pairs)} killed")
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def play_all(names, arguments, folder, workers, kept, known):
    """({design: results}, sentences about what failed): all mutants, built and played but for those that are `known` to
    be none; a result has `module`, what a Mutant has, `killed`, which says by what, or None, and `proved`, the module
    for which it is known to be none, or ""."""
    decides = {"code": hash_of_project(tests=True), "count": arguments.count, "seed": arguments.seed,
               "netlist": arguments.netlist}
    builds = [Job(name, build_mutants, (name, arguments.count, arguments.seed, arguments.netlist), folder / name,
                  {**decides, "design": name}, still=partial(still_there, folder / name),
                  brings=("bench/*", "verilog/*")) for name in names]
    built, failed = run_jobs("builds", builds, workers, kept)
    found = {name: made["mutants"] for name, made in zip(names, built) if made}
    for name, results in found.items():
        design, modules = verilog(folder, name)
        for result in results:
            result.update(killed=None, proved=known_proof(design, modules, result, known))
    tried = {name: [number for number, result in enumerate(results, 1) if not result["proved"]]
             for name, results in found.items()}
    killed, more = play({name: [(number,) for number in numbers] for name, numbers in tried.items()}, folder, workers,
                        kept)
    for name, sentences in killed.items():
        for number, sentence in zip(tried[name], sentences):
            found[name][number - 1]["killed"] = sentence
    return {name: found[name] for name in killed}, failed + more


def play_pairs(found, arguments, folder, workers, kept):
    """(a list of {"entries", "killed"} of pairs of mutants at once, sentences about those that nothing notices)."""
    both = {name: [numbers for numbers, _ in chosen(partial(choose_pairs, results, arguments.pairs), arguments.seed)]
            for name, results in found.items()}
    killed, failed = play(both, folder, workers, kept)
    pairs = [{"entries": [found[name][number - 1]["entry"] for number in numbers], "killed": sentence}
             for name, sentences in killed.items() for numbers, sentence in zip(both[name], sentences)]
    return pairs, failed + [f"a pair survives, of which each is noticed: {' and '.join(pair['entries'])}"
                            for pair in pairs if pair["killed"] is None]


def play(numbered, folder, workers, kept):
    """({design: for each of its tuples of numbers what kills them, or None} of {design: tuples of numbers}, sentences
    about what failed); a design of which something failed is left out."""
    parts = [(name, numbers[first:first + SHARE]) for name, numbers in numbered.items()
             for first in range(0, len(numbers), SHARE)]
    player = hash_of_files([Path(campaign.__file__)])
    plays = [Job(f"{name} {'+'.join(map(str, part[0]))} to {'+'.join(map(str, part[-1]))}", play_mutants,
                 (Files(folder / name / campaign.BENCH), part), decides={
                     "code": player, "bench": hash_of_files(campaign.played(folder / name)), "chosen": part})
             for name, part in parts]
    said, failed = run_jobs("mutants", plays, workers, kept)
    killed = {}
    for (name, _), sentences in zip(parts, said):
        killed.setdefault(name, []).append(sentences)
    return {name: [sentence or None for sentences in parts for sentence in sentences]
            for name, parts in killed.items() if None not in parts}, failed


def still_there(folder, result):
    """Whether what a build made is in its folder."""
    files = campaign.played(folder)
    return is_there(folder, result["program"]) and all(file.is_file() for file in files) and (
        hash_of_files(files) == result["bench"])


def verilog(folder, name):
    """(folder with the Verilog of a design, its Modules)."""
    return folder / name / "verilog", read_design(folder / name / "verilog")


def chosen_designs(names):
    """The names; if there are none all but those of BY_NAME. UserError for a name that is none."""
    for name in names:
        if name not in TRIED_DESIGNS:
            raise UserError(f"no design is called {name!r}: choose of {', '.join(TRIED_DESIGNS)}")
    return names or [name for name in TRIED_DESIGNS if name not in BY_NAME]


def prove_survivors(found, folder, workers, kept, reasons):
    """Note in each survivor of {design: results} the module for which it is `proved` to be none, or ""; sentences about
    what failed. Those with one of the `reasons` and those that are known to be none are not proved."""
    wanted = [(name, result) for name, results in found.items() for result in results
              if not (result["killed"] or result["proved"] or result["entry"] in reasons)]
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
    return {verdict.entry(name, module, mutant.key) for name in designs
            for module, read in verilog(folder, name)[1].items() for mutant in mutants_of(read)}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("designs", nargs="*", metavar="DESIGN",
                        help=f"of {', '.join(TRIED_DESIGNS)} (default: all but {', '.join(sorted(BY_NAME))})")
    parser.add_argument("--count", type=positive, default=COUNT,
                        help=f"mutants of each area of each design (default: {COUNT})")
    parser.add_argument("--seed", type=natural, nargs="+", default=SEEDS,
                        help=f"so many are chosen by each of these (default: {SEEDS[0]})")
    parser.add_argument("--prove-again", action="store_true", help="prove all survivors, those too that have a reason "
                        "or were proved before, and write down which are proved to be none")
    parser.add_argument("--netlist", action="store_true", help="faults in the netlist that yosys makes of each design")
    parser.add_argument("--pairs", type=natural, default=0, metavar="N",
                        help="also N pairs of mutants of each design at once, each of which is noticed alone")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants", metavar="FOLDER",
                        help="(default: build/mutants)")
    return parser.parse_args()

