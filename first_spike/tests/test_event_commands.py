"""Networks that take events, and the commands: figures of recordings, and a sentence where something else is given."""

import json
from dataclasses import replace

import numpy as np
import pytest

import first_spike as fs
from first_spike.command.images import as_taken
from first_spike.commands import compare, import_weights
from first_spike.commands import evaluate as evaluation
from first_spike.golden.data.npz import write_event_file
from first_spike.golden.inference.encode import taken_in
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from tb.helpers.cameras import write_recordings
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import on_events, random_network, random_recordings


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


@pytest.mark.parametrize("events, said", [
    ([[(3, 15), (2, 1)], [(3, 2)] * 40], ""),  # out of order, and more than are taken
    ([[(999, 0), (3, 1)], [(3, 2)]], "1 of 3 events, in 1 of 2 recordings, are dropped: input 999 is none of the "
                                     "network's {inputs}, which count from 0"),
    ([[(999, 0), (3, 63)], [(4, 16), (4, 15)]], "3 of 4 events, in 2 of 2 recordings, are dropped: input 999 is none "
     "of the network's {inputs} and step 63 is none of the network's 16, which count from 0")])
def test_events_of_another_sensor_or_other_steps_are_said(case, evaluate, command, events, said):  # noqa: F811
    write_event_file(case[0] / "events.npz", Recordings.of_lists(events))
    sentence = f"warning: events.npz: {said.format(inputs=case[1].inputs)}\n" if said else ""
    compared = command(compare, "--network", "network.npz", "--events", "events.npz", "--sim", "golden", cwd=case[0])
    for done in (evaluate("--events", "events.npz"), compared):
        found = [line for line in done.stderr.splitlines(True) if "dropped" in line]
        assert done.returncode == 0 and "".join(found) == sentence, done.stderr


def test_refusals(case, evaluate):
    assert_refused(evaluate("--events", "events.npz", "--labels", "events.npz"), "--labels goes with --images")
    np.save(case[0] / "images.npy", np.zeros((2, *case[1].image_shape), np.uint8))
    assert_refused(evaluate("--images", "images.npy"), "images.npy: the network takes recordings, found images")
    write_event_file(case[0] / "events.npz", case[2][:0])
    assert_refused(evaluate("--events", "events.npz"), "events.npz holds no recordings")
    random_network(np.random.default_rng(3), 16, 4, 2).save(case[0] / "network.npz")
    assert_refused(evaluate("--events", "events.npz"), "events.npz: the network takes images, found recordings")


def test_an_import_has_the_steps_of_its_recordings(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    write_recordings(tmp_path / "ev")
    np.savez("w.npz", np.random.default_rng(1).integers(-8, 8, (2, 128)))
    for words, steps in (((), 16), (("--steps", 8), 8)):
        done = command(import_weights, "w.npz", "--threshold", 5, "--dataset", "events:ev", "--out", "n", *words)
        assert done.returncode == 0, done.stderr
        assert (fs.load("n.npz").steps, fs.load("n.npz").accuracy["split"]["steps"]) == (steps, steps)
    for steps in (4, 32):
        with pytest.raises(fs.UserError, match=f"of 16 steps, but the network is to have {steps}: say --steps 16$"):
            fs.import_nir("w.npz", fs.dataset("events:ev"), steps=steps, threshold=[5])


def test_recordings_are_divided_into_the_steps_of_the_network(case):
    stored = replace(case[1], accuracy={"split": {"steps": 4, "per_input": 2}})
    assert as_taken(stored, "events:ev")["split"] == {"steps": 16, "per_input": 2}


def test_pictures_of_a_recording(case):
    pytest.importorskip("matplotlib")
    for draw in (fs.plot.raster, fs.plot.potentials):
        assert draw(case[1], case[2][:1])._repr_svg_() == draw(case[1], case[2])._repr_svg_()
