"""`first-spike outliers`: a folder of outliers by a seed, which evaluate counts; nothing of somebody else's is lost."""

import json

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import evaluate, outliers
from first_spike.golden.data.outliers import KINDS, make_outliers
from first_spike.golden.inference.infer import infer
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import on_events, worded_network

pytest.importorskip("matplotlib")


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(7)
    network = worded_network(rng, "dense 6, dense 2", (6, 6), (4, 4), 16)
    images = rng.integers(0, 256, (60, 6, 6), dtype=np.uint8)
    network.save("network.npz")
    np.save("images.npy", images)
    np.savez("others.npz", x_test=images[::-1], y_test=np.arange(60) % 2, x_train=images, y_train=np.arange(60) % 2)
    return network, images


def test_a_folder_of_outliers(case, command, tmp_path):  # noqa: F811
    network, images = case
    words = ("--network", "network.npz", "--images", "images.npy", "--count", 20, "--seed", 3, "--out", "out")
    done = command(outliers, *words, "--other", "others.npz")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f"out/{kind}.npy" for kind in KINDS]
    for kind in KINDS:
        assert np.array_equal(np.load(tmp_path / "out" / f"{kind}.npy"),
                              make_outliers(kind, images, 20, 3, images[::-1]))
    facts = json.loads((tmp_path / "out" / "outliers.json").read_text())
    assert (facts["seed"], facts["count"], facts["network_sha256"]) == (3, 20, network.sha256)
    made = fs.calibrate(network, images, np.arange(60) % 2, 0.5)
    made.save("network.npz")
    report = command(evaluate, "--network", "network.npz", "--images", "out/noise.npy", "--json", "r.json")
    assert report.returncode == 0, report.stderr
    foreign = infer(network, np.load("out/noise.npy")).confidence(made).foreign.mean()
    assert json.loads((tmp_path / "r.json").read_text())["confidence"]["calibrated"]["foreign"] == foreign > 0
    assert f"{foreign:.2%}" in report.stdout

    assert command(outliers, *words, "--kinds", "noise", "noise").returncode == 0  # an older folder is replaced
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["noise.npy", "outliers.json"]
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert_refused(command(outliers, *words), "out holds mine.txt, which is no file of a folder of outliers")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_mistakes(case, command, tmp_path):  # noqa: F811
    network, _ = case
    words = ("--network", "network.npz", "--images", "images.npy", "--out", "out")
    for more, message in ((("--other", "nowhere"), "nowhere is neither a folder"),
                          (("--kinds", "rotated", "--network", "wide.npz", "--images", "wide.npy"),
                           "images of 2 x 8 pixels keep no shape")):
        wide = worded_network(np.random.default_rng(1), "dense 2", (2, 8), (4,), 16)
        wide.save("wide.npz")
        np.save("wide.npy", np.zeros((3, 2, 8), np.uint8))
        assert_refused(command(outliers, *words, *more), message)
    on_events(network, 5).save("events.npz")
    assert_refused(command(outliers, "--network", "events.npz", "--images", "images.npy", "--out", "out"),
                   "the network takes events")
    assert command(outliers, *words, "--kinds", "other").returncode == 2
    assert not (tmp_path / "out").exists()
