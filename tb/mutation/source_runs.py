"""Mutants of sources, each in a process of its own that a warm one makes: what small networks show is compared where
the area is golden's, and its tests run, those first that are about what was changed.

Run as a program with the folder of a tree and the area as JSON; mutants come as JSON on stdin, a line each, and what
kills them goes to stdout, a line each. Nothing of the project is imported before a process has its mutant.
"""

import importlib
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

WARM = ("numpy", "numba", "pytest", "hypothesis", "hypothesis.strategies")
SLOW = "equals_its_dense_layer", "demo_fails"  # without numba's compiler: minutes; what others try quickly, too
TIERS = "not properties and not long"  # what runs of the tests of an area that is no blocks
DEAR = ("sanitizers", "reach_the_corners", "truncated_at_every_byte", "damaged_byte", "shipped_networks",
        "hdl_is_what")  # come last, before the thorough ones
EXPECTED = "expected"  # a folder in the tree: small networks and images, and what has to come of them
WAITING = 4  # times as long as a test may take of a processor it may take at all
NETWORK_SECONDS, CYCLE_SECONDS = 5, 0.01  # in which a small network does, and for each of its cycles: ten times, too


class Overdue(BaseException):
    """A test or a small network does not end."""


class TwiceTheCycles(BaseException):
    """A small network is not done in twice its cycles."""


def judge(tree, area, file):
    """What kills the mutant in a tree, "" if nothing does; area: a dict of what an Area has; file: what was changed
    there, or None."""
    sys.path.insert(0, str(tree))
    for check, given in checks(tree, area, file):
        said = check(tree, area, given)
        if said:
            return said
    return ""


def checks(tree, area, file):
    """(function, its argument) of all checks, the most telling first: `small_networks` and whether their cycles are
    looked at, `pytest` and files. Tests of golden that import nothing from the changed room cannot notice anything."""
    paths = [path for place in area["tests"]
             for path in ([tree / place] if place.endswith(".py") else sorted((tree / place).glob("test_*.py")))]
    if not area["networks"]:
        strange = {path: f"{Path(file or '').stem} import" not in path.read_text() for path in paths}
        paths.sort(key=strange.get)
        return [(pytest, [path for path in paths if not (area["own"] and file and strange[path])])]
    if file is None:
        return [(small_networks, False), (small_networks, True), (pytest, paths)]
    module = ".".join(["first_spike", *Path(file).with_suffix("").parts])
    room = module.rpartition(".")[0]
    first = [path for path in paths if f"{module} import" in path.read_text()]
    rest = [path for path in paths if path not in first and f"{room}." in path.read_text()]
    if room == "first_spike.golden.schedule":
        return [(small_networks, True), (pytest, first + rest)]
    return [(small_networks, False), (pytest, first), (small_networks, True), (pytest, rest)]


def small_networks(tree, area, cycles):
    """The first difference in what small networks show, "" if there is none; twice as many cycles are one, too."""
    left = [0]

    def begin(count):
        allow(NETWORK_SECONDS + CYCLE_SECONDS * count)
        left[0] = 2 * count

    def counted(*given):
        left[0] -= 1
        if left[0] < 0:
            raise TwiceTheCycles
        return moved(*given)

    try:
        kernel, expectations = map(importlib.import_module, ("first_spike.golden.schedule.kernel",
                                                                "tb.mutation.expectations"))
        moved, kernel.move_readout = kernel.move_readout, counted
        for said in expectations.differences(tree / EXPECTED, cycles, begin):
            if said:
                return said
        kernel.move_readout = moved
    except BaseException as error:
        return f"{type(error).__name__} where small networks are inferred"
    finally:
        allow(0)
    return ""


def pytest(tree, area, paths):
    """The first test that fails, "" if none does."""
    if not paths:
        return ""

    class First:
        said = running = ""

        def pytest_collection_modifyitems(self, items):
            items.sort(key=lambda item: (item.get_closest_marker("thorough") is not None,
                                         any(dear in item.name for dear in DEAR)))

        def pytest_runtest_logstart(self, nodeid):
            self.running = nodeid
            allow(area["seconds"])

        def pytest_runtest_logreport(self, report):
            self.said = self.said or (report.nodeid if report.failed else "")

        def pytest_collectreport(self, report):
            self.said = self.said or (report.nodeid if report.failed else "")

    first = First()
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", f"--rootdir={tree}",
               "-k", " and ".join(f"not {name}" for name in SLOW), *([] if area["own"] else ["-m", TIERS])]
    try:
        status = importlib.import_module("pytest").main([*options, *map(str, paths)], plugins=[first])
    except Overdue:  # in pytest itself
        status = 1
    finally:
        allow(0)
    return (first.said or first.running or f"pytest ends with {int(status)}") if status else ""


def without_processor():
    """Seconds in which this process, and those that it began, could have run, and had to wait; 0 but on Linux."""
    seconds, left = 0, [os.getpid()]
    while left:
        place = Path("/proc", str(left.pop()))
        try:
            seconds += int((place / "schedstat").read_text().split()[1]) / 1e9
            left += (place / "task" / place.name / "children").read_text().split()
        except OSError:  # it has ended
            pass
    return seconds


_known = {"without": 0}


def allow(seconds):
    """From now on Overdue is raised after so many seconds of a processor, or WAITING times as many of a clock, those
    without_processor not counted; never, if it is 0. Compiled code that does not end is killed, and so are the
    processes that are begun."""
    _known["without"] = without_processor()
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAITING * seconds)
    limit = int(time.process_time() + 2 * seconds) + 1 if seconds else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def overdue(number, _):
    without = without_processor() - _known["without"]
    if number != signal.SIGALRM or without < 1:
        raise Overdue
    _known["without"] += without
    signal.setitimer(signal.ITIMER_REAL, without)


def expect(tree, area, _):
    """Write what small networks have to show."""
    sys.path.insert(0, str(tree))
    cases = importlib.import_module("tb.mutation.schedule_cases").schedule_cases()
    importlib.import_module("tb.mutation.expectations").write_expectations(tree / EXPECTED, cases)
    return ""


def prepare():
    """Once, before anything of the project: property tests always try the same, however long that takes; records,
    which only compiled code looks at quickly, find their fields without looking for anything else first."""
    for name in WARM:
        importlib.import_module(name)
    hypothesis, numpy = sys.modules["hypothesis"], sys.modules["numpy"]
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None,
                                         suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.load_profile("mutants")
    numpy.record.__getattribute__ = numpy.void.__getattribute__
    numpy.record.__getattr__, numpy.record.__setattr__ = numpy.void.__getitem__, numpy.void.__setitem__
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, overdue)


def apart(work, tree, area, file):
    """work(tree, area, file) in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, 2 * (area["memory"] or resource.RLIM_INFINITY,))
        os.close(reading)
        said = work(tree, area, file)
        os.write(writing, said.encode()[:500] or b"-")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.removeprefix("-") if said else "a crash"


def main(tree, area):
    os.chdir(tree)
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    sys.dont_write_bytecode = True
    prepare()
    for line in sys.stdin:
        order = json.loads(line)
        if "file" not in order:
            said = apart({"expect": expect, "judge": judge}[order["work"]], tree, area, None)
        else:
            path = tree / order["file"]
            right = path.read_text()
            path.write_text(order["code"])
            said = apart(judge, tree, area, order["file"])
            path.write_text(right)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), json.loads(sys.argv[2]))
