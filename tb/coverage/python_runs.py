"""Python under its tests, in parts that run side by side, with what coverage.py counts.

It does not see what numba compiles: such functions do not count.
"""

import json
import subprocess
import sys

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.jobs import Job

PACKAGES = ("golden", "rtl_model")
TESTS = ("golden/tests", "rtl_model/tests")  # those in scripts run the simulators
PARTS = 16
DATA = "counted"
SETTINGS = (f"[run]\nbranch = True\nrelative_files = True\nsource = {','.join(PACKAGES)}\n"
            "[report]\nexclude_also = @njit\n")


def python_jobs(folder):
    """The Jobs: each runs a part of the tests, and leaves its counts in a folder of its own in `folder`."""
    return [Job(f"tests {number} of {PARTS}", cover_tests, (tests,), folder / str(number), brings=(DATA,))
            for number, tests in enumerate(parts(), 1)]


def parts():
    """PARTS lists of files of tests, in which each of TESTS stands once; neighbours, which are alike, lie apart."""
    files = [str(path.relative_to(ROOT)) for folder in TESTS for path in sorted((ROOT / folder).rglob("test_*.py"))]
    return [files[first::PARTS] for first in range(PARTS)]


def cover_tests(folder, report, tests):
    """Run these files of tests; True if they pass. report is not called. Raises UserError if a test fails or
    coverage.py is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    _coverage(folder, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    return True


def python_sums(folder, jobs):
    """{room: {"lines": [covered, all], "branches": [covered, all]}} of PACKAGES, of what the jobs left."""
    _coverage(folder, "combine", "--keep", *(str(job.folder / DATA) for job in jobs))
    _coverage(folder, "json", "-q", "-o", str(folder / "coverage.json"))
    sums = {}
    for name, file in sorted(json.loads((folder / "coverage.json").read_text())["files"].items()):
        if "/tests/" not in name:
            room, found = sums.setdefault(_room(name), {"lines": [0, 0], "branches": [0, 0]}), file["summary"]
            for kind, counts in (("lines", ("covered_lines", "num_statements")),
                                 ("branches", ("covered_branches", "num_branches"))):
                room[kind] = [before + found[count] for before, count in zip(room[kind], counts)]
    return sums


def _room(name):
    return "/".join(name.split("/")[:2 if name.count("/") > 1 else 1])


def _coverage(folder, command, *words):
    """coverage.py, with its settings, counts and messages in `folder`."""
    settings, log = folder / "coveragerc", folder / f"{command}.log"
    settings.write_text(SETTINGS)
    with open(log, "wb") as messages:
        status = subprocess.run([sys.executable, "-m", "coverage", command, f"--rcfile={settings}",
                                 f"--data-file={folder / DATA}", *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                                stdout=messages, stderr=subprocess.STDOUT).returncode
    if status:
        raise UserError(f"coverage.py ended with status {status}; its messages are in {log}")
