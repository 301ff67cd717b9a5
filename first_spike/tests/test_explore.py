"""`first-spike explore`: exact cycles, area, front, and one sentence for every bad input; scripts/bench.py: its
verdict."""

import itertools
import json
from dataclasses import replace

import pytest

from first_spike.commands import explore as exploration
from first_spike.comparison.verdict import bench_verdict
from first_spike.exploration import table_and_plot
from first_spike.exploration.area import estimate_area
from first_spike.exploration.points import cells, error_sentence, pareto
from first_spike.exploration.table_and_plot import write_plot
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from first_spike.synthesis.targets import find_board, fit_sentence, short_fit, verdict
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import small_case


@pytest.fixture
def case(tmp_path):
    return tmp_path, *small_case(tmp_path)


@pytest.fixture
def explore(case, command):  # noqa: F811
    return lambda *arguments: command(exploration, "--network", "network.npz", "--images", "images.npy", "--out", "out",
                                      *arguments, cwd=case[0])


def test_points_are_those_of_the_cycle_model(case, explore):
    folder, network, images, _ = case
    done = explore("--lanes", "2", "4", "--pixels", "1", "2", "--spikes-per-cycle", "2", "--clock", "50")
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "out" / "report.json").read_text())
    assert len(report["points"]) == 6 and "2 events per cycle need at least 2 pixels per beat" in report["left_out"][0]
    for point in report["points"]:
        configuration = Configuration(**point["configuration"])
        cycles = predict(Design(network, configuration), images, infer(network, images)).interval
        assert (point["cycles"]["mean"], point["cycles"]["max"]) == (cycles.mean(), cycles.max())
        assert point["images_per_second"] == pytest.approx(50e6 / cycles.mean())
        assert point["area"] == estimate_area(Design(network, configuration))
        lanes, ways = configuration.layer_lanes(network.widths), configuration.layer_ways(network)
        assert point["weight_bits_per_cycle"] == 4 * (lanes[0] * ways[0] + lanes[1] * ways[1])
    assert (folder / "out" / "pareto.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("bounds, points", [((), "points"), (("--max-us", "999"), "found")])
def test_some_images_are_evenly_spaced_over_all(case, explore, bounds, points):
    folder, network, images, _ = case
    assert explore("--count", "5", "--lanes", "2", "--pixels", "1", *bounds).returncode == 0
    point = json.loads((folder / "out" / "report.json").read_text())[points][0]
    design, spread = Design(network, Configuration(**point["configuration"])), images[[0, 5, 11, 16, 22]]
    assert point["cycles"]["mean"] == predict(design, spread, infer(network, spread)).interval.mean()


def test_lanes_of_each_layer(case, explore):
    assert explore("--lanes", "4,1", "4", "--pixels", "2", "--spikes-per-cycle", "1", "--events-per-cycle",
                   "1").returncode == 0
    points = json.loads((case[0] / "out" / "report.json").read_text())["points"]
    _, network, _, _ = case
    assert [point["configuration"]["lanes"] for point in points] == [[4, 1], [4, min(4, network.sizes[1])]]


def test_what_makes_the_same_hardware_is_looked_at_once(case, explore):
    assert explore("--lanes", "4", "4,4", "--pixels", "2", "2", "--spikes-per-cycle", "4", "--events-per-cycle",
                   "1").returncode == 0
    assert len(json.loads((case[0] / "out" / "report.json").read_text())["points"]) == 1


@pytest.mark.thorough
def test_same_numbers_give_the_same_report(case, explore):
    def report():
        assert explore("--lanes", "2", "--pixels", "2").returncode == 0
        return (case[0] / "out" / "report.json").read_bytes()

    assert report() == report()


@pytest.mark.parametrize("arguments, sentence", [
    (["--lanes", "9999"], "no design was found: 9999 lanes for layers of"),
    (["--lanes", "4,1,1"], "no design was found: 3 numbers of lanes for 2 layers"),
    (["--pixels", "8", "3"], "pixels per beat must be 1, 2, 4, 8 or 16, found 3"),
    (["--weights", "loadable", "--weight-memory", "spram"], "no design was found: areas and boards here are of"),
    (["--board", "i5", "--tkeep", "1"], "no design was found: accelerator_serial has no streams: leave out tkeep"),
    (["--tid-bits", "4"], "no design was found: the area of tid_bits is not known: leave it out"),
    (["--network", "none.npz"], "none.npz"), (["--images", "none.npy"], "cannot read none.npy")])
def test_refused(case, arguments, sentence, explore):
    assert_refused(explore(*arguments), sentence)
    assert not (case[0] / "out").exists()


@pytest.mark.parametrize("arguments", [["--clock", "0"], ["--clock", "x"], ["--count", "0"], ["--lanes", "4,x"]])
def test_numbers_that_cannot_be(case, arguments, explore):
    done = explore(*arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_timeout_is_for_synthesis(explore):
    done = explore("--timeout", "9")
    assert done.returncode == 2 and done.stderr.endswith("error: --timeout is for yosys, which runs with --synth\n")


def point(cycles, lut, measured=None):
    return {"cycles": {"mean": cycles}, "area": {"lut": lut, "lut_error": 12, "bram": 2}, "measured": measured}


def test_front_has_what_nothing_beats_in_both():
    assert pareto([point(10, 100), point(20, 50), point(20, 60), point(30, 50), point(5, 500)]) == [0, 1, 4]


def test_error_of_the_area_model():
    points = [point(1, 110, {"lut": 100, "bram": 2}), point(1, 80, {"lut": 100, "bram": 0})]
    assert error_sentence(points) == ("error of the area model on 2 configurations: LUTs: mean 15.0%, worst -20.0%, 1 "
                                      "within what it states; block RAMs: 1 differ, worst by +2")


def test_what_stands_around_the_core_is_counted(case, explore):
    folder, network, images, _ = case
    loadable = ("--weights", "loadable", "--weight-banks", "2")
    assert explore("--lanes", "2", "--pixels", "1", "--spikes-per-cycle", "1", "--events-per-cycle", "1", "--top",
                   "accelerator_serial", *loadable).returncode == 0
    report = json.loads((folder / "out" / "report.json").read_text())
    configuration = Configuration((2,), 1, 1, weights="loadable", weight_banks=2)
    core, whole = estimate_area(Design(network, configuration)), report["points"][0]["area"]
    assert report["top"] == "accelerator_serial" and whole == estimate_area(Design(network, configuration),
                                                                            report["top"])
    inference = infer(network, images)
    early, late = (predict(Design(network, configuration), images, inference, whole=complete).interval.mean()
                   for complete in (False, True))
    assert report["points"][0]["cycles"]["mean"] == late != early
    registers = estimate_area(Design(network, configuration), "accelerator_axi")
    assert core["lut"] + 800 < registers["lut"] < whole["lut"] - 400
    assert core["bram"] == registers["bram"] == whole["bram"] - 1


@pytest.mark.thorough
def test_boards_say_whether_designs_fit_and_by_how_much(case, monkeypatch, explore):
    options = ("--lanes", "2", "--pixels", "4", "--spikes-per-cycle", "1", "--events-per-cycle", "1")
    done = explore(*options, "--board", "ulx3s", "i5")
    assert done.returncode == 0 and done.stdout.count(" fits") == 2
    report = json.loads((case[0] / "out" / "report.json").read_text())
    fits = {"fits": True, "too_many": {}}
    assert report["top"] == "accelerator_serial" and report["points"][0]["boards"] == {"ulx3s": fits, "i5": fits}
    small = replace(find_board("i5"), device=replace(find_board("i5").device, capacity={"logic": 1000, "bram": 5}))
    assert short_fit(small, {"logic": 1234, "bram": 7}) == "234 LUTs too many, 2 EBR too many"
    assert_refused(explore(*options, "--board", "icebreaker"), "cells are counted for an ECP5 here, and "
                                                                     "icebreaker has the iCE40UP5K")
    assert_refused(explore(*options, "--board", "nexys"), "is unknown: choose ulx3s, ulx3s-25f, ulx3s-12f or i5")
    assert explore(*options, "--board", "i5", "--top", "accelerator_axi").returncode == 2


@pytest.mark.parametrize("logic, bram, fits, sentence", [
    (1000, 6, False, "does not fit onto i5, LFE5U-25F-6BG381C: 1,000 of 1,000 LUTs, 6 of 5 EBR of 18 kbit (1 too many) "
                     "before packing"),
    (854, 5, True, "fits onto i5, LFE5U-25F-6BG381C: 854 of 1,000 LUTs, 5 of 5 EBR of 18 kbit before packing"),
    (855, 5, None, "may fit onto i5, LFE5U-25F-6BG381C: 855 of 1,000 LUTs, 5 of 5 EBR of 18 kbit before packing: "
                   "too close to call, nextpnr needs up to 17% more LUTs"),
    (1000, 5, None, "may fit onto i5, LFE5U-25F-6BG381C: 1,000 of 1,000 LUTs, 5 of 5 EBR of 18 kbit before packing: "
                    "too close to call, nextpnr needs up to 17% more LUTs")])
def test_counts_before_packing_are_said_to_fit_where_packing_changes_nothing(logic, bram, fits, sentence):
    small = replace(find_board("i5"), device=replace(find_board("i5").device, capacity={"logic": 1000, "bram": 5}))
    assert fit_sentence(small, {"logic": logic, "bram": bram, "ff": 10 ** 6}) == (fits, f"the design {sentence}")


def test_what_is_too_close_is_not_called():
    board = find_board("i5")
    room = board.device.capacity["logic"]
    packed = int(room / 1.17)  # so many, before nextpnr packs them
    for lut, fits, text in ((packed - 12, True, "fits"), (packed - 11, None, "too close to call"),
                            (room + 12, None, "too close to call"), (room + 13, False, "13 LUTs too many")):
        estimated = cells(point(1, lut))
        assert (verdict(board, *estimated), short_fit(board, *estimated)) == (fits, text)
    measured = cells(point(1, room - 100, {"lut": room + 1, "bram": 2}))
    assert (verdict(board, *measured), short_fit(board, *measured)) == (False, "1 LUTs too many")
    assert verdict(board, {"logic": room, "bram": 57}, 12) is False  # block RAM is exact


def test_verdict_of_the_bench(capsys):
    equal = {"name": "a", "differences": {"stream": None, "alone": None}}
    assert bench_verdict([equal]) is None
    assert bench_verdict([{"name": "a", "differences": {"stream": "image 3, result: expected class 1, got 2",
                                                        "alone": None}}]) == 1
    assert "a, stream: image 3, result: expected class 1, got 2" in capsys.readouterr().err
    assert bench_verdict([equal], ["b: verilator failed"]) == 1
    shown = capsys.readouterr()
    assert "b: verilator failed" in shown.err and "equal" not in shown.out


def test_every_point_of_the_front_has_a_name_of_its_own(tmp_path, monkeypatch):
    """However alike the configurations, and however close the points."""
    pytest.importorskip("matplotlib")
    figures = []
    monkeypatch.setattr(table_and_plot, "save_figure", lambda figure, path: figures.append(figure))
    points = [point(100 - number, 1000 + number) | {"configuration": {
        "lanes": lanes, "pixels": 8, "spikes_per_cycle": spikes, "events_per_cycle": events,
        "taps": [1, 1]}} for number, (lanes, spikes, events)
        in enumerate(itertools.product([(16, 2), (16, 4)], [1, 4], [1, 2]))]
    write_plot(tmp_path / "plot.png", points, "net")
    figure, = figures
    figure.canvas.draw()
    legend, = figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == [f"{number}: 16-{lanes}/{spikes}/{events}" for number, (lanes, spikes, events)
                     in enumerate(itertools.product([2, 4], [1, 4], [1, 2]), 1)]
    axis, = figure.axes
    assert [text.get_text() for text in axis.texts] == list("12345678")
    boxes = [text.get_window_extent() for text in axis.texts] + [legend.get_window_extent()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
