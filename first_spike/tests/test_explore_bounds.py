"""`first-spike explore` with bounds, or of several networks: what keeps the bounds, and what they do not go with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from first_spike.exploration import table_and_plot
from first_spike.exploration.budget import Budget, offers
from first_spike.exploration.table_and_plot import write_budget_plot, write_plot
from first_spike.tests.process import assert_refused, command  # noqa: F401
from first_spike.tests.test_explore import case, explore  # noqa: F401


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
