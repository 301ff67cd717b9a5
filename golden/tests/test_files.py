"""Files appear whole or not at all, under the name that was asked for."""

import os
import threading

import pytest

from golden.errors import UserError
from golden.files import replacing


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
