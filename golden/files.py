"""Where the files of this package are; writing files so that nothing half-written ever stands under the final name, and
reading archives of arrays that anybody may have written."""

import glob
import math
import os
import secrets
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from first_spike.golden.errors import UserError

_GOLDEN = Path(__file__).resolve().parent  # beside first_spike/ in a checkout, where a link stands for it, else in it
ROOT = _GOLDEN.parents[0 if (_GOLDEN.parent / "first_spike" / "__init__.py").is_file() else 1]
CHECKOUT = ROOT if (ROOT / "rtl_model" / "convert.py").is_file() else None  # where rtl_model/ stands beside it

NAME_KEPT = 40  # letters of a target's name in that of a temporary one: a name may have 255 bytes
_temporaries = set()  # of this process, at the moment


def cache_folder(name):
    """The folder of the user's cache for `name`, such as a data set; it may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "first-spike" / name


def module_process(module, *arguments):
    """(command, environment) with which a process of its own runs a module of this package, in whichever folder."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return [sys.executable, "-P", "-m", module, *arguments], {**os.environ, "PYTHONPATH": path}


@contextmanager
def replacing(path):
    """Give a binary file to write into; it becomes `path` only if the block ends without error.

    The bytes go to a new hidden file beside the target, of a name that nobody can foresee, which is renamed over it at
    the end and removed on any error, Ctrl-C included; what a killed process left there is removed as well. The folder
    has to exist. A link stays one: the file that it names is replaced. What is no file but can be written (a pipe,
    /dev/stdout) is written as it is.

    Raises UserError when the folder is missing or cannot be written, when the disk is full, or `path` is a folder.
    """
    path = Path(os.path.realpath(path))
    try:
        if path.is_dir():
            raise UserError(f"cannot write {path}: it is a folder")
        if path.exists() and not path.is_file():
            with open(path, "wb") as file:
                yield file
            return
        remove_leftovers(path)
        temporary = path.with_name(f"{_hidden(path)}{secrets.token_hex(8)}.{os.getpid()}.tmp")
        with _known(temporary):
            with open(temporary, "xb") as file:  # O_EXCL, which follows no link
                yield file
            os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error


def read_members(file, check_count):
    """{name: array} of an open `.npz`, nothing ever unpickled; its shapes are added up before the first is unfolded.

    check_count: called with the count of numbers in each array, then in all; raises where that is too much. Raises
    UserError if two members have one name. What is damaged surfaces as a dozen types from zipfile, zlib, struct and
    numpy.
    """
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        twice = [name for name, times in Counter(name.removesuffix(".npy") for name in names).items() if times > 1]
        if twice:
            raise UserError(f"holds more than one array of the name {twice[0]!r}: write the file anew, with one of "
                            f"each name")
        count = 0
        for name in names:
            with archive.open(name) as member:
                count += count_numbers(member)
                check_count(count)
        found = {}
        for name in names:
            with archive.open(name) as member:
                found[name.removesuffix(".npy")] = np.lib.format.read_array(member, allow_pickle=False)
    return found


def count_numbers(member):
    """How many numbers an open `.npy` says that it holds; text and fields count as numbers of 8 bytes."""
    version = np.lib.format.read_magic(member)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, _, dtype = read[version](member)
    return math.prod(shape) * max(dtype.itemsize // 8, 1)


@contextmanager
def folder_beside(path):
    """Give a new, empty folder beside `path`, for what is to become it; it is gone when the block ends. Raises
    OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path)
    folder = Path(tempfile.mkdtemp(prefix=_hidden(path), suffix=f".{os.getpid()}.tmp", dir=path.parent))
    with _known(folder):
        yield folder


@contextmanager
def replacing_folder(out, own_files, kind):
    """Give an empty folder to write into; it becomes `out`, as a whole, only if the block ends without error.

    own_files(out): the names of the files of an older one, which may go; UserError where it is none. kind: what it is,
    such as "a design". Raises UserError if `out` is neither new, nor empty, nor an older one and nothing else, or
    cannot be written.
    """
    name, out = out, Path(out).resolve()
    _refuse_other_things(out, name, own_files, kind)
    try:
        with folder_beside(out) as work:
            made = work / "new"
            made.mkdir()
            yield made
            _replace(made, out, work / "old")
    except OSError as error:
        raise UserError(f"cannot write the folder {name}: {error.strerror}") from error


def _refuse_other_things(out, name, own_files, kind):
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
        own = own_files(name)
    except UserError as error:
        raise UserError(f"{error}; name a new or an empty folder") from error
    others = [entry for entry in names if entry not in own or not (out / entry).is_file()]
    if others:
        raise UserError(f"{name} holds {others[0]}, which is no file of {kind} and would be lost: move it, or name "
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


def _hidden(path):
    """What the names of temporary files and folders beside `path` begin with."""
    return f".{path.name[:NAME_KEPT]}."


def remove_leftovers(path):
    """Remove what processes that were killed left beside `path`: they are no more, and their files bear their
    numbers."""
    for left in path.parent.glob(f"{glob.escape(_hidden(path))}*.tmp"):
        number = left.name.split(".")[-2]
        if number.isdigit() and not _is_alive(int(number)):
            _remove(left)


def remove_temporaries():
    """Remove what this process is writing at the moment, before it is ended in the middle."""
    for path in list(_temporaries):
        _remove(path)


@contextmanager
def _known(path):
    _temporaries.add(path)
    try:
        yield
    finally:
        _remove(path)
        _temporaries.discard(path)


def _remove(path):
    """Remove a file or a folder, if it is there and as far as it can be."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # such as on a disk that can only be read, where it never was
            pass


def _is_alive(process):
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def holds_characters(array):
    """Whether all codes in an array of unicode strings are characters: numpy reads any numbers as such, of which Python
    makes a str that it cannot work with."""
    content = array.astype(array.dtype.newbyteorder("=")).tobytes()
    codes = np.frombuffer(content, np.uint32) if content else np.zeros(0, np.uint32)
    return bool((codes <= sys.maxunicode).all())


def require_text(names):
    """Raise UserError unless every str in `names`, of classes, is text: names of files that are no UTF-8, and JSON, can
    hold halves of characters, which nothing can write."""
    for name in names:
        if any("\ud800" <= letter <= "\udfff" for letter in name):
            raise UserError(f"the class name {name!r} is no text, for it holds half a character: call the class "
                            f"otherwise")
