"""All that the reports say, as one dict: per block how far it is verified, and what is not."""

from collections import Counter
from pathlib import Path

from scripts.command.provenance import differs_from, head
from scripts.evidence.blocks import block_of, blocks
from scripts.evidence.reports import REPORTS, TESTS, read_reports, warning
from scripts.mutation.survivors import read as read_survivors
from scripts.mutation.verdict import FATES, FEWEST_OF_A_MODULE, fate, share
from scripts.proofs.claims import CLAIMS
from tb.small_designs import SMALL_DESIGNS

KINDS = ("line", "branch", "toggle")
MOST_SENTENCES = 10  # of what failed in a run


def verification(build):
    """The record of the reports in the folder `build`, ready for JSON; UserError where one of them is none."""
    reports = read_reports(build)
    there = {command: report for command, report in reports.items() if report is not None}
    rows = _rows(reports)
    record = {
        "commit": head(), "changed": bool(differs_from("HEAD")),
        "reports": {command: {"for": (REPORTS | TESTS)[command][1], **_origin(command, report)}
                    for command, report in reports.items()},
        "images": list(_images(there)),
        "tests": {command: _sum(there[command]["files"]) for command in TESTS if command in there},
        "proofs": [{key: claim[key] for key in ("name", "claim", "sizes", "cycles", "modules")} | {
            "proved": claim["seconds"] is not None} for claim in _claims(there)],
        "fuzz": there.get("make fuzz-readers", {"readers": {}})["readers"],
        "mutants": _all_mutants(reports["make mutants"]),
        "mutants_of_golden": _golden_mutants(reports["make mutants-golden"]),
        "coverage": _coverage(reports["make coverage"]),
        "blocks": rows,
    }
    return record | {"not_verified": list(_not_verified(record, reports))}


def _origin(command, report):
    if report is None:
        return {"there": False}
    return {"there": True, "made_by": report["made_by"], "seed": report.get("seed"),
            "warning": warning(command, report["made_by"]), "failed": report.get("failed") or None}


def _claims(there):
    """The claims of both reports of proofs, in the order of CLAIMS; of one that is in both the one that is proved."""
    found = {}
    for command in ("make prove", "make prove DEEP=1"):
        for claim in there.get(command, {"claims": []})["claims"]:
            if claim["seconds"] is not None or claim["name"] not in found:
                found[claim["name"]] = claim
    return [found[claim.name] for claim in CLAIMS if claim.name in found]


def _images(there):
    """Of each run the images whose result and spikes were compared."""
    if "make soak" in there:
        for backend, count in there["make soak"]["images"].items():
            yield {"command": "make soak", "on": backend, "images": count,
                   "what": f"{there['make soak']['networks']} random networks"}
    if "make coverage" in there:
        for name, design in there["make coverage"].get("designs", {}).items():
            yield {"command": "make coverage", "on": "compiled", "images": design["images"],
                   "what": f"the small {name} design, all scenarios"}
    for design in there.get("make bench", {"designs": []})["designs"]:
        yield {"command": "make bench", "on": "verilator", "images": sum(design["images"].values()),
               "what": design["name"]}
    if "make netlist" in there:
        yield {"command": "make netlist", "on": "verilator", "images": there["make netlist"]["images"],
               "what": "gates of an ECP5"}


def _sum(files):
    total = sum((Counter(count) for count in files.values()), Counter())
    return {fate: total[fate] for fate in ("passed", "failed", "skipped")}


def _mutants(report):
    """{block: Counter of "tried" and FATES}."""
    made, reasons = {}, read_survivors()
    for results in (report or {"designs": {}})["designs"].values():
        modules = {result["module"] for result in results}
        for result in results:
            name = block_of(result["module"], modules)
            made.setdefault(name, Counter()).update(["tried", fate(result, reasons)])
    return made


def _all_mutants(report):
    if report is None:
        return None
    count = sum(_mutants(report).values(), Counter())
    return {"tried": count["tried"], **{name: count[name] for name in FATES}, "killed_share": round(share(count), 4),
            "designs": sorted(report["designs"])}


def _golden_mutants(report):
    if report is None:
        return None
    total = sum((Counter(count) for count in report["files"].values()), Counter())
    return {"of": report["of"], **{name: total[name] for name in ("tried", "killed", "listed", "missed")},
            "killed_share": round(report["killed_share"], 4), "files": report["files"]}


def _coverage(report):
    if report is None:
        return None
    total = {kind: [0, 0] for kind in KINDS}
    for found in _covered(report).values():
        for kind in KINDS:
            total[kind] = [a + b for a, b in zip(total[kind], found[kind])]
    return {"designs": sorted(report["designs"]), **total, "explained": report["explained"],
            "unexplained": report["unexplained"], "python": report.get("python")}


def _covered(report):
    """{block: {"designs": names, kind: [covered, points], "unexplained": count}}."""
    made = {}
    for design, content in (report or {"designs": {}})["designs"].items():
        for module, found in content["modules"].items():
            sums = made.setdefault(block_of(module, content["modules"]),
                                   {"designs": [], "unexplained": 0, **{kind: [0, 0] for kind in KINDS}})
            if design not in sums["designs"]:
                sums["designs"].append(design)
            sums["unexplained"] += found["unexplained"]
            for kind in KINDS:
                sums[kind] = [a + b for a, b in zip(sums[kind], found[kind])]
    return made


