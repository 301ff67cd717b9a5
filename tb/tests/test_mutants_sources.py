"""Mutants of sources: how one is run, and the verdict. What cosmic-ray changes is left to `make mutants-sources`."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.schedule import kernel
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.mutation import expectations, schedule_cases, source_command, source_mutants, source_runs, verdict
from tb.mutation.source_mutants import AREAS, mutants_in, mutants_of
from tb.mutation.verdict import complaints, counts

EXPECTATIONS = """from first_spike.golden.contract.rule import double

def write_expectations(folder, cases):
    folder.mkdir()
    (folder / "doubles").write_text(str([double(case) for case in cases]))

def differences(folder, cycles, begin):
    begin(2)
    yield ""
    yield "" if (folder / "doubles").read_text() == str([double(3), double(4)]) else "cycles" if cycles else "doubles"
"""
CASES = """def schedule_cases():
    return [3, 4]
"""
TEST = """from first_spike.golden.contract.rule import double

def test_nought():
    assert double(0) == 0
"""


GOLDEN, DEVICE = asdict(AREAS["golden"]), asdict(AREAS["device"])
GOLDEN |= {"tests": [place for place in GOLDEN["tests"] if place.startswith("golden/")]}  # those of small trees


def write_tree(folder, files):
    for place, text in files.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text)
    (folder / "first_spike").mkdir()
    (folder / "first_spike" / "golden").symlink_to("../golden")


def test_a_mutant_meets_small_networks_and_tests(tmp_path):
    """And afterwards its file is as it was."""
    write_tree(tmp_path, {
        "golden/contract/rule.py": "def double(x):\n    return 2 * x\n", "golden/tests/contract/test_rule.py": TEST,
        "golden/schedule/kernel.py": "def move_readout():\n    pass\n",
        "tb/mutation/expectations.py": EXPECTATIONS, "tb/mutation/schedule_cases.py": CASES})
    codes = ["return x + x", "return 2 + x", "return x * 2 or 1", "raise SystemExit(0)", "return x +"]
    changed = [{"file": "golden/contract/rule.py", "code": f"def double(x):\n    {code}\n"} for code in codes]
    orders = [{"work": "expect"}, {"work": "judge"}, *changed, {"work": "judge"}]
    done = subprocess.run([sys.executable, "-E", source_runs.__file__, tmp_path, json.dumps(GOLDEN)], text=True,
                          capture_output=True, input="".join(f"{json.dumps(order)}\n" for order in orders))
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        "", "", "", "doubles", "golden/tests/contract/test_rule.py::test_nought",
        "SystemExit where small networks are inferred", "SyntaxError where small networks are inferred", ""]


def test_what_is_about_the_change_comes_first(tmp_path):
    """And what imports nothing from the room of the change does not run."""
    write_tree(tmp_path, {
        "golden/tests/contract/test_a.py": "from first_spike.golden.contract.a import a",
        "golden/tests/contract/test_b.py": "from first_spike.golden.contract.b import b",
        "golden/tests/inference/test_c.py": "from first_spike.golden.contract.b import b\n"
            "from first_spike.golden.inference.c import c",
        "golden/tests/schedule/test_d.py": "from first_spike.golden.schedule.d import d\n"
            "from first_spike.golden.inference.c import c"})

    def order(file, area=GOLDEN):
        return [(check.__name__, given if isinstance(given, bool) else [path.stem for path in given])
                for check, given in source_runs.checks(tmp_path, area, file)]

    results, cycles = ("small_networks", False), ("small_networks", True)
    assert order("golden/contract/b.py") == [results, ("pytest", ["test_b", "test_c"]), cycles, ("pytest", ["test_a"])]
    assert order("golden/inference/x.py") == [results, ("pytest", []), cycles, ("pytest", ["test_c", "test_d"])]
    assert order("golden/schedule/d.py") == [cycles, ("pytest", ["test_d"])]
    assert order(None) == [results, cycles, ("pytest", ["test_a", "test_b", "test_c", "test_d"])]
    device = {"networks": False, "own": False,
              "tests": ["golden/tests/contract/test_a.py", "golden/tests/contract/test_b.py"]}
    assert order("golden/contract/b.py", device) == [("pytest", ["test_b", "test_a"])]
    assert order(None, device) == order("rtl_model/driver.c", device) == [("pytest", ["test_a", "test_b"])]
    assert order("golden/contract/b.py", {**device, "own": True}) == [("pytest", ["test_b"])]
    assert order(None, {**device, "own": True}) == order(None, device)


ENDLESS = """import pathlib
import time

import pytest


@pytest.mark.parametrize("kind", ["busy", "asleep"])
def test_ends(kind):
    while kind in pathlib.Path("rule.py").read_text():
        time.sleep(99 if kind == "asleep" else 0)
"""


AROUND = """import pathlib


def pytest_runtest_logfinish():
    while "around" in pathlib.Path("rule.py").read_text():
        pass
