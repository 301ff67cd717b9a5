"""Confidence for users: fs.calibrate, calibrations beside networks, and what evaluate, look and compare show of it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import first_spike as fs
from first_spike.command.calibrations import calibration_file, with_calibration, write_calibration
from first_spike.command.images import ChosenImages
from first_spike.command.places import NETWORKS
from first_spike.commands import compare, evaluate, look
from first_spike.comparison.confidence import doubts, most_doubtful
from first_spike.golden.contract.archive import read_archive
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.reliability import brier, error_at, expected_calibration_error
from first_spike.golden.recordings import Recordings
from first_spike.training.train_options import parse, wishes_of
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import as_float, on_events, random_images, worded_network

LABELLED = ("--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy")


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The test runs in a folder with a network, images and labels; gives (network, images, labels)."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(5)
    network = worded_network(rng, "dense 6, dense 3", (4, 4), (4, 4), 16)
    images = np.concatenate([random_images(rng, network) for _ in range(30)])
    labels = infer(network, images).classes.copy()
    labels[::4] = rng.integers(0, 3, len(labels[::4]))
    labels[:30] = np.arange(30) % 3
    network.save("network.npz")
    np.save("images.npy", images)
    np.save("labels.npy", labels)
    return network, images, labels


def test_calibrate(case):
    """A new network, the same from an array as from ChosenImages; its file is of format 4, the other's stays."""
    network, images, labels = case
    made = fs.calibrate(network, images, labels, coverage=0.9)
    assert network.calibration is None and made is not network and made.sha256 == network.sha256
    assert made == fs.calibrate(network, ChosenImages(images, labels, "mine"), coverage=0.9)
    assert made == fs.calibrate(network, images, labels.astype(float).tolist(), coverage=0.9)
    assert fs.calibrate(network, images, labels).calibration.coverage == 0.95
    made.save("made.npz")
    assert (read_archive("made.npz")[0]["format"], read_archive("network.npz")[0]["format"]) == (4, 1)
    again = fs.load("made.npz")
    assert again == made and fs.load("made.npz", calibrated=True) == made
    found, sure = fs.infer(again, images), fs.infer(again, images).confidence(again)
    assert sure.unsure.tolist() == (found.margin < made.calibration.unsure_below).tolist()
    assert found.margin.tolist() == infer(network, images).margin.tolist()


def test_a_calibration_changes_no_byte_of_a_design(case):
    """It says what margins mean, and hardware computes none."""
    network, images, labels = case
    plain, calibrated = (
        {path.name: path.read_bytes() for path in Path(fs.generate(fs.Design(one), name)).iterdir()}
        for name, one in (("plain", network), ("calibrated", fs.calibrate(network, images, labels))))
    assert plain == calibrated


def test_recordings_are_calibrated_on(case):
    """Of a picture as events the calibration is that of the picture, but for the network that it names."""
    network, images, labels = case
    fed = on_events(network, network.inputs)
    recordings = Recordings.of_times(encode(images, network.steps), network.steps)
    ours, theirs = fs.calibrate(network, images, labels), fs.calibrate(fed, recordings, labels)
    assert replace(theirs.calibration, network=network.sha256) == ours.calibration
    theirs.save("events.npz")
    assert fs.load("events.npz") == theirs and read_archive("events.npz")[0]["format"] == 4


