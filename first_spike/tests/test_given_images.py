"""Python's functions take options by name and images with labels; if images do not fit, the error says what helps."""

import inspect
from dataclasses import fields

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import evaluate
from first_spike.golden.data.dataset import Dataset
from first_spike.interop.options import ForeignFile
from first_spike.training.wishes import Wishes
from tb.helpers.process import command  # noqa: F401

QUICK = dict(hidden=8, epochs=1, finetune=0, silent=1.0)


class Tensor:
    """As much of a tensor of PyTorch as tells it."""

    shape, dtype = (3, 4, 5), "torch.uint8"

    def detach(self):
        return self

    def numpy(self):
        return np.zeros(self.shape, np.uint8)

    def __len__(self):
        return 3


def labelled(*shape, classes=3):
    """Images of noise, brighter the larger their label."""
    rng, labels = np.random.default_rng(4), np.arange(60) % classes
    images = rng.integers(1, 60, (60, *shape)) + 60 * labels.reshape(-1, *[1] * len(shape))
    return images.astype(np.uint8), labels


@pytest.mark.parametrize("function, options, others", [
    (fs.train, Wishes, {"dataset", "choices", "out", "resume", "restart", "overwrite"}),
    (fs.import_nir, ForeignFile, {"data", "bits", "steps", "calibrate"})])
def test_every_option_is_an_argument_and_has_its_line(function, options, others):
    given = inspect.signature(function).parameters
    expected = {field.name: field.default for field in fields(options)}
    assert {name: given[name].default for name in expected if name != "file"} == {
        name: default for name, default in expected.items() if name != "file"}
    assert set(given) - set(expected) == others
    assert all(one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD) for one in given.values())
    assert all(function.__doc__.count(f"\n        {name}: ") == 1 for name in given)


@pytest.mark.parametrize("call, function", [
    (lambda: fs.train("digits", hiden=3), "train"),
    (lambda: fs.import_nir("a.nir", "digits", fire="at"), "import_nir")])
def test_an_unknown_option_is_one_of_the_function(call, function):
    with pytest.raises(TypeError, match=rf"^{function}\(\)"):
        call()


def test_every_option_of_a_training_counts(monkeypatch):
    seen = []
    monkeypatch.setattr("first_spike.training.train.training_plan", lambda wishes, *_: seen.append(wishes) or 1 / 0)
    changed = dict(hidden=(3,), layers="dense 3", steps=8, bits=(3,), rule="s4nn", epochs=2, finetune=1,
                   finetune_rates=(0.1, 0.2), seed=2, held_out=5, silent=0.5, patient=True, deformed=2, augment="none",
                   class_weights="equal", scale_per="layer", scales=(1.0,), settings=(("decay", 0.5),), thin="half",
                   most_events=4, calibrate=True)
    with pytest.raises(ZeroDivisionError):
        fs.train(labelled(4, 4), **changed)
    assert vars(seen[0]) == changed


@pytest.mark.parametrize("shape, map_shape", [((4, 5), (4, 5)), ((7, 6, 3), (7, 6, 3)), ((3, 7, 6), (7, 6, 3)),
                                              ((12,), (1, 12))])
def test_images_and_labels_are_a_data_set(shape, map_shape, capsys):
    images, labels = labelled(*shape)
    network = fs.train((images, labels.tolist()), **QUICK)
    assert network.image_shape == map_shape and network.classes == ("0", "1", "2")
    assert network.accuracy["images"] == 12 and network.accuracy["split"] == {"seed": 1, "train_per_class": 16}
    told = capsys.readouterr().err.splitlines()
    assert sum("48" in line and "12" in line for line in told) == 1
    assert sum("channels first" in line for line in told) == (shape == (3, 7, 6))
    assert fs.train([images, labels.astype(np.uint8)], **QUICK) == network


