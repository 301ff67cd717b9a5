"""Pictures of a network: what they show of weights, names, channels and a comparison, and what they say they leave
out."""

from dataclasses import replace

import numpy as np
import pytest

import first_spike as fs
from first_spike.command.figure import tiled
from first_spike.command.images import ChosenImages
from first_spike.plots import page
from first_spike.plots.comparison import Layer, _section
from first_spike.plots.one_image import draw_series, weight_maps, what_is_seen, write_subject
from first_spike.plots.run import run_network, short, short_names
from tb.helpers.random_networks import as_float, worded_network

pytest.importorskip("matplotlib")
from matplotlib.text import Text  # noqa: E402


def test_short_names():
    assert short("line\nbreak") == r"line\nbreak" and short("x" * 14) == "x" * 14
    assert short("x" * 15) == "x" * 13 + "…"
    assert short_names(["m" * 15, "z", "m" * 16]) == ["m" * 12 + "…0", "z", "m" * 12 + "…2"]


def test_classes_are_told_apart_by_the_legend():
    network = worded_network(np.random.default_rng(1), "dense 3", (2, 2), (4,), 16)
    network = replace(network, classes=("_hidden_", "measurement_a_left", "measurement_a_right"))
    axis, = fs.plot.potentials(network, np.full((2, 2), 255, np.uint8)).axes
    names = sorted(text.get_text() for text in axis.get_legend().get_texts())
    assert names == ["_hidden_", "measurement_…1", "measurement_…2", "threshold"]


def texts(figure):
    """The Texts of a figure that is drawn outside of the package, as a notebook does."""
    figure.canvas.draw()
    return [text for text in figure.findobj(Text) if text.get_text()]


def test_a_raster_says_what_it_shows(recwarn):
    """The network, the class, the label and its layers; names of classes are no formula and no order."""
    network = worded_network(np.random.default_rng(1), "dense 4, dense 5, dense 3", (2, 2), (4,) * 3, 16)
    network = replace(network, classes=("$x_1$", r"$\frac{$", "\x1b]\u202e\r"))
    image = np.full((2, 2), 255, np.uint8)
    found = fs.infer(network, image[None])
    named, silent = int(found.classes[0]), bool(found.silent[0])
    for label in (None, 1, np.int64(2)):
        figure = fs.plot.raster(network, image, label)
        title, said, sure = figure.get_suptitle().splitlines()
        assert sure == f"margin {found.margin[0]} over {short_names(network.classes)[found.runner_up[0]]}"
        assert title == network.title and short_names(network.classes)[named] in said
        assert (str(found.decision_time[0]) in said) != silent
        assert ("label" in said) == (label is not None)
        assert label is None or said.endswith(short_names(network.classes)[label])
        assert [axis.get_ylabel() for axis in figure.axes] == ["input", "hidden 1", "hidden 2", "output"]
        assert not any(text.get_parse_math() for text in texts(figure) if "$" in text.get_text())
        assert all(text.get_text().replace("\n", "").isprintable() for text in texts(figure))
    assert not recwarn.list
    for label in (3, -1, "one", [0, 1]):
        with pytest.raises(fs.UserError):
            fs.plot.raster(network, image, label)


def test_a_confusion_matrix_says_what_rows_and_columns_are():
    network = worded_network(np.random.default_rng(1), "dense 3", (2, 2), (4,), 16)
    network = replace(network, classes=("$x_1$", r"$\frac{$", "\x1b]\u202e\r"))
    images = np.random.default_rng(2).integers(0, 256, (9, 2, 2), np.uint8)
    figure = fs.plot.confusion(network, ChosenImages(images, np.arange(9) % 3, "mine"))
    axis, = figure.axes
    assert "true" in axis.get_ylabel() and "predicted" in axis.get_xlabel()
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == [label.get_text() for label in axis.get_xticklabels()] == [
        "$x_1$", r"$\frac{$", r"\x1b]\u202e\r"]
    assert not any(text.get_parse_math() for text in texts(figure) if "$" in text.get_text())


