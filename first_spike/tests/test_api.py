"""What users import: the names are there, say what they are, and give what the commands give."""

import importlib
import inspect
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import first_spike as fs
from first_spike import api
from first_spike.exploration import budget
from first_spike.exploration.energy import Estimate
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.limits import pack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from first_spike.rtl_model.delivery.manifest import read_manifest
from tb.helpers.small_case import small_case


def test_the_names_are_there_and_explained():
    assert set(fs.__all__) <= set(dir(fs))
    for name in fs.__all__:
        assert len(inspect.getdoc(getattr(fs, name))) > 60, name
    with pytest.raises(AttributeError, match="first_spike has no 'lode': it has load"):
        fs.lode


def test_modules_for_pytorch_need_it(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("first_spike.torch")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(fs.UserError, match=r"^first_spike.torch needs PyTorch: pip install torch$"):
        importlib.import_module("first_spike.torch")


def test_no_function_of_the_library_takes_what_argparse_parsed():
    for name in fs.__all__:
        found = getattr(fs, name)
        if inspect.isfunction(found):
            assert "arguments" not in inspect.signature(found).parameters


def test_digits_are_classified(network):
    digits = fs.samples()
    found = fs.infer(network, digits)
    assert digits.images.shape == (500, 28, 28) and (found.classes == digits.labels).mean() == 0.99
    assert np.array_equal(found.classes, fs.infer(network, digits.images).classes)
    assert repr(digits) == "500 images (500, 28, 28) of samples, with labels"
    assert repr(found).startswith("Inference of 500: decided in step 6.9 of 16") and len(repr(found)) < 120
    assert repr(network).splitlines()[0] == "Network 784-128-10, 16 steps, 778ca5c66fe8"
    assert repr(network).count("\n") == 4


def test_a_design_by_its_options(network):
    design = fs.Design(network, lanes=(16, 2), pixels=4)
    assert (design.lanes, design.ways, design.taps) == ((16, 2), (1, 4), (1, 1))
    images = fs.samples().images[:20]
    assert np.array_equal(fs.cycles(design, images), predict(design, images, infer(network, images)).interval)
    assert fs.cycles(design, images, alone=True).shape == (20,)
    assert repr(design).startswith("Design of 784-128-10: lanes 16-2, pixels 4")
    with pytest.raises(fs.UserError, match="a design has no option 'lane': choose of lanes, pixels"):
        fs.Design(network, lane=3)
    with pytest.raises(fs.UserError, match="129 lanes for layers of 128 and 10 neurons"):
        fs.Design(network, lanes=129)


def test_a_design_of_a_network_in_memory_is_generated(tmp_path):
    network, _, _ = small_case(tmp_path)
    folder = fs.generate(fs.Design(network, lanes=2), tmp_path / "out", name="mine")
    assert folder == tmp_path / "out" and read_manifest(folder)["top"] == "mine_accelerator"


@pytest.mark.thorough
def test_hardware_is_compared(tmp_path):
    network, images, labels = small_case(tmp_path)
    design = fs.Design(network, lanes=2)
    report = fs.compare(design, api.ChosenImages(images, labels, "mine"), simulator="verilator")
    assert report["equal_images"] == len(images) and report["first_mismatch"] is None
    assert report["accuracy"]["rtl"] == float((infer(network, images).classes == labels).mean())
    assert not list(Path.cwd().glob("out*"))
    with pytest.raises(fs.UserError, match="the simulator must be icarus, verilator or myhdl, found 'vcs'"):
        fs.compare(design, images, simulator="vcs")


@pytest.mark.thorough
def test_what_differs_is_said_and_not_raised(tmp_path, monkeypatch):
    network, images, _ = small_case(tmp_path)
    real = fs.compare(fs.Design(network), images[:4], simulator="myhdl")
    assert real["mismatches"] == {"class": 0, "decision_time": 0, "flags": 0, "spikes": 0} or real["equal_images"] == 4
    wrong = infer(network, images[:4])
    words = pack((wrong.classes + 1) % network.sizes[-1], wrong.decision_time, wrong.silent, wrong.tie, wrong.bad)
    right = api.compare_on.__globals__["simulated"]

    def changed(*arguments, **options):
        found = right(*arguments, **options)
        return type(found)(words, found.spike_times, found.cycles, found.latency)

    monkeypatch.setitem(api.compare_on.__globals__, "simulated", changed)
    report = fs.compare(fs.Design(network), images[:4], simulator="myhdl")
    assert report["equal_images"] == 0 and "image 0" in report["first_mismatch"]


def test_what_keeps_a_budget_comes_fastest_first(network):
    found = fs.explore(network, board="i5", max_us=2.5, lanes=[128, 16], pixels=[8], images=fs.samples().images[:50])
    assert [offer.design.lanes[0] for offer in found] == [128] * len(found) and found
    assert [offer.us for offer in found] == sorted(offer.us for offer in found)
    assert all(offer.us <= 2.5 and offer.fits is not False for offer in found)
    assert found[0].held_out == 0.9848 and found[0].accuracy == 0.9853


@pytest.mark.parametrize("bounds, sentence", [
    (dict(max_us=0.1), "us instead of 0.1"), (dict(min_accuracy=99.5), "98.48% held out instead of 99.50%")])
def test_the_nearest_miss_is_named(network, bounds, sentence):
    with pytest.raises(fs.UserError, match="nothing keeps these bounds; the nearest is 784-128-10") as refused:
        fs.explore([network], board="i5", images=fs.samples().images[:50], lanes=[128], pixels=[8],
                   spikes_per_cycle=[4], events_per_cycle=[1], **bounds)
    assert sentence in str(refused.value)


def test_a_value_to_try_is_a_list_of_one(small):
    """And one of numpy's, too, alone or in an array."""
    many, one, others, other = ([offer.design.settings for offer in fs.explore(small[0], images=small[1], **tried)]
                                for tried in (
        dict(lanes=[2], pixels=[8], spikes_per_cycle=[4], events_per_cycle=[1], taps=["row"]),
        dict(lanes=2, pixels=8, spikes_per_cycle=4, events_per_cycle=1, taps="row"),
        dict(lanes=np.array([2]), pixels=[np.int64(8)], spikes_per_cycle=[4], events_per_cycle=[1], taps=["row"]),
        dict(lanes=np.int64(2), pixels=np.array(8), spikes_per_cycle=4, events_per_cycle=1, taps=np.array(["row"]))))
    assert one == many == others == other and len(one) == 1


def test_what_does_not_fit_a_network_is_said(small, network, capsys):
    """Once, and of which network, where there are several."""
    tried = dict(pixels=[1], spikes_per_cycle=[1], events_per_cycle=[1])
    too_many = "99 lanes for layers of"
    fs.explore(small[0], images=small[1], lanes=[2, 99], taps=[1, "row"], **tried)
    said, = capsys.readouterr().err.splitlines()
    assert said.startswith(f"warning: left out: {too_many}")
    fs.explore([network, network, fs.load("mnist_784_400_10_4bit")], images=fs.samples().images[:5], lanes=[(200, 10)],
               **tried)
    said, = capsys.readouterr().err.splitlines()
    assert said.startswith("warning: 784-128-10 ") and "200 lanes for the 128 neurons" in said
    with pytest.raises(fs.UserError, match=f"^no design was found: {too_many}"):
        fs.explore(small[0], images=small[1], lanes=[99], **tried)
    assert not capsys.readouterr().err


def test_cycles_are_counted_on_images_evenly_spaced_over_all(network, monkeypatch):
    monkeypatch.setattr(api, "COUNTED", 5)
    images = fs.samples().images[np.argsort(fs.samples().labels, kind="stable")]
    tried = dict(lanes=[16], pixels=[8], spikes_per_cycle=[1], events_per_cycle=[1])
    (every,), (same,) = (fs.explore(network, images=some, **tried) for some in (images, images[::100]))
    assert every.us == same.us


def test_what_does_not_fit_a_board_is_no_offer(network):
    design = fs.Design(network)
    point = {"measured": {"lut": 24_289, "bram": 10}, "area": None}
    offer = budget.Offer("n", design, point, 1.0, 0.99, None, False, Estimate((1.0, 1.0), None, None))
    (by, sentence), = budget.Budget(budget_board("i5")).misses(offer)
    assert 0 < by < 0.001 and sentence == "24,289 logic of 24,288"
    assert budget.Budget(budget_board("i5")).misses(offer._replace(fits=None)) == []  # too close to call


@pytest.mark.parametrize("held_out, bound", [(0.942, 94.2), (0.007, 0.7), (1 / 3, 100 / 3), (2 / 7, 100 * (2 / 7))])
def test_an_accuracy_that_equals_the_bound_keeps_it(network, held_out, bound):
    offer = budget.Offer("n", fs.Design(network), {}, 1.0, held_out, None, None, Estimate((1.0, 1.0), None, None))
    kept, missed = (budget.Budget(min_accuracy=at).misses(offer) for at in (bound, bound + 0.0001))
    assert kept == [] and len(missed) == 1


def test_an_accuracy_of_0_is_no_bound(network):
    offer = budget.Offer("n", fs.Design(network), {}, 1.0, None, None, None, Estimate((1.0, 1.0), None, None))
    assert [len(budget.Budget(min_accuracy=at).misses(offer)) for at in (None, 0, 0.1)] == [0, 0, 1]


def budget_board(name):
    return api.find_ecp5_board(name)


def test_defaults_are_those_of_the_configuration(network):
    assert fs.Design(network).configuration == Configuration()


def test_a_file_of_others_becomes_a_network(network, tmp_path, capsys):
    """By the way of `import_nir`, which NIR's library is not needed for where the file is one of arrays: whole numbers
    of so many bits stay as they are."""
    digits = fs.samples()
    np.savez(tmp_path / "digits.npz", x_train=digits.images[:60], y_train=digits.labels[:60],
             x_test=digits.images[60:90], y_test=digits.labels[60:90])
    np.savez(tmp_path / "theirs.npz", **{f"fc{k}.weight": layer.weights.T for k, layer in enumerate(network.layers)},
             **{"lif9.threshold": 3})
    for k, layer in enumerate(network.layers):
        np.save(tmp_path / f"{k}.npy", layer.thresholds)
    files = (str(tmp_path / "0.npy"), str(tmp_path / "1.npy"))
    found, same = (fs.import_nir(tmp_path / "theirs.npz", tmp_path / "digits.npz", bits=np.int64(4), steps=16,
                                 classes=list(range(10)), threshold=given)
                   for given in (files, [layer.thresholds[0] for layer in network.layers]))
    assert same.sha256 == found.sha256
    said = capsys.readouterr().err.splitlines()
    assert said[:3] == said[3:] and said[1].startswith("warning: lif9.threshold: which layers they belong to cannot")
    assert said[2].startswith("warning: 138 of 138 thresholds can be met exactly: neurons were taken to fire only")
    assert np.array_equal(fs.infer(found, digits).spike_times[0], fs.infer(network, digits).spike_times[0])
    assert np.array_equal(fs.infer(found, digits).classes, fs.infer(network, digits).classes)


@pytest.mark.parametrize("train", [False, True])
def test_data_of_other_classes_than_the_networks_are_refused(network, tmp_path, train):
    x, y = fs.samples().images[:20], np.arange(20) % 10
    arrays = dict(x_train=x, y_train=y, x_test=x, y_test=y)
    np.savez(tmp_path / "unnamed.npz", **arrays)
    np.savez(tmp_path / "named.npz", **arrays, classes=np.array(list("1234567890")))
    fs.dataset(tmp_path / "unnamed.npz", train, network)
    with pytest.raises(fs.UserError, match="named.npz holds the classes 1, 2, .*, 0, but the network names 0, 1, "):
        fs.dataset(tmp_path / "named.npz", train, network)


def test_a_picture_is_shown_in_a_notebook(network):
    pytest.importorskip("matplotlib")
    figure = fs.plot.area(fs.Design(network))
    assert figure._repr_svg_().startswith("<?xml") and figure._repr_svg_() == figure._repr_svg_()


@pytest.mark.parametrize("named", ["mine.npz", "caltech_face_motorbike", ["mnist"], None])
def test_cycles_are_counted_on_no_file_that_was_not_asked_for(network, tmp_path, monkeypatch, named):
    """One of that name may be anybody's."""
    monkeypatch.chdir(tmp_path)
    x, y = fs.samples().images[:20], np.arange(20) % 10
    np.savez("mine.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    with pytest.raises(fs.UserError) as refused:
        fs.explore(replace(network, accuracy={"dataset": named}), lanes=16, pixels=8)
    assert str(refused.value) == f"the network was trained on {named}, which is not at hand: give images="
