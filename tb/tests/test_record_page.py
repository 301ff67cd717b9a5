"""The record: a page out of reports; what is missing, failed or of another commit is said on it."""

import json
import re
import shutil

import pytest

from first_spike.golden.files import ROOT
from tb.fuzz.readers import READERS
from tb.helpers.process import command  # noqa: F401
from tb.record import page as record
from tb.record import reports
from tb.record.findings import claims
from tb.record.verification import origins, passed
from tb.scenarios.small_designs import TRIED_DESIGNS

MADE = {"commit": "a" * 40, "changed": False, "tools": {"python": "3.11", "yosys": "Yosys 0.52"}}
CLAIM = {"name": "queue_2", "claim": "a queue loses nothing", "sizes": "2 entries", "cycles": None,
         "modules": ["queue"], "seconds": {"holds": 1.0}}
LANE = {"area": "core", "module": "layer0_lane", "entry": "dense | layerK_lane | b | 0 plus 1",
        "killed": "a wrong spike", "proved": None}
JUNIT = """<testsuites><testsuite name="{commit}">
<testcase classname="rtl_model.tests.parts.test_queue" name="test_order" />
<testcase classname="rtl_model.tests.layer.test_if_lane" name="test_lane" />
<testcase classname="tb.benches.test_if_layer" name="test_layer[icarus-dense]" />
<testcase classname="tb.benches.test_if_layer" name="test_layer[verilator-dense]"><skipped /></testcase>
<testcase classname="tb.benches.test_readout" name="test_all[icarus]"><failure>no</failure></testcase>
</testsuite></testsuites>"""
SOURCE_AREAS = ("golden", "device", "referee", "driver")
WHOLE_RUNS = {
    "mutants": {"designs": {name: [LANE] for name in TRIED_DESIGNS}},
    "coverage": {"designs": {name: {"images": 1, "modules": {}} for name in TRIED_DESIGNS}, "explained": 0,
                 "unexplained": 0},
    "mutants-sources": {"of": dict.fromkeys(SOURCE_AREAS, 1), "files": {},
                        "areas": dict.fromkeys(SOURCE_AREAS, {"tried": 1, "killed": 1})},
    "fuzz-readers": {"readers": dict.fromkeys(READERS)}}
