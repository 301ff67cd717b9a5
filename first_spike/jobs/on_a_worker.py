"""What happens on a worker of a cluster, which shares no folder with the command: inputs come with the job, results go
back with it."""

import platform
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.jobs.jobs import hash_of_project

REPORT_SECONDS = 0.5  # between two reports of a job
LIBRARIES = ("numpy", "numba", "myhdl", "distributed")  # what results, or talking about them, depend on


@dataclass(frozen=True)
class Packed:
    """A file, or a folder with its files: its name, and their contents by their names in it ("" for a file)."""

    name: str
    contents: dict

    @classmethod
    def of(cls, path):
        path = Path(path).resolve()
        inside = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        return cls(path.name, {"" if file == path else str(file.relative_to(path)): file.read_bytes()
                               for file in inside})

    def unpack(self, folder):
        """Write it into a `folder`; returns its Path there."""
        for name, content in self.contents.items():
            _write(folder / self.name / name, content)
        return folder / self.name


@dataclass(frozen=True)
class Returned:
    """What comes back of a job: its result or why it failed, and files by their names in its folder."""

    result: object
    sentence: str | None
    files: dict

    def write(self, folder):
        for name, content in self.files.items():
            _write(Path(folder) / name, content)


def state():
    """What must be equal on both sides, as a dict of plain values."""
    return {"Python": platform.python_version(), **{library: _version(library) for library in LIBRARIES},
            "the sources of this project": hash_of_project()}


def difference(expected, found):
    """Why a worker in the state `found` cannot work for one in the state `expected`, or None."""
    for what, value in expected.items():
        if found[what] != value:
            return f"{what} {'are' if what.startswith('the') else 'is'} {found[what][:12]} there and {value[:12]} here"
    return None


def hand_on(value):
    """An input of several jobs is the result of a task of its own, which the scheduler has repeated when the worker
    that holds it dies."""
    return value


def work(function, folder, brings, expected, reporter, *arguments):
    """Do a job in a new folder, and bring back what it wrote that matches `brings`, and logs if it failed.

    folder: what sentences call the new folder. expected: `state()` of the command. reporter(share) is told how far it
    is, not too often.
    """
    differs = difference(expected, state())  # a worker may have come after the command looked
    if differs:
        return Returned(None, differs, {})
    with tempfile.TemporaryDirectory(prefix="first-spike-") as place:
        inputs, own = Path(place).resolve() / "inputs", Path(place).resolve() / "work"
        own.mkdir()
        arguments = [argument.unpack(inputs / str(number)) if isinstance(argument, Packed) else argument
                     for number, argument in enumerate(arguments)]
        result = sentence = None
        try:
            result = function(own, seldom(reporter), *arguments)
        except UserError as error:
            sentence, brings = str(error).replace(str(own), folder), (*brings, "**/*.log")
        files = {str(path.relative_to(own)): path.read_bytes() for pattern in brings for path in own.glob(pattern)
                 if path.is_file()}
        return Returned(result, sentence, files)


def seldom(reporter):
    """`reporter`, but for calls that follow another within REPORT_SECONDS."""
    before = -REPORT_SECONDS

    def report(share):
        nonlocal before
        if time.monotonic() - before >= REPORT_SECONDS:
            before = time.monotonic()
            reporter(share)

    report(0)
    return report


def _version(library):
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
