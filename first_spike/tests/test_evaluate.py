"""`first-spike evaluate`: figures, files, and one sentence for every bad input."""

import json
import os
from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from first_spike.command.images import read_images
from first_spike.commands import evaluate as evaluation
from first_spike.golden.data.idx import write_idx
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from tb.helpers.process import assert_predictions, assert_refused, command, run_script  # noqa: F401
from tb.helpers.random_networks import as_float, random_images, random_network, worded_network


@pytest.fixture
def case(tmp_path):
    """A folder with a network of 4 x 5 pixels, images and labels; gives (folder, network, images, labels)."""
    rng = np.random.default_rng(11)
    network = random_network(rng, 16, 4, 2)
    while network.image_shape != (4, 5) or network.sizes[-1] < 3:
        network = random_network(rng, 16, 4, 2)
    images = np.concatenate([random_images(rng, network) for _ in range(4)])
    labels = rng.integers(0, network.sizes[-1], len(images))
    network.save(tmp_path / "network.npz")
    np.save(tmp_path / "images.npy", images)
    np.save(tmp_path / "labels.npy", labels)
    return tmp_path, network, images, labels


@pytest.fixture
def evaluate(case, command):  # noqa: F811
    return lambda *arguments: command(evaluation, "--network", "network.npz", *arguments, cwd=case[0])


def test_figures_and_files(case, evaluate):
    folder, network, images, labels = case
    done = evaluate("--images", "images.npy", "--labels", "labels.npy", "--json", "r.json", "--predictions",
                    "p.npz")
    assert done.returncode == 0, done.stderr
    expected = infer(network, images)
    report = json.loads((folder / "r.json").read_text())
    correct = int((expected.classes == labels).sum())
    assert 0 < correct < len(images)
    assert (report["images"], report["correct"], report["accuracy"]) == (28, correct, correct / 28)
    assert (report["silent"], report["ties"]) == (expected.silent.mean(), expected.tie.mean())
    assert report["decision_time_mean"] == expected.decision_time.mean()
    early = infer(network, images, until_decision=True).spike_times
    assert report["spikes_by_layer_mean"] == [(times < 16).sum(axis=1).mean() for times in early]
    heard = encode(images, 16)[:, network.used_inputs]
    inputs = (heard <= np.minimum(expected.decision_time, 15)[:, None]).sum()
    hidden = (early[0] < 16).sum()
    assert report["spikes_to_decision_mean"] == (inputs + hidden) / 28
    assert f"{(inputs + hidden) / 28:.1f} = {inputs / 28:.1f} of inputs + {hidden / 28:.1f}" in done.stdout
    assert report["network_sha256"] == network.sha256
    assert f"{correct / 28:.2%}" in done.stdout
    assert_predictions(folder / "p.npz", expected, margins=True)


def test_a_float_network(case, evaluate):
    """With the integers as floats it decides alike."""
    folder, network, images, labels = case
    reports, predictions = [], []
    for kind in ("integer", "float"):
        done = evaluate("--images", "images.npy", "--labels", "labels.npy", "--json", "r.json", "--predictions",
                        "p.npz")
        assert done.returncode == 0, done.stderr
        assert ("in float" in done.stdout) == (kind == "float")
        reports.append(json.loads((folder / "r.json").read_text()))
        with np.load(folder / "p.npz", allow_pickle=False) as archive:
            predictions.append({name: archive[name].tolist() for name in archive.files})
        as_float(network).save(folder / "network.npz")
    assert reports[1].pop("kind") == "float" and reports[0].pop("kind") == "integer"
    assert reports[1].pop("network_sha256") == as_float(network).sha256 != reports[0].pop("network_sha256")
    assert reports[0] == reports[1] and predictions[0] == predictions[1]


