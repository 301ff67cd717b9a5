"""Jobs on a real cluster, two worker processes on this machine: a worker that is killed costs no result."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from first_spike.commands import explore, train
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs import cluster as cluster_module
from first_spike.jobs.cluster import Cluster
from first_spike.jobs.jobs import PACKAGES, Files, Job, Kept, Large, run_jobs
from first_spike.training import training_jobs
from tb.helpers.process import command  # noqa: F401
from tb.helpers.small_case import small_case

pytestmark = pytest.mark.cluster
COUNT = 8


def take_part(folder, report, number, marks, text, array):
    """Say that it runs, by a file that names the process, and go on when `go` is there; number 5 has no result."""
    (marks / f"{number}-{os.getpid()}").touch()
    while not (marks / "go").exists():
        time.sleep(0.05)
    report(0.5)
    (folder / f"{number}.txt").write_text(text.read_text())
    if number == 5:
        raise UserError(f"5 cannot be; see {folder / 'five.log'}")
    return {"number": number, "sum": int(array.sum())}


def die(folder, report):
    os.kill(os.getpid(), signal.SIGKILL)


def fine(folder, report):
    return 1


def break_down(folder, report):
    return 1 / 0


@contextmanager
def process(*words, path=ROOT):
    """A process of Dask's command line, which finds the project at `path`; killed at the end."""
    environment = {**os.environ, "PYTHONPATH": str(path), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    child = subprocess.Popen([sys.executable, "-m", "dask", *map(str, words)], env=environment, cwd="/",
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@contextmanager
def scheduler(folder, **options):
    """The address of a scheduler of its own."""
    file = folder / "scheduler.json"
    with process("scheduler", "--host", "127.0.0.1", "--port", 0, "--dashboard-address", "127.0.0.1:0",
                 "--scheduler-file", file, **options):
        address = wait_for(lambda: file.exists() and file.read_text().partition('"address": "')[2].partition('"')[0])
        yield address


def worker(address, **options):
    return process("worker", address, "--host", "127.0.0.1", "--nworkers", 1, "--nthreads", 1, "--no-nanny",
                   "--no-dashboard", **options)


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)
    return found


@pytest.fixture
def pair(tmp_path):
    """(address, the two worker processes)"""
    from distributed import Client

    with scheduler(tmp_path) as address, worker(address) as one, worker(address) as other:
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, (one, other)


def part_jobs(folder):
    """COUNT jobs of `take_part`, with inputs that they share."""
    (folder / "text").write_text("shared")
    (folder / "marks").mkdir(exist_ok=True)
    inputs = Files(folder / "text"), Large(np.arange(1000))
    return [Job(f"job {n}", take_part, (n, folder / "marks", *inputs), folder / "out", {"number": n}, ("*.txt",))
            for n in range(COUNT)]


def test_every_result_arrives_once_though_a_worker_is_killed(pair, tmp_path):
    address, (victim, _) = pair
    marks, kept = tmp_path / "marks", Kept(tmp_path / "kept")
    arrived = Counter()

    class Watched(Cluster):
        def run(self, jobs, report):
            for index, *rest in super().run(jobs, report):
                arrived[index] += 1
                yield index, *rest

    def kill_in_the_middle():
        wait_for(lambda: len({path.name.partition("-")[2] for path in marks.iterdir()}) == 2)  # both are at work
        os.kill(victim.pid, signal.SIGKILL)
        (marks / "go").touch()

    jobs = part_jobs(tmp_path)
    with Watched(address) as cluster, ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill_in_the_middle)
        results, failed = run_jobs("title", jobs, cluster, kept)
        killing.result()
    assert victim.wait() == -signal.SIGKILL
    begun = Counter(path.name.partition("-")[0] for path in marks.iterdir())
    assert max(begun.values()) == 2  # the victim's job was begun again
    assert arrived == dict.fromkeys(range(COUNT), 1)
    assert results == [None if n == 5 else {"number": n, "sum": 499500} for n in range(COUNT)]
    assert failed == [f"job 5: 5 cannot be; see {tmp_path}/out/five.log"]
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        f"{n}.txt": "shared" for n in range(COUNT)}
    with Cluster(address) as cluster:  # one worker is left, and one job
        before = set(marks.iterdir())
        assert run_jobs("title", jobs, cluster, kept) == (results, failed)
        assert {path.name.partition("-")[0] for path in set(marks.iterdir()) - before} <= {"5"}


