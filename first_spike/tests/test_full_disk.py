"""Disks and outputs that take no more: one sentence, exit status 1, and nothing half-written stays. Letters that an
output does not have."""

import io
import resource
import subprocess
import sys

import pytest

from first_spike.command.cli import run
from tb.helpers.process import SCRIPTS
from tb.helpers.small_case import small_case

NETWORK = ("--network", "network.npz")
GOLDEN = (*NETWORK, "--images", "images.npy", "--sim", "golden")


def limited(name, arguments, cwd, largest=None, **options):
    """Run a command, on whose disk no file can grow beyond so many bytes."""
    limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))) if largest else None
    return subprocess.run([sys.executable, str(SCRIPTS / name), *map(str, arguments)], cwd=cwd, text=True,
                          preexec_fn=limit, **({"capture_output": True} | options))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """What numba compiles is kept before a disk is full."""
    folder = tmp_path_factory.mktemp("compiled")
    small_case(folder)
    assert limited("compare.py", GOLDEN, folder).returncode == 0


@pytest.mark.parametrize("name, arguments, sentence", [
    ("compare.py", (*GOLDEN, "--predictions", "p.npz"), "p.npz: File too large"),
    ("compare.py", (*GOLDEN, "--json", "j.json"), "j.json: File too large"),
    ("generate.py", (*NETWORK, "--out", "design"), ": File too large"),
])
def test_a_full_disk(tmp_path, compiled, name, arguments, sentence):
    small_case(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    done = limited(name, arguments, tmp_path, 300)
    assert done.returncode == 1 and done.stderr.startswith("error: cannot write "), done.stderr
    assert done.stderr.endswith(f"{sentence}\n") and done.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.thorough
def test_a_training_on_a_full_disk(tmp_path):
    pytest.importorskip("sklearn")
    words = ("--dataset", "digits", "--hidden", 8, "--epochs", 1, "--finetune", 1, "--silent", 1, "--out", "net")
    assert limited("train.py", words, tmp_path).returncode == 0  # what numba compiles is kept, too
    for path in tmp_path.iterdir():
        path.unlink()
    done = limited("train.py", words, tmp_path, 300)
    assert done.returncode == 1 and done.stderr == f"error: cannot write {tmp_path}/net_float.npz: File too large\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.thorough
def test_a_screen_that_takes_no_more(tmp_path):
    small_case(tmp_path)
    with open("/dev/full", "w") as full:
        done = limited("compare.py", GOLDEN, tmp_path, stdout=full, capture_output=False, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1, "error: cannot write a file or the screen: No space left on device")
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.parametrize("screen, said", [
    (io.TextIOWrapper(io.BytesIO(), "ascii"), r"\xe9 \udce9"),
    (io.TextIOWrapper(io.BytesIO(), "utf-8"), r"é \udce9"), (io.StringIO(), "é \udce9")])
def test_letters_that_a_screen_does_not_have(monkeypatch, screen, said):
    monkeypatch.setattr(sys, "stdout", screen)
    with pytest.raises(SystemExit) as leaving:
        run(lambda: print("é \udce9"))
    screen.seek(0)
    assert (leaving.value.code, screen.read()) == (None, f"{said}\n")
