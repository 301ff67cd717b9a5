"""Files appear whole or not at all, under the name that was asked for."""

import os
import subprocess
import sys
import threading

import pytest

from golden.errors import UserError
from golden.files import folder_beside, remove_leftovers, remove_temporaries, replacing


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


def test_a_device_that_refuses():
    """Bytes may reach the disk only when the file is closed."""
    with pytest.raises(UserError, match="^cannot write /dev/full: No space left on device$"):
        write("/dev/full", b"content")


def test_a_disk_that_can_only_be_read(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")
    monkeypatch.setattr("golden.files.open", refuse, raising=False)
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
        (tmp_path / f".file.{os.getpid()}.tmp").write_bytes(b"")  # what the block ends with
