"""The Verilog that a run looked at, made again by the sources of its commit: the same, another, or none."""

import shutil
import subprocess

import pytest

from first_spike.golden.files import ROOT
from tb.formal.claims import CLAIMS as ALL_CLAIMS
from tb.record import same_verilog as room
from tb.record.same_verilog import CLAIMS, SMALL, same_verilog, verilog
from tb.scenarios.small_designs import SMALL_DESIGNS

WRITER = """
import sys
from pathlib import Path
import part
Path(sys.argv[1], "a.v").write_text(part.TEXT)
Path(sys.argv[1], "manifest.json").write_text(part.__doc__)
"""


@pytest.fixture
def commit(tmp_path, monkeypatch):
    """A function that commits this text of the only source, and gives the commit; run by a writer of one file."""
    tree = tmp_path / "tree"
    tree.mkdir()

    def git(*words):
        return subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=tree, check=True,
                              capture_output=True, text=True).stdout.strip()

    def make(text):
        (tree / "part.py").write_text(text)
        git("add", ".")
        git("commit", "-m", "one")
        return git("rev-parse", "HEAD")

    git("init")
    monkeypatch.setattr(room, "ROOT", tree)
    monkeypatch.setattr(room, "_succeeds", lambda command, where=tree, run=room._succeeds: run(command, where))
    monkeypatch.setitem(room.WRITERS, SMALL, WRITER)
    room._same.cache_clear()
    return make


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_same_another_and_none(commit):
    first = commit("'one'\nTEXT = 'assign'\n")
    broken = commit("TEXT = \n")
    other = commit("'two'\nTEXT = 'always'\n")
    commit("'three'\nTEXT = 'assign'\n")
    assert same_verilog("make mutants", first)  # other words in what is no Verilog
    assert not same_verilog("make mutants", other)
    assert not same_verilog("make mutants", broken)
    assert not same_verilog("make mutants", "f" * 40)
    assert not same_verilog("make soak", first)  # nobody knows what it looked at
    trees = subprocess.run(["git", "worktree", "list"], cwd=room.ROOT, check=True, capture_output=True, text=True)
    assert len(trees.stdout.splitlines()) == 1


def test_the_order_of_sets_is_the_same_each_time(tmp_path, monkeypatch):
    monkeypatch.setitem(room.WRITERS, SMALL, """
import sys
from pathlib import Path
Path(sys.argv[1], "a.v").write_text(" ".join({f"signal{k}" for k in range(20)}))
""")
    first, second = (verilog(SMALL, ROOT, tmp_path / name) for name in ("first", "second"))
    assert first == second and len(first["a.v"].split()) == 20


@pytest.mark.thorough
@pytest.mark.parametrize("what, names", [
    (SMALL, list(SMALL_DESIGNS)),
    pytest.param(CLAIMS, [claim.name for claim in ALL_CLAIMS], marks=pytest.mark.grid)])
def test_what_runs_look_at(tmp_path, what, names):
    found = verilog(what, ROOT, tmp_path / "made")
    assert {name.partition("/")[0] for name in found} == set(names)
    assert sum(name.endswith("filelist.f") for name in found) == len(names)
