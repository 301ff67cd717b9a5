"""The command of `make lint`."""

from first_spike.commands import lint
from first_spike.golden.files import ROOT
from tb.helpers.process import assert_refused, command  # noqa: F401


def test_the_committed_design_is_clean(command):  # noqa: F811
    done = command(lint, ROOT / "hdl")
    assert done.returncode == 0, done.stdout
    assert "hdl: clean" in done.stdout.replace("\n", "")


def test_a_mistake_ends_with_status_1(tmp_path, command):  # noqa: F811
    (tmp_path / "block.v").write_text("module block(output a);\nendmodule\n")
    (tmp_path / "filelist.f").write_text("block.v\n")
    done = command(lint, tmp_path)
    assert done.returncode == 1 and "UNDRIVEN" in done.stdout


def test_a_folder_without_a_design_is_refused(tmp_path, command):  # noqa: F811
    assert_refused(command(lint, tmp_path), "is no design: it has no filelist.f")
    (tmp_path / "filelist.f").write_text("\n")
    assert_refused(command(lint, tmp_path), "is no design: its filelist.f names no module")
    (tmp_path / "filelist.f").write_bytes(b"\xff.v\n")
    assert_refused(command(lint, tmp_path), "is no design: its filelist.f is no text")
