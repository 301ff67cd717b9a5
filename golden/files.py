"""Writing files so that nothing half-written ever stands under the final name."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from golden.errors import UserError

ROOT = Path(__file__).resolve().parents[1]  # of the project


@contextmanager
def replacing(path):
    """Give a binary file to write into; it becomes `path` only if the block ends without error.

    The bytes go to a hidden file beside the target, which is renamed over it at the end and removed on
    any error, Ctrl-C included. The folder has to exist. A link stays one: the file that it names is replaced. What is
    no file but can be written (a pipe, /dev/stdout) is written as it is.

    Raises UserError when the folder is missing or cannot be written, or `path` is a folder.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise UserError(f"cannot write {path}: it is a folder")
    if path.exists() and not path.is_file():
        with open(path, "wb") as file:
            yield file
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def folder_beside(path):
    """Give a new, empty folder beside `path`, for what is to become it; it is gone when the block ends. Raises
    OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
