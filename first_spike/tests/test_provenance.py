"""What a report was made by: the commit that last changed a source, and whether there are changes."""

import shutil
import subprocess

import pytest

from first_spike import __version__
from first_spike.command import provenance
from first_spike.command.provenance import made_by


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_provenance(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "CHECKOUT", tmp_path)
    assert made_by("no_such_program") == {"version": __version__, "commit": None, "changed": False, "tools": {
        "python": provenance.platform.python_version(), "no_such_program": None}}

    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=tmp_path, check=True,
                       capture_output=True)

    (tmp_path / "golden").mkdir()
    (tmp_path / "docs").mkdir()
    git("init")
    (tmp_path / "golden" / "a.py").write_text("one")
    git("add", ".")
    git("commit", "-m", "one")
    one = made_by()
    assert len(one["commit"]) == 40 and not one["changed"]
    (tmp_path / "docs" / "page.md").write_text("no source")
    git("add", "docs")
    git("commit", "-m", "a page")
    assert made_by() == one
    (tmp_path / "Makefile").write_text("new")
    assert made_by() == {**one, "changed": True}
    git("add", ".")
    git("commit", "-m", "two")
    assert made_by()["commit"] != one["commit"] and not made_by()["changed"]