def test_each_image_is_on_one_side_with_its_label():
    images = np.arange(60, dtype=np.uint8).reshape(60, 1, 1) * np.ones((1, 2, 2), np.uint8)
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("first_spike.training.train.training_plan", lambda _, data, name: seen.append(data) or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fs.train((images, np.arange(60) % 4 * 2))  # classes 1, 3 and 5 are not there
    data = seen[0]
    numbers = np.concatenate([data.train_images[:, 0, 0], data.test_images[:, 0, 0]])
    assert sorted(numbers) == list(range(60)) and len(data.test_images) == 12 and len(data.classes) == 7
    assert np.array_equal(np.concatenate([data.train_labels, data.test_labels]), numbers % 4 * 2)


def test_a_network_of_arrays_is_evaluated_on_others(command, tmp_path):  # noqa: F811
    pytest.importorskip("matplotlib")
    images, labels = labelled(4, 5)
    fs.train((images, labels), out=tmp_path / "net", **QUICK)
    np.savez(tmp_path / "mine.npz", x_test=images, y_test=labels)
    done = command(evaluate, "--network", tmp_path / "net.npz", "--data", tmp_path / "mine.npz")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("make, word", [
    (lambda images, labels: images, "(images, labels)"),
    (lambda images, labels: images / 255, "(images, labels)"),
    (lambda images, labels: Tensor(), "images.numpy()"),
    (lambda images, labels: (Tensor(), labels), "images.numpy()"),
    (lambda images, labels: (images, Tensor()), "labels.numpy()"),
    (lambda images, labels: (images / np.float32(255), labels), '(images * 255).astype("uint8")'),
    (lambda images, labels: (images > 90, labels), '(images * 255).astype("uint8")'),
    (lambda images, labels: (images.astype(float), labels), ': .astype("uint8")'),
    (lambda images, labels: (images + 0.5, labels), ' .astype("uint8") '),
    (lambda images, labels: (images / 100 - 1, labels), "from -0.9"),
    (lambda images, labels: (np.full((60, 4, 5), np.nan), labels), "nan"),
    (lambda images, labels: (images[0, 0], labels), "[5]"),
    (lambda images, labels: (images[:0], labels[:0]), "[0, 4, 5]"),
    (lambda images, labels: (images, labels[1:]), "60 images"),
    (lambda images, labels: (images, labels / 3), "float64"),
    (lambda images, labels: (images, labels - 1), "-1"),
    (lambda images, labels: (images, labels * 0), "single class 0"),
    (lambda images, labels: (images, labels.astype(str)), "np.unique"),
    (lambda images, labels: (images, None), "object"),
    (lambda images, labels: (images[:4], labels[:4]), "class 1, 2"),
    (lambda images, labels: (images, labels, images, labels), "tuple"), (lambda images, labels: {"x": 1}, "dict"),
    (lambda images, labels: Dataset(images / 255, labels, images / 255, labels, ("0", "1", "2"), "mine"), "* 255"),
    (lambda images, labels: fs.samples(), "ChosenImages"), (lambda images, labels: None, "NoneType")])
def test_what_is_no_data_set_is_refused(make, word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fs.UserError) as caught:
        fs.train(make(*labelled(4, 5)), out="net", **QUICK)
    assert word in str(caught.value) and "\n" not in str(caught.value) and not list(tmp_path.iterdir())


@pytest.mark.parametrize("choices", [{"channels": "middle"}, {"gaps": "hold"}, "x"])
def test_choices_that_arrays_do_not_have(choices):
    with pytest.raises(fs.UserError):
        fs.train(labelled(5, 5, 5), choices=choices, **QUICK)
    with pytest.raises(fs.UserError):
        fs.train(labelled(5, 5), choices={"channels": "first"}, **QUICK)


def test_channels_as_they_are_said_to_be():
    images, labels = labelled(3, 7, 6)
    assert fs.train((images, labels), choices={"channels": "last"}, **QUICK).image_shape == (3, 7, 6)
    assert fs.train((images, labels), choices={"channels": "first"}, **QUICK).image_shape == (7, 6, 3)


@pytest.mark.parametrize("make, word", [
    (lambda images: images[0], "images[None]"), (lambda images: images[0].ravel(), "images[None]"),
    (lambda images: images / 255, '(images * 255).astype("uint8")'),
    (lambda images: images.astype(np.float32), '.astype("uint8")'), (lambda images: Tensor(), "images.numpy()")])
def test_images_that_do_not_fit_say_what_helps(small, make, word):
    network, images, _ = small
    design, given = fs.Design(network), make(np.maximum(images, 2))
    for take in (lambda: fs.infer(network, given), lambda: fs.cycles(design, given), lambda: fs.metrics(network, given),
                 lambda: fs.metrics(design, given), lambda: fs.compare(design, given, simulator="myhdl"),
                 lambda: fs.explore(network, images=given), lambda: fs.plot.decision_times(network, given)):
        with pytest.raises(fs.UserError) as caught:
            take()
        assert word in str(caught.value) and "\n" not in str(caught.value)