@pytest.mark.parametrize("change, message", [
    (lambda n, i, k: fs.calibrate(n, i), "a calibration needs the labels of its images"),
    (lambda n, i, k: fs.calibrate(n, ChosenImages(i, None, "mine")), "a calibration needs the labels of its images"),
    (lambda n, i, k: fs.calibrate(n, i, np.minimum(k, 1)), r"10 held-out images of each class, found fewer of class "
                                                           r"class 2 \(0\)"),
    (lambda n, i, k: fs.calibrate(n, i[:12], k[:12]), r"class 0 \(4\), class 1 \(4\), class 2 \(4\): hold out more"),
    (lambda n, i, k: fs.calibrate(n, i, k, coverage=0), "coverage must be a number above 0, up to 1, found 0"),
    (lambda n, i, k: fs.calibrate(n, i, k, coverage=95), "coverage must be a number above 0, up to 1, found 95"),
    (lambda n, i, k: fs.calibrate(as_float(n), i, k), "a Network in integers"),
    (lambda n, i, k: fs.calibrate(n, i[:, :3], k), "the network takes images of 4 x 4 pixels"),
    (lambda n, i, k: fs.calibrate(n, i, k[:-1]), "labels"),
    (lambda n, i, k: fs.infer(n, i).confidence(n), "the network has no calibration"),
    (lambda n, i, k: fs.load("network.npz", calibrated=True), "network.npz has no calibration, nor is there one"),
    (lambda n, i, k: fs.plot.reliability(n, ChosenImages(i, k, "mine")), "the network has no calibration"),
    (lambda n, i, k: fs.plot.risk_coverage(n, i), "errors need labels, but data has none"),
])
def test_mistakes_are_one_sentence(case, change, message):
    with pytest.raises(fs.UserError, match=message) as caught:
        change(*case)
    assert "\n" not in str(caught.value)


def test_infer_in_parts(case, monkeypatch):
    """Many images are inferred in parts, and put together again."""
    network, images, _ = case
    monkeypatch.setattr("first_spike.api.PART", 32)
    whole, parts = infer(network, images), fs.infer(network, images)
    for name in ("margin", "spread", "runner_up"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()


def test_a_calibration_beside(case, tmp_path, command):  # noqa: F811
    """It is used by commands, asked for by load, refused if it is damaged or another network's, never of a float."""
    network, images, labels = case
    made, path = fs.calibrate(network, images, labels, 0.9), tmp_path / "network.npz"
    before = path.read_bytes()
    write_calibration(path, made.calibration)
    assert path.read_bytes() == before and calibration_file(path).name == "network_calibration.json"
    assert fs.load("network.npz") == network and fs.load("network.npz", calibrated=True) == made
    other = fs.calibrate(network, images, labels, 0.5)
    assert with_calibration(other, path) == other and with_calibration(as_float(network), path) == as_float(network)
    foreign = json.dumps(made.calibration.facts() | {"network": "1" * 64})
    for text, message in (("{", "is no calibration: it is not JSON"), ("\xff", "is no calibration"),
                          ("[" * 70_000, "is no calibration"), ("[]", "calibration must have the keys"),
                          ('{"images": 3}', "calibration must have the keys"),
                          (foreign, "belongs to network 11111111")):
        calibration_file(path).write_bytes(text.encode("latin-1"))
        with pytest.raises(fs.UserError, match=message):
            fs.load("network.npz", calibrated=True)
        assert_refused(command(evaluate, *LABELLED, "--json", "r.json"), "calibration")
        assert not (tmp_path / "r.json").exists()


def test_evaluate(case, command, tmp_path):  # noqa: F811
    network, images, labels = case
    made = fs.calibrate(network, images, labels, 0.9)
    write_calibration(tmp_path / "network.npz", made.calibration)
    done = command(evaluate, *LABELLED, "--json", "r.json", "--curves", "curves.svg")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())["confidence"]
    found = infer(network, images)
    sure, right = found.confidence(made), found.classes == labels
    errors = [{"coverage": coverage, "error": error_at(found.margin, right, coverage)}
              for coverage in (1.0, 0.99, 0.98, 0.95, 0.9)]
    assert report["error_by_coverage"] == errors and errors[0]["error"] == (~right).mean() != errors[-1]["error"]
    assert report["curve"] == [error_at(found.margin, right, k / 100) for k in range(1, 101)]
    said = report["calibrated"]
    assert said["coverage"] == (found.margin >= made.calibration.unsure_below).mean() >= 0.9
    assert said["error"] == (~right[~sure.unsure]).mean()
    assert said["foreign"] == sure.foreign.mean()
    assert said["expected_calibration_error"] == expected_calibration_error(sure.probability, right)
    assert said["brier"] == brier(sure.probability, right)
    assert (report["margin_mean"], report["spread_mean"]) == (found.margin.mean(), found.spread.mean())
    for text in (f"{errors[3]['error']:.2%} at 95%", f"{said['brier']:.4f}", f"{said['error']:.2%}",
                 f"{said['expected_calibration_error']:.2%}"):
        assert text in done.stdout
    first = (tmp_path / "curves.svg").read_bytes()
    assert b"<svg" in first and b"coverage, % of the images" in first and b"mean probability" in first
    assert command(evaluate, *LABELLED, "--curves", "curves.svg").returncode == 0
    assert (tmp_path / "curves.svg").read_bytes() == first
    calibration_file(tmp_path / "network.npz").unlink()
    done = command(evaluate, *LABELLED, "--json", "r.json", "--curves", "plain.png")
    report = json.loads((tmp_path / "r.json").read_text())["confidence"]
    assert report["error_by_coverage"] == errors and report["calibrated"] is None and "Brier" not in done.stdout
    assert (tmp_path / "plain.png").read_bytes().startswith(b"\x89PNG")
    assert_refused(command(evaluate, *LABELLED[:4], "--curves", "none.svg"), "--curves draws errors, which need labels")
    assert not (tmp_path / "none.svg").exists()


