"""Long jobs: what one is, how many of them run, and what becomes of their results."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from first_spike.command.cli import error_console
from first_spike.jobs.job_bar import JobBar


@dataclass(frozen=True, eq=False)
class Job:
    """A piece of long work that any process on any machine can do.

    function: of a module's top level, called as function(folder, report, *arguments); its result is a plain value but
    None, or a UserError. It may call report(share) with how much is done, 0 to 1. arguments: plain values and
    dataclasses, Files and Large. folder: where the job writes; elsewhere than on this machine it gets a new one, of
    which the files that match the patterns `brings` come back into this. decides: a dict of plain values with all that
    decides the result, by which it is kept. still(result) says whether a kept one may be used.
    """

    label: str
    function: Callable
    arguments: tuple = ()
    folder: Path | None = None
    decides: dict | None = None
    brings: tuple = ()
    still: Callable = lambda result: True


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
    results, failed = [None] * len(jobs), {}
    for number, job in enumerate(jobs):
        found = kept.find(job.decides) if kept else None
        if found is not None and job.still(found):
            results[number] = found
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
