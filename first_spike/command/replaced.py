"""Older files under the name of new ones: the one rule for all that training, quantization and import write.

By default the older files are kept beside the new ones: those of NAME become NAME.replaced-1.npz and so on, with the
next number each time, so that no kept file is ever replaced.
"""

import argparse
import re
import shutil
from contextlib import contextmanager

from first_spike.command.option_values import load_network
from first_spike.command.places import file
from first_spike.command.silence import warn
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing

MARK = ".replaced-"


def add_overwrite(parser):
    """Add --overwrite and --no-overwrite to an argparse parser; `overwrite` is None where neither is given."""
    parser.add_argument("--overwrite", action=argparse.BooleanOptionalAction,
                        help=f"replace older files of this name and keep none of them; with --no-overwrite refuse to "
                             f"replace them (default: keep the older files as NAME{MARK}1.npz and so on)")


def refuse_older(name, suffixes, overwrite):
    """Raise UserError where files of a name exist and `overwrite` is False; call it before the work begins."""
    if not isinstance(overwrite, (bool, type(None))):
        raise UserError(f"overwrite must be True, False or None, found {overwrite!r:.60}")
    older = _existing(name, suffixes)
    if older and overwrite is False:
        raise UserError(f"{_shown(older)} would be replaced: choose another name, or leave out --no-overwrite "
                        f"(overwrite=False)")


@contextmanager
def keeping_older(name, suffixes, overwrite):
    """Write files of a name in the block; older ones are named on stderr, and kept unless `overwrite` is True.

    The older files stay in place until the block replaces them, and were copied by then: whatever ends the block, or
    the process, both or one of them is there. Files that the block writes again byte for byte are not kept.
    """
    older = _existing(name, suffixes)
    if not older:
        yield
        return
    shown = _shown(older)
    if overwrite:
        yield
        warn([f"replaced: {shown}"])
        return
    place, copies = _next_name(name), {}
    try:
        for suffix, path in older.items():
            copies[path] = file(place, suffix)
            with replacing(copies[path]) as copy:
                copy.write(path.read_bytes())
            shutil.copystat(path, copies[path])
        yield
    finally:
        copies = {path: copy for path, copy in copies.items() if copy.exists()}
        if all(path.exists() and path.read_bytes() == copy.read_bytes() for path, copy in copies.items()):
            for copy in copies.values():
                copy.unlink()
        else:
            warn([f"replaced: {shown}; kept as {', '.join(copy.name for copy in copies.values())}"])


def _existing(name, suffixes):
    """{suffix: Path} of the files of a name that there are."""
    return {suffix: file(name, suffix) for suffix in suffixes if file(name, suffix).is_file()}


def _shown(older):
    """The files of {suffix: Path} in words, networks with the figures that they hold."""
    return ", ".join(f"{path}{_figures(path)}" for path in older.values())


def _figures(path):
    """The accuracies that a network's file holds, in brackets; "" where it says none, or is none."""
    try:
        measured = load_network(path).measured if path.suffix == ".npz" else []
    except UserError:
        measured = []
    return f" ({', '.join(measured)})" if measured else ""


def _next_name(name):
    """NAME.replaced-N, where no file has that N or a larger one."""
    pattern = re.compile(re.escape(name.name + MARK) + r"(\d+)")
    matches = (pattern.match(entry.name) for entry in name.parent.iterdir())
    return file(name, f"{MARK}{1 + max((int(match[1]) for match in matches if match), default=0)}")