SHIPPED = sorted(NETWORKS.glob("*_calibration.json"))


def test_most_shipped_networks_have_calibrations():
    assert len(SHIPPED) == 9


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_calibrations(file, tmp_path):
    """Each is its network's, whose file has none and is written again byte for byte; digits have different margins."""
    name = file.stem.removesuffix("_calibration")
    plain, made = fs.load(name), fs.load(name, calibrated=True)
    assert plain.calibration is None and made.calibration.images == 5000 and made.calibration.coverage == 0.95
    plain.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (NETWORKS / f"{name}.npz").read_bytes()
    found = fs.infer(made, fs.samples().first(100))
    sure = found.confidence(made)
    assert 0 < sure.unsure.sum() < 100 or name.startswith("mnist")
    assert len(set(sure.probability)) > 3 and len(set(found.spread)) > 20


def test_the_most_doubtful_first(case):
    network, images, labels = case
    made = fs.calibrate(network, images, labels)
    found = infer(network, images)
    order = sorted(range(len(images)), key=lambda k: (found.margin[k], found.spread[k], k))
    assert most_doubtful(found).tolist() == order
    listed = doubts(made, labels, found, order[:5], 100)
    sure = found.confidence(made)
    assert listed == [{"image": k + 100, "label": labels[k], "named": found.classes[k],
                       "runner_up": found.runner_up[k], "margin": found.margin[k], "spread": found.spread[k],
                       "probability": sure.probability[k], "unsure": sure.unsure[k], "foreign": sure.foreign[k]}
                      for k in order[:5]]
    json.dumps(listed)


def test_look(case, command, tmp_path):  # noqa: F811
    network, images, labels = case
    made = fs.calibrate(network, images, labels)
    write_calibration(tmp_path / "network.npz", made.calibration)
    assert command(look, *LABELLED, "--out", "out", "--index", 3).returncode == 0
    figures, page = (tmp_path / "out" / name for name in ("look.json", "index.html"))
    figures, page = json.loads(figures.read_text()), page.read_text()
    found = infer(network, images)
    order = most_doubtful(found)[:40].tolist()
    assert figures["doubtful"] == doubts(made, labels, found, order)
    assert [figures["image"][name] for name in ("margin", "spread", "runner_up")] == [
        found.margin[3], found.spread[3], found.runner_up[3]]
    probability = found.confidence(made).probability
    assert figures["image"]["probability"] == probability[3]
    places = [page.index(f"doubtful_{k}.png") for k in order]
    assert places == sorted(places) and places[0] < page.index("What went wrong</h2>")
    assert f"margin {found.margin[3]} over class {found.runner_up[3]}, right with probability {probability[3]:.3f}" \
        in page
    assert (tmp_path / "out" / "confidence.svg").exists()
    raster = (tmp_path / "out" / "raster.svg").read_text()
    assert f"margin {found.margin[3]} over" in raster and f"probability {probability[3]:.3f}" in raster


