"""The guard that keeps numba's cache honest sees every room: what was compiled from other sources is never used."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import first_spike.golden
from first_spike.golden import source_digest

HERE = Path(first_spike.golden.__file__).parent
SOURCES = sorted(path.relative_to(HERE) for path in HERE.rglob("*.py"))
FIRST_OF_ROOM = {path.parent: path for path in reversed(SOURCES) if path.name != "__init__.py"}.values()


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(HERE, tmp_path / "golden", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))


@pytest.mark.parametrize("path", FIRST_OF_ROOM, ids=str)
def test_a_change_in_any_room_shows_but_not_in_tests(copy, path):
    before = source_digest(copy)
    assert before == source_digest(HERE)
    with open(copy / path, "a") as file:
        file.write("# changed\n")
    assert (source_digest(copy) != before) == ("tests" not in path.parts)


def test_there_are_rooms():
    rooms = {path.parts[0] for path in FIRST_OF_ROOM if len(path.parts) > 1}
    assert {"contract", "data", "foreign", "inference", "schedule", "quantization", "training", "tests"} <= rooms


def test_a_new_file_and_a_new_name_show(copy):
    digests = [source_digest(copy)]
    (copy / "schedule" / "more.py").write_text("X = 1\n")
    digests.append(source_digest(copy))
    (copy / "schedule" / "more.py").rename(copy / "inference" / "more.py")
    digests.append(source_digest(copy))
    assert len(set(digests)) == 3


@pytest.fixture(params=[True, False], ids=["checkout", "installed"])
def package(tmp_path, request):
    """(folder of a package's golden model, folder in which its functions are to be kept, find()): what a process that
    imports it then says."""
    package = tmp_path / "first_spike"
    copy = shutil.copytree(HERE, package / "golden", ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    (package / "__init__.py").touch()
    if request.param:
        (tmp_path / "rtl_model").mkdir()
        (tmp_path / "rtl_model" / "convert.py").touch()
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}

    def find(**others):
        return subprocess.run([sys.executable, "-B", "-c",
                               "import os, first_spike.golden; kept = os.environ['NUMBA_CACHE_DIR']; "
                               "print(kept, os.path.isdir(kept))"],
                              cwd=tmp_path, env=environment | {"XDG_CACHE_HOME": str(tmp_path / "cache")} | others,
                              capture_output=True, text=True, check=True, timeout=60).stdout.split()
    return copy, copy / "__pycache__" if request.param else tmp_path / "cache" / "first-spike" / "numba", find


def test_the_cache_is_kept_under_the_digest(package):
    """In the sources of a checkout; of what is installed in the cache of the user."""
    copy, kept, find = package
    assert find() == [str(kept / source_digest(copy)), "True"]
    assert find(NUMBA_CACHE_DIR="said") == ["said", "False"]


def test_the_cache_is_of_the_process_where_none_can_be_kept(package, tmp_path):
    """It is gone with it."""
    _, kept, find = package
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch()  # a file, below which root too can make nothing
    made, is_there = find(TMPDIR=str(tmp_path))
    assert Path(made).parent == tmp_path and is_there == "True" and not Path(made).exists()
