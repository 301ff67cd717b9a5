"""Files and folders that a command writes: what cannot be written, or would be lost, is refused before work starts."""

import os
import tempfile
from pathlib import Path

from first_spike.command.folders import require_folder
from first_spike.golden.data.catalogue import FOLDERS
from first_spike.golden.data.idx_folder import FILES
from first_spike.golden.errors import UserError

INPUTS = ("network", "float", "images", "labels", "events", "data", "dataset", "design", "file")


def check_places(arguments, files=(), folders=()):
    """Check what parsed arguments name: `files` and `folders` are the options that are written, such as "json", or are
    worked in; what is not given says nothing.

    Raises UserError where a folder cannot be written or holds what is not of this program, or where something is named
    twice, by whatever spelling or link: an output that is an input or another output, an output among somebody's
    pictures, an input in a folder that is worked in.
    """
    def named(options):
        return {"FILE" if option == "file" else f"--{option.replace('_', '-')}": getattr(arguments, option)
                for option in options if getattr(arguments, option, None)}

    for folder in named(folders).values():
        require_folder(folder)
    require_apart(named(files), named(INPUTS), named(folders))


def require_apart(files, inputs, folders=None):
    """Raise UserError unless outputs and inputs are apart; each is {option: path}, `folders` those that are worked in.

    Nothing may be written into folder:PATH, audio:PATH and --design, which are read whole; of another folder the files
    of a data set count.
    """
    outputs = [*files.items(), *(folders or {}).items()]
    for number, (option, path) in enumerate(outputs):
        for other, taken in outputs[:number]:
            if _same(path, taken):
                raise UserError(f"{option} and {other} name the same place, {path}: one would replace the other")
        for other, taken in inputs.items():
            folder = next((prefix for prefix in FOLDERS if str(taken).startswith(prefix)), "")
            if other == "--design" or folder:
                if _inside(path, str(taken).removeprefix(folder)):
                    raise UserError(f"{option} names {path}, in the folder that {other} reads: name another place")
            elif any(_same(path, file) for file in _files(taken)):
                raise UserError(f"{option} names {path}, which {other} reads: name another file, or it would be lost")
    for option, folder in (folders or {}).items():
        for other, taken in inputs.items():
            if other != "--design" and any(_inside(file, folder) for file in _files(taken)):
                raise UserError(f"{other} names {taken}, in the folder that {option} works in: it could be lost; name "
                                f"another folder")


def require_file(path):
    """Raise UserError unless a file can be written at `path`; nothing is written there."""
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise UserError(f"cannot write {path}: it is a folder")
    if not place.parent.is_dir():
        raise UserError(f"cannot write {path}: there is no folder {Path(path).parent}")
    if place.exists() and not place.is_file():  # a pipe, a device
        if not os.access(place, os.W_OK):
            raise UserError(f"cannot write {path}: Permission denied")
        return
    try:
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error


def _files(taken):
    """The files that an input is; of a folder those of a data set that are in it, none of a data set's name."""
    if not os.path.isdir(taken):
        return [taken]
    parts = [name.split("-idx")[0] for pair in FILES.values() for name in pair]
    return [file for part in parts for file in Path(taken).glob(f"{part}*")]


def _same(one, other):
    if os.path.exists(one) and os.path.exists(other):
        return os.path.samefile(one, other)
    return os.path.realpath(one) == os.path.realpath(other)


def _inside(path, folder):
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
