"""Data of one's own through the commands: train, quantize, evaluate and compare read the same things, and alike."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import first_spike as fs
from first_spike.command.data_options import read_dataset
from first_spike.command.images import as_taken
from first_spike.commands import compare, evaluate, quantize, train
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.npz import write_event_file
from first_spike.golden.files import ROOT
from first_spike.training.train import read_training, training_plan
from first_spike.training.wishes import Wishes
from tb.helpers.cameras import write_recordings
from tb.helpers.process import command  # noqa: F401, a fixture
from tb.helpers.random_networks import worded_network
from tb.helpers.sounds import write_sounds


def series(rng, count):
    """Two channels of noise, the second a hundred times as loud, with a bump early (class 0) or late (class 1)."""
    labels = rng.integers(0, 2, count)
    x = rng.normal(0, 0.3, (count, 24, 2))
    for place in range(3):
        x[np.arange(count), 4 + 12 * labels + place] += 2
    return (x * [1, 100]).astype(np.float32), labels


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The folder to work in, with mine.npz."""
    rng = np.random.default_rng(7)
    (x_train, y_train), (x_test, y_test) = series(rng, 400), series(rng, 40)
    np.savez(tmp_path / "mine.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test,
             classes=np.array(["early", "late"]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


TRAINING = ("--hidden", 8, "--epochs", 50, "--finetune", 5, "--held-out", 20)


PLAIN = ("--coding", "plain")


def report(folder, name="r.json"):
    return json.loads((folder / name).read_text())


def test_a_float_series(made, command):  # noqa: F811
    done = command(train, "--dataset", "mine.npz", *TRAINING, *PLAIN, "--out", "net")
    assert done.returncode == 0, done.stderr
    network = Network.load("net.npz")
    assert network.image_shape == (1, 24, 2) and network.classes == ("early", "late")
    assert network.accuracy["split"].keys() == {"low", "high"}
    assert network.accuracy["accuracy"] > 0.9 and network.accuracy["silent"] < 0.2
    steps = None
    for module, words in ((evaluate, ()), (compare, ("--sim", "golden", "--count", "all"))):
        done = command(module, "--network", "net.npz", "--data", "mine.npz", *words, "--json", "r.json")
        assert done.returncode == 0, done.stderr
        found, steps = report(made)["accuracy"], report(made).get("decision_time_mean", steps)
        assert (found if module is evaluate else found["golden"]) == network.accuracy["accuracy"]
    # another file is scaled as the network's training set was, not by itself
    with np.load("mine.npz") as arrays:
        np.savez("louder.npz", x_test=arrays["x_test"] * 3 + 1, y_test=arrays["y_test"])
    done = command(evaluate, "--network", "net.npz", "--data", "louder.npz", "--json", "r.json")
    assert done.returncode == 0 and report(made)["decision_time_mean"] != steps
    done = command(quantize, "--float", "net_float.npz", "--dataset", "mine.npz", "--bits", 5, "--out", "five")
    assert done.returncode == 0, done.stderr
    assert Network.load("five.npz").accuracy["split"] == network.accuracy["split"]
    assert "net.npz, which --dataset reads" not in done.stderr
    done = command(train, "--dataset", "net.npz", *TRAINING, "--out", "net")
    assert done.returncode == 1 and "--out names net.npz" not in done.stdout and "holds no array" in done.stderr


@pytest.mark.thorough
def test_a_series_without_options(made, command):  # noqa: F811
    """Of unequal length, too: the network's file keeps how it is read, for everybody who reads it later."""
    with np.load("mine.npz") as arrays:
        uneven = dict(arrays) | {name: arrays[name].astype(float) for name in ("x_train", "x_test")}
    uneven["x_train"], uneven["y_train"] = uneven["x_train"][:100], uneven["y_train"][:100]
    for x in (uneven["x_train"], uneven["x_test"]):
        x[::3, 20:] = np.nan
    np.savez("uneven.npz", **uneven)
    done = command(train, "--dataset", "uneven.npz", "--out", "net")
    assert done.returncode == 0, done.stderr
    network = Network.load("net.npz")
    assert network.image_shape == (1, 24, 8) and network.accuracy["split"].keys() == {
        "unequal", "coding", "length", "middle", "levels"}
    assert [layer.weight_bits for layer in network.layers] == [4, 8] and network.accuracy["accuracy"] > 0.9
    for module, words in ((evaluate, ()), (compare, ("--sim", "golden", "--count", "all"))):
        done = command(module, "--network", "net.npz", "--data", "uneven.npz", *words, "--json", "r.json")
        assert done.returncode == 0, done.stderr
        found = report(made)["accuracy"]
        assert (found if module is evaluate else found["golden"]) == network.accuracy["accuracy"]
    done = command(quantize, "--float", "net_float.npz", "--dataset", "uneven.npz", "--bits", 5, "--out", "five")
    assert done.returncode == 0 and Network.load("five.npz").accuracy["split"] == network.accuracy["split"], done.stderr
    done = command(quantize, "--float", "net_float.npz", "--dataset", "uneven.npz", *PLAIN, "--out", "b")
    assert done.returncode == 1 and "--coding is plain, but the network was trained with sides" in done.stderr


def test_the_example_of_the_page(made, command):  # noqa: F811
    page = (ROOT / "docs" / "howto" / "data.md").read_text()
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], {})
    for module, name in ((train, "train"), (evaluate, "evaluate")):
        words = re.search(rf"^first-spike {name} (.*series.*)", page, re.MULTILINE)[1]
        done = command(module, *words.split())
        assert done.returncode == 0, done.stderr
    assert "100.00%" in done.stdout and not done.stderr