"""


@pytest.mark.thorough
def test_what_does_not_end_is_stopped_whether_it_works_or_waits(tmp_path):
    """Also where pytest is between two tests."""
    write_tree(tmp_path, {"rule.py": "", "test_rule.py": ENDLESS, "conftest.py": AROUND})
    area = {**DEVICE, "tests": ["test_rule.py"], "seconds": 1}
    orders = [{"work": "judge"}, *({"file": "rule.py", "code": kind} for kind in ("busy", "asleep", "around", "fine"))]
    done = subprocess.run([sys.executable, source_runs.__file__, tmp_path, json.dumps(area)], text=True,
                          capture_output=True, input="".join(f"{json.dumps(order)}\n" for order in orders))
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        "", "test_rule.py::test_ends[busy]", "test_rule.py::test_ends[asleep]", "test_rule.py::test_ends[busy]", ""]


def test_a_test_that_gets_no_processor_has_more_time(monkeypatch):
    monkeypatch.setattr(source_runs, "without_processor", iter([5, 35, 35.5, 99]).__next__)
    timers = []
    monkeypatch.setattr(source_runs.signal, "setitimer", lambda *timer: timers.append(timer))
    monkeypatch.setattr(source_runs.resource, "setrlimit", lambda *_: None)
    source_runs.allow(2)
    source_runs.overdue(signal.SIGALRM, None)
    assert timers == [(signal.ITIMER_PROF, 2), (signal.ITIMER_REAL, 8), (signal.ITIMER_REAL, 30)]
    with pytest.raises(source_runs.Overdue):
        source_runs.overdue(signal.SIGALRM, None)
    with pytest.raises(source_runs.Overdue):
        source_runs.overdue(signal.SIGPROF, None)
    monkeypatch.undo()
    assert source_runs.without_processor() > 0


def test_what_small_networks_have_to_show(tmp_path):
    """Of each network its results and spikes, or its cycles."""
    cases = dict(list(schedule_cases.schedule_cases().items())[:3])
    expectations.write_expectations(tmp_path / "expected", cases)
    begun = []

    def found(cycles):
        return [*expectations.differences(tmp_path / "expected", cycles, begun.append)]

    assert found(False) == found(True) == ["", "", ""]
    file = tmp_path / "expected" / "expected.json"
    right = json.loads(file.read_text())
    assert begun == 2 * [case["cycles"][-1] for case in right]
    right[0]["results"][0] ^= 1
    right[1]["cycles"][-1] += 1
    right[2]["spikes"][0][0][0] += 1
    file.write_text(json.dumps(right))
    names = list(cases)
    assert found(False) == [f"results of {names[0]}", "", f"spikes of {names[2]}"]
    assert found(True) == ["", f"cycles of {names[1]}", ""]


def test_time_is_given_by_the_cycle(tmp_path, monkeypatch):
    """A slow machine kills nothing; what takes twice as many cycles is stopped by their count."""
    allowed = []

    def differences(folder, cycles, begin):
        for count in (100, 4000):
            begin(count)
            for _ in range(2 * count + (count == 4000 and cycles)):
                kernel.move_readout()
            yield ""

    monkeypatch.setattr(source_runs, "allow", allowed.append)
    monkeypatch.setattr(expectations, "differences", differences)
    monkeypatch.setattr(kernel, "move_readout", lambda: None)
    assert source_runs.small_networks(tmp_path, GOLDEN, False) == ""
    assert allowed == [6, 45, 0]
    assert source_runs.small_networks(tmp_path, GOLDEN, True) == "TwiceTheCycles where small networks are inferred"


def result(killed, key="f | b | 0 plus 1"):
    return {"area": "golden", "block": "golden/a.py", "entry": f"golden/a.py | {key}", "before": "b = 0",
            "after": "b = 1", "killed": killed, "proved": "", "seeds": [1]}


def test_the_verdict():
    """What survives with a reason is not killed, unless it is said to be the same."""
    found = [result("doubles")] * 95 + [result(None)] * 5
    reasons, same = {"golden/a.py | f | b | 0 plus 1": "why"}, {"golden/a.py | f | b | 0 plus 1": "Same: why"}
    assert counts(found, reasons, "area") == {"golden": {"tried": 100, "killed": 95, "listed": 5}}
    assert counts(found, same) == {"golden/a.py": {"tried": 100, "killed": 95, "equivalent": 5}}

    def judged(found, reasons, there):
        return complaints(found, reasons, there, of_a_module=0)

    assert judged(found, reasons, set(reasons)) == judged([*found, result(None)], same, set(same)) == []
    assert judged([*found, result(None, "f | b | 0 minus 1")], reasons, set(reasons)) == [
        "94.1 % of the mutants of golden are killed, fewer than 95 %",
        "a mutant survives: golden/a.py | f | b | 0 minus 1 (b = 0 b = 1)"]
    assert judged(found, reasons, set()) == ["nothing needs this reason any more: golden/a.py | f | b | 0 plus 1"]
    assert judged([result("doubles")], same, set(same)) == judged(found, reasons, set())


CODE = """def rule(x, y):
    a = x + 1 + 1
    if x > 0 and y > 1:
        b[1] = x
    return a


