"""`first-spike look`: the figures are those of golden inference, the page is whole, the same each time and takes no
orders from names."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from first_spike.commands import look
from first_spike.comparison import compare_on
from first_spike.comparison.outcome import from_golden
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import potentials_over_time
from first_spike.plots import page
from first_spike.plots.one_image import draw_series, what_is_seen
from first_spike.tests.tampering import tampered_design
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import (
    as_float,
    random_convolutional_network,
    random_images,
    worded_network,
)
from tb.helpers.small_case import small_case

pytest.importorskip("matplotlib")
LABELLED = ("--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy", "--out", "out")


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The test runs in a folder with the files of `small_case`; gives (network, images, labels)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(look, "BUILD", tmp_path / "build")
    return small_case(tmp_path)


class Tags(HTMLParser):
    """The tags of a page, its links and pictures, and all of its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.files, self.text = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.files |= {value for name, value in attributes if name in ("src", "href") and not value.startswith("#")}

    def handle_data(self, text):
        self.text += text


def content(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def read_page(folder="out"):
    """(Tags of the page, its figures), after a look at the files that belong to it."""
    page, figures = Tags(Path(folder, "index.html").read_text()), json.loads(Path(folder, "look.json").read_text())
    assert set(figures["files"]) == set(content(folder)) == page.files | {"index.html", "look.json"}
    return page, figures


def test_figures_are_those_of_inference(case, command):  # noqa: F811
    network, images, labels = case
    expected, index = infer(network, images), 4
    done = command(look, *LABELLED, "--index", index)
    assert (done.returncode, done.stdout, done.stderr) == (0, "out/index.html\n", "")
    page, figures = read_page()
    one = figures["image"]
    assert (one["index"], one["label"], one["class"], one["decision_time"], one["silent"], one["tie"]) == (
        index, labels[index], expected.classes[index], expected.decision_time[index], expected.silent[index],
        expected.tie[index])
    times = [[None if time == network.steps else time for time in part[index].tolist()]
             for part in expected.spike_times]
    assert one["spike_times"] == times and any(time is not None for time in times[-1])
    codes = encode(images[index:index + 1], network.steps)[0]
    assert sorted(one["input_spikes"]) == [[i, time] for i, time in enumerate(codes.tolist())
                                           if time < network.steps and network.used_inputs[i]] != []
    alone = images[index:index + 1]
    assert one["potentials"] == potentials_over_time(network, alone, infer(network, alone)).tolist()
    confusion = np.zeros((len(network.classes),) * 2, int)
    for label, name in zip(labels, expected.classes):
        confusion[label, name] += 1
    assert figures["confusion"] == confusion.tolist()
    counts = [int((expected.decision_time == step).sum()) for step in range(network.steps + 1)]
    assert figures["decided_in_step"] == counts
    wrong = np.flatnonzero(labels != expected.classes).tolist()
    assert [mistake["image"] for mistake in figures["mistakes"]] == wrong != []
    assert sum(figures["decided_wrong_in_step"]) == len(wrong)
    early = infer(network, images, until_decision=True).spike_times
    assert [spikes["mean"] for spikes in figures["spikes_to_decision"][1:]] == [
        (part < network.steps).sum(axis=1).mean() for part in early]
    assert f"{len(wrong)} of 28 images were named wrong" in page.text
    for mistake in figures["mistakes"]:
        k, step = mistake["image"], mistake["decision_time"]
        assert (mistake["label"], mistake["named"], step) == (labels[k], expected.classes[k], expected.decision_time[k])
        alone = images[k:k + 1]
        last = potentials_over_time(network, alone, infer(network, alone))[min(step, network.steps - 1)]
        others = [(-potential, name) for name, potential in enumerate(last.tolist()) if name != mistake["named"]]
        assert mistake["runner_up"] == min(others)[1]
        assert mistake["lost_by"] == last[mistake["named"]] + min(others)[0] >= 0
        assert f"wrong_{k}.png" in page.files

    first = content("out")  # an older page is replaced, by the same bytes
    assert command(look, *LABELLED, "--index", index).returncode == 0
    assert content("out") == first


def test_a_float_convolution_without_labels(case, command):  # noqa: F811
    rng = np.random.default_rng(3)
    network = random_convolutional_network(rng, 16, 4, 2)
    while len(network.image_shape) == 2 or network.sizes[-1] < 2:
        network = random_convolutional_network(rng, 16, 4, 2)
    as_float(network).save("network.npz")
    np.save("images.npy", random_images(rng, network))
    done = command(look, *LABELLED[:4], "--out", "out", "--count", 5)
    assert (done.returncode, done.stderr) == (0, "")
    page, figures = read_page()
    assert (figures["kind"], figures["images"], figures["confusion"], figures["mistakes"]) == ("float", 5, None, [])
    assert {f"weights_{k}.svg" for k in range(len(network.layers))} <= page.files
    assert "confusion.svg" not in page.files and "Without labels nothing is known to be wrong." in page.text


def test_names_give_no_orders(case, command):  # noqa: F811
    """Class names and file names come from strangers: on the page they are text, in pictures no formula."""
    network, images, labels = case
    names = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', r"$\frac{$", "日本 & \n\u202e"]
    names += [f"{'long ' * 9}{k}" for k in range(len(network.classes))]
    replace(network, classes=names[:len(network.classes)]).save("<b>&amp;.npz")
    done = command(look, "--network", "<b>&amp;.npz", *LABELLED[2:])
    assert (done.returncode, done.stderr) == (0, "")
    page, _ = read_page()
    assert page.tags == {"html", "head", "meta", "title", "style", "body", "h1", "h2", "nav", "a", "table", "tr", "td",
                         "p", "div", "figure", "img", "figcaption"}
    assert "<b>&amp; on images.npy" in page.text and names[0] in page.text
    for path in Path("out").glob("*.svg"):
        text = path.read_text()
        assert "<script" not in text and "onerror" not in re.sub(r"<!--.*?-->", "", text)
        assert all("--" not in comment for comment in re.findall(r"<!--(.*?)-->", text, re.DOTALL))


@pytest.mark.long
def test_three_over_each_other(case, command):  # noqa: F811
    done = command(look, *LABELLED, "--index", 26, "--compare", "myhdl")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Every result and every spike up to the decision is equal" in done.stdout
    page, figures = read_page()
    found = figures["comparison"]
    assert (found["images"], found["equal_images"], found["first_image"], found["sim"]) == (2, 2, 26, "myhdl")
    assert found["float_agreement"]["class"] == 1 and found["float_names_otherwise"] == []
    assert "parting.svg" in page.files and "images 26 to 27" in page.text


def test_a_spike_too_late_is_seen(case, command, monkeypatch):  # noqa: F811
    network, images, _ = case
    monkeypatch.setattr(look, "COMPARED", len(images))
    index = int(np.argmax((infer(network, images, until_decision=True).spike_times[0] == 1).any(axis=1)))
    right = from_golden(infer(network, images[index:]), np.ones(len(images) - index, np.int64))
    neuron = int(np.argmax(right.spike_times[0][0] == 1))
    hidden = right.spike_times[0].copy()
    hidden[0, neuron] = 2
    wrong = replace(right, spike_times=(hidden, *right.spike_times[1:]), latency=right.cycles)
    monkeypatch.setattr(compare_on, "simulated", lambda *_: wrong)
    done = command(look, *LABELLED, "--index", index, "--compare", "myhdl")
    sentence = f"image {index}, step 1, layer 0, neuron {neuron}: expected a spike in step 1, got a spike in step 2"
    assert done.returncode == 1 and sentence in done.stderr
    page, figures = read_page()
    assert figures["comparison"]["first_mismatch"] == sentence
    slower = figures["comparison"]["cycle_model"]["first"]
    assert slower.startswith(f"image {index}: the cycle model says ") and f"first here: {slower}" in page.text
    assert f"MyHDL differs from the golden model, first here: {sentence}" in page.text
    assert f"image {index}, hidden 1: spikes elsewhere than golden0 of float, 1 of MyHDL" in page.text


@pytest.mark.grid
def test_a_wrong_design_is_seen(case, command, tmp_path):  # noqa: F811
    network, images, _ = case
    design, file, agreement = tampered_design(tmp_path, "network.npz", Configuration(), images[:20], "threshold")
    done = command(look, *LABELLED, "--compare", "icarus", "--design", design)
    assert done.returncode == 1 and agreement.first in done.stderr and file in done.stderr
    page, figures = read_page()
    assert figures["comparison"]["first_mismatch"] == agreement.first and agreement.first in page.text
    first, *_ = figures["comparison"]["different_files"]
    assert f"Icarus Verilog ran other files than the generator's, first here: {first}" in page.text


@pytest.mark.parametrize("words, sentence", [
    (("--index", 28), "there is no image 28 among the 28 of images.npy: choose --index 0 to 27"),
    (("--index", 5, "--count", 3), "there is no image 5 among the 3 of images.npy: choose --index 0 to 2"),
    (("--out", "full"), "full holds something else than a page of pictures; name a new or an empty folder"),
    (("--out", "."), ". is the folder that you are in"),
    (("--out", "full/thesis.txt"), "full/thesis.txt exists and is no folder"),
    (("--network", "network_float.npz", "--compare", "myhdl"), "is a network of kind 'float'"),
    (("--compare", "icarus", "--design", "full"), "full"),
    (("--compare", "icarus", "--lanes", 99), "99 lanes for layers of"),
])
def test_refused(case, command, words, sentence):  # noqa: F811
    Path("full").mkdir()
    Path("full", "thesis.txt").write_text("mine")
    Path("full", "look.json").write_text('{"files": ["thesis.txt"]}')
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert_refused(command(look, *LABELLED, *words), sentence)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("words, sentence", [
    (("--float", "network_float.npz"), "go with --compare"), (("--lanes", 2), "go with --compare"),
    (("--compare", "myhdl", "--design", "x"), "--design goes with --compare icarus or verilator"),
    (("--index", -1), "must be a whole number from 0 on"), (("--compare", "golden"), "invalid choice")])
def test_options_without_effect(case, command, words, sentence):  # noqa: F811
    done = command(look, *LABELLED, *words)
    assert done.returncode == 2 and sentence in done.stderr and not Path("out").exists()


def test_what_others_put_there_and_what_fails(case, command, monkeypatch):  # noqa: F811
    """A page is replaced as a whole, or stays; another's file beside it is not lost."""
    assert command(look, *LABELLED, "--count", 2).returncode == 0
    before = content("out")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page, "draw_confusion", fails)
    assert_refused(command(look, *LABELLED), "cannot write the folder out: No space left on device")
    assert content("out") == before and {path.name for path in Path().iterdir()} >= {"out"}
    assert not [path for path in Path().iterdir() if path.name.endswith(".tmp")]
    Path("out", "notes.txt").write_text("mine")
    assert_refused(command(look, *LABELLED), "out holds notes.txt, which is no file of a page of pictures")
    assert Path("out", "notes.txt").read_text() == "mine" and Network.load("network.npz") == case[0]


def test_a_series_is_drawn_as_curves(tmp_path, monkeypatch, command):  # noqa: F811
    """As many curves as there are channels, as many points as the series is long, for the series to look at and for
    those that went wrong; no picture of pixels."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(5)
    network = worded_network(rng, "dense 5, dense 3", (1, 9, 2), (4, 4), 16)
    network.save("network.npz")
    images = rng.integers(1, 256, (6, 1, 9, 2), np.uint8)
    np.save("images.npy", images)
    np.save("labels.npy", (infer(network, images).classes + 1) % 3)
    assert command(look, *LABELLED, "--index", 2).returncode == 0
    page, _ = read_page()
    assert {"image.svg", *(f"wrong_{k}.svg" for k in range(6))} <= page.files and not list(Path("out").glob("*.png"))
    axis, = draw_series(images[2]).axes
    assert [line.get_ydata().tolist() for line in axis.lines] == images[2, 0].T.tolist()
    assert what_is_seen(network, 0) == "5 neurons of 1 x 9 weights on each of 2 channels"
