"""What --out names where a network is written: one rule for all commands that train, quantize or import.

NAME and NAME.npz are the same: the network is NAME.npz, and what goes with it stands beside it under names that begin
alike. The folder is made if it is missing.
"""

import argparse
import fcntl
import os
from contextlib import contextmanager
from pathlib import Path

from first_spike.command.folders import make_folder, open_to_lock
from first_spike.command.places_to_write import require_apart, require_file
from first_spike.golden.errors import UserError

HELP = "; with or without .npz at its end, and its folder is made if it is missing"


def output_name(text):
    """The Path that a name stands for, without `.npz`; file(path, ".npz") is the network's."""
    name = text.removesuffix(".npz")
    if Path(name).name in ("", "..") or name.endswith((os.sep, f"{os.sep}.")):
        raise argparse.ArgumentTypeError(f"must be a name such as {Path(name) / 'network'}, to which suffixes are "
                                         f"added, found {text!r}")
    return Path(name)


def file(name, suffix):
    """The file NAME + suffix."""
    return name.with_name(name.name + suffix)


@contextmanager
def reserved(option, name, suffixes, inputs):
    """Make sure that the files of a name can be written, and keep other runs away from them until the block ends.

    option: as in "--out". inputs: {option: path} of what is read. Raises UserError where a file is an input or lies
    among somebody's pictures, where it cannot be written, or where another run is writing it; then nothing was made.
    """
    files = [file(name, suffix) for suffix in suffixes]
    for place in files:
        require_apart({option: place}, {other: path for other, path in inputs.items() if path})
    make_folder(name.parent)
    for place in files:
        require_file(place)
    with _locked(name.with_name(f".{name.name}.lock"), name):
        yield


@contextmanager
def _locked(path, name):
    """A lock that ends with its process, however that ends."""
    with open_to_lock(path) as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"another run writes {name}: wait for its end, or choose another name") from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
