"""Tables on a terminal of 80 columns, or in a pipe: nothing is cut off."""

import io
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from first_spike.comparison.bench_runs import SHIPPED, bench_table
from first_spike.comparison.confidence import confidence_rows
from first_spike.comparison.table import comparison_table, figures_table, statistics
from first_spike.exploration.area_check import yardstick_table
from first_spike.exploration.table_and_plot import exploration_table
from first_spike.synthesis.equal_bus import HEAD, equal_bus_rows, equal_bus_table
from first_spike.synthesis.rivals import RIVALS, microseconds, rivals_table


def shown(table):
    """The table's words as 80 columns show them; none may end in an ellipsis."""
    console = Console(width=80, file=io.StringIO())
    console.print(table)
    text = console.file.getvalue()
    assert "…" not in text
    return text.split()


def test_bench():
    reports = [{"name": name, "stalls_percent": 30, "accuracy": 0.98765,
                "cycles": {"mean": 9876.54, "p50": 9999, "p99": 9998, "max": 9997},
                "latency_idle": {"mean": 1234.5}, "cycles_stalled": {"mean": 23456.7},
                "mismatches": {"a": {"class": 70000}}, "cycle_model_differs": {"a": 80000}} for name in SHIPPED]
    words = shown(bench_table("a title", reports))
    for word in ("98.77%", "9876.5", "9999", "9998", "9997", "1234.5", "23456.7", "70000", "80000"):
        assert words.count(word) == len(SHIPPED), word
    assert {"correct", "model", "says"} <= set(words) and words[-1] == "says"


@pytest.mark.parametrize("measured", [None, {"lut": 76543, "bram": 432}])
def test_exploration(measured):
    point = {"configuration": {"lanes": (400, 400, 10), "pixels": 16, "spikes_per_cycle": 2, "events_per_cycle": 2,
                               "taps": (1, 1, 1)},
             "cycles": {"mean": 1234.56, "p50": 1, "p99": 9876, "max": 8765}, "images_per_second": 1234567.0,
             "area": {"lut": 12345, "lut_error": 678, "bram": 234}, "measured": measured,
             "weight_bits_per_cycle": 23456}
    words = shown(exploration_table("a title", [point]))
    for word in ("*", "400-400-10", "16", "2", "1234.6", "9876", "8765", "1,235", "12,345", "678", "234",
                 "23,456"):
        assert word in words, word
    assert measured is None or {"(76,543)", "(432)"} <= set(words)


def test_yardstick():
    words = shown(yardstick_table([("08 two banks", "13C5P2-16C4s2x1P2-10", "accelerator_serial",
                                    {"lut": 12345, "lut_error": 1234, "bram": 100}, {"logic": 54321, "bram": 101})]))
    assert {"54,321", "12,345", "1,234", "-77.3%*", "101", "100", "serial", "13C5P2-16C4s2x1P2-10"} <= set(words)


def test_rivals():
    row = {"network": "784-1000-10", "accuracy": "98.53%", "interval": "12.345 us", "latency": "99.5 us",
           "logic": "123,456 LUT", "bram": "1234", "source": "a device"}
    words = shown(rivals_table([row, row]))
    assert words.count("784-1000-10") == 2
    for word in ("12.345", "99.5", "123,456", "1234", "xcvu9p-2,", "10.1109/ISCAS51556.2021.9401607",
                 *(rival.name.split()[0] for rival in RIVALS)):
        assert word in words, word


def test_every_rival_names_its_source():
    """A figure without a source, a status or a unit is none."""
    for rival in RIVALS:
        assert rival.source and rival.status and (rival.latency or rival.interval), rival.name
        assert rival.logic == "–" or re.fullmatch(r"[\d,]+ (LUT6|cells)", rival.logic), rival.name
    assert len({rival.name for rival in RIVALS}) == len(RIVALS)


@pytest.mark.parametrize("time, text", [(None, "–"), (0.0024, "2.4 ns"), (0.0999, "99.9 ns"), (0.1, "0.1 us"),
                                        (11.053667, "11.05 us"), (1100, "1,100 us")])
def test_times_have_their_unit(time, text):
    assert microseconds(time) == text


def test_behind_the_same_bus():
    """At 100 MHz a beat is 10 ns: 0.98 us for 784 bytes, 0.13 for 784 bits."""
    rows = {row[0]: row for row in equal_bus_rows(100, 110, 50)}
    assert len(rows) == 1 + sum(rival.latency is not None for rival in RIVALS)
    assert all(len(row) == len(HEAD) for row in rows.values())
    assert rows["this generator"][2:] == ("98", "0.98 us", "1.1 us", "0.5 us", "1.1 us", "1.48 us")
    assert rows["Lee 2026"][2:] == ("98", "0.98 us", "–", "0.1375 us", "–", "1.117 us")
    assert rows["FINN SFC-max"][1:] == ("784 pixels of 1 bit", "13", "0.13 us", "81.3 ns", "0.31 us", "0.13 us",
                                        "0.44 us")
    assert rows["DWN with encoder"][2:] == ("98", "0.98 us", "9.63 ns", "48 ns", "0.98 us", "1.028 us")
    assert rows["Flexi-NeurA"][1:4] == ("256 pixels of 8 bits", "32", "0.32 us")
    assert equal_bus_table(100, 110, 50).count("\n") == len(rows) + 1


def test_statistics():
    """A percentile is a number of cycles that was counted: so many images do not exceed it."""
    assert statistics(np.arange(200)[::-1]) == {"mean": 99.5, "p50": 99, "p99": 197, "max": 199}


def sides(*numbers):
    return dict(zip(("float", "golden", "rtl"), numbers))