FULL = {"line": [2, 2], "branch": [1, 2], "toggle": [3, 4], "unexplained": 0}


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A folder with reports of every kind, of the sources that are there."""
    monkeypatch.setattr(reports, "differs_from", lambda commit: [])

    def write(name, content):
        path = tmp_path / "build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps({"made_by": MADE, "failed": [], **content}))

    write("prove/report.json", {"claims": [CLAIM, {**CLAIM, "name": "lane_1", "claim": "once", "seconds": None}]})
    write("mutants/report.json", {"seed": 3, "designs": {
        "dense": [LANE, LANE, {**LANE, "killed": None, "proved": "x"}]}})
    write("mutants-sources/report.json", {"seed": 1, "of": {"device": 50}, "files": {}, "areas": {
        "device": {"tried": 23, "killed": 19, "equivalent": 3, "listed": 1}}, "seeds": {
        "device": {"1": {"tried": 12, "killed": 9, "equivalent": 2}, "2": {"tried": 12, "killed": 11, "listed": 1}}}})
    write("soak/report.json", {"seed": 4, "networks": 7, "images": {"compiled": 1200, "icarus": 5}, "failed": False})
    write("coverage/report.json", {
        "designs": {"dense": {"images": 30, "modules": {
            "layer0_lane": FULL, "result_queue": {**FULL, "unexplained": 1}}}},
        "explained": 2, "unexplained": 1, "python": {"golden": {"lines": [9, 10], "branches": [1, 2]}}})
    write("fuzz/report.json", {"seed": 1, "readers": {
        "idx": {"seconds": 20, "files": 31000, "finding": None}, "state_dict": None,
        "nir": {"seconds": 20, "files": 9, "finding": "KeyError: 'x'"}}})
    write("bench/report.json", {"designs": [{"name": "784-128-10", "images": {"stream": 100, "alone": 100}}]})
    write("netlist/report.json", {"images": 500})
    write("networks/report.json", {"networks": ["mnist"]})
    write("grid/report.json", {"of": 250, "tests": {"passed": 240, "failed": 0, "skipped": 0}})
    write("junit/test.xml", JUNIT.format(commit="b" * 40))
    return write


@pytest.fixture
def written(build, command, tmp_path):  # noqa: F811
    """A function that writes the record and gives its page and its JSON."""
    def run(*options):
        (tmp_path / "docs").mkdir(exist_ok=True)
        done = command(record, "--build", tmp_path / "build", "--out", tmp_path / "docs", *options)
        assert done.returncode == 0, done.stderr
        return ((tmp_path / "docs" / "verification.md").read_text(),
                json.loads((tmp_path / "docs" / "verification.json").read_text()))
    return run


def row(page, block):
    line, = (line for line in page.splitlines() if line.startswith(f"| `{block}`"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_reports_become_a_page(written):
    page, found = written()
    assert row(page, "if_lane") == ["`if_lane`", "**V3**", "1 passed, myhdl", "2 of 2", "", "100.0 %", "50.0 %",
                                    "75.0 %"]
    assert row(page, "queue")[1:5] == ["**V2**", "1 passed, myhdl", "", "queue_2"]  # not covered, no reason
    assert row(page, "if_layer")[1:3] == ["**V1**", "1 passed, icarus"]
    assert row(page, "readout")[1:3] == ["–", "1 failed"]
    assert row(page, "crc32")[1:3] == ["–", "not run"]
    assert "| `make soak` | compiled | 7 random networks | 1,200 |" in page
    assert "| `make bench` | verilator | 784-128-10 | 200 |" in page
    assert "| `idx` | 20 | 31,000 | none |" in page and "| `nir` | 20 | 9 | **one** |" in page
    assert "| a queue loses nothing | 2 entries | all times |" in page
    assert "| core | `make mutants` |  | 3 | 2 | 1 | 0 | 0 | 100.0% |" in page
    assert "| device | `make mutants-sources` | 50 | 23 | 19 | 3 | 1 | 0 | 95.0% (90.0%, 91.7% by seed) |" in page
    assert "| `make test` | 3 | 1 | 1 |" in page and "| `make test-grid` | 240 | 0 | 0 |" in page
    assert found["reports"]["make mutants"]["found"]["killed_share"] == 1
    assert not any(origin.get("kept") for origin in found["reports"].values()) and ", *kept*" not in page


def test_the_same_reports_give_the_same_bytes(written):
    assert written() == written()


def test_what_is_not_verified_is_said(written):
    _, found = written()
    said = "\n".join(found["not_verified"])
    assert "No report of `make test-fuzz`: ten thousand faults on the line to a board." in said
    assert "`make test`: 1 tests failed." in said
    assert "Not proved: once (`lane_1`)." in said
    assert "Readers that were not fuzzed, since the package that they need was missing: `state_dict`." in said
    assert "Small designs that `make mutants` left out: `folded`" in said
    assert "Claims that were not tried: `queue_3`" in said
    assert "Blocks in no small design whose coverage is measured: `accelerator`" in said
    assert "3 points of the Verilog are not covered: 2 with a reason" in said
    assert "1 of 23 mutants of the area device survive that are not equivalent: 1 with a reason in" in said
    assert "27 of 50 mutants of the area device were not tried." in said
    assert "10 of 250 tests of the grid were not run." in said
    assert "Not of these sources" not in said


@pytest.mark.parametrize("name, text", [("prove", "No report of `make prove`: proofs for all inputs."),
                                        ("soak", "No report of `make soak`"), ("junit", "No report of `make test`:")])
def test_a_report_that_is_missing_is_said(written, tmp_path, name, text):
    shutil.rmtree(tmp_path / "build" / name)
    page, found = written()
    assert text in page and any(text in sentence for sentence in found["not_verified"])


@pytest.mark.thorough
@pytest.mark.parametrize("name, command_, cells", [
    ("mutants", "make mutants", "| core | `make mutants` |  | 3 | 2 |"),
    ("coverage", "make coverage", "| `golden/` | 90.0 % | 50.0 % |"),
    ("junit", "make test", "| `make test` | 3 | 1 | 1 |"), ("prove", "make prove", "| a queue loses nothing |"),
    ("soak", "make soak", "| `make soak` | compiled | 7 random networks | 1,200 |"),
    ("fuzz", "make fuzz-readers", "| `idx` | 20 | 31,000 | none |"), ("grid", "make test-grid", "| 240 | 0 | 0 |")])
def test_what_a_report_said_is_kept(written, tmp_path, name, command_, cells):
    first, before = written()
    shutil.rmtree(tmp_path / "build" / name)
    page, found = written()
    assert cells in first and cells in page and found["blocks"] == before["blocks"]
    kept, = (line for line in page.splitlines() if line.startswith(f"| `{command_}` |") and ", *kept*" in line)
    assert ", *kept*" not in first and page.replace(", *kept*", "") == first
    assert written() == (page, found)
    fresh, _ = written("--fresh")
    assert cells not in fresh and f"No report of `{command_}`" in fresh


def test_a_kept_report_grows_old(written, tmp_path, monkeypatch):
    written()
    shutil.rmtree(tmp_path / "build")
    monkeypatch.setattr(reports, "differs_from", lambda commit: ["rtl_model/layer"])
    (tmp_path / "build").mkdir()
    page, found = written()
    assert found["not_verified"][0].endswith("of the commit aaaaaaaaaa, since which sources changed.")
    assert "`aaaaaaaaaa`, **not of these sources**, *kept*" in page


def test_a_new_report_takes_the_place_of_a_kept_one(build, written, tmp_path):
    written()
    build("soak/report.json", {"seed": 5, "networks": 9, "images": {"compiled": 7}, "failed": False})
    page, _ = written()
    assert "| 9 random networks | 7 |" in page and "7 random networks" not in page and ", *kept*" not in page


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"reports": {"make soak": {"there": true}}}'])
def test_what_is_no_record_is_refused(build, command, tmp_path, text):  # noqa: F811
    (tmp_path / "verification.json").write_text(text)
    done = command(record, "--build", tmp_path / "build", "--out", tmp_path)
    assert done.returncode == 1 and "verification.json is no record that `make record` wrote" in done.stderr
    assert (tmp_path / "verification.json").read_text() == text
    assert command(record, "--build", tmp_path / "build", "--out", tmp_path, "--fresh").returncode == 0


def test_a_report_of_another_commit_is_said(written, monkeypatch):
    monkeypatch.setattr(reports, "differs_from", lambda commit: ["rtl_model/layer"] if commit == "a" * 40 else [])
    page, found = written()
    said = found["not_verified"][0]
    assert said.startswith("**Not of these sources** are the reports of `make prove`")
    assert said.endswith(": of the commit aaaaaaaaaa, since which sources changed.")
    assert "`aaaaaaaaaa`, **not of these sources**" in page and "`bbbbbbbbbb`, **not" not in page


def test_a_night_skips_what_passed_on_these_sources(build, written, command, tmp_path, monkeypatch):  # noqa: F811
    build("soak/report.json", {"networks": 1, "images": {}, "failed": True, "seed": 1})
    for name, commit in (("test-all", "a"), ("test-nir", "b"), ("test-long", "a")):
        build(f"junit/{name}.xml", JUNIT.replace("<failure>no</failure>", "").format(commit=commit * 40))

    def done():
        said = command(record, "--done", "--build", tmp_path / "build", "--out", tmp_path / "docs")
        assert said.returncode == 0, said.stderr
        return said.stdout.split()

    (tmp_path / "docs").mkdir()
    clean = ["bench", "check-networks", "netlist", "prove", "test-grid", "test-long", "test-nir"]
    assert done() == clean and not list((tmp_path / "docs").iterdir())  # not soak and test, which failed
    for target, report in WHOLE_RUNS.items():
        name = reports.REPORTS[f"make {target}"][0]
        before = (tmp_path / "build" / name).read_text()
        build(name, report)
        assert done() == sorted([*clean, target])
        (tmp_path / "build" / name).write_text(before)  # of some of its designs, areas or readers
    build("junit/test-cluster.xml", JUNIT.replace("<failure>no</failure>", "").format(commit="a" * 40))
    clean = sorted([*clean, "test-all", "test-cluster"])
    assert done() == clean
    page, found = written()
    shutil.rmtree(tmp_path / "build")
    (tmp_path / "build").mkdir()
    assert done() == clean  # what was kept
    monkeypatch.setattr(reports, "differs_from", lambda commit: ["tb"] if commit == "a" * 40 else [])
    assert done() == ["test-nir"]
    assert passed(origins(tmp_path / "build", found)) == ["test-nir"]


@pytest.mark.thorough
def test_both_reports_of_proofs_count(build, written):
    build("prove_deep/report.json", {"claims": [{**CLAIM, "name": "lane_1", "claim": "once"},
                                                {**CLAIM, "name": "queue_16", "claim": "deep"}]})
    page, found = written()
    results = {name: origin["found"] for name, origin in found["reports"].items() if origin["there"]}
    assert [(claim["name"], claim["proved"]) for claim in claims(results)] == [(name, True) for name in (
        "queue_2", "queue_16", "lane_1")]
    assert "`make prove-deep`" in page and "Not proved" not in page


def test_what_failed_is_said(build, written):
    build("soak/report.json", {"networks": 1, "images": {}, "failed": True, "seed": 1})
    build("prove/report.json", {"claims": [], "failed": [f"claim {k} is wrong" for k in range(12)]})
    page, found = written()
    assert "`make soak` failed: something differs." in found["not_verified"]
    assert "`make prove` failed: claim 9 is wrong." in page and "`make prove` failed: 2 more." in page
    assert row(page, "if_lane")[1] == "**V1**"


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"made_by": {"commit": null}}'])
def test_what_is_no_report_is_refused(build, command, tmp_path, text):  # noqa: F811
    build("soak/report.json", text)
    done = command(record, "--build", tmp_path / "build", "--out", tmp_path)
    assert done.returncode == 1 and "soak/report.json is no report of `make soak`" in done.stderr
    assert not (tmp_path / "verification.md").exists()


def test_nightly_does_not_run_all_of_the_table():
    nightly = re.search(r"^NIGHTLY = ((?:.*\\\n)*.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert {*reports.REPORTS, *reports.TESTS} - {f"make {target}" for target in nightly.split()}
    assert "`make nightly` runs most of it at one" in record.BEFORE
