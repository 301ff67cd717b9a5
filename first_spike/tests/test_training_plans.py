"""What a training does where nothing else is asked for, and what asking changes; the training as a function."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from first_spike.commands import train as train_command
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.training.loop import Training
from first_spike.training.train import finetuning_plan, train, training_plan, usual_for
from first_spike.training.wishes import Wishes
from tb.helpers.process import command  # noqa: F401

MIXED = "conv 2 3x3 same pool 2, conv 3 3x3, dense 6, dense 2"
QUICK = {"hidden": (8,), "epochs": 2, "finetune": 1, "silent": 1.0}


def many(name):
    """A Dataset of as many images as the large ones have, of a few pixels each."""
    images, labels = np.zeros((20_000, 10, 10), np.uint8), np.arange(20_000) % 2
    return Dataset(images, labels, images[:4], labels[:4], ("no", "yes"), name)


def test_mixtures_of_convolutions_and_dense_layers_have_their_own_defaults():
    plan = training_plan(Wishes(layers=MIXED), many("fashion"), "fashion")
    assert (plan.bits, plan.scale_per, plan.most_silent) == ((4, 4, 4, 8), "channel", 0.045)
    assert (plan.augmentation, plan.finetune_rates) == ("clothes", (5e-4, 5e-4))
    settings = plan.settings()
    assert (settings.push, settings.sure, settings.warmup, settings.hidden_rate) == (1.0, 0.99, 600, 2e-3)
    digits = training_plan(Wishes(layers=MIXED), many("mnist"), "mnist")
    assert (digits.settings().push, digits.augmentation) == (0.5, "digits")


def test_dense_networks_keep_theirs():
    plan = training_plan(Wishes(), many("fashion"), "fashion")
    assert (plan.hidden, plan.bits, plan.scale_per, plan.most_silent) == ((400,), (4, 4), "layer", 0.025)
    assert (plan.settings().push, plan.settings().sure, plan.settings().warmup) == (0.5, 1.0, 0)


def test_series_have_their_own_defaults():
    images, labels = np.zeros((100, 1, 256, 6), np.uint8), np.arange(100) % 2
    series = Dataset(images, labels, images[:4], labels[:4], ("no", "yes"), "mine.npz", kind="series")
    plan = training_plan(Wishes(), series, "mine.npz")
    assert plan.layers == "conv 96 1x9 stride 1x2, dense 2" and plan.bits == (4, 8) and plan.scale_per == "channel"
    assert (plan.augmentation, plan.held_out, plan.finetune_rates) == ("series", 5, (1e-4, 5e-4))
    settings = plan.settings()
    assert (settings.tied, settings.batch, settings.hidden_rate, settings.average) == (16, 16, 1e-4, 0.1)
    assert plan.epochs == 200 and training_plan(Wishes(epochs=3), series, "mine.npz").epochs == 3  # 1,000 batches
    asked = training_plan(Wishes(layers="conv 8 1x3, dense 2", settings={"tied": 2}), series, "mine.npz")
    assert asked.layers == "conv 8 1x3, dense 2" and asked.settings().tied == 2
    dense = training_plan(Wishes(hidden=(8,)), series, "mine.npz")
    assert (dense.layers, dense.hidden, dense.augmentation, dense.settings().tied) == ("", (8,), "series", 0)
    assert training_plan(Wishes(rule="s4nn"), series, "mine.npz").hidden == (400,)
    short = replace(series, train_images=images[:, :, :5], test_images=images[:4, :, :5])
    assert training_plan(Wishes(), short, "mine.npz").layers == "conv 96 1x5 stride 1x1, dense 2"


def test_what_is_asked_for_counts():
    plan = training_plan(Wishes(layers=MIXED, bits=[2, 3, 4, 5], silent=0.0, scale_per="layer", augment="none",
                                settings={"push": 0.25, "warmup": 0}), many("fashion"), "fashion")
    assert (plan.bits, plan.most_silent, plan.scale_per, plan.augmentation) == ((2, 3, 4, 5), 0.0, "layer", "none")
    assert (plan.settings().push, plan.settings().warmup, plan.finetune_settings().push) == (0.25, 0, 0.25)
    assert training_plan(Wishes(bits=6), many("fashion"), "fashion").bits == (6, 6)
    assert training_plan(Wishes(bits=0), many("fashion"), "fashion").bits is None


def test_a_float_network_is_trained_on_by_the_same_defaults():
    dataset, made = many("fashion"), {}
    one = Wishes(layers=f"dense {len(dataset.classes)}")
    for name, wishes in (("mixed", Wishes(layers=MIXED)), ("dense", Wishes()), ("one", one)):
        plan = training_plan(replace(wishes, finetune=3), dataset, "fashion")
        layers = Training(plan, dataset).layers
        network = FloatNetwork(16, (10, 10), layers, dataset.classes)
        made[name] = finetuning_plan(Wishes(finetune=3), network, dataset)
        for field in ("bits", "scale_per", "most_silent", "augmentation", "finetune_rates", "usual", "finetune"):
            assert getattr(made[name], field) == getattr(plan, field), field
        assert usual_for(Wishes(bits=3), network).bits == (3,) * len(layers)
    assert made["mixed"].bits != made["dense"].bits


def test_images_of_another_shape_are_another_training():
    dataset = many("mine")
    other = replace(dataset, train_images=dataset.train_images.reshape(-1, 5, 20))
    assert training_plan(Wishes(), dataset, "mine").digest != training_plan(Wishes(), other, "mine").digest


@pytest.mark.parametrize("wishes, sentence", [
    ({"hidden": (3,), "layers": MIXED}, "layers in words and the neurons of hidden layers exclude each other"),
    ({"bits": (4, 4, 4)}, "3 values of bits for 2 layers; give one, or one per layer"),
    ({"bits": 0, "finetune": 2}, "leave them out with --bits 0"),
    ({"bits": 0, "scale_per": "channel"}, "leave them out with --bits 0"),
    ({"bits": 0, "scales": (1, 1)}, "leave them out with --bits 0"),
    ({"finetune_rates": (1e-3,)}, "learning rates at few bits are two, of the hidden layers and of the last, found 1"),
    ({"settings": ["decay"]}, "settings must be a dict, or pairs of a name and a value, found .*'decay'"),
    ({"settings": ("decay", 0.1)}, "settings must be a dict, or pairs of a name and a value"),
    ({"finetune": 0, "finetune_rates": (1e-3, 1e-3)}, "--finetune-rates are of epochs at few bits, of which there are"),
    ({"settings": {"tied": 3}}, "tied is of a dense layer that reads the map of a convolution; there is none"),
    ({"settings": {"push": "x"}}, "push must be a number, found 'x'"),
    ({"scales": ("x", 1)}, "scales are one number between 0 and 100 for each of 2 layers, found x 1"),
    ({"seed": None}, "seed must be a whole number, found None"),
    ({"held_out": 2.5}, "held_out must be a whole number, found 2.5"),
    ({"silent": "0.1"}, "silent must be a number, found '0.1'"),
    ({"hidden": 8.0}, "hidden must be a list or a whole number, found 8.0"),
    ({"hidden": [8.0]}, "'8.0' is no number of neurons or channels from 1 to 65536"),
    ({"bits": "4"}, "bits must be a list or a whole number, found '4'"),
    ({"bits": 2.0}, "bits must be a list or a whole number, found 2.0"),
    ({"bits": [2.0]}, "bits must be whole numbers from 1 to 8, found 2.0"),
    ({"settings": {"speed": 2}}, "the rule decision has no setting 'speed'"),
    ({"settings": {"sure": 1.5}}, "sure must lie between 0 and 1, found 1.5"),
    ({"settings": {"warmup": 0.5}}, "warmup must be a whole number, found 0.5")])
def test_wishes_that_cannot_be(wishes, sentence):
    with pytest.raises(UserError, match=sentence):
        training_plan(Wishes(**wishes), many("fashion"), "fashion")


def test_the_function_makes_what_the_command_makes(command, tmp_path, monkeypatch):  # noqa: F811
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    words = ("--dataset", "digits", "--hidden", 8, "--epochs", 2, "--finetune", 1, "--silent", 1)
    assert command(train_command, *words, "--out", "theirs").returncode == 0
    made = train("digits", out="new/ours.npz", **QUICK)
    assert isinstance(made, Network) and made.accuracy["dataset"] == "digits"
    for end in (".npz", "_float.npz"):
        assert Path(f"new/ours{end}").read_bytes() == Path(f"theirs{end}").read_bytes()
    assert made.sha256 == Network.load("theirs.npz").sha256
    assert sorted(path.name for path in Path("new").iterdir()) == ["ours.json", "ours.npz", "ours.png",
                                                                  "ours_float.npz"]


def test_the_function_takes_arrays_and_writes_nothing(tmp_path, monkeypatch):
    """Off the main thread, too, where no signal can be watched."""
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    digits, found = load("digits"), []
    wishes = {"hidden": [8], "epochs": 1, "bits": 0, "silent": 1.0}
    thread = threading.Thread(target=lambda: found.append(train(digits, **wishes)))
    thread.start()
    thread.join()
    found.append(train("digits", **wishes))
    assert all(isinstance(network, FloatNetwork) for network in found) and found[0].sha256 == found[1].sha256
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options, sentence", [
    (dict(choices={"gaps": "hold"}), "choices say how a data set is read by its name: leave them out with a Dataset"),
    (dict(resume=True), "resume, restart and overwrite are of the files of a training: name these by out"),
    (dict(restart=True), "resume, restart and overwrite are of the files of a training: name these by out"),
    (dict(out="o", resume=True, restart=True), "resume goes on from a checkpoint and restart removes it: choose one"),
    *((dict(out=out), "out must be a name such as ") for out in ("", "..", "folder/", Path(".npz")))])
def test_what_would_be_ignored_is_refused(tmp_path, monkeypatch, options, sentence):
    monkeypatch.chdir(tmp_path)
    Path("o.checkpoint").write_bytes(b"stopped")
    with pytest.raises(UserError, match=f"^{sentence}"):
        train(replace(many("fashion"), train_labels=np.zeros(0)), **options)
    assert Path("o.checkpoint").read_bytes() == b"stopped"


def test_numbers_of_numpy_are_numbers():
    plain = Wishes(hidden=8, bits=4, epochs=3, seed=2, silent=0.5, scales=(1.0, 2.0), settings={"push": 0.5})
    made = Wishes(hidden=np.int64(8), bits=np.int64(4), epochs=np.int32(3), seed=np.uint8(2), silent=np.float64(0.5),
                  scales=np.array([1.0, 2.0]), settings={"push": np.float64(0.5)})
    assert made == plain
    assert [training_plan(one, many("fashion"), "fashion").as_dict() for one in (made, plain)][0]["hidden"] == [8]


def test_a_number_is_one_hidden_layer():
    assert training_plan(Wishes(hidden=32), many("fashion"), "fashion").hidden == (32,)


def test_the_function_refuses_what_it_does_not_know():
    with pytest.raises(TypeError, match="unexpected keyword argument 'epoch'"):
        train("digits", epoch=3)
    with pytest.raises(UserError, match="nowhere is neither a folder nor one of the data sets"):
        train("nowhere")