def test_idx_files_a_folder_and_no_labels_agree(case, evaluate):
    folder, network, images, labels = case
    write_idx(folder / "t10k-images-idx3-ubyte", images)
    write_idx(folder / "t10k-labels-idx1-ubyte", labels.astype(np.uint8))
    ways = [("--data", "."), ("--images", "t10k-images-idx3-ubyte", "--labels", "t10k-labels-idx1-ubyte"),
            ("--images", "images.npy")]
    reports = []
    for way in ways:
        done = evaluate(*way, "--json", "r.json")
        assert done.returncode == 0, done.stderr
        reports.append(json.loads((folder / "r.json").read_text()))
    assert reports[0] == reports[1]
    sure, unlabelled = reports[0].pop("confidence"), reports[2].pop("confidence")
    assert reports[2] == reports[0] | dict.fromkeys(("accuracy", "correct", "recall", "worst_class",
                                                     "worst_recall"))
    assert [{**one, "label": None} for one in sure.pop("doubtful")] == unlabelled.pop("doubtful")
    assert unlabelled == sure | dict.fromkeys(("error_by_coverage", "curve", "auroc"))


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 3)])
def test_channels_first_are_turned_and_said(tmp_path, capsys, shape):
    network = worded_network(np.random.default_rng(1), "dense 2", shape, (4,), 8)
    images = np.random.default_rng(2).integers(0, 256, (7, 4, 5, (*shape, 1)[2]), np.uint8)
    labels = np.arange(7) % 2
    np.save(tmp_path / "labels.npy", labels.astype(float))
    for array, said in ((images, ""), (np.moveaxis(images, -1, 1), "taken with channels first, as")):
        np.save(tmp_path / "images.npy", array)
        chosen = read_images(Namespace(events=None, data=None, images=str(tmp_path / "images.npy"),
                                       labels=str(tmp_path / "labels.npy")), network)
        assert np.array_equal(chosen.images, images.reshape(7, *shape)) and np.array_equal(chosen.labels, labels)
        assert (said in capsys.readouterr().err) if said else not capsys.readouterr().err


def truncated(folder, name):
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:len(whole) - 7])


def bad_images(folder, images):
    np.save(folder / "flat.npy", images[0])
    np.save(folder / "float.npy", images / images.max())
    np.save(folder / "wide.npy", images.astype(np.int64))
    for name, other in (("text", "U1"), ("fields", [("x", "i4")]), ("bytes", "V4"), ("dates", "M8[s]"), ("flags", "?")):
        np.save(folder / f"{name}.npy", np.zeros(images.shape, other))
    np.save(folder / "empty.npy", images[:0])
    np.save(folder / "object.npy", np.array([{}], object))
    np.save(folder / "number.npy", np.uint8(3))
    np.save(folder / "short.npy", images)
    truncated(folder, "short.npy")
    write_idx(folder / "short.idx", images)
    truncated(folder, "short.idx")
    np.savez(folder / "archive.npz", images)
    whole = (folder / "float.npy").read_bytes()
    (folder / "header.npy").write_bytes(whole[:20] + b"(" + whole[21:])  # an open bracket: numpy's tokenizer objects
    (folder / "archive.npz").rename(folder / "archive.npy")


@pytest.mark.parametrize("name, sentence", [
    ("flat.npy", "the network takes images of 4 x 5 pixels, found an array of shape [4, 5]"),
    ("float.npy", "images must be uint8, found float64; not all are whole numbers from 0 to 255, they lie from 0 to 1"),
    ("wide.npy", "images must be uint8, found int64: .astype"),
    ("text.npy", "text.npy: images must be uint8, found <U1"), ("bytes.npy", "images must be uint8, found |V4"),
    ("fields.npy", "images must be uint8, found [('x', '<i4')]"),
    ("dates.npy", "images must be uint8, found datetime64[s]"), ("flags.npy", "images must be uint8, found bool"),
    ("empty.npy", "empty.npy holds no images"),
    ("object.npy", "object.npy is not a whole .npy file of plain numbers"),
    ("number.npy", "number.npy holds a single number"),
    ("short.npy", "short.npy is not a whole .npy file of plain numbers"),
    ("header.npy", "header.npy is not a whole .npy file of plain numbers"),
    ("archive.npy", "archive.npy is an archive of arrays"),
    ("short.idx", "short.idx is cut short: its header announces 560 values, 553 follow"),
    ("missing.idx", "cannot read missing.idx: No such file or directory"),
    ("missing.npy", "cannot read missing.npy: No such file or directory"),
])
def test_bad_images(case, name, sentence, evaluate):
    bad_images(case[0], case[2])
    assert_refused(evaluate("--images", name, "--json", "r.json"), sentence)
    assert not (case[0] / "r.json").exists()