def test_what_parts():
    """T = 8, the decision in step 3: what float and hardware do later counts only where golden was earlier."""
    layer = Layer(8, 3, *map(np.array, ([0, 2, 3, 5, 8, 5, 8], [0, 3, 8, 6, 2, 5, 8], [0, 2, 3, 8, 8, 3, 0])))
    assert layer.early.tolist() == [0, 2, 3, 8, 8, 8, 8]
    assert np.flatnonzero(layer.float_parts).tolist() == [1, 2, 4]
    assert np.flatnonzero(layer.hardware_parts).tolist() == [5, 6]
    assert not replace(layer, in_float=None).float_parts.any()


@pytest.mark.parametrize("neurons, said", [(100, None), (111, "Hidden 1: the first 100 of 111.")])
def test_what_the_page_says_of_a_comparison(neurons, said):
    """T = 8: every neuron spikes, more than are drawn; cycles and files differ, and no spike does."""
    network = worded_network(np.random.default_rng(1), f"dense {neurons}, dense 3", (2, 2), (4, 4), 8)
    layers = [Layer(8, 3, times, None, times) for times in (np.full(neurons, 2), np.full(3, 3))]
    report = {"sim": "icarus", "images": 20, "equal_images": 20, "mismatches": {"spikes": 0}, "float_agreement": None,
              "first_mismatch": None, "cycle_model": {"mismatches": 1, "first": "image 7: the cycle model says 5"},
              "different_files": ["a.v is missing", "b.v is missing"]}
    _, parts = _section(report, layers, [], network, 7)
    assert parts[:-1] == [page.paragraph(f"Icarus Verilog {text}", wrong=True) for text in (
        "takes other cycles than the cycle model, first here: image 7: the cycle model says 5",
        "ran other files than the generator's, first here: a.v is missing")]
    assert said in parts[-1] if said else "the first" not in parts[-1]


@pytest.mark.parametrize("most, extend, said", [
    (1, "neither", ""), (500, "both", "; weights beyond ±1 are drawn as ±1")])
def test_weights_that_are_stronger_than_their_colour(most, extend, said):
    network = as_float(worded_network(np.random.default_rng(1), "dense 40", (9, 9), (4,), 16))
    weights = np.ones_like(network.layers[0].weights)
    weights[0, 0] = most
    network = replace(network, layers=[replace(network.layers[0], weights=weights)])
    assert fs.plot.kernels(network).axes[0].images[0].colorbar.extend == extend
    assert what_is_seen(network, 0) == f"40 neurons of 9 x 9 weights{said}"


def test_a_table_of_weights_counts_neurons():
    network = worded_network(np.random.default_rng(1), "dense 6, dense 1, dense 2", (2, 2), (4,) * 3, 16)
    ticks = fs.plot.kernels(network, 1).axes[0].get_yticks().tolist()
    assert 0 in ticks and all(tick == int(tick) for tick in ticks)


def test_a_flat_image_is_the_same_picture(tmp_path):
    network = worded_network(np.random.default_rng(1), "dense 3", (4, 5), (4,), 16)
    images = np.arange(40, dtype=np.uint8).reshape(2, 4, 5)
    for name, given in (("map", images), ("flat", images.reshape(2, 20))):
        write_subject(tmp_path, name, run_network(network, ChosenImages(given, None, "mine"), 0), 1)
    assert (tmp_path / "map.png").read_bytes() == (tmp_path / "flat.png").read_bytes()


def test_weights_lie_as_what_is_read():
    network = worded_network(np.random.default_rng(1), "conv 3 2x3, dense 4", (5, 6, 2), (4, 4), 16)
    kernels, dense = (weight_maps(network, number) for number in range(2))
    assert kernels.shape == (3, 2, 3, 2) and dense.shape == (4, 4, 4, 3)
    for o, i, j, c in np.ndindex(kernels.shape):
        assert kernels[o, i, j, c] == network.layers[0].weights[(i * 3 + j) * 2 + c, o]
    assert dense[3, 1, 2, 0] == network.layers[1].weights[(1 * 4 + 2) * 3 + 0, 3]


def test_tiles():
    tiles = tiled(np.arange(6.0).reshape(3, 1, 2), columns=2, between=9)
    assert tiles.tolist() == [[0, 1, 9, 2, 3], [9] * 5, [4, 5, 9, 9, 9]]


def test_no_two_of_many_channels_look_the_same():
    axis, = draw_series(np.zeros((1, 9, 20), np.uint8)).axes
    assert len({(line.get_color(), line.get_linestyle()) for line in axis.lines}) == 20