def test_what_kills_workers_and_what_breaks_is_named(pair, tmp_path):
    address, _ = pair
    jobs = [Job("broken", break_down), Job("deadly", die), Job("fine", fine)]
    with Cluster(address) as cluster:
        results, failed = run_jobs("title", jobs[::2], cluster)
        assert (results, failed) == ([None, 1], ["broken: ZeroDivisionError: division by zero"])
        results, (sentence,) = run_jobs("title", jobs[1:2], cluster)
    assert results == [None] and sentence.startswith("deadly: every worker that took it up died, the last of them tcp:")


def test_points_are_those_of_this_machine(pair, command, tmp_path):  # noqa: F811
    small_case(tmp_path)

    def points(out, *arguments):
        done = command(explore, "--network", tmp_path / "network.npz", "--images", tmp_path / "images.npy", "--out",
                       tmp_path / out, "--lanes", 2, 4, "--pixels", 2, *arguments)
        assert done.returncode == 0, done.stderr
        return (tmp_path / out / "report.json").read_bytes()

    assert points("there", "--scheduler", pair[0]) == points("here", "--jobs", 2)


def test_trainings_are_those_of_this_machine(pair, command, tmp_path, monkeypatch):  # noqa: F811
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(training_jobs, "KEPT", tmp_path / "kept")

    def networks(out, *arguments):
        done = command(train, "--dataset", "digits", "--hidden", 8, "--epochs", 2, "--finetune", 1, "--silent", 1,
                       "--seeds", 1, 2, "--out", tmp_path / out / "net", *arguments)
        assert done.returncode == 0, done.stderr
        return {path.name: path.read_bytes() for path in (tmp_path / out).iterdir()}

    there = networks("there", "--scheduler", pair[0])
    assert len(there) == 9 and there == networks("here", "--jobs", 2)


def refused(command, tmp_path, address):  # noqa: F811
    small_case(tmp_path)
    done = command(explore, "--network", tmp_path / "network.npz", "--images", tmp_path / "images.npy", "--out",
                   tmp_path / "out", "--scheduler", address)
    assert done.returncode == 1 and done.stdout == "" and not (tmp_path / "out").exists()
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: "), done.stderr
    return lines[0]


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1:1", "127.0.0.1:x", "a b:1", "127.0.0.1:65536"])
def test_no_address(command, tmp_path, address):  # noqa: F811
    assert f"{address!r} is no address of a scheduler" in refused(command, tmp_path, address)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "tcp://[::1]:1", "no-such-host.invalid:8786"])
def test_no_scheduler(command, tmp_path, address, monkeypatch):  # noqa: F811
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 1)
    assert f"no scheduler answers at {address}: start one with" in refused(command, tmp_path, address)


def test_no_certificates(command, tmp_path):  # noqa: F811
    assert refused(command, tmp_path, "tls://127.0.0.1:1") == ("error: tls://127.0.0.1:1 asks for certificates, and "
                                                               "none is set: see docs/howto/many_jobs.md")


def test_no_workers(command, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 5)
    with scheduler(tmp_path) as address:
        assert f"the scheduler at {address} has no workers" in refused(command, tmp_path, address)


def test_workers_without_the_project_or_with_another(command, tmp_path):  # noqa: F811
    none = tmp_path / "none" / "first_spike" / "__init__.py"  # stands before the project that is installed
    none.parent.mkdir(parents=True)
    none.write_text("raise ModuleNotFoundError(\"No module named 'first_spike'\")")
    with scheduler(tmp_path) as address:
        with worker(address, path=tmp_path / "none"):
            sentence = refused(command, tmp_path, address)
            assert "cannot run this project" in sentence and "No module named" in sentence
        other = tmp_path / "other"
        for package in PACKAGES:
            shutil.copytree(ROOT / package, other / package, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        with open(other / "golden" / "errors.py", "a") as file:
            file.write("# changed\n")
        with worker(address, path=other):
            sentence = refused(command, tmp_path, address)
            assert "does not fit: the sources of this project are " in sentence
