"""A folder that is worked in belongs to one run at a time, and a run that is killed leaves it free."""

import os
import signal
import subprocess
import sys

import pytest

from first_spike.command.places import MARK, require_folder, reserved, work_folder
from first_spike.commands import compare
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import small_case

HOLDER = """
import sys
from first_spike.command.places import work_folder
with work_folder(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_and_a_killed_one_leaves_no_lock(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "work")], cwd=ROOT, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match=rf"another run \(process {holder.pid}\) works in .*work: wait for its end"):
            with work_folder(tmp_path / "work"):
                raise AssertionError("two runs in one folder")
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    with work_folder(tmp_path / "work") as folder:
        assert folder == tmp_path / "work" and [entry.name for entry in folder.iterdir()] == [MARK]
    with work_folder(tmp_path / "work"):  # it is free again, and known as ours although it is not empty
        pass


def test_a_lock_is_never_somebodys_file(tmp_path):
    """Links that others prepared in a folder that they can write too."""
    (tmp_path / "theirs").write_text("kept")
    (tmp_path / "work").mkdir()
    for link in (tmp_path / "work" / MARK, tmp_path / ".net.lock"):
        link.symlink_to(tmp_path / "theirs")
    with pytest.raises(UserError, match=rf"cannot write .*work/{MARK}: it is a link"), work_folder(tmp_path / "work"):
        pass
    with pytest.raises(UserError, match=r"cannot write .*\.net\.lock: it is a link"), \
            reserved("--out", tmp_path / "net", (".npz",), {}):
        pass
    assert (tmp_path / "theirs").read_text() == "kept"


def test_a_folder_of_another_user_is_not_worked_in(tmp_path, monkeypatch):
    with work_folder(tmp_path / "work"):
        pass
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(UserError, match="work belongs to another user, .*: name a folder of your own"):
        require_folder(tmp_path / "work")


def test_compare_does_not_share_a_folder(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    common = ("--network", "network.npz", "--images", "images.npy", "--sim", "icarus", "--count", 1, "--build", "work")
    with work_folder("work"):
        assert_refused(command(compare, *common), "works in work: wait for its end, or name another folder")


@pytest.mark.long
def test_equal_names_do_not_collide(tmp_path, monkeypatch, command):  # noqa: F811
    """Two networks of one file name, and one network in two configurations: each has a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "BUILD", tmp_path / "build")
    network, _, _ = small_case(tmp_path)
    layers = [Layer(-layer.weights.clip(-7), layer.thresholds, 4) for layer in network.layers]
    other = Network(network.steps, network.image_shape, layers, network.classes)
    for folder, content in (("n1", network), ("n2", other)):
        (tmp_path / folder).mkdir()
        content.save(tmp_path / folder / "net.npz")
    runs = [("n1", ()), ("n2", ()), ("n1", ("--lanes", 2)), ("n1", ("--events-per-cycle", 2))]
    for folder, more in runs:
        done = command(compare, "--network", f"{folder}/net.npz", "--images", "images.npy", "--sim", "icarus",
                       "--count", 1, *more)
        assert done.returncode == 0, done.stderr
    folders = sorted(path.name for path in (tmp_path / "build" / "compare").iterdir())
    assert len(folders) == 4
    assert sum(network.sha256[:8] in name for name in folders) == 3 and sum(other.sha256[:8] in name
                                                                            for name in folders) == 1
