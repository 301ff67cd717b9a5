"""Coverage: what Verilator counted becomes points, what one design reaches counts in all, and reasons go stale."""

import json

import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.jobs import Job, LocalWorkers
from tb.coverage import command as cover
from tb.coverage.points import FILE, Point, Reasons, entry, points
from tb.helpers.process import command  # noqa: F401

MODULE = """module layer0_lane (
    input wire clk
);

always @(posedge clk) begin: step
    for (i=0; i<4; i=i+1) begin
        if (up) begin
            a <= 1;
        end
    end
    if (down) a <= 0;
end

endmodule
"""
DESIGNS = {"dense": [("layer0_lane", "line", "step: for a", 4), ("layer0_lane", "toggle", "m[0]", 0),
                     ("layer0_lane", "branch", "step: if a [else]", 0)],
           "deep": [("layer2_lane", "toggle", "m[0]", 1), ("layer2_lane", "branch", "step: if a [else]", 0)]}


def counted(module, line, kind, said, count, place):
    fields = dict(f=f"/x/{module}.v", l=line, n=5, page=f"v_{kind}/{module}", o=said, h=place)
    return "C '" + "".join(f"\x01{name}\x02{value}" for name, value in fields.items()) + f"' {count}\n"


def test_instances_count_together_and_lines_have_their_text(tmp_path):
    (tmp_path / "layer0_lane.v").write_text(MODULE)
    data = tmp_path / "coverage.dat"
    data.write_text("# SystemC::Coverage-3\n" + "".join(counted("layer0_lane", *point) for point in (
        (7, "branch", "else", 0, "a"), (7, "branch", "else", 3, "b"), (11, "branch", "else", 1, "a"),
        (5, "line", "block", 1, "a"), (6, "line", "block", 1, "a"), (2, "toggle", "clk", 0, "a"),
        (2, "user", "x", 0, "a"))))
    found = points(data, tmp_path)
    assert found == [Point("layer0_lane", "branch", "step: if a [else]", 3),
                     Point("layer0_lane", "branch", "step: if a #2 [else]", 1),
                     Point("layer0_lane", "line", "step: process", 1), Point("layer0_lane", "line", "step: for a", 1),
                     Point("layer0_lane", "toggle", "clk", 0)]
    assert entry(found[0]) == "branch | layerK_lane | step: if a [else]"
    assert entry(Point("queue", "toggle", "entries[3][7]", 0)) == "toggle | queue | entries[3][7]"


def test_bits_are_ranges_and_none_is_said_twice(tmp_path):
    file = tmp_path / "uncovered.txt"
    file.write_text("# why\ntoggle | counters, registers | cycles[31:20], images[3], words[1][7:6]\n")
    reasons = Reasons(file)
    there = [f"toggle | {module} | {signal}" for module in ("counters", "registers")
             for signal in ("cycles[31:20]", "images[3]", "words[1][7:6]")]
    assert reasons.stale() == there
    assert [reasons.explain(f"toggle | counters | cycles[{bit}]") for bit in (0, 19, 20, 31)] == [
        False, False, True, True]
    assert reasons.stale() == there[1:]
    assert all(map(reasons.explain, ("toggle | registers | images[3]", "toggle | registers | words[1][6]")))
    assert reasons.stale() == [each for each in there[1:] if each not in (there[4], there[5])]
    file.write_text("# why\ntoggle | counters | cycles[31:20]\ntoggle | counters | images, cycles[21]\n")
    with pytest.raises(UserError, match="says twice: toggle . counters . cycles.21.$"):
        Reasons(file)


@pytest.fixture
def covered(command, tmp_path, monkeypatch):  # noqa: F811
    """A function that runs the command with this uncovered.txt, on counts made by hand."""
    def run(reasons, *words):
        (tmp_path / "uncovered.txt").write_text(reasons)
        monkeypatch.setattr(cover, "Reasons", lambda: Reasons(tmp_path / "uncovered.txt"))
        monkeypatch.setattr(cover, "TRIED_DESIGNS", DESIGNS)
        monkeypatch.setattr(cover, "require_simulator", lambda name: None)
        monkeypatch.setattr(cover, "run_jobs", lambda title, jobs, workers, kept: (
            [{"images": 2, "points": DESIGNS[job.arguments[0]]} for job in jobs], []))
        done = command(cover, *words, "--build", tmp_path / "work")
        report = tmp_path / "work" / "report.json"
        return done, json.loads(report.read_text()) if report.exists() else None
    return run