def test_what_became_of_a_series_is_said_and_done_alike(made, command):  # noqa: F811
    with np.load("mine.npz") as arrays:
        uneven = {name: array.astype(float).swapaxes(1, 2) if name[0] == "x" else array for name, array in
                  arrays.items()}
    for x in (uneven["x_train"], uneven["x_test"]):
        x[::3, :, 20:], x[1, 0, 5], x[2, 1, 7] = np.nan, np.nan, 1e6
    np.savez("uneven.npz", **uneven)
    for words, sentence in ((PLAIN, "trained with --gaps hold or --gaps interpolate"),
                            ((*PLAIN, "--gaps", "hold"), "trained with --unequal pad or --unequal resample")):
        done = command(train, "--dataset", "uneven.npz", *TRAINING, "--out", "net", *words)
        assert done.returncode == 1 and sentence in done.stderr
    words = ("--gaps", "hold", "--unequal", "pad")
    done = command(train, "--dataset", "uneven.npz", *TRAINING, "--out", "net", *PLAIN, *words)
    assert done.returncode == 0, done.stderr
    for sentence in ("x_train and x_test: [2, 24] each, taken with channels first", "1 numbers missing in 1 of 400",
                     "x_train: of 400 series of 20 to 24 steps 134 are padded to 24", "of 40 series", "outliers"):
        assert sentence in done.stderr
    network = Network.load("net.npz")
    assert network.image_shape == (1, 24, 2) and network.accuracy["accuracy"] > 0.8
    done = command(evaluate, "--network", "net.npz", "--data", "uneven.npz", "--json", "r.json")
    assert report(made)["accuracy"] == network.accuracy["accuracy"] and "of 40 series" in done.stderr
    done = command(quantize, "--float", "net_float.npz", "--dataset", "uneven.npz", "--unequal", "resample",
                   "--out", "b")
    assert done.returncode == 1 and "--unequal is resample, but the network was trained with pad" in done.stderr
    done = command(train, "--dataset", "digits", *TRAINING, "--out", "net2", *words)
    assert done.returncode == 1 and "--unequal goes with --dataset FILE.npz only" in done.stderr