@pytest.mark.parametrize("labels, sentence", [
    (np.zeros(27, int), "27 labels for 28 images"),
    (np.full(28, 0.5), "labels.npy must be one integer for each of 28 images, found float64 of shape [28]"),
    (np.zeros((28, 1), int), "found int64 of shape [28, 1]: .ravel() leaves one axis"),
    (np.full(28, "a"), "found <U1 of shape [28]: the number of each name in the network's classes is needed"),
    (np.arange(28), "is none of the network's"),
    (np.arange(28) - 1, "label -1 of image 0 is none of the network's"),
])
def test_bad_labels(case, labels, sentence, evaluate):
    np.save(case[0] / "labels.npy", labels)
    assert_refused(evaluate("--images", "images.npy", "--labels", "labels.npy"), sentence)


def test_first_label_too_many(case, evaluate):
    folder, network, _, labels = case
    labels[9] = count = len(network.classes)
    np.save(folder / "labels.npy", labels)
    assert_refused(evaluate("--images", "images.npy", "--labels", "labels.npy"),
                   f"label {count} of image 9 is none of the network's {count} classes, which count from 0")


def test_bad_arguments(case, evaluate, command):  # noqa: F811
    folder, network, _, _ = case
    assert_refused(evaluate("--data", "nowhere"), "nowhere is neither a folder nor one of the data sets")
    assert_refused(evaluate("--labels", "labels.npy"), "--labels goes with --images only")
    assert evaluate("--data", ".", "--images", "images.npy").returncode == 2
    assert command(evaluation).returncode == 2
    truncated(folder, "network.npz")
    assert_refused(evaluate("--images", "images.npy"), "network.npz: is truncated, damaged, or no .npz file")


@pytest.mark.parametrize("option", ["--json", "--predictions"])
def test_output_that_cannot_be_written(case, option, evaluate):
    before = sorted(os.listdir(case[0]))
    done = evaluate("--images", "images.npy", option, "missing/file")
    assert done.returncode == 2 and "cannot write missing/file: there is no folder missing" in done.stderr
    assert sorted(os.listdir(case[0])) == before


def test_shipped_network_on_the_samples(tmp_path):
    """The real thing: digits that come along, the network that is shipped."""
    networks = os.path.join(os.path.dirname(__file__), "..", "..", "golden", "networks")
    done = run_script("evaluate.py", "--network", os.path.join(networks, "mnist_784_128_10_4bit.npz"), "--data",
                      "samples", "--json", "r.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["images"] == 500 and report["accuracy"] > 0.95


def test_a_named_set_of_other_classes_is_said(command):  # noqa: F811
    done = command(evaluation, "--network", "fashion_784_400_10_4bit", "--data", "samples")
    assert done.returncode == 0 and done.stderr.startswith(
        "warning: samples holds the classes 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, but the network names T-shirt/top, Trouser, ")
    assert command(evaluation, "--network", "mnist_784_128_10_4bit", "--data", "samples").stderr == ""


@pytest.mark.parametrize("count, said", [
    (10, "warning: the first 10 images of images.npy leave out 2 of its 3 classes: `first-spike evaluate` counts all "
         "images\n"), (12, ""), (21, ""), (2, ""), (None, "")])
def test_classes_that_the_first_images_leave_out_are_said(case, capsys, count, said):
    folder, network, *_ = case
    np.save(folder / "labels.npy", np.arange(28) // 10)
    read_images(Namespace(events=None, data=None, images=str(folder / "images.npy"),
                          labels=str(folder / "labels.npy"), count=count), network, 21)
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("named, sentence", [
    ("samples", "the network takes images of 4 x 5 pixels, found an array of shape [500, 28, 28]"),
    ("birds", "the network was trained on birds, which is not at hand: name it by --data NAME, FOLDER"),
    (["mnist"], "the network was trained on ['mnist'], which is not at hand")])
def test_data_are_those_that_the_network_names(case, named, sentence, evaluate):
    replace(case[1], accuracy={"dataset": named}).save(case[0] / "network.npz")
    assert_refused(evaluate(), sentence)
