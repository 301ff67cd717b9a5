"""What the record keeps of each report: enough for its page, also where the report itself is on another machine."""

from collections import Counter
from pathlib import Path

from tb.formal.claims import CLAIMS
from tb.mutation.verdict import FATES, counts, fate, share
from tb.mutation.verdict import read as read_survivors
from tb.record.reports import TESTS, block_of, blocks

KINDS = ("line", "branch", "toggle")
PROOFS = ("make prove", "make prove-deep")


def finding(command, report):
    """What a report of `command` says, as a dict ready for JSON. Images that were compared are in "images", as rows of
    what they were compared on, of what, and how many."""
    return _FINDINGS[command](report)


def claims(found):
    """The claims in {command: finding} of both runs of proofs, in the order of CLAIMS; of one that is in both the one
    that is proved."""
    made = {}
    for command in PROOFS:
        for claim in found.get(command, {"claims": []})["claims"]:
            if claim["proved"] or claim["name"] not in made:
                made[claim["name"]] = claim
    return [made[claim.name] for claim in CLAIMS if claim.name in made]


def bench_module(file):
    """The module of the tests in a file, as JUnit's files call it."""
    return Path(file).with_suffix("").as_posix().replace("/", ".")


def _proofs(report):
    return {"claims": [{key: claim[key] for key in ("name", "claim", "sizes", "cycles", "modules")} | {
        "proved": claim["seconds"] is not None} for claim in report["claims"]]}


def _mutants(report):
    of_blocks, reasons = {}, read_survivors()
    of_areas = counts(sum(report["designs"].values(), []), reasons, "area")
    for results in report["designs"].values():
        modules = {result["module"] for result in results}
        for result in results:
            name = block_of(result["module"], modules)
            of_blocks.setdefault(name, Counter()).update(["tried", fate(result, reasons)])
    count = sum(of_blocks.values(), Counter())
    return {"designs": sorted(report["designs"]), **_fates(count), "killed_share": round(share(count), 4),
            "areas": {name: _fates(count) | _seeds(report, name) for name, count in of_areas.items()},
            "blocks": {name: _fates(count) for name, count in sorted(of_blocks.items())}}


def _fates(count):
    return {name: count[name] for name in ("tried", *FATES)}


def _seeds(report, area):
    """The share of the mutants of an area that was killed, of those that each seed has chosen."""
    return {"by_seed": [round(share(Counter(count)), 4) for count in report.get("seeds", {}).get(area, {}).values()]}


def _source_mutants(report):
    return {"areas": {name: {"of": report["of"][name], **_fates(Counter(count)), **_seeds(report, name)}
                      for name, count in report["areas"].items()}, "files": report["files"]}


def _coverage(report):
    of_blocks = {}
    for design, content in report["designs"].items():
        for module, covered in content["modules"].items():
            sums = of_blocks.setdefault(block_of(module, content["modules"]),
                                        {"designs": [], "unexplained": 0, **{kind: [0, 0] for kind in KINDS}})
            if design not in sums["designs"]:
                sums["designs"].append(design)
            sums["unexplained"] += covered["unexplained"]
            for kind in KINDS:
                sums[kind] = [a + b for a, b in zip(sums[kind], covered[kind])]
    total = {kind: [sum(sums[kind][place] for sums in of_blocks.values()) for place in (0, 1)] for kind in KINDS}
    return {"designs": sorted(report["designs"]), **total, "explained": report["explained"],
            "unexplained": report["unexplained"], "python": report.get("python"), "blocks": of_blocks,
            "images": [_images("compiled", f"the small {name} design, all scenarios", content["images"])
                       for name, content in report["designs"].items()]}


def _soak(report):
    return {"images": [_images(backend, f"{report['networks']} random networks", count)
                       for backend, count in report["images"].items()]}


def _bench(report):
    return {"images": [_images("verilator", design["name"], sum(design["images"].values()))
                       for design in report["designs"]]}


def _images(backend, what, count):
    return {"on": backend, "what": what, "images": count}


def _tests(report):
    """Of all tests the sum, and the counts of those files that are the bench of a block."""
    total = sum((Counter(count) for count in report["files"].values()), Counter())
    modules = {bench_module(block.test) for block in blocks() if block.test}
    return {**{fate: total[fate] for fate in ("passed", "failed", "skipped")},
            "benches": {name: count for name, count in report["files"].items() if name in modules}}


_FINDINGS = {
    **dict.fromkeys(PROOFS, _proofs),
    "make mutants": _mutants,
    "make mutants-sources": _source_mutants,
    "make coverage": _coverage,
    "make soak": _soak,
    "make fuzz-readers": lambda report: {"readers": report["readers"]},
    "make bench": _bench,
    "make netlist": lambda report: {"images": [_images("verilator", "gates of an ECP5", report["images"])]},
    "make check-networks": lambda report: {},
    "make check-printer": lambda report: {},
    "make test-grid": lambda report: {**report["tests"], "of": report["of"]},
    **dict.fromkeys(TESTS, _tests),
}
