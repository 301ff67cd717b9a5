"""`first-spike explore`: exact cycles, area, front, and one sentence for every bad input; scripts/bench.py: its
verdict."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from first_spike.commands import explore as exploration
from first_spike.comparison.verdict import bench_verdict
from first_spike.exploration import table_and_plot
from first_spike.exploration.area import estimate_area
from first_spike.exploration.budget import Budget, offers
from first_spike.exploration.points import cells, error_sentence, pareto
from first_spike.exploration.table_and_plot import write_budget_plot, write_plot
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from first_spike.synthesis.targets import find_board, fit_sentence, short_fit, verdict
from first_spike.tests.process import assert_refused, command  # noqa: F401
from first_spike.tests.small_case import small_case


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


@pytest.mark.parametrize("arguments, sentence", [
    (["--images", "none.npy"], "no design was found: network.npz: cannot read none.npy"),
    (["--lanes", "9999"], "no design was found: network.npz: 9999 lanes for layers of")])
def test_why_several_networks_give_nothing(case, arguments, sentence, explore):
    assert_refused(explore("--network", "network.npz", "network.npz", *arguments), sentence)


def test_a_value_that_no_network_takes_is_refused_for_several(case, explore):
    done = explore("--network", "network.npz", "network.npz", "--pixels", "8", "3")
    assert_refused(done, "error: pixels per beat must be 1, 2, 4, 8 or 16, found 3")


@pytest.mark.parametrize("arguments", [["--clock", "0"], ["--clock", "x"], ["--count", "0"], ["--lanes", "4,x"]])
def test_numbers_that_cannot_be(case, arguments, explore):
    done = explore(*arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments, sentence", [
    (["--max-us", "9"], "--synth measures the designs of one network without bounds"),
    (["--network", "network.npz", "network.npz"], "--synth measures the designs of one network without bounds"),
    (["--network", "network.npz", "network.npz", "--board", "i5", "ulx3s"],
     "bounds, and several networks, go with one --board")])
def test_what_bounds_would_not_look_at_is_refused(case, arguments, sentence, explore):
    done = explore(*arguments, "--synth")
    assert done.returncode == 2 and done.stderr.endswith(f"error: {sentence}\n")


def test_networks_of_one_name_are_told_apart(case, explore):
    """By their paths, whole ones, and what they are counted on is said of each."""
    folder, network, images, _ = case
    long = Path("a" * 60, "b" * 60, "network.npz")
    (folder / long).parent.mkdir(parents=True)
    last = network.layers[-1]
    other = replace(network, layers=[*network.layers[:-1], replace(last, thresholds=last.thresholds + 1)])
    other.save(folder / long)
    done = explore("--network", "network.npz", str(long), "--lanes", "2", "9999", "--pixels", "2", "--clock", "50")
    assert done.returncode == 0, done.stderr
    table, sentence = done.stdout.partition("left out: ")[::2]
    assert str(long) in "".join(line.partition(" ")[0] for line in table.splitlines())
    assert f"left out: {long}: 9999 lanes" in sentence
    report = json.loads((folder / "out" / "report.json").read_text())
    assert (report["clock_mhz"], report["top"]) == (50, "accelerator")
    named = {"network.npz": network.sha256, str(long): other.sha256}
    assert report["networks"] == [{"network": name, "network_sha256": sha256, "data": "images.npy",
                                   "images": len(images)} for name, sha256 in named.items()]
    assert {one["network"]: one["network_sha256"] for one in report["found"]} == named


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
    assert_refused(explore(*options, "--board", "nexys"), "'nexys'")
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


def test_a_plot_has_the_energy_that_is_asked_for(case, monkeypatch):
    """Of points the estimate of the model, of offers that and the power, with the bounds."""
    pytest.importorskip("matplotlib")
    figures = []
    monkeypatch.setattr(table_and_plot, "save_figure", lambda figure, path: figures.append(figure))
    _, network, images, _ = case
    budget = Budget(max_us=1.0, max_uj=0.5, max_mw=0.25, rate=1000.0, energy_model="45nm-add")
    made, _ = offers("net", network, images, dict(lanes=[1, 2], pixels=[1, 2]), budget)
    points = [offer.point for offer in made]
    write_plot("plot.png", points, "net", "45nm-add")
    write_budget_plot("plot.png", made, made[:2], budget)
    write_plot("plot.png", points, "net")
    beside, bounded, alone = figures
    assert len(alone.axes) == 1
    assert [axis.get_xlabel() for axis in beside.axes] == ["LUT4 of an ECP5", "uJ an image, estimated by 45nm-add"]
    spent = [offer.estimate.uj[1] for offer in made]
    assert min(spent) > 0 and beside.axes[1].collections[0].get_offsets().tolist() == [
        [uj, one["cycles"]["mean"]] for uj, one in zip(spent, points)]
    of_energy, of_power = bounded.axes
    assert of_energy.get_xlabel() == "uJ an image,\nestimated by 45nm-add"
    assert of_power.get_xlabel() == "mW at 1000 images a second,\nestimated by 45nm-add"
    for axis, unit, bound in ((of_energy, "uj", 0.5), (of_power, "mw", 0.25)):
        every, kept = (part.get_offsets().tolist() for part in axis.collections)
        assert every == [[getattr(offer.estimate, unit)[1], offer.us] for offer in made] and kept == every[:2]
        lines = [(*line.get_xdata(), *line.get_ydata()) for line in axis.lines]
        assert lines == [(bound, bound, 0, 1), (0, 1, 1.0, 1.0), (0, 1, 1000.0, 1000.0)]