def _rows(reports):
    """A row for each block, with the stage that it has reached: 0 to 3."""
    tests = (reports["make test"] or {"files": {}})["files"]
    mutants, covered = _mutants(reports["make mutants"]), _covered(reports["make coverage"])
    claims = _claims({command: report for command, report in reports.items() if report is not None})
    rows = {}
    for block in blocks():
        count = tests.get(Path(block.test).with_suffix("").as_posix().replace("/", ".")) if block.test else None
        found, coverage = mutants.get(block.name), covered.get(block.name)
        on = [name for name in ("icarus", "verilator") if count and count.get(name)]
        rows[block.name] = {
            "block": block.name, "file": block.file, "inside": block.inside, "bench": block.test,
            "bench_passed": count and count["passed"], "bench_failed": count and count["failed"],
            "bench_on": on or (["myhdl"] if block.test and block.test.startswith("rtl_model/") else []),
            "claims": [claim["name"] for claim in claims if claim["seconds"] is not None and block.name in {
                block_of(module, claim["modules"]) for module in claim["modules"]}],
            "mutants": found and {name: found[name] for name in ("tried", *FATES)},
            "coverage": coverage,
        }
    failed_soak = bool((reports["make soak"] or {}).get("failed"))
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


def _not_verified(record, reports):
    """Sentences about what is not verified, the gravest first."""
    origins, rows = record["reports"], record["blocks"]
    for command, origin in origins.items():
        if origin["there"] and origin["warning"]:
            yield f"**The report of `{command}` is not of these sources:** {origin['warning']}."
    for command, origin in origins.items():
        failed = origin.get("failed") or []
        failed = failed if isinstance(failed, list) else ["something differs"]
        yield from (f"`{command}` failed: {sentence}." for sentence in failed[:MOST_SENTENCES])
        if len(failed) > MOST_SENTENCES:
            yield f"`{command}` failed: {len(failed) - MOST_SENTENCES} more."
    for command, count in record["tests"].items():
        if count["failed"]:
            yield f"`{command}`: {count['failed']} tests failed."
    for command, origin in origins.items():
        if not origin["there"]:
            yield f"No report of `{command}`: {origin['for']}."
    yield from (f"Not proved: {claim['claim']} (`{claim['name']}`)." for claim in record["proofs"]
                if not claim["proved"])
    tried = {command: reports[command] is not None for command in ("make mutants", "make coverage")}
    own = [row for row in rows if not row["inside"]]
    untried = [f"`{name}`" for name, found in record["fuzz"].items() if found is None]
    if untried:
        yield f"Readers that were not fuzzed, since the package that they need was missing: {', '.join(untried)}."
    for sentence, names in (
            ("Claims that were not tried", [claim.name for claim in CLAIMS if record["proofs"] and claim.name not in
                                            {claim["name"] for claim in record["proofs"]}]),
            *((f"Small designs that `{command}` left out", [name for name in SMALL_DESIGNS if tried[command] and
                                                            name not in reports[command]["designs"]])
              for command in ("make mutants", "make coverage")),
            ("Blocks without a bench of their own", [row["block"] for row in rows if not row["bench"]]),
            ("Blocks whose bench was not run", [row["block"] for row in rows if row["bench"] and origins["make test"][
                "there"] and not row["bench_passed"]]),
            ("Blocks in no small design whose coverage is measured",
             [row["block"] for row in own if tried["make coverage"] and not row["coverage"]]),
            ("Blocks in which no mutants were tried",
             [row["block"] for row in own if tried["make mutants"] and not row["mutants"]]),
            ("Blocks in which no claim is proved",
             [row["block"] for row in own if record["proofs"] and not row["claims"]])):
        if names:
            yield f"{sentence}: {', '.join(f'`{name}`' for name in names)}."
    mutants, coverage = record["mutants"], record["coverage"]
    if mutants and mutants["missed"] + mutants["listed"]:
        yield (f"{mutants['missed'] + mutants['listed']:,} mutants survive that are not proved equivalent: "
               f"{mutants['listed']:,} with a reason in `scripts/mutation/survivors.txt`, {mutants['missed']:,} "
               f"without.")
    golden = record["mutants_of_golden"]
    if golden and golden["missed"] + golden["listed"]:
        yield (f"{golden['missed'] + golden['listed']:,} mutants of golden survive: {golden['listed']:,} with a reason "
               f"in `scripts/mutation/golden_survivors.txt`, {golden['missed']:,} without.")
    if golden and golden["tried"] < golden["of"]:
        yield f"{golden['of'] - golden['tried']:,} of {golden['of']:,} mutants of golden were not tried."
    if coverage and coverage["explained"] + coverage["unexplained"]:
        yield (f"{coverage['explained'] + coverage['unexplained']:,} points of the Verilog are not covered: "
               f"{coverage['explained']:,} with a reason in `scripts/covering/uncovered.txt`, "
               f"{coverage['unexplained']:,} without.")
    if coverage and coverage["python"] is None:
        yield "The coverage of Python was not measured."
