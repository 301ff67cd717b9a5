"""Long jobs: what one is, how many of them run, and what becomes of their results.

Jobs in threads of this process: most of their time goes into other programs, or into code that lets threads run.

Results of long jobs, kept in a folder so that a repeated or broken run does only what is missing.
"""

import functools
import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from first_spike.command.bars import JobBar
from first_spike.command.cli import error_console, write_json
from first_spike.golden.errors import UserError
from first_spike.golden.files import CHECKOUT, ROOT
from first_spike.golden.recordings import Recordings


def cores():
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalWorkers:
    """`count` threads."""

    def __init__(self, count):
        self._count = count

    def run(self, jobs, report):
        """Yield (index of the Job, result, None) or (index, None, why it failed), as they arrive; report(index, share)
        is called with how far each is."""
        def call(index):
            job = jobs[index]
            report(index, 0)
            try:
                return index, job.function(job.folder, partial(report, index), *map(_plain, job.arguments)), None
            except UserError as error:
                return index, None, str(error)

        with ThreadPoolExecutor(self._count) as pool:
            try:
                for future in as_completed([pool.submit(call, index) for index in range(len(jobs))]):
                    yield future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def everywhere(self, function, *arguments):
        """What function(*arguments) gives where the jobs will run; UserError from there."""
        return function(*arguments)


def _plain(argument):
    if isinstance(argument, Files):
        return argument.path
    return argument.value if isinstance(argument, Large) else argument


@dataclass(frozen=True, eq=False)
class Job:
    """A piece of long work that any process on any machine can do.

    function: of a module's top level, called as function(folder, report, *arguments); its result is a plain value but
    None, or a UserError. It may call report(share) with how much is done, 0 to 1. arguments: plain values and
    dataclasses, Files and Large. folder: where the job writes; elsewhere than on this machine it gets a new one, of
    which the files that match the patterns `brings` come back into this. decides: a dict of plain values with all that
    decides the result, by which it is kept. still(result) says whether a kept one may be used. writing: makes a context
    in which files that come back are written.
    """

    label: str
    function: Callable
    arguments: tuple = ()
    folder: Path | None = None
    decides: dict | None = None
    brings: tuple = ()
    still: Callable = lambda result: True
    writing: Callable = nullcontext


@dataclass(frozen=True, eq=False)
class Files:
    """An argument that is a file, or a folder of files: the job gets its Path, wherever it runs."""

    path: Path


@dataclass(frozen=True, eq=False)
class Large:
    """An argument that is large, and the same object for several jobs: it is sent once. The job gets its value."""

    value: Any


def run_jobs(title, jobs, workers, kept=None):
    """Do the Jobs that have no result in `kept`, a Kept, on `workers`, such as LocalWorkers, and keep each result as it
    arrives.

    Returns (results in order, None where there is none; a sentence for each job that failed, with its label). An error
    that is not a job's ends it: what is running is waited for, the rest is not begun.
    """
    results, failed = [kept.result(job) if kept else None for job in jobs], {}
    missing = [number for number, result in enumerate(results) if result is None]
    if len(missing) < len(jobs):
        error_console.print(f"{title}: {len(jobs) - len(missing)} of {len(jobs)} results are kept from an earlier run",
                            soft_wrap=True)
    wanted = [jobs[number] for number in missing]
    with JobBar(title, [job.label for job in wanted]) as bar:
        for index, result, sentence in workers.run(wanted, bar.report):
            job, number = wanted[index], missing[index]
            if sentence is None:
                results[number] = kept.keep(job.decides, result) if kept else result
            else:
                failed[number] = f"{job.label}: {sentence}"
            bar.report(index, 1)
    return results, [failed[number] for number in sorted(failed)]


PACKAGES = ("golden", "rtl_model", "first_spike", "scripts", "tb")  # of a checkout
SOURCES = (".py", ".v", ".sv", ".vlt", ".c", ".h", ".cpp")


class Kept:
    """A folder with a JSON file for each result, found again by all that decides it. What decides a result is a dict of
    plain values; a result is a plain value but None. Both are as JSON has them."""

    def __init__(self, folder):
        self._folder = Path(folder)

    def find(self, decides):
        """The result that was kept for `decides`, or None."""
        decides = _plain_value(decides)
        try:
            content = json.loads(self._path(decides).read_text())
            return content["result"] if content["decides"] == decides else None
        except (OSError, ValueError, KeyError, TypeError):  # not there, or not whole
            return None

    def result(self, job):
        """The result of a Job that was kept and may still be used, or None."""
        result = self.find(job.decides)
        return result if result is not None and job.still(result) else None

    def keep(self, decides, result):
        """Keep a result for `decides`; returns it as it will be found."""
        decides, result = _plain_value(decides), _plain_value(result)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._path(decides), {"decides": decides, "result": result})
        return result

    def _path(self, decides):
        digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        return self._folder / f"{digest[:24]}.json"


def hash_of_files(paths):
    """SHA-256 (hex) of the names and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def hash_of_arrays(*arrays):
    """SHA-256 (hex) of dtypes, shapes and contents of numpy arrays, any of which may be None, or Recordings."""
    digest = hashlib.sha256()
    plain = [part for array in arrays for part in ((array.offsets, array.inputs, array.steps)
                                                   if isinstance(array, Recordings) else (array,))]
    for array in plain:
        digest.update(b"None\n" if array is None else f"{array.dtype} {array.shape}\n".encode() + array.tobytes())
    return digest.hexdigest()


@functools.cache
def hash_of_project(tests=False):
    """SHA-256 (hex) of the sources of this project, with its tests or without; where it is installed, of
    first_spike."""
    packages = PACKAGES if CHECKOUT else ("first_spike",)
    return hash_of_files(path for package in packages for path in (ROOT / package).rglob("*.*")
                         if path.suffix in SOURCES and (tests or "tests" not in path.parts[len(ROOT.parts):]))


def _plain_value(value):
    return json.loads(json.dumps(value))
