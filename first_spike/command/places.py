"""Where things are: the shipped networks, the default one, the convolutional one, the design that is committed in a
checkout's hdl/, with its configuration, and where commands write and work.

Files and folders that a command writes: what cannot be written, or would be lost, is refused before work starts.

Folders that a command works in: never one with somebody's files, and never two commands in one.

What --out names where a network is written: one rule for all commands that train, quantize or import.

NAME and NAME.npz are the same: the network is NAME.npz, and what goes with it stands beside it under names that begin
alike. The folder is made if it is missing.
"""

import argparse
import errno
import fcntl
import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path

import first_spike.golden
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.data.catalogue import FOLDERS
from first_spike.golden.data.idx import FILES
from first_spike.golden.errors import UserError
from first_spike.golden.files import CHECKOUT

NETWORKS = Path(first_spike.golden.__file__).absolute().with_name("networks")
DEFAULT_NETWORK = NETWORKS / "mnist_784_128_10_4bit.npz"
CONVOLUTIONAL_NETWORK = NETWORKS / "mnist_16c5p2_32c5p2_10_4bit.npz"
DEFAULT_CONFIGURATION = Configuration()
DEFAULT_DESIGN = CHECKOUT and CHECKOUT / "hdl"
BUILD = Path("build")  # of the current folder


def listed(design):
    """The files that the filelist.f of the design in a folder names, the top last; UserError where there is none that
    does."""
    try:
        files = Path(design, "filelist.f").read_text().split()
    except FileNotFoundError as error:
        raise UserError(f"{design} is no design: it has no filelist.f") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{design} is no design: its filelist.f is no text") from error
    if not files:
        raise UserError(f"{design} is no design: its filelist.f names no module")
    return files


INPUTS = ("network", "networks", "made_with", "float", "images", "labels", "events", "data", "dataset", "design",
          "file", "other")
WORDS = {"file": "FILE", "networks": "--network"}  # where an option is called otherwise


def check_places(arguments, files=(), folders=()):
    """Check what parsed arguments name: `files` and `folders` are the options that are written, such as "json", or are
    worked in; what is not given says nothing.

    Raises UserError where a folder cannot be written or holds what is not of this program, or where something is named
    twice, by whatever spelling or link: an output that is an input or another output, an output among somebody's
    pictures, an input in a folder that is worked in.
    """
    def named(options):
        return {WORDS.get(option, f"--{option.replace('_', '-')}"): getattr(arguments, option)
                for option in options if getattr(arguments, option, None)}

    for folder in named(folders).values():
        require_folder(folder)
    require_apart(named(files), named(INPUTS), named(folders))


def require_apart(files, inputs, folders=None):
    """Raise UserError unless outputs and inputs are apart; each is {option: path}, `folders` those that are worked in;
    an input may be a list of paths.

    Nothing may be written into folder:PATH, audio:PATH and --design, which are read whole; of another folder the files
    of a data set count.
    """
    outputs = [*files.items(), *(folders or {}).items()]
    inputs = [(option, path) for option, taken in inputs.items()
              for path in (taken if isinstance(taken, list) else [taken])]
    for number, (option, path) in enumerate(outputs):
        for other, taken in outputs[:number]:
            if _same(path, taken):
                raise UserError(f"{option} and {other} name the same place, {path}: one would replace the other")
        for other, taken in inputs:
            folder = next((prefix for prefix in FOLDERS if str(taken).startswith(prefix)), "")
            if other == "--design" or folder:
                if _inside(path, str(taken).removeprefix(folder)):
                    raise UserError(f"{option} names {path}, in the folder that {other} reads: name another place")
            elif any(_same(path, file) for file in _files(taken)):
                raise UserError(f"{option} names {path}, which {other} reads: name another file, or it would be lost")
    for option, folder in (folders or {}).items():
        for other, taken in inputs:
            if other != "--design" and any(_inside(file, folder) for file in _files(taken)):
                raise UserError(f"{other} names {taken}, in the folder that {option} works in: it could be lost; name "
                                f"another folder")


def require_file(path):
    """Raise UserError unless a file can be written at `path`; nothing is written there."""
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise UserError(f"cannot write {path}: it is a folder")
    if not place.parent.is_dir():
        parent = Path(path).parent
        raise UserError(f"cannot write {path}: " + (f"{parent} is no folder" if parent.exists() else
                                                    f"there is no folder {parent}"))
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


HELP = "; with or without .npz at its end, and its folder is made if it is missing"


def output_name(text):
    """The Path that a name stands for, without `.npz`; file(path, ".npz") is the network's."""
    name = text.removesuffix(".npz")
    if Path(name).name in ("", "..") or name.endswith((os.sep, f"{os.sep}.")):
        raise argparse.ArgumentTypeError(f"must be a name such as {Path(name) / 'network'}, to which suffixes are "
                                         f"added, found {text!r}")
    return Path(name)


NO_BUILD = re.compile(r"""[\s#$'"&;:()=|<>`\\]""")  # characters of a path in which Verilator's make fails


def plain_name(name):
    """`name` with an underscore for each character of NO_BUILD."""
    return NO_BUILD.sub("_", name.strip())


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
