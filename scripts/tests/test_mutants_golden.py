"""Mutants of golden: how one is run, and the verdict. What cosmic-ray changes is left to `make mutants-golden`."""

import json
import subprocess
import sys

import pytest

from golden.errors import UserError
from scripts import mutants_golden
from scripts.mutation import golden_runs, survivors

EXPECTATIONS = """from pathlib import Path

from golden.rule import double

def write_expectations(file):
    Path(file).write_text(str(double(3)))

def first_difference(file):
    return "" if Path(file).read_text() == str(double(3)) else "doubles"
"""
TEST = """from golden.rule import double

def test_nought():
    assert double(0) == 0
"""


def test_a_mutant_meets_the_small_designs_then_the_tests(tmp_path):
    """And afterwards its file is as it was."""
    for folder in ("scripts/mutation", *golden_runs.TESTS):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "golden" / "rule.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "scripts" / "mutation" / "expectations.py").write_text(EXPECTATIONS)
    (tmp_path / golden_runs.TESTS[0] / "test_rule.py").write_text(TEST)
    codes = ["return x + x", "return 2 + x", "return x + 3", "raise SystemExit(0)", "return x +"]
    changed = [{"file": "golden/rule.py", "code": f"def double(x):\n    {code}\n"} for code in codes]
    orders = [{"work": "expect"}, {"work": "judge"}, *changed, {"work": "judge"}]
    done = subprocess.run([sys.executable, golden_runs.__file__, tmp_path], text=True, capture_output=True,
                          input="".join(f"{json.dumps(order)}\n" for order in orders))
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        "", "", "", "doubles", "golden/tests/contract/test_rule.py::test_nought",
        "SystemExit where small designs are inferred", "SyntaxError where small designs are inferred", ""]


def result(killed, after="b = 1"):
    return {"file": "golden/a.py", "line": 7, "before": "b = 0", "after": after, "killed": killed}


def test_the_verdict():
    """What survives with a reason is not killed."""
    found = [result("doubles")] * 95 + [result(None)] * 5
    reasons = {"golden/a.py | b = 0 | b = 1": "why"}
    assert mutants_golden.counts(found, reasons) == {"golden/a.py": {"tried": 100, "killed": 95, "listed": 5,
                                                                     "missed": 0}}
    assert list(mutants_golden.complaints(found, reasons)) == []
    assert list(mutants_golden.complaints([*found, result(None, "b = 2")], reasons)) == [
        "94.1 % of the mutants are killed, fewer than 95 %",
        "a mutant survives: golden/a.py:7 | b = 0 | b = 2"]


def test_the_list_of_survivors():
    assert all(line.count(" | ") == 2 for line in survivors.read(mutants_golden.REASONS))


def test_golden_itself_has_to_pass(tmp_path, monkeypatch):
    monkeypatch.setattr(golden_runs, "__file__", str(tmp_path / "run.py"))
    (tmp_path / "run.py").write_text("print('\"test_rule\"')")
    with pytest.raises(UserError, match="^golden itself does not pass: test_rule"):
        mutants_golden.golden_campaign.try_golden(tmp_path / "work", None, [])
