"""All that the reports say, as one dict: per block how far it is verified, and what is not.

A report that is not there may be kept: the record that was written before has what it said, and of which commit.

Sentences about what is not verified, the gravest first.
"""

from first_spike.command.cli import differs_from, head
from tb.formal.claims import CLAIMS
from tb.fuzz.readers import READERS
from tb.mutation.source_mutants import AREAS
from tb.mutation.verdict import FEWEST_OF_A_MODULE, share
from tb.record.findings import bench_module, claims, finding
from tb.record.reports import REPORTS, TESTS, age, block_of, blocks, read_reports
from tb.scenarios.small_designs import BY_NAME, TRIED_DESIGNS

MOST_SENTENCES = 10  # of what failed in a run
CALLED_BY = {"test-all": ("test-nir", "test-cluster")}  # targets with a report of their own
WHOLE = {  # of what in its finding a run has to tell that is whole
    **dict.fromkeys(("make mutants", "make coverage"), ("designs", TRIED_DESIGNS.keys() - BY_NAME)),
    "make mutants-sources": ("areas", [name for name, area in AREAS.items() if not area.own]),
    "make fuzz-readers": ("readers", READERS)}


def missing(reports, found, rows):
    """All of them; reports: {command: where its report is from}, found: {command: its finding}, of those that are
    there, rows: those of the blocks."""
    yield from _of_runs(reports)
    yield from (f"`{command}`: {found[command]['failed']} tests failed." for command in found
                if found[command].get("failed"))
    yield from (f"No report of `{command}`: {origin['for']}." for command, origin in reports.items()
                if not origin["there"])
    yield from _of_proofs_and_readers(found)
    yield from _of_blocks(found, rows)
    yield from _of_shares(found)


def _of_runs(reports):
    old = {}
    for command, origin in reports.items():
        if origin["there"] and origin["warning"]:
            old.setdefault(origin["warning"], []).append(f"`{command}`")
    yield from (f"**Not of these sources** are the reports of {', '.join(commands)}: {warning}."
                for warning, commands in old.items())
    for command, origin in reports.items():
        failed = origin.get("failed") or []
        failed = failed if isinstance(failed, list) else ["something differs"]
        yield from (f"`{command}` failed: {sentence}." for sentence in failed[:MOST_SENTENCES])
        if len(failed) > MOST_SENTENCES:
            yield f"`{command}` failed: {len(failed) - MOST_SENTENCES} more."


def _of_proofs_and_readers(found):
    proofs = claims(found)
    yield from (f"Not proved: {claim['claim']} (`{claim['name']}`)." for claim in proofs if not claim["proved"])
    readers = found.get("make fuzz-readers", {"readers": {}})["readers"]
    yield from _naming((
        ("Readers that were not fuzzed, since the package that they need was missing",
         [name for name, result in readers.items() if result is None]),
        ("Claims that were not tried",
         [claim.name for claim in CLAIMS if proofs and claim.name not in {claim["name"] for claim in proofs}])))


def _of_blocks(found, rows):
    own = [row for row in rows if not row["inside"]]
    covered, tried = "make coverage" in found, "make mutants" in found
    yield from _naming((
        *((f"Small designs that `{command}` left out",
           [name for name in TRIED_DESIGNS if command in found and name not in found[command]["designs"]])
          for command in ("make mutants", "make coverage")),
        ("Blocks without a bench of their own", [row["block"] for row in rows if not row["bench"]]),
        ("Blocks whose bench was not run",
         [row["block"] for row in rows if row["bench"] and "make test" in found and not row["bench_passed"]]),
        ("Blocks in no small design whose coverage is measured",
         [row["block"] for row in own if covered and not row["coverage"]]),
        ("Blocks in which no mutants were tried", [row["block"] for row in own if tried and not row["mutants"]]),
        ("Blocks in which no claim is proved", [row["block"] for row in own if claims(found) and not row["claims"]])))


def _naming(groups):
    for sentence, names in groups:
        if names:
            yield f"{sentence}: {', '.join(f'`{name}`' for name in names)}."