LIMIT = 4
"""


def test_a_mutant_is_called_the_same_however_its_file_is_written():
    pytest.importorskip("cosmic_ray")
    found = [mutant.entry for mutant in mutants_of("golden/a.py", CODE)]
    assert {"golden/a.py | rule | a | 1 plus 1 #2", "golden/a.py | rule | if_stmt | ComparisonOperator_Gt_GtE #2",
            "golden/a.py | rule | b[1] | 1 minus 1", "golden/a.py | module | LIMIT | 4 plus 1"} <= set(found)
    assert len(found) == len(set(found))
    written = CODE.replace("x > 0 and", "(x > 0) and (\n           ").replace("> 1:", "> 1):  # as well")
    assert sorted(mutant.entry for mutant in mutants_of("golden/a.py", f"import os\n\n{written}")) == sorted(found)


DRIVER = """static bool becomes(const device_t *device, uint32_t mask) {
    for (uint32_t k = 0; k < 9; k++)
        if ((READ(STATUS) & mask) == 1) return true;  // at once
    return false;
}

error_t start(const device_t *device) {
    WRITE(CONTROL, 3);
    if (!becomes(device, 1)) return FIRST_SPIKE_STUCK;
    return FIRST_SPIKE_OK;
}
"""


def test_faults_in_c():
    found = {fault.name: (DRIVER[fault.start:fault.end], fault.instead) for fault in source_mutants.faults(DRIVER)}
    status = "((READ(STATUS) & mask) == 1)"
    right = {
        "becomes | for | 0 plus 1": ("0", "1"), "becomes | for | < to >=": ("<", ">="),
        "becomes | if | negated": (status, f"(!{status})"), "becomes | if | never": (status, f"({status} && 0)"),
        "becomes | if | & to |": ("&", "|"), "becomes | return true | dropped": ("return true;", "{}"),
        "becomes | return | false inverted": ("false", "true"),
        "start | WRITE(CONTROL | dropped": ("WRITE(CONTROL, 3);", "{}"),
        "start | WRITE(CONTROL | 3 minus 1": ("3", "2"), "start | if | ! to nothing": ("!", ""),
        "start | return FIRST_SPIKE_STUCK | another": ("FIRST_SPIKE_STUCK", "FIRST_SPIKE_NO_RESULT")}
    assert {name: found.get(name) for name in right} == right and len(found) == 27
    changed, instead = source_mutants.with_fault(DRIVER, "start | if | negated")
    assert changed.endswith(DRIVER.replace("(!becomes(device, 1))", instead)) and instead == "(!(!becomes(device, 1)))"


def test_of_blocks_what_processes_do_is_changed(monkeypatch):
    pytest.importorskip("cosmic_ray")
    monkeypatch.setitem(AREAS, "blocks", replace(AREAS["blocks"], files=("rtl_model/parts/queue.py",)))
    found = [mutant.entry.split(" | ")[1:3] for mutant in mutants_in("blocks")]
    assert len(found) > 20 and {place.split(".")[0] for place, _ in found} == {"queue"}
    assert all(statement == "if_stmt" or ".next" in statement for _, statement in found)


@pytest.mark.parametrize("area", [name for name, area in AREAS.items() if not area.own])
def test_the_list_of_survivors(area):
    pytest.importorskip("cosmic_ray")
    there = [mutant.entry for mutant in mutants_in(area)]
    files = {entry.split(" | ")[0] for entry in there}
    listed = [line for line in verdict.read(source_command.REASONS) if line.split(" | ")[0] in files]
    assert len(there) == len(set(there)) > 150 and set(listed) <= set(there)


def test_an_area_that_is_none_is_refused(command, tmp_path):  # noqa: F811
    assert_refused(command(source_command, "gold", "--build", tmp_path / "m"), "no area is called 'gold'")


def test_a_result_is_kept_for_the_tests_that_made_it(command, tmp_path, monkeypatch):  # noqa: F811
    decides = []
    monkeypatch.setattr(source_command, "hash_of_project", lambda tests: f"tests: {tests}")
    monkeypatch.setattr(source_command, "run_jobs", lambda title, jobs, workers, kept: (
        decides.extend(job.decides for job in jobs) or [[] for _ in jobs], []))
    command(source_command, "driver", "--count", "5", "--build", tmp_path / "m")
    assert [(result["area"], result["count"], result["code"]) for result in decides] == [("driver", 5, "tests: True")]


def test_the_sources_themselves_have_to_pass(tmp_path, monkeypatch):
    monkeypatch.setattr(source_runs, "__file__", str(tmp_path / "run.py"))
    (tmp_path / "run.py").write_text("print('\"test_rule\"')")
    with pytest.raises(UserError, match="^golden itself does not pass: test_rule"):
        source_command.try_sources(tmp_path / "work", None, "golden", [])
