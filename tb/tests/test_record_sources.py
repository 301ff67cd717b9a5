"""The record's sources: of which commit a report is, which of the changes since then count, and what the blocks are."""

import shutil
import subprocess

import pytest

from first_spike import __version__
from first_spike.command import cli
from first_spike.command.cli import made_by
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from tb.record import reports
from tb.record.reports import block_of, blocks


@pytest.mark.parametrize("made, sentence", [
    ({"commit": None, "changed": False}, "nobody knows of which commit it is"),
    ({"commit": "c" * 40, "changed": True}, "made with changes that are no commit's, on top of cccccccccc"),
    ({"commit": "c" * 40, "changed": False}, "of the commit cccccccccc, which is not here")])
def test_warnings(made, sentence):
    assert reports.age(made) == sentence


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_provenance(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "CHECKOUT", tmp_path)
    assert made_by("no_such_program") == {"version": __version__, "commit": None, "changed": False, "tools": {
        "python": cli.platform.python_version(), "no_such_program": None}}

    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=tmp_path, check=True,
                       capture_output=True)

    (tmp_path / "golden" / "data").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    git("init")
    (tmp_path / "golden" / "data" / "a.py").write_text("one")
    git("add", ".")
    git("commit", "-m", "one")
    one = made_by()
    assert len(one["commit"]) == 40 and not one["changed"]
    (tmp_path / "docs" / "page.md").write_text("no source")
    git("add", "docs")
    git("commit", "-m", "a page")
    assert made_by() == one
    (tmp_path / "golden" / "data" / "a.py").write_text("two")
    (tmp_path / "Makefile").write_text("new")
    assert made_by() == {**one, "changed": True}
    (tmp_path / "golden" / "test_a.py").write_text("new")
    assert cli.differs_from(one["commit"]) == ["Makefile", "golden", "golden/data"]
    git("add", ".")
    git("commit", "-m", "two")
    assert not made_by()["changed"]
    assert cli.differs_from(one["commit"]) == ["Makefile", "golden", "golden/data"]


def test_every_block_has_a_row_and_every_module_a_block():
    rows = {block.name: block for block in blocks()}
    modules = [name.removesuffix(".v") for name in (ROOT / "hdl" / "filelist.f").read_text().split()]
    assert {block_of(module, modules) for module in modules} <= set(rows)
    assert all(block.test for block in rows.values())
    assert {"first_step_way", "last_entry", "way_scanner", "readout"} <= set(rows["bits"].inside)
    assert rows["if_layer"].inside == []
    assert rows["hazards"].inside == ["visit_pipeline"]  # as a part of the interlocks
    assert block_of("layer1_lane", ["layer1_if_layer_map"]) == "map_lane"
    assert block_of("layer1_lane", ["layer0_if_layer_map", "layer1_if_layer"]) == "if_lane"
    assert block_of("layer0_weights", ["load_port"]) == "loaded_weight_memory"
    with pytest.raises(UserError, match="the module nothing is of no block"):
        block_of("nothing", [])