def test_comparison():
    """What was not simulated, or not observed, is no number."""
    recalls = [{"worst_class": name, "worst_recall": share} for name, share in (("a", 0.1), ("b", 0.2), (None, None))]
    cycles = {"mean": 1234.56, "p50": 1200, "p99": 1300, "max": 1400}
    report = {"sim": "icarus", "images": 2000, "equal_images": 1999, "accuracy": sides(0.91, 0.92, None),
              "recall": sides(*recalls), "mismatches": {"class": 3, "decision_time": 4, "flags": 5, "spikes": 6000},
              "float_agreement": {"class": 0.5, "decision_time_mean_abs": 1.5, "hidden_time_mean_abs": None},
              "cycles": cycles, "cycle_model": {"mismatches": 7, "first": "x"}, "latency": {**cycles, "mean": 99.0}}
    other = {**report, "sim": "verilator", "float_agreement": None, "latency": None,
             "mismatches": {**report["mismatches"], "spikes": "not observed"}}
    console = Console(width=100, file=io.StringIO())
    for reports in ([report, other], [{**report, "sim": "golden", "mismatches": None, "float_agreement": None,
                                       "latency": None}]):
        console.print(comparison_table("a title", reports))
    lines = [[cell.strip() for cell in line.strip("│┃").split("│" if "│" in line else "┃")]
             for line in console.file.getvalue().splitlines() if line[:1] in "│┃"]
    rows = [line for line in lines if line[1:] and (any(line[1:]))]
    assert rows[0] == ["", "Icarus Verilog", "Verilator"]
    assert rows[1:4] == [["float network", "91.00%", "91.00%"], ["golden model", "92.00%", "92.00%"], ["RTL", "–", "–"]]
    assert rows[4:7] == [["float network", *2 * ["10.00% (a)"]], ["golden model", *2 * ["20.00% (b)"]],
                         ["RTL", "–", "–"]]
    assert rows[7:12] == [["images equal in everything", "1,999 of 2,000", "1,999 of 2,000"],
                          *(["mismatches: " + name, count, count] for name, count in (
                              ("class", "3"), ("decision time", "4"), ("flags", "5"))),
                          ["mismatches: spike times", "6,000", "not observed"]]
    assert rows[12:15] == [["same class", "50.00%", "–"], ["decision time, mean distance in steps", "1.500", "–"],
                           ["hidden spike times, mean distance in steps", "–", "–"]]
    numbers = [["median", "1,200"], ["99th percentile", "1,300"], ["max", "1,400"]]
    assert rows[15:20] == [["mean", "1,234.6", "1,234.6"], *([*row, row[1]] for row in numbers),
                           ["images unlike the cycle model", "7", "7"]]
    assert rows[20:24] == [["mean", "99.0", "–"], *([*row, "–"] for row in numbers)]
    assert [row[0] for row in rows[24:]] == ["", *2 * ["float network", "golden model"], "mean", *(
        row[0] for row in numbers)]
    headings = [line[0] for line in lines if not any(line[1:])]
    assert headings == ["accuracy, strict read-out", "recall of the worst class", "RTL against golden model",
                        "float network against golden model", "cycles an image, back to back",
                        "cycles from first beat to result", "accuracy, strict read-out", "recall of the worst class",
                        "cycles an image, back to back, by the cycle model"]


def test_figures_of_a_network():
    """Nothing stands above the figures; without labels there is no accuracy, without a calibration no probability."""
    report = {"images": 2000, "accuracy": None, "silent": 0.25, "ties": 0.5, "decision_time_mean": 3.0,
              "spikes_to_decision_mean": 12.0, "spikes_by_layer_mean": [4.5, 2.5, 9.0],
              "confidence": {"error_by_coverage": None, "calibrated": None}}
    console = Console(width=80, file=io.StringIO())
    console.print(figures_table(SimpleNamespace(title="8-4-3-2", steps=16), "digits", report))
    title, _, *rows, _ = console.file.getvalue().splitlines()
    assert title.strip() == "8-4-3-2 in float, T = 16, on digits"
    assert [[cell.strip() for cell in row.strip("│").split("│")] for row in rows] == [
        ["images", "2,000"], ["silent output", "25.00%"], ["ties in the decision step", "50.00%"],
        ["decision time, mean", "3.00 steps"], ["spikes to the decision, mean", "12.0 = 5.0 of inputs + 4.5 + 2.5"]]


def test_rows_of_confidence():
    found = {"coverage": 0.96, "foreign": 0.05, "probability_mean": 0.98, "error": None,
             "expected_calibration_error": None, "brier": None}
    rows = confidence_rows({"error_by_coverage": None, "calibrated": found})
    assert rows == [("unsure (margin)", "4.00%"), ("foreign (spread)", "5.00%"), ("probability, mean", "98.00%")]
    found |= {"error": 0.005, "expected_calibration_error": 0.0021, "brier": 0.0114}
    by_coverage = [{"coverage": 1.0, "error": 0.02}, {"coverage": 0.95, "error": 0.004}]
    assert confidence_rows({"error_by_coverage": by_coverage, "calibrated": found}) == [
        ("error by coverage (margin)", "2.00% at 100%, 0.40% at 95%"),
        ("unsure (margin)", "4.00%, error of the others 0.50%"), *rows[1:],
        ("expected calibration error", "0.21%"), ("Brier score", "0.0114")]


@pytest.mark.parametrize("columns, width", [({}, 160), ({"COLUMNS": "70"}, 70)])
def test_pipe(columns, width):
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | columns
    code = "from first_spike.command.cli import console; console.print('1 ' * 99)"
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert max(map(len, said.stdout.splitlines())) == width
