"""What is said of small and of missing classes, and the recall of the worst beside each accuracy."""

import json

import numpy as np
import pytest

from first_spike.command import cli
from first_spike.commands import compare, evaluate, import_weights, quantize, train
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.training.results import class_warnings
from tb.helpers.process import command  # noqa: F401

QUICK = ("--hidden", 6, "--epochs", 2, "--finetune", 1, "--silent", 1)
COUNTS = {"cat": 40, "dog": 30, "fish": 3}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.console, "_width", 200)
    return tmp_path


@pytest.fixture
def pets(folder):
    """Pictures of cats, dogs and three fish."""
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(3)
    for c, (name, count) in enumerate(COUNTS.items()):
        (folder / "pets" / name).mkdir(parents=True)
        for n in range(count):
            grey = rng.integers(0, 120, (6, 6)) + 60 * c
            image.fromarray(grey.astype(np.uint8)).save(folder / "pets" / name / f"{n}.png")
    return "--dataset", "folder:pets"


def images(trained, held_out, tested):
    return {side: dict(zip("abcd", counts)) for side, counts in
            (("trained", trained), ("held_out", held_out), ("tested", tested))}


def test_warnings_by_hand():
    assert class_warnings(images((50, 50), (5, 6), (1, 1)), 50) == []
    assert class_warnings(images((0, 9, 0, 9), (0, 5, 0, 4), (0, 0, 1, 3)), 14) == [
        "class a has no image at all, neither to train on nor to test; labels count classes from 0",
        "class c is tested, but has no image to train on",
        "class b has no image to test: the accuracy says nothing of it",
        "class d (16) has no more images than the 14 to train on: 80% are for training",
        "fewer than 5 images are held out of class d (4): what is chosen on them is chosen by chance"]
    assert class_warnings(images((0, 9), (6, 5), (1, 1))) == [
        "all images of class a are held out, so that none is left to train on: hold out fewer"]
    many = {side: {str(n): 3 for n in range(12)} for side in ("trained", "held_out", "tested")}
    assert class_warnings(many) == [
        f"fewer than 5 images are held out of class {', '.join(f'{n} (3)' for n in range(10))}, and 2 more: what is "
        f"chosen on them is chosen by chance"]


def row(text, name):
    """The cells behind `name` in a line of a table."""
    line, = (line for line in text.splitlines() if line.startswith(f"│ {name} "))
    return [cell.strip() for cell in line.strip("│").split("│")][1:]


def test_one_small_class(command, pets):  # noqa: F811
    done = command(train, *pets, "--image-size", "6x6", *QUICK, "--out", "net")
    assert done.returncode == 0, done.stderr
    assert [row(done.stdout, name) for name in COUNTS] == [["30", "2", "8"], ["22", "2", "6"], ["1", "1", "1"]]
    assert "classes weigh alike in training" in done.stdout
    few = ("fewer than 5 images are held out of class cat (2), dog (2), fish (1): what is chosen on them is chosen by "
           "chance")
    assert f"warning: {few}\n" in done.stderr
    report = json.loads(open("net.json").read())
    assert report["plan"]["class_weights"] == "equal" and few in report["warnings"]
    assert report["images"]["trained"] == {"cat": 30, "dog": 22, "fish": 1}
    worst = report["integer"]["worst_class"]
    assert row(done.stdout, "integer")[1] == f"{report['integer']['recall'][worst]:.2%} ({worst})"
    done = command(quantize, "--float", "net_float.npz", *pets, "--finetune", 1, "--out", "q")
    assert done.returncode == 0 and row(done.stdout, "fish") == ["1", "1", "1"], done.stderr
    assert "classes weigh alike in training" in done.stdout and f"warning: {few}\n" in done.stderr


def test_as_the_user_chooses(command, pets):  # noqa: F811
    words = (*pets, "--image-size", "6x6", "--train-per-class", 20, *QUICK, "--class-weights")
    done = command(train, *words, "as-given", "--out", "net")
    assert done.returncode == 0, done.stderr
    assert [row(done.stdout, name) for name in COUNTS] == [["18", "2", "20"], ["19", "1", "10"], ["1", "1", "1"]]
    small = "class fish (3) has no more images than the 20 to train on: 80% are for training"
    assert f"warning: {small}\n" in done.stderr and small in json.loads(open("net.json").read())["warnings"]
    assert "weigh alike" not in done.stdout
    assert Network.load("net.npz").accuracy["split"] == {"seed": 1, "train_per_class": 20}
    done = command(train, *words, "heavy", "--out", "net")
    assert (done.returncode, done.stderr) == (1, "error: class weights are equal or as-given, found 'heavy'\n")
    done = command(quantize, "--float", "net_float.npz", *pets, "--class-weights", "equal", "--out", "q")
    assert done.returncode == 1 and "--class-weights can only be given with --finetune" in done.stderr


def test_classes_that_are_missing(command):  # noqa: F811
    """Labels 1 to 3 make four classes, of which 0 is empty; 3 is tested only."""
    rng = np.random.default_rng(1)
    y, x = np.repeat([1, 2], 60), rng.integers(0, 255, (120, 2, 2)).astype(np.uint8)
    np.savez("odd.npz", x_train=x, y_train=y, x_test=x[:9], y_test=np.repeat([1, 2, 3], 3))
    said = ["warning: class 0 has no image at all, neither to train on nor to test; labels count classes from 0",
            "warning: class 3 is tested, but has no image to train on"]
    done = command(train, "--dataset", "odd.npz", *QUICK, "--out", "net")
    assert done.returncode == 0 and done.stderr.splitlines()[:2] == said
    assert row(done.stdout, "0") == ["0", "0", "0"] and row(done.stdout, "3") == ["0", "0", "3"]
    assert json.loads(open("net.json").read())["integer"]["recall"]["3"] == 0
    np.savez("theirs.npz", rng.integers(-3, 4, (4, 4)).astype(np.float32))
    done = command(import_weights, "theirs.npz", "--threshold", 2, "--orientation", "inputs-first", "--dataset",
                   "odd.npz", "--out", "in")
    assert done.returncode == 0 and done.stderr.splitlines()[:2] == said, done.stderr
    assert "worst class" in done.stdout


@pytest.mark.parametrize("module, words", [(evaluate, ()), (compare, ("--sim", "golden"))])
def test_recall_beside_the_accuracy(command, module, words):  # noqa: F811
    rng = np.random.default_rng(4)
    network = Network.load(cli.Path(__file__).parents[2] / "golden/networks/mnist_784_128_10_4bit.npz")
    found, labels = rng.integers(0, 256, (60, 28, 28)).astype(np.uint8), np.repeat([2, 5, 7], 20)
    np.save("images.npy", found)
    named = infer(network, found).classes
    labels[:10] = named[:10]
    np.save("labels.npy", labels)
    network.save("n.npz")
    done = command(module, "--network", "n.npz", "--images", "images.npy", "--labels", "labels.npy", *words, "--json",
                   "r.json")
    assert done.returncode == 0, done.stderr
    report = json.loads(open("r.json").read())
    report = report if module is evaluate else report["recall"]["golden"]
    shares = {str(c): (named[labels == c] == c).mean() for c in set(labels.tolist())}
    assert {name: share for name, share in report["recall"].items() if share is not None} == shares
    assert report["worst_recall"] == min(shares.values()) == shares[report["worst_class"]]
    assert f"{report['worst_recall']:.2%} ({report['worst_class']})" in done.stdout
