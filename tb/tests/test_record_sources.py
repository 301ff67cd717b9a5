"""The record's sources: of which commit a report is, which of the changes since then count, and what the blocks are."""

import shutil
import subprocess

import pytest

from first_spike.command import provenance
from first_spike.command.provenance import made_by
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from tb.record import reports
from tb.record.blocks import block_of, blocks


@pytest.mark.parametrize("made, sentence", [
    ({"commit": None, "changed": False}, "nobody knows of which commit it is"),
    ({"commit": "c" * 40, "changed": True}, "made with changes that are no commit's, on top of cccccccccc"),
    ({"commit": "c" * 40, "changed": False}, "of the commit cccccccccc, which is not here")])
def test_warnings(made, sentence):
    assert reports.age("make soak", made) == {"warning": sentence, "same_verilog": False}


def test_a_report_is_of_the_sources_that_its_run_reads(monkeypatch):
    asked = {}
    monkeypatch.setattr(reports, "differs_from", lambda commit, but: asked.setdefault(commit, set(but)))
    commands = ("make soak", "make mutants", "make mutants-sources", "make test", "make test-grid")
    for target in commands:
        reports.age(target, {"commit": target, "changed": False})
    soak, mutants, sources, test, grid = (asked[target] for target in commands)
    assert {"**/test_*.py", "tb/mutation/**", "tb/record/**"} <= soak
    assert {"Makefile", "**/test_*.py", "tb/coverage/**", "tb/record/**", "scripts/record.py"} <= mutants
    assert "scripts/mutants.py" in soak and "scripts/mutants.py" not in mutants
    assert "rtl_model/**" not in sources | soak | mutants
    assert "tb/mutation/equivalence.py" in sources and not {"**/test_*.py", "tb/mutation/**"} & sources
    assert "tb/mutation/source_*" in mutants & soak & grid and "tb/mutation/source_*" not in sources
    assert test == set() and not any("test_*" in glob or "tests" in glob for glob in grid - {
        "scripts/tests/test_record_*.py", "tb/tests/test_mutants_sources.py"})


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_provenance(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert made_by("no_such_program") == {"commit": None, "changed": False, "tools": {
        "python": provenance.platform.python_version(), "no_such_program": None}}

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
    assert made_by() == one
    (tmp_path / "golden" / "data" / "a.py").write_text("two")
    (tmp_path / "Makefile").write_text("new")
    assert made_by() == {**one, "changed": True}
    (tmp_path / "golden" / "test_a.py").write_text("new")
    assert provenance.differs_from(one["commit"]) == ["Makefile", "golden", "golden/data"]
    assert provenance.differs_from(one["commit"], ["**/test_*.py"]) == ["Makefile", "golden/data"]
    assert provenance.differs_from(one["commit"], ["**/test_*.py", "golden/**"]) == ["Makefile"]
    git("add", ".")
    git("commit", "-m", "two")
    assert not made_by()["changed"]
    assert provenance.differs_from(one["commit"]) == ["Makefile", "golden", "golden/data"]


def test_every_block_has_a_row_and_every_module_a_block():
    rows = {block.name: block for block in blocks()}
    modules = [name.removesuffix(".v") for name in (ROOT / "hdl" / "filelist.f").read_text().split()]
    assert {block_of(module, modules) for module in modules} <= set(rows)
    assert all(block.test for block in rows.values())
    assert rows["few_bits"].inside == ["first_step_way", "last_entry", "way_scanner", "readout"]
    assert rows["if_layer"].inside == []
    assert sorted(rows["hazards"].inside) == ["if_layer_map", "if_layer_rows"]  # as a part of the interlocks
    assert block_of("layer1_lane", ["layer1_if_layer_map"]) == "map_lane"
    assert block_of("layer1_lane", ["layer0_if_layer_map", "layer1_if_layer"]) == "if_lane"
    assert block_of("layer0_weights", ["load_port"]) == "loaded_weight_memory"
    with pytest.raises(UserError, match="the module nothing is of no block"):
        block_of("nothing", [])
