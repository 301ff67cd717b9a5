"""The command of `make lint`."""

from first_spike.golden.files import ROOT
from first_spike.tests.process import assert_refused, run_script


def test_the_committed_design_is_clean(tmp_path):
    done = run_script("lint.py", ROOT / "hdl", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "hdl: clean" in done.stdout.replace("\n", "")


def test_a_mistake_ends_with_status_1(tmp_path):
    (tmp_path / "block.v").write_text("module block(output a);\nendmodule\n")
    (tmp_path / "filelist.f").write_text("block.v\n")
    done = run_script("lint.py", tmp_path, cwd=tmp_path)
    assert done.returncode == 1 and "UNDRIVEN" in done.stdout


def test_a_folder_without_a_design_is_refused(tmp_path):
    assert_refused(run_script("lint.py", tmp_path, cwd=tmp_path), "is no design: it has no filelist.f")
    (tmp_path / "filelist.f").write_text("\n")
    assert_refused(run_script("lint.py", tmp_path, cwd=tmp_path), "is no design: its filelist.f names no module")
