"""What the ten names refuse, each in one sentence: no network, no images, labels that do not fit."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import first_spike as fs
from first_spike import api
from first_spike.golden.data.dataset import Dataset
from first_spike.tests.programs import program, tools  # noqa: F401
from tb.helpers.random_networks import as_float, worded_network


def wrong_labels():
    """A Dataset whose labels lie behind its classes."""
    images, labels = np.zeros((4, 2, 2), np.uint8), np.full(4, 2)
    return Dataset(images, labels, images, labels, ("a", "b"), "mine")


@pytest.mark.parametrize("call, sentence", [
    (lambda network: fs.infer("mnist", []), r"^a network, as load\(name\) gives it, is needed, found str: 'mnist'$"),
    (lambda network: fs.cycles(network, []), "^a Design.* or a Processor.* is needed, found Network: "),
    (lambda network: fs.generate(network, "nowhere"), "^a Design"),
    (lambda network: fs.compare(network, []), "^a Design"),
    *((lambda network, given=given: fs.compare(fs.Design(network), [], "myhdl", **given),
       "^build and seed go with the simulator icarus or verilator$") for given in (dict(build="x"), dict(seed=2))),
    *((lambda network, seed=seed: fs.compare(fs.Design(network), [], seed=seed),
       f"^the seed must be a whole number from 1 to 2147483647, found {seed!r}$")
      for seed in ("x", 1.5, 0, True, 1 << 31)),
    (lambda network: fs.plot.raster("mnist", []), "^a network, as load"),
    (lambda network: fs.plot.kernels(5), "^a network, as load"),
    (lambda network: fs.plot.offers(None), "^a list of Offers, as explore gives it, is needed, found NoneType: None$"),
    (lambda network: fs.plot.offers([1]), "^a list of Offers, .* is needed, found int: 1$"),
    (lambda network: fs.plot.area(network), "^a Design"), (lambda network: fs.plot.cycles(network, []), "^a Design"),
    (lambda network: fs.Design("a.npz"), r"^a Network in integers, as load\(name\) gives it, is needed, found str: '"),
    (lambda network: fs.Design(as_float(network)), "^a Network in integers, .* is needed, found FloatNetwork: .*steps"),
    (lambda network: fs.explore(as_float(network)), "^a Network in integers"),
    (lambda network: fs.explore("mnist_784_400_10_float"), "^a Network in integers"),
    (lambda network: fs.explore([]), "^explore needs at least one network$"),
    (lambda network: fs.explore(network, min_accuracy=200), "^the accuracy is in percent, at most 100, found 200$"),
    (lambda network: fs.metrics("x", None), "^a Network or a Design is needed, found str: 'x'$"),
    (lambda network: fs.dataset("samples", train=False, network="a.npz"), "^a network, as load"),
    (lambda network: fs.Design(network, {"lanes": 4}), "^a Configuration, or an option by its name, as lanes=4, is "),
    (lambda network: fs.Design(network, 2), "^a Configuration, .* found int: 2$"),
    (lambda network: fs.Design(network, pixels=8.0), "^pixels per beat must be 1, 2, 4, 8 or 16, found 8.0$"),
    (lambda network: fs.generate(fs.Design(network), "nowhere", top="nope"),
     "^the top must be accelerator or accelerator_axi, found 'nope'$"),
    (lambda network: fs.generate(fs.Design(network), None), "^a folder for the design is needed, found NoneType"),
    (lambda network: fs.compare(fs.Design(network), np.zeros((1, *network.image_shape), np.uint8), build=5),
     "^as build a folder is needed, found int: 5$"),
    (lambda network: fs.load("a\0b.npz"), r"^the name of a network, or its file, is needed, found a null .*x00b.npz"),
    (lambda network: fs.generate(fs.Design(network), "a\0b"), "^a folder for the design is needed, found a null chara"),
    (lambda network: fs.load(5), "^the name of a network, or its file, is needed, found int: 5$"),
    (lambda network: fs.dataset(None), "^the name of a data set, or its path, is needed, found NoneType: None$"),
    (lambda network: fs.dataset("folder:x", choices={"size": 9}), "^a data set has no option 'size': choose of image"),
    (lambda network: fs.dataset("folder:x", choices={"image_size": (2, 0)}), r"28x28, found \[2, 0\]$"),
    (lambda network: fs.dataset("a.npz", network=network, choices={"gaps": "hold"}), "^the network's file says how"),
    (lambda network: fs.import_nir("a.nir", 5), "^a Dataset, as dataset"),
    (lambda network: fs.import_nir("a.nir", "samples", fires="never"), "^fires must be 'at' or 'above', found 'n"),
    (lambda network: fs.import_nir("a.npz", "samples", bias="always"), "^bias must be 'once', found 'always'$"),
    (lambda network: fs.import_nir("a.npz", "samples", threshold=5.0), "^threshold must be a list, of a number or a"),
    (lambda network: fs.import_nir("a.nir", "samples", dt=1e-4), "^dt must be a Fraction of a second, such as"),
    *((lambda network, dt=dt: fs.import_nir("a.nir", "samples", dt=dt), f"^dt must be a Fraction .*{dt.numerator}, ")
      for dt in map(Fraction, (0, -1, "1e-13", "1e13"))),
    (lambda network: fs.import_nir("a.nir", "samples", classes=5), "^classes must be names in the order of the output"),
    (lambda network: fs.import_nir("a.nir", "samples", classes={"a", "b"}), "^classes must be names in the order of "),
    (lambda network: fs.generate(fs.Design(network), "nowhere", name=5), "^5 cannot name a design: Verilog wants"),
    (lambda network: fs.generate(fs.Design(network), "nowhere", name=None), "^None cannot name a design: Verilog"),
    (lambda network: fs.explore(network, board=["ulx3s"]), r"^the board \['ulx3s'\] is unknown: choose "),
    (lambda network: fs.dataset("a.npz", choices=["x"]), "^a dict of choices, such as .* is needed, found list: "),
    (lambda network: fs.train("a.npz", choices="x"), "^a dict of choices, such as .* is needed, found str: 'x'$"),
    (lambda network: fs.train(wrong_labels()), "^training images of mine: label 2 of image 0 is none of"),
    (lambda network: fs.import_nir("a.nir", wrong_labels()), "^training images of mine: label 2 of image 0 is none of"),
    (lambda network: fs.plot.kernels(network, 7), "^the layer must be 0 or 1, found 7$"),
    (lambda network: fs.plot.kernels(worded_network(np.random.default_rng(1), "dense 2", (2, 2), (4,), 16), 1),
     "^the layer must be 0, found 1$")])
def test_what_is_no_network_or_design_is_named(network, call, sentence):
    with pytest.raises(fs.UserError, match=sentence):
        call(network)


@pytest.mark.parametrize("make, sentence", [
    (lambda images: images[:0], "^data holds no images$"),
    (lambda images: api.ChosenImages(images[:0], None, "mine"), "^(mine|data) holds no images$"),
    (lambda images: images.tolist(), r"an array of images, uint8 \[n, rows, columns\], is needed, found list: "),
    (lambda images: 5, "found int: 5$"),
    (lambda images: Dataset(images, [], images, [], ("a", "b"), "mine"), "found Dataset: Dataset mine: ")])
def test_what_is_no_images_is_named(small, make, sentence):
    network, images, _ = small
    design, given = fs.Design(network), make(images)
    takers = [lambda: fs.cycles(design, given), lambda: fs.metrics(network, given), lambda: fs.metrics(design, given),
              lambda: fs.compare(design, given, simulator="myhdl"), lambda: fs.explore(network, images=given),
              lambda: fs.plot.cycles(design, given), lambda: fs.plot.decision_times(network, given)]
    for take in takers + [lambda: fs.infer(network, given)] * ("holds no" not in sentence):
        with pytest.raises(fs.UserError, match=sentence):
            take()
    assert repr(fs.infer(network, images[:0])) == "Inference of 0"


@pytest.mark.parametrize("labels, sentence", [
    ([0, 1], "^2 labels for 4 images$"), (3, "^labels must be one integer for each of 1 images, found"),
    (np.array([0, 1, -1, 0]), "^label -1 of image 2 is none of"), (np.full((4, 1), 1), ".ravel.. leaves one axis"),
    (np.full(4, 0.5), "^labels must be one integer for each"), (np.full(4, 99), "^label 99 of image 0 is none of the")])
def test_labels_that_do_not_fit(small, labels, sentence):
    network, images, _ = small
    mine = api.ChosenImages(images, labels, "mine")
    for take in (lambda: fs.compare(fs.Design(network), mine, simulator="myhdl"),
                 lambda: fs.plot.confusion(network, mine)):
        with pytest.raises(fs.UserError, match=sentence):
            take()


def test_labels_of_any_whole_numbers(small):
    network, images, labels = small
    for given in (labels, labels.tolist(), labels.astype(float)):
        found = api.checked(api.ChosenImages(images, given, "mine"), network).labels
        assert found.dtype == np.int64 and np.array_equal(found, labels)


def test_confusions_need_labels(small):
    network, images, _ = small
    with pytest.raises(fs.UserError, match="a confusion matrix needs labels, but data has none"):
        fs.plot.confusion(network, images)


@pytest.mark.parametrize("change, sentence", [
    (lambda network: network, "^as float_network a FloatNetwork, as load.name. gives it, is needed, found Network: "),
    (lambda network: "a.npz", "^as float_network a FloatNetwork"),
    (lambda network: replace(as_float(network), steps=32),
     "^float_network is a network of 4 x 5 pixels, .* and 32 steps, but that of the design is one of .* 16 steps$")])
def test_another_float_network_is_no_counterpart(small, change, sentence):
    network, images, _ = small
    with pytest.raises(fs.UserError, match=sentence):
        fs.compare(fs.Design(network), images[:1], simulator="myhdl", float_network=change(network))


@pytest.mark.parametrize("build, sentence", [
    (None, "^the simulation on icarus failed: give build= to keep its messages$"),
    ("mine", "^the simulation on icarus failed: iverilog ended with status 3, its messages are in .*build.log$")])
def test_no_log_is_named_that_is_gone(small, tools, tmp_path, monkeypatch, build, sentence):  # noqa: F811
    network, images, _ = small
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("iverilog", "vvp"):
        program(tools, name, "echo made-up; exit 3")
    with pytest.raises(fs.UserError, match=sentence):
        fs.compare(fs.Design(network), images[:1], "icarus", build=build)
    assert bool(list(tmp_path.rglob("build.log"))) == (build is not None)
