"""Mutants of golden, each in a process of its own that a warm one makes: what small designs show in compiled code is
compared first, then the tests of golden run.

Run as a program with the folder of a tree; mutants come as JSON on stdin, a line each, and what kills them goes to
stdout, a line each. Nothing of the project is imported before a process has its mutant.
"""

import importlib
import json
import os
import resource
import sys
from pathlib import Path

WARM = ("numpy", "numba", "pytest", "hypothesis", "myhdl", "cocotb", "cocotb_test.simulator", "cocotbext.axi", "rich")
TESTS = ("golden/tests/contract", "golden/tests/schedule", "golden/tests/inference")
SLOW = "equals_its_dense_layer"  # without numba's compiler: minutes; small designs have convolutions, too
EXPECTED = "expected"  # a folder in the tree: networks and images of the small designs, and what has to come of them
SECONDS = 240  # of a processor, within which a mutant ends


def judge(tree, work):
    """What kills the mutant in a tree, "" if nothing does; `work`: the expectations have to be made first."""
    sys.path.insert(0, str(tree))
    try:
        expectations = importlib.import_module("scripts.mutation.expectations")
        if work == "expect":
            expectations.write_expectations(tree / EXPECTED)
            return ""
        said = expectations.first_difference(tree / EXPECTED)
    except BaseException as error:
        said = f"{type(error).__name__} where small designs are inferred"
    if said:
        return said

    class First:
        said = ""

        def pytest_runtest_logreport(self, report):
            self.said = self.said or (report.nodeid if report.failed else "")

        def pytest_collectreport(self, report):
            self.said = self.said or (report.nodeid if report.failed else "")

    first = First()
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        status = importlib.import_module("pytest").main([
            "-x", "-q", "-p", "no:cacheprovider", "-k", f"not {SLOW}", *TESTS], plugins=[first])
    return (first.said or f"pytest ends with {int(status)}") if status else ""


def steady():
    """Property tests always try the same, however long that takes."""
    hypothesis = importlib.import_module("hypothesis")
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None,
                                         suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.load_profile("mutants")


def apart(tree, work):
    """`judge` in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        os.close(reading)
        said = judge(tree, work)
        os.write(writing, said.encode()[:500] or b"-")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.removeprefix("-") if said else f"no end within {SECONDS} s, or a crash"


def main(tree):
    os.chdir(tree)
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    sys.dont_write_bytecode = True
    for name in WARM:
        importlib.import_module(name)
    steady()
    for line in sys.stdin:
        order = json.loads(line)
        if "file" not in order:
            said = apart(tree, order["work"])
        else:
            path = tree / order["file"]
            right = path.read_text()
            path.write_text(order["code"])
            said = apart(tree, "judge")
            path.write_text(right)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
