"""Folders that a command works in: never one with somebody's files, and never two commands in one."""

import errno
import fcntl
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from first_spike.golden.errors import UserError

MARK = ".first-spike"  # the file that makes a folder one of ours, and that is locked while a command works there


def make_folder(path):
    """The absolute Path of a folder, made if it is missing; UserError if it cannot be."""
    path = Path(path).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write the folder {path}: {error.strerror}") from error
    return path


def require_folder(path):
    """Raise UserError unless a command can work in the folder `path`: a new, an empty or an earlier one, that can be
    written and is not another user's, who could put links there; nothing is made."""
    place = Path(path).resolve()
    if place.is_dir() and place.stat().st_uid != os.geteuid():
        raise UserError(f"{path} belongs to another user, who could change what is worked with there: name a folder of "
                        f"your own")
    if place.is_dir() and not (place / MARK).is_file():
        others = sorted(entry.name for entry in place.iterdir())
        if others:
            raise UserError(f"{path} holds {others[0]} and is no folder of this program's work: name a new or an empty "
                            f"one")
    there = place
    while not os.path.lexists(there):
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise UserError(f"cannot write the folder {path}: {error.strerror}") from error


def open_to_lock(path):
    """A file to lock, open for reading and appending, made if it is missing; UserError where a link stands there, which
    would lead to somebody's file."""
    try:
        return open(path, "a+", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o666))
    except OSError as error:
        reason = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise UserError(f"cannot write {path}: {reason}") from error


@contextmanager
def work_folder(path):
    """Give the absolute Path of a folder, made if it is missing, that is nobody else's until the block ends.

    Raises UserError as `require_folder`, and at once if another run works there. A run that is killed leaves no lock.
    """
    require_folder(path)
    folder = make_folder(path)
    with open_to_lock(folder / MARK) as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            mark.seek(0)
            raise UserError(f"another run (process {mark.read().strip()}) works in {path}: wait for its end, or name "
                            f"another folder") from None
        mark.truncate(0)
        mark.write(f"{os.getpid()}\n")
        mark.flush()
        yield folder
