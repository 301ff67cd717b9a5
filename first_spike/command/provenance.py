"""What a report was made by: the version, in a checkout the commit and whether there were changes, and the tools."""

import platform
import shutil
import subprocess

from first_spike.golden.files import CHECKOUT
from first_spike.golden.version import VERSION

SOURCES = ("first_spike", "golden", "rtl_model", "scripts", "tb", "hdl", "Makefile", "pyproject.toml")
OPTIONS = {"iverilog": "-V", "yosys": "-V"}  # of the programs that do not know --version


def made_by(*programs):
    """What stands in a report as "made_by": {"version": of this package, "commit": the last one that changed a source,
    None without a clone, "changed": whether the sources have changes that are no commit's, "tools": {"python" and each
    of `programs`: the first line about its version, None where it is missing}}."""
    commit, changes = _git("log", "-1", "--format=%H", "--", *SOURCES), _git("status", "--porcelain", "--", *SOURCES)
    return {"version": VERSION, "commit": commit or None, "changed": bool(changes),
            "tools": {"python": platform.python_version(), **{program: _version(program) for program in programs}}}


def version(program, option="-V"):
    """What an installed program says about its version."""
    done = subprocess.run([program, option], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


def _git(*words):
    """What git says of this project; None where it fails or is missing, and of what is no clone."""
    if CHECKOUT is None or not (CHECKOUT / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", *words], cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout.strip()


def _version(program):
    if shutil.which(program) is None:
        return None
    return version(program, OPTIONS.get(program, "--version")).splitlines()[0].strip()
