"""`make demo`: the real thing, both simulators."""

import json
import re

import pytest

from first_spike.golden.files import ROOT
from tb.helpers.process import run_script, without_progress


@pytest.mark.thorough
def test_demo(tmp_path):
    done = run_script("demo.py", "--build", tmp_path, cwd="/")
    assert (done.returncode, without_progress(done.stderr)) == (0, ""), done.stdout
    dense, convolutional = json.loads((tmp_path / "report.json").read_text())["networks"]
    for report, least, cycles in ((dense, {"icarus": 20, "verilator": 200}, 250),
                                  (convolutional, {"icarus": 3, "verilator": 50}, 7_000)):
        assert report["different_files"] == []
        for sim, count in least.items():
            assert report[sim]["images"] == report[sim]["equal_images"] >= count
            assert report[sim]["mismatches"] == {"class": 0, "decision_time": 0, "flags": 0, "spikes": 0}
            accuracy = report[sim]["accuracy"]
            assert accuracy["rtl"] == accuracy["golden"] > 0.95 and accuracy["float"] > 0.95
            assert report[sim]["cycles"]["mean"] < cycles and report[sim]["latency"]["mean"] < 2 * cycles
    assert done.stdout.count("Every result and every spike up to the decision is equal to the golden model's.") == 2
    shown, = re.findall(r"```text\n(\S+ made into Verilog.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    printed = iter(without_seconds(done.stdout))
    for line in without_seconds(shown):
        assert line == "..." or line in printed, line  # in this order


def without_seconds(text):
    return [line.rstrip() for line in re.sub(r"[\d.]+ s\b", "", text).splitlines()]
