"""All that the reports say, as one dict: per block how far it is verified, and what is not.

A report that is not there may be kept: the record that was written before has what it said, and of which commit.
"""

from first_spike.command.provenance import differs_from, head
from tb.mutation.verdict import FEWEST_OF_A_MODULE, share
from tb.record.blocks import block_of, blocks
from tb.record.findings import bench_module, claims, finding
from tb.record.missing import missing
from tb.record.reports import REPORTS, TESTS, age, read_reports


def verification(build, before=None):
    """The record of the reports in the folder `build`, ready for JSON; of those that are not there what the record
    `before` has, if there is one. UserError where a report is none."""
    kept = {} if before is None else before["reports"]
    reports = {command: {"for": (REPORTS | TESTS)[command][1], **_entry(command, report, kept.get(command))}
               for command, report in read_reports(build).items()}
    found = {command: entry["found"] for command, entry in reports.items() if entry["there"]}
    rows = _rows(found, bool(reports["make soak"].get("failed")))
    return {"commit": head(), "changed": bool(differs_from("HEAD")), "reports": reports, "blocks": rows,
            "not_verified": list(missing(reports, found, rows))}


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
