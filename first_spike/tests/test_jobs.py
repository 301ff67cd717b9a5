"""Long jobs: one that fails costs nothing of the others, and what is kept is not done again."""

import os
import sys

import numpy as np
import pytest

from first_spike.commands import explore
from first_spike.golden.errors import UserError
from first_spike.jobs import jobs as jobs_module
from first_spike.jobs.jobs import Job, Kept, LocalWorkers, cores, hash_of_project, run_jobs
from first_spike.jobs.on_a_worker import Packed, difference, state, work
from tb.helpers.process import command  # noqa: F401
from tb.helpers.small_case import small_case


def double(folder, report, number, log=None):
    """Twice a number; an odd one has no result."""
    report(0.5)
    if log:
        with open(log, "a") as file:
            file.write(f"{number}\n")
    if number % 2:
        raise UserError(f"{number} is odd; see {folder / 'double.log'}")
    return 2 * number


def divide(folder, report):
    return 1 // 0


def size(folder, report, file, array):
    (folder / "made").mkdir()
    (folder / "made" / "size.txt").write_text(str(len(file.read_bytes()) + array.size))
    (folder / "left.txt").write_text("")
    return sorted(path.name for path in file.parent.iterdir())


def test_jobs_go_on_when_one_fails(tmp_path):
    jobs = [Job(f"job {n}", double, (n,), tmp_path) for n in (2, 3, 4, 5)]
    results, failed = run_jobs("title", jobs, LocalWorkers(2))
    assert results == [4, None, 8, None]
    assert failed == [f"job {n}: {n} is odd; see {tmp_path}/double.log" for n in (3, 5)]
    with pytest.raises(ZeroDivisionError):  # an error of ours is none of the job's
        run_jobs("title", [Job("a", divide)], LocalWorkers(2))


def test_only_what_is_missing_is_done(tmp_path, capsys):
    kept, log = Kept(tmp_path / "kept"), tmp_path / "log"

    def run(numbers, **options):
        log.write_text("")
        jobs = [Job(f"job {n}", double, (n, log), tmp_path, {"number": n}, **options) for n in numbers]
        results, _ = run_jobs("title", jobs, LocalWorkers(2), kept)
        return results, sorted(map(int, log.read_text().split()))

    assert run([2, 3, 4]) == ([4, None, 8], [2, 3, 4])
    assert "kept" not in capsys.readouterr().err
    assert run([2, 3, 4, 6]) == ([4, None, 8, 12], [3, 6])
    assert "title: 2 of 4 results are kept from an earlier run" in capsys.readouterr().err
    assert run([2, 4], still=lambda result: result != 8) == ([4, 8], [4])


@pytest.mark.parametrize("file", [
    "golden/rule.py", "rtl_model/driver.c", "rtl_model/driver.h", "first_spike/board.v", "tb/play.cpp",
    "first_spike/tests/test_rule.py", "rtl_model/tests/test_predicted_cycles.py", "tb/helpers/random_networks.py"])
def test_the_project_is_another_when_a_source_is(tmp_path, monkeypatch, file):
    monkeypatch.setattr(jobs_module, "ROOT", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    found = []
    for text in "ab":
        path.write_text(text)
        found.append([hash_of_project.__wrapped__(tests) for tests in (False, True)])
    (without, whole), (later, whole_later) = found
    assert whole != whole_later and (without == later) == ("tests" in path.parts)


def test_cores_are_those_of_this_process():
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system binds no process to cores")
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert cores() == len(before)


def test_a_job_elsewhere_gets_its_files_and_brings_others_back(tmp_path):
    """What a worker does, without one."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("abc")
    returned = work(size, "there", ("made/*",), state(), lambda share: None, Packed.of(tmp_path / "in" / "a.txt"),
                    np.zeros(4))
    assert (returned.result, returned.sentence, returned.files) == (["a.txt"], None, {"made/size.txt": b"7"})
    returned.write(tmp_path / "out")
    assert (tmp_path / "out" / "made" / "size.txt").read_text() == "7"
    failed = work(double, "/my/folder", (), state(), lambda share: None, 3)
    assert (failed.result, failed.sentence) == (None, "3 is odd; see /my/folder/double.log")


def test_a_folder_arrives_whole(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a").write_bytes(b"1")
    (tmp_path / "in" / "deep" / "b").write_bytes(b"2")
    there = Packed.of(tmp_path / "in").unpack(tmp_path / "there")
    assert there.name == "in" and (there / "a").read_bytes() + (there / "deep" / "b").read_bytes() == b"12"


@pytest.mark.parametrize("what, sentence", [
    ("numpy", "numpy is 0 there and "),
    ("the sources of this project", "the sources of this project are 0 there and ")])
def test_a_worker_in_another_state_does_nothing(what, sentence):
    assert difference(state(), state()) is None
    mine = state()
    returned = work(double, "", (), mine | {what: "0"}, lambda share: None, 2)
    assert returned.result is None and returned.sentence == difference(mine | {what: "0"}, mine)
    assert difference(mine, mine | {what: "0"}).startswith(sentence)


def explored(command, tmp_path, *arguments):  # noqa: F811
    small_case(tmp_path)
    return command(explore, "--network", tmp_path / "network.npz", "--images", tmp_path / "images.npy", "--out",
                   tmp_path / "out", *arguments)


def test_without_the_extra(command, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = explored(command, tmp_path, "--scheduler", "127.0.0.1:1")
    assert done.returncode == 1 and not (tmp_path / "out").exists()
    assert done.stderr == ("error: --scheduler needs Dask distributed: pip install distributed, or say "
                           "`make cluster` in a checkout\n")


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--jobs", "2", "--scheduler", "127.0.0.1:1"]])
def test_options_that_cannot_be(command, tmp_path, arguments):  # noqa: F811
    assert explored(command, tmp_path, *arguments).returncode == 2


def test_a_point_is_counted_once(command, tmp_path):  # noqa: F811
    words = "--lanes", 2, "--pixels", 2, "--jobs", 1
    first, second = (explored(command, tmp_path, *words) for _ in range(2))
    assert first.returncode == second.returncode == 0 and first.stderr == ""
    line, = second.stderr.splitlines()
    assert "4 of 4" in line
    assert len(list((tmp_path / "out" / "kept").glob("*.json"))) == 4
