"""Counts as a report, and joules: estimated, by name, and by no more than their constants say."""

import json

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import evaluate, explore
from first_spike.exploration.budget import Budget, Offer
from first_spike.exploration.energy import MODELS, UP5K_CELL_PJ, UP5K_IDLE_MW, UP5K_TREE_PJ, Estimate, Work, estimates
from first_spike.exploration.metrics import energy_lines, operations_table
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import operations
from first_spike.golden.schedule.cycles import predict
from first_spike.synthesis.targets import BOARDS
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import small_case

WORK = Work(additions=9000, effective=4000, bits=64_000, cycles=2400.0, cells=1000)


@pytest.fixture
def case(tmp_path):
    return small_case(tmp_path)[:2]


def test_the_report_is_of_the_counts(case):
    network, images = case
    found = operations(network, images, infer(network, images))
    report = fs.metrics(network, images)
    for layer, counted in zip(report["layers"], found, strict=True):
        assert layer["synaptic_additions"]["mean"] == layer["potential_reads"]["mean"] == counted.additions.mean()
        assert layer["spikes_in"]["max"] == counted.arriving.max() and layer["spikes"]["mean"] == counted.spikes.mean()
        assert "weight_words" not in layer
    named = report["neurobench"]
    spikes = sum(int(layer.spikes.sum()) for layer in found)
    places = len(images) * network.steps * sum(network.sizes)
    assert named["ActivationSparsity"] == (places - spikes) / places
    weights = [layer.weights for layer in network.layers]
    assert named["ParameterCount"] == sum(one.size for one in weights) + sum(network.sizes)
    assert named["Footprint"] == sum(one.size for one in weights) + 4 * sum(network.sizes)
    assert named["ConnectionSparsity"] == np.mean(np.concatenate([one.ravel() for one in weights]) == 0)
    assert named["SynapticOperations"]["Dense"] == network.steps * sum(one.size for one in weights)


def test_a_design_has_words_of_its_widths(case):
    network, images = case
    whole, folded = (fs.metrics(fs.Design(network, lanes=lanes), images) for lanes in ((), 1))
    for layer, few, size, stored in zip(whole["layers"], folded["layers"], network.sizes, network.layers):
        assert layer["potential_words"] is None and few["potential_words"] == few["weight_words"]
        assert layer["weight_word_bits"] == size * stored.weight_bits and few["weight_word_bits"] == stored.weight_bits
        assert few["weight_words"]["max"] == size * layer["weight_words"]["max"] > 0
    table = operations_table("title", whole)
    assert list(table.columns[-1].cells) == ["registers"] * len(network.layers)


def test_a_float_network_is_refused(case):
    with pytest.raises(fs.UserError, match="operations are counted of networks in integers"):
        fs.metrics(fs.load("mnist_784_400_10_float"), case[1])


@pytest.mark.parametrize("figures", [dict(clock=0), dict(rate=-5), dict(rate="5"), dict(cells=0), dict(clock=np.inf)])
def test_figures_that_cannot_be(case, figures):
    (name, value), = figures.items()
    with pytest.raises(fs.UserError, match=f"^{name} must be a number above 0, found {value!r}$"):
        fs.metrics(fs.Design(case[0]), case[1], **figures)


def test_figures_of_numpy_are_written(case):
    design = fs.Design(case[0])
    plain, numpy = (fs.metrics(design, case[1], rate=integer(10), clock=real(12), cells=integer(100))
                    for integer, real in ((int, float), (np.int64, np.float32)))
    assert json.dumps(numpy) == json.dumps(plain)


