"""Jobs on a cluster of Dask distributed, whose workers may sit on many machines.

The options of commands with many jobs: how many at a time, and where.
"""

import logging
import re
import uuid
from contextlib import nullcontext
from dataclasses import dataclass

from first_spike.command.option_values import positive
from first_spike.golden.errors import UserError
from first_spike.jobs.jobs import Files, Large, LocalWorkers, cores
from first_spike.jobs.on_a_worker import Packed, difference, hand_on, state, work

CONNECT_SECONDS = 10
ADDRESS = r"(tcp://|tls://)?([\w.-]+|\[[\w:]+\]):(?P<port>\d{1,5})"
RETRIES = 2  # of a job that ends in an error that is not its own, such as a full disk


@dataclass(frozen=True)
class Reporter:
    """Tells the command how far a job is, from a worker."""

    topic: str
    index: int

    def __call__(self, share):
        from distributed import get_worker

        get_worker().log_event(self.topic, (self.index, share))


class Cluster:
    """The workers of the scheduler at `address`, as a context; methods are those of LocalWorkers.

    Raises UserError where it cannot be reached, has no workers, or runs another state of this project.
    """

    def __init__(self, address):
        try:
            from distributed import Client, Security
        except ImportError as error:
            raise UserError("--scheduler needs Dask distributed: pip install distributed, or say `make cluster` in a "
                            "checkout") from error
        found = re.fullmatch(ADDRESS, address, re.ASCII)
        if not found or int(found["port"]) >= 1 << 16:
            raise UserError(f"{address!r} is no address of a scheduler, such as tcp://127.0.0.1:8786")
        if address.startswith("tls://") and Security().tls_client_cert is None:
            raise UserError(f"{address} asks for certificates, and none is set: see docs/howto/many_jobs.md")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it means for the jobs is said in sentences
        self._address = address
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError as error:
            raise UserError(f"no scheduler answers at {address}: start one with `dask scheduler`, and name the "
                            f"address that it prints (docs/howto/many_jobs.md)") from error

    def __enter__(self):
        try:
            self._check()
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(self, *exception):
        self._client.close()

    def _check(self):
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise UserError(f"the scheduler at {self._address} has no workers: start some with `dask "
                            f"worker` (docs/howto/many_jobs.md)") from error
        found = self._client.run(state, on_error="return")
        try:
            found["the scheduler"] = self._client.run_on_scheduler(state)
        except Exception as error:  # whatever went wrong there
            found["the scheduler"] = error
        for place, there in found.items():
            if isinstance(there, Exception):
                raise UserError(f"{place} cannot run this project ({_text(there)}): start it with PYTHONPATH naming a "
                                f"checkout of the same state")
            differs = difference(state(), there)
            if differs:
                raise UserError(f"{place} does not fit: {differs}")

    def run(self, jobs, report):
        """Yield as LocalWorkers do. Jobs of a worker that dies are done by others."""
        from distributed import as_completed

        topic, expected, inputs = f"first-spike-{uuid.uuid4().hex}", state(), {}

        def passed(argument):
            if isinstance(argument, Files):
                key, make = str(argument.path), lambda: Packed.of(argument.path)
            elif isinstance(argument, Large):
                key, make = id(argument.value), lambda: argument.value
            else:
                return argument
            if key not in inputs:
                inputs[key] = self._client.submit(hand_on, make(), pure=False)
            return inputs[key]

        self._client.subscribe_topic(topic, lambda event: report(*event[1]))
        futures = {self._client.submit(work, job.function, str(job.folder), job.brings, expected,
                                       Reporter(topic, index), *map(passed, job.arguments), pure=False,
                                       retries=RETRIES): index
                   for index, job in enumerate(jobs)}
        try:
            for future in as_completed(futures, loop=self._client.loop):
                yield self._arrived(future, futures[future], jobs[futures[future]])
        finally:
            self._client.unsubscribe_topic(topic)
            self._client.cancel(list(futures))

    def _arrived(self, future, index, job):
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            returned = future.result()
        except KilledWorker as error:
            return index, None, f"every worker that took it up died, the last of them {error.last_worker.address}"
        except (CancelledError, OSError) as error:
            raise UserError(f"the scheduler at {self._address} has gone: what arrived is kept, and the same command "
                            f"goes on from it") from error
        except Exception as error:  # of the job, on the worker
            return index, None, f"{type(error).__name__}: {_text(error)}"
        with job.writing():
            returned.write(job.folder)
        return index, returned.result, returned.sentence

    def everywhere(self, function, *arguments):
        """What function(*arguments) gives on every worker; UserError where one has none, or they differ."""
        found = self._client.run(function, *arguments, on_error="return")
        for place, value in found.items():
            if isinstance(value, Exception):
                raise UserError(f"worker {place}: {_text(value)}")
        first, *others = found.items()
        for place, value in others:
            if value != first[1]:
                raise UserError(f"workers differ in what results depend on: {first[0]} has {first[1]}, {place} has "
                                f"{value}")
        return first[1]


def _text(error):
    """What an error from elsewhere says, in a line."""
    return " ".join(str(error).split())


def add_jobs(parser):
    """Add --jobs and --scheduler to an argparse parser; one excludes the other."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--jobs", type=positive, metavar="N",
                       help="that run at a time (default: one for each core)")
    group.add_argument("--scheduler", metavar="ADDRESS",
                       help="run the jobs on the cluster of this Dask scheduler, see docs/howto/many_jobs.md")


def chosen_workers(arguments, side_by_side=True):
    """A context with the workers that the parsed arguments choose; UserError as from Cluster. side_by_side: whether
    several jobs may run at a time in this process."""
    if arguments.scheduler:
        return Cluster(arguments.scheduler)
    return nullcontext(LocalWorkers((arguments.jobs or cores()) if side_by_side else 1))
