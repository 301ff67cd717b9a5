"""The reports of the runs that are there, and whether they are of the sources that are there."""

import json
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from first_spike.command.provenance import differs_from
from first_spike.golden.errors import UserError

# Where a command leaves its report, in the folder of what is built, and what it stands for.
REPORTS = {
    "make prove": ("prove/report.json", "proofs for all inputs"),
    "make prove DEEP=1": ("prove_deep/report.json", "proofs that take long"),
    "make mutants": ("mutants/report.json", "faults in the Verilog"),
    "make mutants-sources": ("mutants-sources/report.json", "faults in golden, the drivers and the referee"),
    "make coverage": ("coverage/report.json", "coverage of the Verilog and of Python"),
    "make soak": ("soak/report.json", "random networks, configurations, images, stalls, resets, wrong frames"),
    "make fuzz-readers": ("fuzz/report.json", "files of any bytes, by atheris"),
    "make bench": ("bench/report.json", "a whole test set in several configurations"),
    "make netlist": ("netlist/report.json", "the gates that are placed"),
    "make check-networks": ("networks/report.json", "a shipped network trained again, byte for byte"),
    "make test-grid": ("grid/report.json", "every combination of pixels, spikes and events per cycle and lanes; MyHDL"),
}
TESTS = {  # the same for JUnit's files
    "make test": ("junit/test.xml", "every test of a block and of a command"),
    "make test-properties": ("junit/test-properties.xml", "property tests on many examples"),
    "make test-fuzz": ("junit/test-fuzz.xml", "ten thousand faults on the line to a board"),
    "make test-fpga": ("junit/test-fpga.xml", "a small design through yosys and nextpnr, its gates simulated"),
    "make test-soc": ("junit/test-soc.xml", "the driver in C on a processor"),
    "make test-nir": ("junit/test-nir.xml", "NIR graphs in and out"),
    "make test-frameworks": ("junit/test-frameworks.xml", "networks in SpikingJelly and Norse"),
    "make test-cluster": ("junit/test-cluster.xml", "long jobs on a cluster"),
}


def read_reports(build):
    """{command: its report as a dict, None where there is none} of REPORTS and TESTS, in the folder `build`.

    A report of TESTS: "made_by" and "files": {module of tests: {"passed" | "failed" | "skipped": count, "simulators":
    list}}. Raises UserError for what is no report.
    """
    found = {}
    for known, read in ((REPORTS, _read_json), (TESTS, _read_junit)):
        for command, (name, _) in known.items():
            path = Path(build, name)
            try:
                found[command] = read(path) if path.is_file() else None
            except (ValueError, KeyError, TypeError, AttributeError, ElementTree.ParseError) as error:
                raise UserError(f"{path} is no report of `{command}`: {error}") from None
    return found


def _read_json(path):
    report = json.loads(path.read_text())
    report["made_by"]["commit"], report["made_by"]["changed"], report["made_by"]["tools"]
    return report


def _read_junit(path):
    suites, files = ElementTree.parse(path).getroot().iter("testsuite"), {}
    for suite in suites:
        commit = suite.get("name")
        for case in suite.iter("testcase"):
            count = files.setdefault(case.get("classname"), Counter(passed=0, failed=0, skipped=0))
            kinds = {child.tag for child in case}
            fate = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
            count[fate] += 1
            for simulator in ("icarus", "verilator"):
                if fate == "passed" and simulator in case.get("name"):
                    count[simulator] += 1
    commit, changed = commit.removesuffix("-dirty"), commit.endswith("-dirty")
    return {"made_by": {"commit": None if commit == "unknown" else commit, "changed": changed, "tools": {}},
            "files": {name: dict(count) for name, count in sorted(files.items())}}


def age(made):
    """What is to be said of a report with this "made_by" if it is not of the sources that are there, else None."""
    if made["commit"] is None:
        return "nobody knows of which commit it is"
    if made["changed"]:
        return f"made with changes that are no commit's, on top of {made['commit'][:10]}"
    differs = differs_from(made["commit"])
    if differs is None:
        return f"of the commit {made['commit'][:10]}, which is not here"
    return f"of the commit {made['commit'][:10]}, since which sources changed" if differs else None
