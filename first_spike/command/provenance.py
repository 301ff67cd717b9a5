"""What a report was made by: the version, in a checkout the commit of the sources and whether they had changes that are
no commit's, the tools."""

import platform
import shutil
import subprocess

from first_spike import __version__
from first_spike.golden.files import CHECKOUT

SOURCES = ("first_spike", "golden", "rtl_model", "scripts", "tb", "hdl", "Makefile", "pyproject.toml")
OPTIONS = {"iverilog": "-V", "yosys": "-V"}  # of the programs that do not know --version


def made_by(*programs):
    """What stands in a report as "made_by": {"version": of this package, "commit": hex or None without a clone,
    "changed": whether the sources differ from it, "tools": {"python" and each of `programs`: the first line about its
    version, None where it is missing}}."""
    return {"version": __version__, "commit": head(), "changed": bool(differs_from("HEAD")),
            "tools": {"python": platform.python_version(), **{program: _version(program) for program in programs}}}


def head():
    """The commit of the tree; None outside of git."""
    said = _git("rev-parse", "HEAD")
    return said and said[0]


def differs_from(commit):
    """The folders (two names deep) and files of SOURCES in which the tree differs from a commit; None if the commit is
    not here."""
    changed, new = _git("diff", "--name-only", commit, "--", *SOURCES), _git(
        "ls-files", "--others", "--exclude-standard", "--", *SOURCES)
    if changed is None or new is None:
        return None
    return sorted({"/".join(path.split("/")[:-1][:2]) or path for path in changed + new})


def version(program, option="-V"):
    """What an installed program says about its version."""
    done = subprocess.run([program, option], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


def _git(*words):
    """Lines of what git says of this project; None where it fails or is missing, and of what is no clone."""
    if CHECKOUT is None or not (CHECKOUT / ".git").exists():
        return None
    try:
        done = subprocess.run(["git", *words], cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout.splitlines()


def _version(program):
    if shutil.which(program) is None:
        return None
    return version(program, OPTIONS.get(program, "--version")).splitlines()[0].strip()
