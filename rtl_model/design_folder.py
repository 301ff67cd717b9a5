"""The folder of a design, replaced as a whole or not at all; what somebody else put there is never touched."""

import contextlib
import os
from pathlib import Path

from golden.errors import UserError
from golden.files import folder_beside
from rtl_model.delivery.manifest import MANIFEST, read_manifest


@contextlib.contextmanager
def replacing_folder(out):
    """Give an empty folder to write a design into; it becomes `out` only if the block ends without error.

    Raises UserError if `out` is neither new, nor empty, nor a design of this generator and nothing else, or cannot be
    written.
    """
    name, out = out, Path(out).resolve()
    _refuse_other_things(out, name)
    try:
        with folder_beside(out) as work:
            made = work / "new"
            made.mkdir()
            yield made
            _replace(made, out, work / "old")
    except OSError as error:
        raise UserError(f"cannot write the folder {name}: {error.strerror}") from error


def _refuse_other_things(out, name):
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise UserError(f"{name} exists and is no folder: name a new or an empty one")
    if out == Path.cwd():
        raise UserError(f"{name} is the folder that you are in, which cannot be replaced: name another")
    names = sorted(entry.name for entry in out.iterdir())
    if not names:
        return
    try:
        own = {MANIFEST, *(file["name"] for file in read_manifest(name)["files"])}
    except UserError as error:
        raise UserError(f"{error}; name a new or an empty folder") from error
    others = [entry for entry in names if entry not in own or not (out / entry).is_file()]
    if others:
        raise UserError(f"{name} holds {others[0]}, which is no file of a design and would be lost: move it, or name "
                        f"another folder")


def _replace(made, out, old):
    """Put folder `made` in the place of `out`, which goes to `old`; back again if that fails."""
    if out.exists():
        os.replace(out, old)
    try:
        os.replace(made, out)
    except OSError:
        if old.exists():
            os.replace(old, out)
        raise
