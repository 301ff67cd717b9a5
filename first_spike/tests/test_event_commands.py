"""Networks that take events, and the commands: figures of recordings, and a sentence where something else is given."""

import json

import numpy as np
import pytest

from first_spike.commands import evaluate as evaluation
from first_spike.golden.data.npz import write_event_file
from first_spike.golden.inference.encode import taken_in
from first_spike.golden.inference.infer import infer
from first_spike.golden.tests.random_networks import on_events, random_network, random_recordings
from first_spike.tests.process import assert_refused, command  # noqa: F401


@pytest.fixture
def case(tmp_path):
    """A folder with a network that takes events and 20 recordings; gives (folder, network, recordings, labels)."""
    rng = np.random.default_rng(3)
    network = on_events(random_network(rng, 16, 4, 2), 30)
    recordings = random_recordings(rng, network, 20)
    labels = rng.integers(0, network.sizes[-1], 20)
    network.save(tmp_path / "network.npz")
    write_event_file(tmp_path / "events.npz", recordings, labels)
    return tmp_path, network, recordings, labels


@pytest.fixture
def evaluate(case, command):  # noqa: F811
    return lambda *arguments: command(evaluation, "--network", "network.npz", *arguments, cwd=case[0])


def test_figures(case, evaluate):
    folder, network, recordings, labels = case
    done = evaluate("--events", "events.npz", "--json", "r.json")
    assert done.returncode == 0, done.stderr
    report, expected = json.loads((folder / "r.json").read_text()), infer(network, recordings)
    assert report["correct"] == (expected.classes == labels).sum() and report["images"] == 20
    assert report["bad"] == expected.bad.mean() > 0
    last = np.minimum(expected.decision_time, 15)
    events = sum(bool(network.used_inputs[recordings.inputs[event]]) for event in np.flatnonzero(
        taken_in(network, recordings) & (recordings.steps <= last[recordings.owners])))
    assert report["input_events_mean"] == events / 20 > 0
    assert f"{events / 20:.1f}" in next(line for line in done.stdout.splitlines() if "input events up to it" in line)


def test_refusals(case, evaluate):
    assert_refused(evaluate("--events", "events.npz", "--labels", "events.npz"), "--labels goes with --images")
    np.save(case[0] / "images.npy", np.zeros((2, *case[1].image_shape), np.uint8))
    assert_refused(evaluate("--images", "images.npy"), "images.npy: the network takes recordings, found images")
    write_event_file(case[0] / "events.npz", case[2][:0])
    assert_refused(evaluate("--events", "events.npz"), "events.npz holds no recordings")
    random_network(np.random.default_rng(3), 16, 4, 2).save(case[0] / "network.npz")
    assert_refused(evaluate("--events", "events.npz"), "events.npz: the network takes images, found recordings")