def test_what_is_not_covered_needs_a_reason(covered):
    done, report = covered("")
    assert done.returncode == 1 and "2 points are not covered and have no reason" in done.stderr
    assert "not covered: branch | layerK_lane | step: if a [else] (2)" in done.stdout
    assert report["designs"]["dense"]["modules"]["layer0_lane"] == {
        "unexplained": 1, "line": [1, 1], "branch": [0, 1], "toggle": [1, 1]}  # the other design reaches the bit
    assert len(report["made_by"]["tools"]) == 2


def test_with_reasons_all_is_well_until_they_are_stale(covered):
    done, report = covered("# never down\nbranch | layerK_lane | step: if a [else]\n")
    assert done.returncode == 0 and (report["explained"], report["unexplained"]) == (2, 0)
    stale = "# never down\nbranch | layerK_lane | step: if a [else]\ntoggle | queue | head\n"
    done, _ = covered(stale)
    assert done.returncode == 1
    assert done.stderr == "error: nothing needs this entry of uncovered.txt any more: toggle | queue | head\n"
    assert "nothing needs" not in covered(stale, "dense")[0].stderr  # only a part was tried


def test_mistakes(covered, tmp_path):
    done, report = covered("", "unknown")
    assert done.returncode == 1 and "no design is called 'unknown': choose of dense, deep" in done.stderr
    (tmp_path / "uncovered.txt").write_text("# why\nbranch\n")
    with pytest.raises(UserError, match="says no kind, module and place: branch"):
        Reasons(tmp_path / "uncovered.txt")
    assert FILE.is_file() and Reasons().stale()


def test_each_file_of_tests_is_in_one_part():
    parts = cover.parts()
    files = [file for part in parts for file in part]
    assert len(parts) == cover.PARTS == len(cover.python_jobs(ROOT)) and all(parts)
    assert len(files) == len(set(files)) and all((ROOT / file).is_file() for file in files)
    assert len(files) == sum(len(list((ROOT / folder).rglob("test_*.py"))) for folder in cover.TESTS) > 150


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a package of two branches and a test of each; they are what is covered."""
    pytest.importorskip("coverage")
    (tmp_path / "thing" / "room").mkdir(parents=True)
    (tmp_path / "thing" / "__init__.py").write_text("from thing.room import sign, quick\n")
    (tmp_path / "thing" / "room" / "__init__.py").write_text(
        "def njit(function):\n    return function\n\n\n@njit\ndef quick(x):\n    return x\n\n\n"
        "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n")
    (tmp_path / "test_below.py").write_text("from thing import sign\n\ndef test():\n    assert sign(-3) == -1\n")
    (tmp_path / "test_above.py").write_text("from thing import sign\n\ndef test():\n    assert sign(3) == 1\n")
    (tmp_path / "test_wrong.py").write_text("def test():\n    assert False\n")
    monkeypatch.setattr(cover, "ROOT", tmp_path)
    monkeypatch.setattr(cover, "SETTINGS", cover.SETTINGS.replace("golden,rtl_model", "thing"))
    return tmp_path / "work"


@pytest.mark.parametrize("tests, sums", [
    (["below"], {"lines": [5, 6], "branches": [1, 2]}), (["above"], {"lines": [5, 6], "branches": [1, 2]}),
    (["below", "above"], {"lines": [6, 6], "branches": [2, 2]})])
def test_what_the_parts_reach_counts_together(folder, tests, sums):
    jobs = [Job(test, cover.cover_tests, ([f"test_{test}.py"],), folder / test) for test in tests]
    assert [result for _, result, _ in LocalWorkers(1).run(jobs, lambda index, share: None)] == [True] * len(jobs)
    assert cover.python_sums(folder, jobs) == {"thing": {"lines": [1, 1], "branches": [0, 0]}, "thing/room": sums}


def test_a_test_that_fails_is_said(folder):
    failed, job = [], Job("tests 1", cover.cover_tests, (["test_wrong.py"],), folder / "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cover, "python_jobs", lambda folder: [job])
        assert cover.cover_python(folder, LocalWorkers(1), failed) is None
    assert failed == [f"tests 1: coverage.py ended with status 1; its messages are in {folder / '1' / 'run.log'}"]