def test_a_data_set_is_what_a_training_reads(made, monkeypatch):
    """And for a network what it was trained on; an import by name reads plain numbers, as its command."""
    read, found = read_training("mine.npz"), fs.dataset("mine.npz")
    assert all(map(np.array_equal, found.train_arrays + found.test_arrays, read.train_arrays + read.test_arrays))
    assert training_plan(Wishes(), found, found.name) == training_plan(Wishes(), read, "mine.npz")
    network = replace(worded_network(np.random.default_rng(1), "dense 2", found.image_shape, (4,), 16),
                      classes=found.classes, accuracy={"dataset": "mine.npz", "split": found.split})
    tried = dict(lanes=[2], pixels=[8], spikes_per_cycle=[4], events_per_cycle=[1])
    own = fs.explore(network, images=fs.dataset("mine.npz", train=False, network=network), **tried)
    assert own[0].us == fs.explore(network, images=found.test_images, **tried)[0].us
    seen = []
    shown = {"accuracy": 0.5, "images": 2, "dataset": "mine"}
    made = SimpleNamespace(network=network, wholes=[], imported=SimpleNamespace(layers=[], warnings=[]),
                           in_integers=shown, in_float=shown)
    monkeypatch.setattr("first_spike.interop.bring_in.bring_in",
                        lambda foreign, data, *_, **__: seen.append(data) or made)
    fs.import_nir("theirs.npz", "mine.npz")
    plain = fs.dataset("mine.npz", choices={"coding": "plain"})
    assert np.array_equal(seen[0].train_images, plain.train_images) and plain.image_shape == (1, 24, 2)


def test_a_data_set_by_its_choices(made):
    name = f"audio:{write_sounds(made / 'sounds', count=8)}"
    assert fs.dataset(name, choices={"image_size": "8x12", "test_files": "*_bob_*"}).image_shape == (8, 12)
    np.savez("maps.npz", x_test=np.zeros((5, 3, 6, 7), np.uint8), y_test=np.arange(5))
    assert fs.dataset("maps.npz", train=False, choices={"channels": "last"}).images.shape == (5, 3, 6, 7)


