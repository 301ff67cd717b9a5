"""Running a command as a user does, and what it leaves."""

import re
import subprocess
import sys

import numpy as np
import pytest

from first_spike.command import bars
from first_spike.command.cli import run
from first_spike.golden.files import ROOT

SCRIPTS = ROOT / "scripts"
PROGRESS = re.compile(r", \d+:\d\d:\d\d (so far|left)( |$)")


def run_script(name, *arguments, cwd):
    """Run scripts/NAME in the folder `cwd`; returns the CompletedProcess with its text."""
    return subprocess.run([sys.executable, str(SCRIPTS / name), *map(str, arguments)], cwd=cwd,
                          capture_output=True, text=True)


def without_progress(stderr):
    """Stderr of a command that is no terminal's, without the lines that say how far it is: a slow machine has more."""
    return "".join(line for line in stderr.splitlines(True) if not PROGRESS.search(line))


def assert_refused(done, sentence):
    """Assert exit status 1, nothing on stdout, and one line on stderr, `error: ...`, that holds `sentence`."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: "), done.stderr
    assert sentence in lines[0]


def assert_predictions(file, expected, margins=False):
    """Assert that a file of predictions holds the Inference `expected` of a network of two layers.

    margins: whether it also holds margin, spread and runner-up, which hardware does not show.
    """
    with np.load(file, allow_pickle=False) as archive:
        found = dict(archive)
    arrays = {"class": expected.classes, "decision_time": expected.decision_time, "silent": expected.silent,
              "tie": expected.tie, **{f"layer{k}_spike_times": expected.spike_times[k] for k in (0, 1)}}
    arrays |= {name: getattr(expected, name) for name in ("margin", "spread", "runner_up") if margins}
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array), name


class Command:
    """Runs commands inside the test's process, which spares the start of Python: a fixture value, see `command`."""

    def __init__(self, monkeypatch, capsys):
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.setattr(bars, "clock", lambda: 0.0)  # nothing is said of progress, however slow the machine is

    def __call__(self, module, *arguments, cwd=None):
        """CompletedProcess of the command whose module is given, in the folder `cwd` if there is one."""
        if cwd is not None:
            self._monkeypatch.chdir(cwd)
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", [f"{module.__name__}.py", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            run(module.main)
        text = self._capsys.readouterr()
        return subprocess.CompletedProcess(sys.argv, leaving.value.code or 0, text.out, text.err)


@pytest.fixture
def command(monkeypatch, capsys):
    """A Command; tests import this fixture by name."""
    return Command(monkeypatch, capsys)
