"""Folders that a command works in."""

from pathlib import Path

from golden.errors import UserError


def make_folder(path):
    """The absolute Path of a folder, made if it is missing; UserError if it cannot be."""
    path = Path(path).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write the folder {path}: {error.strerror}") from error
    return path