def _of_shares(found):
    coverage, grid = (found.get(command) for command in ("make coverage", "make test-grid"))
    for command, file in (("make mutants", "survivors.txt"), ("make mutants-sources", "source_survivors.txt")):
        for area, count in found.get(command, {}).get("areas", {}).items():
            if count["missed"] + count["listed"]:
                yield (f"{count['missed'] + count['listed']:,} of {count['tried']:,} mutants of the area {area} "
                       f"survive that are not equivalent: {count['listed']:,} with a reason in `tb/mutation/{file}`, "
                       f"{count['missed']:,} without.")
            if count["tried"] < count.get("of", 0):
                yield f"{count['of'] - count['tried']:,} of {count['of']:,} mutants of the area {area} were not tried."
    if coverage and coverage["explained"] + coverage["unexplained"]:
        yield (f"{coverage['explained'] + coverage['unexplained']:,} points of the Verilog are not covered: "
               f"{coverage['explained']:,} with a reason in `tb/coverage/uncovered.txt`, "
               f"{coverage['unexplained']:,} without.")
    if coverage and coverage["python"] is None:
        yield "The coverage of Python was not measured."
    if grid and grid["passed"] + grid["failed"] < grid["of"]:
        yield f"{grid['of'] - grid['passed'] - grid['failed']:,} of {grid['of']:,} tests of the grid were not run."


def verification(build, before=None):
    """The record of the reports in the folder `build`, ready for JSON; of those that are not there what the record
    `before` has, if there is one. UserError where a report is none."""
    reports = origins(build, before)
    found = {command: entry["found"] for command, entry in reports.items() if entry["there"]}
    rows = _rows(found, bool(reports["make soak"].get("failed")))
    return {"commit": head(), "changed": bool(differs_from("HEAD")), "reports": reports, "blocks": rows,
            "not_verified": list(missing(reports, found, rows))}


def origins(build, before):
    """The "reports" of a `verification`: {command: its entry}."""
    kept = {} if before is None else before["reports"]
    return {command: {"for": (REPORTS | TESTS)[command][1], **_entry(command, report, kept.get(command))}
            for command, report in read_reports(build).items()}


def passed(reports):
    """The targets of make all of whose reports, in the "reports" of a `verification`, are of these sources, tell of no
    failure and are of a whole run."""
    clean = {command.removeprefix("make ") for command, entry in reports.items()
             if entry["there"] and not (entry["warning"] or entry["failed"] or entry["found"].get("failed"))
             and _whole(command, entry["found"])}
    return sorted(name for name in clean if clean.issuperset(CALLED_BY.get(name, ())))


def _whole(command, found):
    kind, names = WHOLE.get(command, ("", ()))
    return set(found.get(kind, ())).issuperset(names)


def _entry(command, report, kept):
    if report is not None:
        entry = {"there": True, "kept": False, "made_by": report["made_by"], "seed": report.get("seed"),
                 "failed": report.get("failed") or None, "found": finding(command, report)}
    elif kept and kept["there"]:
        entry = {**kept, "kept": True}
    else:
        return {"there": False}
    return {**entry, "warning": age(entry["made_by"])}


def _rows(found, failed_soak):
    """A row for each block, with the stage that it has reached: 0 to 3."""
    benches, mutants, covered = (found.get(command, {}).get(key, {}) for command, key in (
        ("make test", "benches"), ("make mutants", "blocks"), ("make coverage", "blocks")))
    proved = [claim for claim in claims(found) if claim["proved"]]
    rows = {}
    for block in blocks():
        count = benches.get(bench_module(block.test)) if block.test else None
        on = [name for name in ("icarus", "verilator") if count and count.get(name)]
        rows[block.name] = {
            "block": block.name, "file": block.file, "inside": block.inside, "bench": block.test,
            "bench_passed": count and count["passed"], "bench_failed": count and count["failed"],
            "bench_on": on or (["myhdl"] if block.test and block.test.startswith("rtl_model/") else []),
            "claims": [claim["name"] for claim in proved if block.name in {
                block_of(module, claim["modules"]) for module in claim["modules"]}],
            "mutants": mutants.get(block.name), "coverage": covered.get(block.name),
        }
    for row in rows.values():
        row["stage"] = _stage(row, failed_soak)
    for row in rows.values():
        if row["inside"]:  # no module of its own: as far as those that it is in, which are nowhere else
            row["stage"] = min(row["stage"], *(rows[name]["stage"] for name in row["inside"]))
    return [{**row, "stage": f"V{row['stage']}" if row["stage"] else None} for row in rows.values()]


def _stage(row, failed_soak):
    if not row["bench_passed"] or row["bench_failed"]:
        return 0
    if row["inside"]:
        return 3
    if not row["coverage"] or failed_soak:
        return 1
    count = row["mutants"]
    if not count or count["missed"] or share(count) < FEWEST_OF_A_MODULE or row["coverage"]["unexplained"]:
        return 2
    return 3
