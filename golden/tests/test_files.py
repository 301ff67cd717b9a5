"""Files appear whole or not at all, under the name that was asked for."""

import os
import secrets
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.npz import read_event_file, write_event_file
from first_spike.golden.errors import UserError
from first_spike.golden.files import folder_beside, remove_leftovers, remove_temporaries, replacing
from first_spike.golden.foreign.named_arrays import read_arrays
from first_spike.golden.recordings import Recordings
from first_spike.golden.tests.contract.test_limits_of_networks import one_layer


def write(path, content):
    with replacing(path) as file:
        file.write(content)


def test_nothing_half_written(tmp_path):
    write(tmp_path / "a", b"old")
    with pytest.raises(RuntimeError), replacing(tmp_path / "a") as file:
        file.write(b"new")
        raise RuntimeError
    assert (tmp_path / "a").read_bytes() == b"old" and os.listdir(tmp_path) == ["a"]


def test_a_link_stays_one(tmp_path):
    (tmp_path / "link").symlink_to("target")
    write(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_bytes() == b"content"


def test_links_that_somebody_prepared_are_not_followed(tmp_path):
    """In a folder that others can write too."""
    (tmp_path / "theirs").write_bytes(b"kept")
    prepared = [f".a{part}.{os.getpid()}.tmp" for part in ("", ".0", ".00000000", f".{0:016x}")]
    for name in prepared:
        (tmp_path / name).symlink_to("theirs")
    write(tmp_path / "a", b"content")
    assert (tmp_path / "theirs").read_bytes() == b"kept" and not (tmp_path / "a").is_symlink()
    assert sorted(os.listdir(tmp_path)) == sorted([*prepared, "a", "theirs"])


def test_a_name_that_is_taken_after_all_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(secrets, "token_hex", lambda count: "0" * 2 * count)
    (tmp_path / f".a.{0:016x}.{os.getpid()}.tmp").symlink_to("theirs")
    with pytest.raises(UserError, match="cannot write .*/a: File exists"):
        write(tmp_path / "a", b"content")
    assert not (tmp_path / "theirs").exists() and not (tmp_path / "a").exists()


def test_the_rights_are_those_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path / "a", b"content")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_pipe_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe", b"content")
    reader.join()
    assert read == [b"content"] and (tmp_path / "pipe").is_fifo()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="it is a folder"):
        write(tmp_path, b"")
    with pytest.raises(UserError, match="cannot write .*No such file"):
        write(tmp_path / "none" / "a", b"")


@pytest.mark.parametrize("name", ["n" * 255, "\U0001f40d" * 63 + ".np"])
def test_the_longest_names(tmp_path, name):
    """What is written beside them has a name that is possible, too."""
    write(tmp_path / name, b"content")
    assert os.listdir(tmp_path) == [name]
    with folder_beside(tmp_path / name) as folder:
        assert folder.is_dir()
    with pytest.raises(UserError, match="cannot write .*n: File name too long$"):
        write(tmp_path / f"{name}n", b"content")


def test_a_device_that_refuses():
    """Bytes may reach the disk only when the file is closed."""
    with pytest.raises(UserError, match="^cannot write /dev/full: No space left on device$"):
        write("/dev/full", b"content")


def test_a_disk_that_can_only_be_read(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")
    monkeypatch.setattr("first_spike.golden.files.open", refuse, raising=False)
    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    with pytest.raises(UserError, match="cannot write .*/a: Read-only file system"):
        write(tmp_path / "a", b"content")


def test_what_a_killed_process_left_is_removed(tmp_path):
    """Only what is its own: neither another name's, nor that of a process that lives, nor a file of somebody's."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    gone = [f".a.{ended.pid}.tmp", f".a.x7b_.{ended.pid}.tmp"]
    stay = [f".b.{ended.pid}.tmp", f".a.{os.getppid()}.tmp", ".a.note.tmp", f"a.{ended.pid}.tmp", f".a.{ended.pid}.txt"]
    (tmp_path / gone[1]).mkdir()
    (tmp_path / gone[1] / "part").write_bytes(b"")
    for name in (gone[0], *stay):
        (tmp_path / name).write_bytes(b"")
    write(tmp_path / "a", b"content")
    assert sorted(os.listdir(tmp_path)) == sorted([*stay, "a"])
    remove_leftovers(tmp_path / "b")
    assert sorted(os.listdir(tmp_path)) == sorted([*stay[1:], "a"])


def test_nothing_stays_of_a_process_that_is_ended_in_the_middle(tmp_path):
    with folder_beside(tmp_path / "folder") as folder, replacing(tmp_path / "file") as file:
        (folder / "part").write_bytes(b"")
        file.flush()
        assert len(os.listdir(tmp_path)) == 2
        remove_temporaries()
        assert os.listdir(tmp_path) == []
        Path(file.name).write_bytes(b"")  # what the block ends with


WHOLES = np.array([0, 1])
ARCHIVES = {
    "network": (lambda path: one_layer([1, -2]).save(path), Network.load, "layer0_weights"),
    "data set": (lambda path: np.savez(path, x_train=np.eye(2, 3), y_train=WHOLES, x_test=np.eye(2, 3), y_test=WHOLES,
                                       more=WHOLES), lambda path: load(str(path)), "x_test"),
    "what is not read": (lambda path: np.savez(path, x_train=np.eye(2, 3), y_train=WHOLES, x_test=np.eye(2, 3),
                                               y_test=WHOLES, more=WHOLES), lambda path: load(str(path)), "more"),
    "events": (lambda path: write_event_file(path, Recordings.of_lists([[(1, 2)], []])), read_event_file, "step"),
    "weights": (lambda path: np.savez(path, a=np.eye(2, 3)), read_arrays, "a"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("ending", [".npy", ""])
@pytest.mark.parametrize("write, read, name", ARCHIVES.values(), ids=list(ARCHIVES))
def test_an_archive_with_two_arrays_of_one_name_is_refused(tmp_path, write, read, name, ending):
    """Else the last one would count, whatever the first one holds."""
    path = tmp_path / "two.npz"
    write(path)
    read(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name + ending, archive.read(f"{name}.npy"))
    with pytest.raises(UserError) as caught:
        read(path)
    assert str(path) in str(caught.value) and repr(name) in str(caught.value)
