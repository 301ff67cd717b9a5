"""`first-spike explore` with bounds, or of several networks: what keeps the bounds, and what they do not go with."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import first_spike as fs
from first_spike.exploration import table_and_plot
from first_spike.exploration.budget import CLOCK, Budget, offers
from first_spike.exploration.table_and_plot import budget_table, write_budget_plot, write_plot
from first_spike.synthesis.targets import find_board
from first_spike.tests.test_explore import case, explore  # noqa: F401
from tb.helpers.process import assert_refused, command  # noqa: F401


@pytest.mark.parametrize("arguments, sentence", [
    (["--images", "none.npy"], "no design was found: network.npz: cannot read none.npy"),
    (["--lanes", "9999"], "no design was found: network.npz: 9999 lanes for layers of")])
def test_why_several_networks_give_nothing(case, arguments, sentence, explore):  # noqa: F811
    assert_refused(explore("--network", "network.npz", "network.npz", *arguments), sentence)


def test_a_value_that_no_network_takes_is_refused_for_several(case, explore):  # noqa: F811
    done = explore("--network", "network.npz", "network.npz", "--pixels", "8", "3")
    assert_refused(done, "error: pixels per beat must be 1, 2, 4, 8 or 16, found 3")


@pytest.mark.parametrize("arguments, sentence", [
    (["--max-us", "9"], "--synth measures the designs of one network without bounds"),
    (["--network", "network.npz", "network.npz"], "--synth measures the designs of one network without bounds"),
    (["--network", "network.npz", "network.npz", "--board", "i5", "ulx3s"],
     "bounds, and several networks, go with one --board")])
def test_what_bounds_would_not_look_at_is_refused(case, arguments, sentence, explore):  # noqa: F811
    done = explore(*arguments, "--synth")
    assert done.returncode == 2 and done.stderr.endswith(f"error: {sentence}\n")


def test_networks_of_one_name_are_told_apart(case, explore):  # noqa: F811
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


def test_a_plot_has_the_energy_that_is_asked_for(case, monkeypatch):  # noqa: F811
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


TRIED = dict(pixels=[2], spikes_per_cycle=[1], events_per_cycle=[1])


@pytest.fixture
def pair(small):
    """(a network that tells how right it is, another that takes longer, images)."""
    network, images, _ = small
    figures = {"accuracy": 0.9853, "held_out": {"accuracy": 0.9848}}
    return replace(network, accuracy=figures), network, images


def test_times_are_those_of_the_clock(pair):
    """In Python and at the command line: of the clock that is asked for, else of the board, else of the one assumed."""
    network, _, images = pair
    (asked,), (board,), (assumed,), (both,) = (
        fs.explore(network, images=images, lanes=[2], **TRIED, **options)
        for options in (dict(clock=np.float32(50)), dict(board="ulx3s-25f"), {}, dict(board="ulx3s-25f", clock=50)))
    mhz = find_board("ulx3s-25f").clock
    assert (asked.clock, board.clock, assumed.clock, both.clock) == (50, mhz, CLOCK, 50)
    for offer in (asked, board, assumed, both):
        assert offer.us == offer.point["cycles"]["mean"] / offer.clock
        assert f" {offer.clock:g} MHz" in repr(offer) and offer.report()["clock_mhz"] == offer.clock
    assert asked.us * 50 == assumed.us * CLOCK and both.fits is board.fits is True
    with pytest.raises(fs.UserError):
        fs.explore(network, images=images, lanes=[2], max_us=asked.us * 0.9, clock=50, **TRIED)
    assert fs.explore(network, images=images, lanes=[2], max_us=asked.us * 0.9, clock=100, **TRIED)


@pytest.mark.parametrize("clock", [0, -1, "50", float("nan"), float("inf"), [50], True])
@pytest.mark.parametrize("board", [None, "i5"])
def test_a_clock_that_cannot_be_is_refused(pair, clock, board, capsys):
    with pytest.raises(fs.UserError) as refused:
        fs.explore(pair[0], images=pair[2], board=board, clock=clock, lanes=[2], **TRIED)
    assert "clock" in str(refused.value) and "\n" not in str(refused.value) and capsys.readouterr().err == ""


def test_networks_that_are_missing_are_named_with_the_reason(pair, capsys):
    """The others stay in the list; what is named twice is said once."""
    right, unknown, images = pair
    offers = fs.explore([right, unknown, unknown], images=images, lanes=[2], min_accuracy=98, **TRIED)
    assert [offer.design.network.accuracy for offer in offers] == [right.accuracy]
    line, = capsys.readouterr().err.splitlines()
    assert line.startswith(f"warning: {unknown.title} ") and "not measured held out" in line
    wide = fs.load("mnist_784_128_10_4bit")
    assert fs.explore(["mnist_784_128_10_4bit", "mnist_784_400_10_4bit"], images=fs.samples().images[:5],
                      lanes=[200], pixels=[16], spikes_per_cycle=[4], events_per_cycle=[2])
    line, = capsys.readouterr().err.splitlines()
    assert "mnist_784_128_10_4bit" in line and f"200 lanes for layers of {wide.sizes[0]}" in line


def test_the_command_names_networks_that_are_missing(case, explore):  # noqa: F811
    _, network, _, _ = case
    replace(network, accuracy={"accuracy": 0.9853, "held_out": {"accuracy": 0.9848}}).save(case[0] / "right.npz")
    done = explore("--network", "network.npz", "right.npz", "--lanes", "2", "--pixels", "2", "--min-accuracy", "98",
                   "--clock", "50")
    assert done.returncode == 0
    line, = (line for line in done.stderr.splitlines() if line.startswith("warning: "))
    assert line.startswith("warning: network ")
    report = json.loads((case[0] / "out" / "report.json").read_text())
    assert {one["network"] for one in report["found"]} == {"right"} and report["missing"] == [line[len("warning: "):]]
    assert {one["clock_mhz"] for one in report["found"]} == {50} and report["clock_mhz"] == 50


def test_both_accuracies_stand_in_table_and_messages(pair):
    """The held-out one, which bounds are for, and that of the test set; and the clock that counts."""
    network, _, images = pair
    offers = fs.explore(network, images=images, lanes=[2], clock=50, **TRIED)
    table = budget_table(offers, Budget(min_accuracy=98.0, clock=50))
    cells = {column.header: [*column.cells][0].strip() for column in table.columns}
    assert (cells["held out"], cells["test"], cells["MHz"]) == ("98.48%", "98.53%", "50")
    assert "98.48% held out, 98.53% " in repr(offers[0]) and "50 MHz" in table.caption
    (_, sentence), = Budget(min_accuracy=99.0).misses(offers[0])
    assert "98.48% held out" in sentence and "98.53% " in sentence
    assert "130 MHz" in budget_table(offers, Budget()).caption and "i5" in budget_table(
        offers, Budget(find_board("i5"))).caption


def test_one_board_gives_its_clock_without_bounds_too(case, explore):  # noqa: F811
    for options, mhz in (((), CLOCK), (("--board", "i5"), find_board("i5").clock),
                         (("--board", "i5", "ulx3s"), CLOCK), (("--board", "i5", "--clock", "70"), 70)):
        done = explore("--lanes", "2", "--pixels", "2", "--spikes-per-cycle", "1", "--events-per-cycle", "1", *options)
        assert done.returncode == 0, done.stderr
        report = json.loads((case[0] / "out" / "report.json").read_text())
        point, = report["points"]
        assert report["clock_mhz"] == mhz and f"{mhz:g} MHz" in " ".join(done.stdout.split())
        assert point["images_per_second"] == 1e6 * mhz / point["cycles"]["mean"]