def test_energy_by_hand():
    found = estimates(WORK, rate=100)
    assert found["45nm-float-add"].uj == (0.9 * 4000 / 1e6,) * 2 and found["45nm-float-add"].idle_mw is None
    assert found["45nm-add"].mw == (0.1 * 9000 / 1e6 * 100 / 1000,) * 2
    assert found["45nm-memory"].uj == ((0.1 * 9000 + 10 * 1000) / 1e6,) * 2
    # 85.6 uA at 1.2 V; 2,184 uA at 48 MHz; 27.8 uA for 196 cells at 12 MHz
    assert UP5K_IDLE_MW == 85.6 * 1.2 / 1000 and round(UP5K_TREE_PJ, 2) == 52.46 and round(UP5K_CELL_PJ[0], 4) == 0.0142
    # the whole of SYNtzulu again: 3,473 cells at 24 MHz
    assert round(UP5K_IDLE_MW + (UP5K_TREE_PJ + 3473 * UP5K_CELL_PJ[1]) * 0.024, 9) == 9.5
    up5k = found["up5k"]
    # busy for 1 % of the time: 100 images of 2,400 cycles at 24 MHz
    assert [round(mw, 6) for mw in up5k.mw] == [round(0.10272 + 1.25904 + 0.00340408, 6),
                                                round(0.10272 + 1.25904 + 2.34328822, 6)]
    assert up5k.idle_mw == (UP5K_IDLE_MW + UP5K_TREE_PJ * 24 / 1000, up5k.mw[1])
    busiest = estimates(WORK, rate=10_000)["up5k"]  # back to back: power is energy times rate
    assert [round(mw, 9) for mw in busiest.mw] == [round(uj * 10_000 / 1000, 9) for uj in busiest.uj]


@pytest.mark.parametrize("change, clock", [
    (dict(cells=5281), 24), ({}, 48.1), ({}, 0.23), (dict(cycles=None), 24), (dict(cells=None), 24)])
def test_what_no_up5k_holds_has_no_estimate(change, clock):
    assert estimates(WORK._replace(cells=5280), 100, clock=48)["up5k"] and estimates(WORK, 100, clock=0.24)["up5k"]
    assert estimates(WORK._replace(**change), 100, clock)["up5k"] is None


def test_every_line_says_estimated_and_the_model(case):
    network, images = case
    report = fs.metrics(fs.Design(network), images, rate=10)
    lines = energy_lines(report)
    assert [line.split(":")[0] for line in lines] == list(MODELS)
    assert all("estimated" in line or "no estimate" in line for line in lines)
    assert report["energy_estimated"]["note"] == "estimated, not measured"
    assert energy_lines(fs.metrics(network, images))[-1].startswith("up5k: no estimate")


def test_the_board_is_estimated_in_its_own_configuration():
    network, images = fs.load("mnist_784_128_10_4bit"), fs.samples().images[:20]
    design = fs.Design(network, BOARDS["icebreaker"].configuration)
    found = fs.metrics(design, images, rate=10, cells=3637)["energy_estimated"]["models"]["up5k"]
    cycles = predict(design, images, infer(network, images)).interval.mean()
    assert found["mw"][0] < 1.4 < found["mw"][1] and found["uj"][0] > UP5K_TREE_PJ * cycles / 1e6
    assert fs.metrics(design, images)["energy_estimated"]["models"]["up5k"] is None


def test_bounds_on_energy():
    offer = Offer("n", None, {}, 100.0, 0.99, None, None, Estimate((0.1, 0.3), (2.0, 4.0), None))
    assert Budget(rate=10_000).misses(offer) == []
    (by, sentence), = Budget(rate=10_001).misses(offer)
    assert by > 0 and sentence == "10,000 images a second instead of 10,001"
    (by, sentence), = Budget(max_uj=0.2).misses(offer)  # of a range the highest counts
    assert by == 0.3 / 0.2 - 1 and sentence == "estimated 0.1 to 0.3 uJ by 45nm-memory instead of 0.2"
    assert Budget(max_uj=0.3, max_mw=4, rate=50).misses(offer) == []
    (_, sentence), = Budget(max_mw=3, rate=50, energy_model="45nm-add").misses(offer)
    assert sentence == "estimated 2 to 4 mW by 45nm-add instead of 3"


