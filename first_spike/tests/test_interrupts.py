"""Ctrl-C and SIGTERM: each command ends with one word and the same status, whatever it is doing, and leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from first_spike.command.interrupts import EXIT_INTERRUPTED
from tb.helpers.process import SCRIPTS, without_progress

COMMANDS = [*([path] for path in sorted(SCRIPTS.glob("*.py")) if path.name not in ("__init__.py", "entry.py")),
            ["-m", "first_spike", "flash"], ["-m", "tb", "prove"]]
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
# A module in whose place another one is loaded, for as long as it takes.
SLOW = "import time\nprint('busy', flush=True)\nwhile True:\n    time.sleep(0.05)\n"
# Compiled code does not listen; hashing stands for it. What is written meanwhile is in the folder argv[1].
DEAF = """
import hashlib, pathlib, subprocess, sys
from first_spike.command.interrupts import answer
answer()
from first_spike.golden.files import folder_beside, replacing
from first_spike.command.cli import run
def main():
    place = pathlib.Path(sys.argv[1])
    with replacing(place / "file") as file, folder_beside(place / "folder") as folder:
        (folder / "part").write_bytes(b"")
        file.write(b"half")
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print("busy", child.pid, flush=True)
        hashlib.pbkdf2_hmac("sha256", b"", b"", (1 << 31) - 1)
run(main)
"""


def interrupted(number, words, **options):
    """(exit status, what it said on stderr, words of the line that begins with "busy") of a process that gets a signal
    when it has said that line, or nothing more."""
    with subprocess.Popen([sys.executable, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          cwd=SCRIPTS.parent, **options) as process:
        try:
            first = next((line.split() for line in process.stdout if line.startswith("busy")), [])
            process.send_signal(number)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, said, first


def ends(process):
    """Whether a process, which has a signal to end, does so within a minute: it is a zombie at most then, until
    somebody asks for its status."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


@BOTH
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: Path(words[-1]).name)
def test_while_modules_load(tmp_path, words, number):
    for module in ("numpy", "rich"):
        (tmp_path / f"{module}.py").write_text(SLOW)
    status, said, first = interrupted(number, words, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert (status, said, first) == (EXIT_INTERRUPTED, "interrupted\n", ["busy"])


@BOTH
def test_while_compiled_code_runs(tmp_path, number):
    status, said, first = interrupted(number, ["-c", DEAF, tmp_path])
    assert (status, said) == (EXIT_INTERRUPTED, "interrupted\n")
    assert list(tmp_path.iterdir()) == []
    assert ends(first[1])


@pytest.mark.thorough
@BOTH
def test_while_a_network_is_trained(tmp_path, number):
    """A training writes its checkpoint, which takes longer than PATIENCE; what it says of progress does not count."""
    pytest.importorskip("sklearn")
    code = ("import sys; sys.path.insert(0, '.'); sys.argv = ['train.py', *sys.argv[1:]]\\n"
            "from first_spike.command import interrupts; interrupts.PATIENCE = 8; interrupts.answer()\\n"
            "from first_spike.commands import train; from first_spike.command.cli import run\\n"
            "from first_spike.golden.training.decision_rule import DecisionLearner as Learner; import time\\n"
            "learn, state = Learner.learn, Learner.state\\n"
            "Learner.learn = lambda *a: (learn(*a), print('busy', flush=True))[0]\\n"
            "Learner.state = lambda *a: (time.sleep(9), state(*a))[1]\\n"
            "run(train.main)").replace("\\n", "\n")
    words = ["-c", code, "--dataset", "digits", "--hidden", 8, "--out", tmp_path / "net"]
    status, said, _ = interrupted(number, words)
    assert status == EXIT_INTERRUPTED
    assert without_progress(said).startswith("stopped; the same command with --resume goes on from ")
    assert [path.name for path in tmp_path.iterdir()] == ["net.checkpoint"]
