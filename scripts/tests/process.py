"""Running a command as a user does."""

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]


def run_script(name, *arguments, cwd):
    """Run scripts/NAME in the folder `cwd`; returns the CompletedProcess with its text."""
    return subprocess.run([sys.executable, str(SCRIPTS / name), *map(str, arguments)], cwd=cwd,
                          capture_output=True, text=True)


def assert_refused(done, sentence):
    """Assert exit status 1, nothing on stdout, and one line on stderr, `error: ...`, that holds `sentence`."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: "), done.stderr
    assert sentence in lines[0]