@pytest.mark.parametrize("bounds, sentence", [
    (dict(rate=424_282.2), "424,281.7 images a second instead of 424,282.2"),
    (dict(rate=424_281.74), "424,281.73 images a second instead of 424,281.74"),
    (dict(rate=2e6), "424,282 images a second instead of 2,000,000"),
    (dict(max_us=2.353), "2.357 us instead of 2.353"), (dict(max_us=2.3565), "2.3569 us instead of 2.3565"),
    (dict(max_us=0.0001), "2.3569 us instead of 0.0001"),
    (dict(min_accuracy=98.485), "98.480% held out instead of 98.485%"),
    (dict(max_uj=0.3), "estimated 0.1 to 0.30004 uJ by 45nm-memory instead of 0.3")])
def test_a_miss_is_said_in_digits_that_differ(bounds, sentence):
    us = 1e6 / 424_281.731 if "rate" in bounds else 2.3569
    offer = Offer("n", None, {}, us, 0.9848, None, None, Estimate((0.1, 0.30004), None, None))
    assert [said for _, said in Budget(**bounds).misses(offer)] == [sentence]


@pytest.mark.parametrize("bounds, sentence", [
    (dict(max_mw=1), "say how many images a second"),
    (dict(energy_model="up5k"), "the energy model must be 45nm-memory, 45nm-add or 45nm-float-add, found 'up5k'"),
    (dict(max_us="5"), "^max_us must be a number above 0, found '5'$"), (dict(max_us=0), "^max_us must be a number"),
    (dict(max_uj=-1), "^max_uj must be a number"), (dict(max_mw=0, rate=5), "^max_mw must be a number above 0"),
    (dict(rate=-5), "^rate must be a number"), (dict(min_accuracy="99"), "^min_accuracy must be a number above 0"),
    (dict(lane=[4]), "^a design has no option 'lane': choose of lanes, pixels"),
    (dict(mhz=65), "^a design has no option 'mhz': choose of"), (dict(clock=0), "^clock must be a number"),
    (dict(lanes=[2, "a"]), "^lanes must be positive integers, found 'a'$"),
    (dict(lanes=[(2, 0)]), "^lanes must be positive integers, found 0$"),
    (dict(taps=[1, "rows"]), "^taps must be 1 or row, found 'rows'$")])
def test_bounds_that_cannot_be(case, bounds, sentence):
    with pytest.raises(fs.UserError, match=sentence):
        fs.explore(case[0], images=case[1], **bounds)


def test_commands(command, tmp_path):  # noqa: F811
    network, images, _ = small_case(tmp_path)
    given = "--network", "network.npz", "--images", "images.npy"
    done = command(evaluate, *given, "--metrics", "--rate", "5", "--lanes", "1", "--cells", "100", "--json",
                      "r.json", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.count("estimated") == 4, done.stderr + done.stdout
    report = json.loads((tmp_path / "r.json").read_text())
    expected = fs.metrics(fs.Design(network, lanes=1), images, rate=5, cells=100)
    assert report["metrics"] == json.loads(json.dumps(expected))
    assert command(evaluate, *given, "--rate", "5", cwd=tmp_path).returncode == 2
    words = *given, "--lanes", "1", "--pixels", "2", "--out", "out"
    done = command(explore, *words, "--max-uj", "1", "--max-mw", "1", "--rate", "2", cwd=tmp_path)
    assert done.returncode == 0 and "mW est." in done.stdout and "45nm-memory" in done.stdout, done.stderr
    assert (tmp_path / "out" / "pareto.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads((tmp_path / "out" / "report.json").read_text())
    assert found["energy_model"] == "45nm-memory" and found["found"][0]["energy_estimated"]["mw"][0] > 0
    assert command(explore, *words, "--max-us", "99", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "out" / "pareto.png").exists()  # it would be of the report before
    done = command(explore, *words, "--max-uj", "1e-9", cwd=tmp_path)
    assert done.returncode == 1 and "estimated" in done.stderr and "uJ by 45nm-memory instead of 1e-09" in done.stderr
    assert_refused(command(explore, *words, "--max-mw", "1", cwd=tmp_path), "say how many images a second (--rate)")