def test_spike_times_need_a_network_of_their_steps(made, command):  # noqa: F811
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 90)
    times = np.where(np.arange(8) // 4 == labels[:, None], rng.integers(0, 4, (90, 8)), rng.integers(8, 17, (90, 8)))
    np.savez("times.npz", x_train=times[:60], y_train=labels[:60], x_test=times[60:], y_test=labels[60:],
             steps=np.array(16))
    done = command(train, "--dataset", "times.npz", *TRAINING, "--out", "net", "--steps", 32)
    assert done.returncode == 1 and "spike times of 16 steps, but the network is to have 32" in done.stderr
    done = command(train, "--dataset", "times.npz", *TRAINING, "--out", "net")
    assert done.returncode == 0, done.stderr
    assert Network.load("net.npz").accuracy["accuracy"] > 0.9
    with np.load("times.npz") as arrays:
        np.savez("times.npz", **dict(arrays) | {"steps": np.array(32)})
    done = command(evaluate, "--network", "net.npz", "--data", "times.npz")
    assert done.returncode == 1 and "holds spike times of 32 steps, but 16 are needed" in done.stderr


@pytest.mark.parametrize("split, sentence", [
    ({"steps": 16}, None), ({"steps": 64}, "t.npz: holds spike times of 16 steps, but 64 are needed"), ({}, None),
    (None, None), ({"low": [0], "high": [9]}, "t.npz: the network was trained on floats, but the file holds spike "
                                              "times: for floats leave `steps` out")])
@pytest.mark.parametrize("steps", [16, 32])
def test_spike_times_are_those_of_the_training_or_else_of_the_network(made, split, sentence, steps):
    np.savez("t.npz", x_test=np.arange(16).reshape(2, 8), y_test=np.arange(2), steps=np.array(16))
    network = replace(worded_network(np.random.default_rng(1), "dense 2", (1, 8), (4,), steps),
                      accuracy={"split": split})
    if not split and steps == 32:
        sentence = "t.npz: holds spike times of 16 steps, but 32 are needed"
    if sentence is None:
        assert fs.dataset("t.npz", train=False, network=network).images[:, 0, 0].tolist() == [255, 127]
    else:
        with pytest.raises(fs.UserError, match=f"^{sentence}$"):
            fs.dataset("t.npz", train=False, network=network)


@pytest.mark.parametrize("split, kind, found", [
    ({"seed": 1, "train_per_class": 8}, "mine.npz", {}), ({"channels": "first"}, "folder:a", {}),
    ({"seed": 1, "edges": None}, "mine.npz", {}), ({"steps": 4}, "mine.npz", {"steps": 4}),
    ({"seed": 1}, "audio:a", {"seed": 1}), ({"seed": 1}, "mnist", {}), (None, "folder:a", {}), ("odd", "mnist", {})])
def test_data_of_another_kind_are_not_read_by_the_split_of_the_training(split, kind, found):
    network = replace(worded_network(np.random.default_rng(1), "dense 2", (3, 4), (4,), 16), accuracy={"split": split})
    assert as_taken(network, kind)["split"] == found and network.accuracy["split"] == split


@pytest.mark.parametrize("split, kind, words", [
    ({"seed": 1, "edges": 6}, "mine.npz", "pictures read by edges 6"),
    ({"seed": 1, "edges": 6}, "mnist", "pictures read by edges 6"),
    ({"channels": "first", "low": [0.0], "high": [1.0]}, "folder:a", "arrays read by low, high"),
    ({"steps": 4}, "folder:a", "events or arrays read by steps 4"),
    ({"coding": "sides", "length": 8, "middle": [0.0], "levels": [1.0]}, "events:a",
     "arrays read by coding sides, length 8, middle, levels"),
    ({"steps": 4, "window": [0, 9]}, "audio:a", "events read by steps 4, window")])
def test_data_that_cannot_be_read_as_those_of_the_training_are_refused(split, kind, words):
    network = replace(worded_network(np.random.default_rng(1), "dense 2", (3, 4), (4,), 16), accuracy={"split": split})
    with pytest.raises(fs.UserError, match=f"^the network was trained on {words}; {kind} cannot be read so$"):
        as_taken(network, kind)
    with pytest.raises(fs.UserError, match=f"{kind} cannot be read so$"):
        read_dataset(kind, network=network)


def test_sounds(made, command):  # noqa: F811
    data = f"audio:{write_sounds(made / 'sounds', count=8)}"
    words = ("--dataset", data, "--hidden", 8, "--epochs", 40, "--finetune", 4, "--held-out", 4, "--out", "net")
    done = command(train, *words, "--test-files", "*_bob_*")
    assert done.returncode == 0, done.stderr
    network = Network.load("net.npz")
    assert network.accuracy["split"]["test_files"] == "*_bob_*" and network.image_shape == (16, 16)
    assert network.accuracy["images"] == 8 and network.accuracy["accuracy"] > 0.8
    done = command(evaluate, "--network", "net.npz", "--data", data, "--json", "r.json")
    assert done.returncode == 0 and report(made)["accuracy"] == network.accuracy["accuracy"], done.stderr
    done = command(quantize, "--float", "net_float.npz", "--dataset", data, "--test-files", "*_ann_*", "--out", "b")
    assert done.returncode == 1 and "--test-files is *_ann_*, but the network was trained with *_bob_*" in done.stderr
    done = command(train, *words[:-1], made / "sounds" / "net")
    assert done.returncode == 1 and "in the folder that --dataset reads" in done.stderr
    done = command(train, "--dataset", "mine.npz", "--test-files", "*", "--out", "net")
    assert done.returncode == 1 and "--test-files goes with --dataset audio:PATH or events:PATH only" in done.stderr


def test_files_that_are_not_those_of_the_training(made, command, capsys):  # noqa: F811
    """A drawn test set of another size is said to be another one, by the commands and by Python."""
    name = f"events:{write_recordings(made / 'camera')}"
    data = load(name)
    network = replace(worded_network(np.random.default_rng(1), "dense 2", data.image_shape, (4,), 16), most_events=64,
                      classes=data.classes, accuracy={"images": len(data.test_images), "split": data.split})
    network.save("net.npz")
    words = "--network", "net.npz", "--data", name
    fs.dataset(name, train=False, network=network)
    assert "the files are not" not in command(evaluate, *words).stderr + capsys.readouterr().err
    (made / "camera" / "down" / "20.bin").write_bytes((made / "camera" / "down" / "1.bin").read_bytes())
    fs.dataset(name, train=False, network=network)
    read_dataset(name, network=network)
    assert capsys.readouterr().err.count("images that it was trained on may be among the test images") == 2
    assert "drawn has 5 of 21 images, but the network's accuracy was counted on 4: " in command(evaluate, *words).stderr


def test_of_how_many_pictures_a_test_set_is_drawn_is_said(made, capsys):
    pytest.importorskip("PIL")
    from tb.helpers.pictures import write_pictures
    network = replace(worded_network(np.random.default_rng(1), "dense 2", (5, 4), (4,), 16), classes=("cat", "dog"),
                      accuracy={"images": 9, "split": {"seed": 1, "train_per_class": 4}})
    fs.dataset(f"folder:{write_pictures(made / 'pictures')}", train=False, network=network)
    assert "drawn has 4 of 12 images, but the network's accuracy was counted on 9: " in capsys.readouterr().err


@pytest.mark.thorough
def test_recordings(made, command):  # noqa: F811
    data = f"events:{write_recordings(made / 'camera', count=40)}"
    words = ("--dataset", data, "--window", 0, 90, "--hidden", 12, "--epochs", 60, "--finetune", 5, "--held-out", 10)
    done = command(train, *words, "--per-input", 0, "--fold", "1/4", "--out", "net")
    assert done.returncode == 0, done.stderr
    network = Network.load("net.npz")
    assert network.most_events == 64 and network.image_shape == (8, 8, 2) and network.accuracy["images"] == 20
    assert network.accuracy["split"] == {"seed": 1, "fold": "1/4", "window": [0.0, 90.0], "per_input": 0, "steps": 16}
    assert network.accuracy["accuracy"] > 0.8
    done = command(evaluate, "--network", "net.npz", "--data", data, "--json", "r.json")
    assert done.returncode == 0 and report(made)["accuracy"] == network.accuracy["accuracy"], done.stderr
    binned = load(data, train=False, image_shape=network.image_shape, split=network.accuracy["split"])
    write_event_file("binned.npz", binned.test_images, binned.test_labels)
    done = command(evaluate, "--network", "net.npz", "--events", "binned.npz", "--json", "e.json")
    assert done.returncode == 0 and report(made, "e.json") == report(made)
    done = command(quantize, "--float", "net_float.npz", "--dataset", data, "--bits", 5, "--steps", 8, "--out", "b")
    assert done.returncode == 0 and Network.load("b.npz").accuracy["split"]["steps"] == 8, done.stderr
    done = command(quantize, "--float", "net_float.npz", "--dataset", data, "--sweep", "b")
    assert done.returncode == 1 and "--sweep is for networks that take images" in done.stderr
    done = command(quantize, "--float", "net_float.npz", "--dataset", "mine.npz", "--out", "b")
    assert done.returncode == 1 and "error: " in done.stderr
    done = command(train, *words, "--rule", "s4nn", "--out", "other")
    assert done.returncode == 1 and "only the rule decision trains on events" in done.stderr
    done = command(train, *words[2:], "--dataset", "mine.npz", "--out", "other")
    assert done.returncode == 1 and "--window goes with --dataset events:PATH only" in done.stderr