def test_compare(case, command, tmp_path):  # noqa: F811
    network, images, labels = case
    made = fs.calibrate(network, images, labels, 0.5)
    write_calibration(tmp_path / "network.npz", made.calibration)
    done = command(compare, *LABELLED, "--sim", "golden", "--count", 50, "--json", "r.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())["confidence"]
    found = infer(network, images[:50])
    order = most_doubtful(found)[:10].tolist()
    assert report["doubtful"] == doubts(made, labels, found, order)
    assert report["margin"]["mean"] == found.margin.mean() and report["margin"]["max"] == found.margin.max()
    assert report["spread"]["p50"] == np.sort(found.spread)[24]
    lines = done.stdout.splitlines()
    start = lines.index("most doubtful of images.npy, by the golden model:")
    assert [line.split(":")[0].strip() for line in lines[start + 1:start + 11]] == list(map(str, order))
    first = report["doubtful"][0]
    assert f"margin {first['margin']} over class {first['runner_up']}" in lines[start + 1]
    assert f"right with probability {first['probability']:.3f}, unsure" in lines[start + 1]


def test_curves(case):
    network, images, labels = case
    made, chosen = fs.calibrate(network, images, labels), ChosenImages(images, labels, "mine")
    axis, = fs.plot.risk_coverage(made, chosen).axes
    found = infer(network, images)
    errors = axis.lines[0].get_ydata() / 100
    assert [round(error, 12) for error in errors] == [
        round(error_at(found.margin, found.classes == labels, (k + 1) / len(labels)), 12) for k in range(len(labels))]
    axis, = fs.plot.reliability(made, chosen).axes
    assert len(axis.lines[1].get_xdata()) == 15


def test_the_option_of_training_is_a_wish():
    for more, asked in (((), False), (("--calibrate",), True)):
        assert wishes_of(parse("", ["--out", "x", *more])).calibrate is asked


def test_train_and_import_calibrate_on_request(tmp_path, monkeypatch, command):  # noqa: F811
    """Only if they are asked: without it the file has the bytes that it always had."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    labels = np.arange(300) % 2
    images = rng.integers(0, 60, (300, 4, 4), dtype=np.uint8)
    images[np.arange(4) // 2 == labels[:, None], :] += 150
    made = [fs.train((images, labels), hidden=4, epochs=2, held_out=60, calibrate=calibrate, out=f"n{calibrate}")
            for calibrate in (False, True)]
    assert made[0].calibration is None and made[0] == replace(made[1], calibration=None)
    assert made[1].calibration.images == 60 and made[1].calibration.coverage == 0.95
    plain = json.loads((tmp_path / "nFalse.json").read_text())
    assert "calibrate" not in plain["plan"] and json.loads((tmp_path / "nTrue.json").read_text())["plan"]["calibrate"]
    assert Network.load("nTrue.npz") == made[1] and read_archive("nFalse.npz")[0]["format"] == 1
    with pytest.raises(fs.UserError, match="10 held-out images of each class, found fewer of class 0"):
        fs.train((images, labels), hidden=4, epochs=10 ** 6, held_out=12, calibrate=True)
    with pytest.raises(fs.UserError, match="only a network of few bits has a calibration"):
        fs.train((images, labels), hidden=4, epochs=10 ** 6, bits=0, calibrate=True)

    np.savez("data.npz", x_train=images[:200], y_train=labels[:200], x_test=images[200:], y_test=labels[200:])
    np.savez("arrays.npz", a=rng.integers(-7, 8, (16, 5)), b=rng.integers(-7, 8, (5, 2)))
    options = ("--threshold", 20, 10, "--dataset", "data.npz", "--steps", 16, "--orientation", "inputs-first")
    from first_spike.commands import import_weights
    plain = command(import_weights, "arrays.npz", *options, "--out", "plain")
    assert plain.returncode == 0, plain.stderr
    done = command(import_weights, "arrays.npz", *options, "--out", "sure", "--calibrate")
    assert done.returncode == 0, done.stderr
    assert "the calibration is chosen on 200 training images: if the network has learned on them" in done.stderr
    assert "calibration" not in plain.stderr
    sure = Network.load("sure.npz")
    assert sure.calibration.images == 200 and replace(sure, calibration=None) == Network.load("plain.npz")
    np.savez("data.npz", x_train=images[:12], y_train=labels[:12], x_test=images[200:], y_test=labels[200:])
    assert_refused(command(import_weights, "arrays.npz", *options, "--out", "few", "--calibrate"),
                   "10 held-out images of each class")
    assert not (tmp_path / "few.npz").exists()
