"""Jobs in threads of this process: most of their time goes into other programs, or into code that lets threads run."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

from first_spike.golden.errors import UserError
from first_spike.jobs.jobs import Files, Large


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
