"""`first-spike`: its commands in groups, and what the shell completes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from first_spike import __main__ as program
from first_spike import __version__
from first_spike.golden.files import ROOT


def run(*words, environment=None):
    return subprocess.run([sys.executable, "-m", "first_spike", *words], cwd=ROOT, capture_output=True, text=True,
                          env=os.environ | (environment or {}))


def completed(line, folder):
    out = folder / "said"
    run(environment={"_ARGCOMPLETE": "1", "COMP_LINE": line, "COMP_POINT": str(len(line)),
                     "_ARGCOMPLETE_STDOUT_FILENAME": str(out)})
    return out.read_text().split("\x0b")


def test_every_command_stands_in_a_group_with_a_line():
    files = {path.stem for path in Path(program.__file__).with_name("commands").glob("[a-z]*.py")}
    assert set(program.COMMANDS.values()) == files
    done = run()
    assert done.returncode == 0 and all(f"  {name} " in done.stdout for name in program.COMMANDS)
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert run("--version").stdout == f"first-spike {__version__}\n"


def test_an_unknown_command_is_one_sentence():
    done = run("fly")
    assert done.returncode == 1 and done.stderr.startswith("error: first-spike has no command 'fly': choose of train, ")


@pytest.mark.parametrize("line, wanted", [("first-spike ex", {"export", "explore"}),
                                          ("first-spike explore --min", {"--min-accuracy"}),
                                          ("first-spike compare --sim v", {"verilator"})])
def test_the_shell_completes(line, wanted, tmp_path):
    assert {word.strip() for word in completed(line, tmp_path)} == wanted


def test_the_shell_is_told_how():
    assert "first-spike" in run("--completion").stdout
