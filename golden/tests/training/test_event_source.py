"""The decision rule on recordings: kernels against loops over events, deformations by hand, whole trainings."""

import numpy as np
import pytest

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.quantization.thresholds import choose_output_threshold
from first_spike.golden.recordings import Recordings
from first_spike.golden.tests.training.test_decision import LOSS, random_case, run, summed
from first_spike.golden.training.adam import Adam
from first_spike.golden.training.augment import Augmentation
from first_spike.golden.training.decision_kernels import Batch, Layers, backward, empty_trace, forward
from first_spike.golden.training.loop import Training
from first_spike.golden.training.plan import Plan
from first_spike.golden.training.sources import EventBatch, EventSource, first_times
from tb.helpers.cameras import events
from tb.helpers.random_networks import on_events, random_network, random_recordings


def as_batch(recordings):
    return EventBatch(recordings.offsets[:-1], recordings.offsets[1:], recordings.inputs, recordings.steps)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(2, 20))])
def test_times_as_events_learn_the_same(seed):
    steps, sizes, weights, thresholds, times, *rest = case = random_case(seed)
    expected, batch = run(*case), as_batch(Recordings.of_times(times, steps))
    found, layers = empty_trace(len(times), sizes[1:]), Layers(tuple(weights), tuple(thresholds))
    forward(Batch(batch, *rest), layers, steps, LOSS, found)
    backward(layers, 1.5, found)
    for one, other in zip(expected, found):
        assert all(map(np.array_equal, one, other)) if isinstance(one, tuple) else np.array_equal(one, other)
    updated = []
    for train in (times, batch):
        layer = weights[0].copy()
        Adam(layer).step(layer, layer, None, train, found.told[0], found.peak_times[0], 0.1)
        updated.append(layer)
    assert np.array_equal(*updated)
    back = np.empty(times.shape, np.int16)
    first_times(batch, steps, back)
    assert np.array_equal(back, times)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(2, 20))])
def test_an_input_that_spikes_again_counts_again(seed):
    """As if each further spike were that of another input with the same weights."""
    steps, sizes, weights, thresholds, times, *rest = random_case(seed)
    half = sizes[0] // 2
    times, weights[0] = times[:, :2 * half], np.concatenate([weights[0][:half]] * 2)
    expected = run(steps, [2 * half, *sizes[1:]], weights, thresholds, times, *rest)
    twice = Recordings.of_times(times, steps)
    batch = as_batch(Recordings(twice.offsets, twice.inputs % max(half, 1), twice.steps))
    found = empty_trace(len(times), sizes[1:])
    layers = Layers((weights[0][:half], *weights[1:]), tuple(thresholds))
    forward(Batch(batch, *rest), layers, steps, LOSS, found)
    backward(layers, 1.5, found)
    assert np.array_equal(expected.told[0], found.told[0]) and np.array_equal(expected.events, found.events)
    gradient = summed(times, found.told[0], found.peak_times[0]).reshape(2, half, -1).sum(axis=0) / len(times)
    layer = weights[0][:half].copy()
    adam = Adam(layer)
    adam.step(layer, layer, None, batch, found.told[0], found.peak_times[0], 0.1)
    np.testing.assert_allclose(adam.mean, 0.1 * gradient, rtol=0, atol=1e-6)


def test_the_threshold_of_a_single_layer_is_chosen_on_events():
    rng = np.random.default_rng(5)
    network = on_events(random_network(rng, 16, 4, 1), 40)
    recordings = random_recordings(rng, network, 30).first(40)
    fine = (recordings.inputs < network.inputs) & (recordings.steps < 16)
    lists = [sorted(zip(*one), key=lambda event: event[1]) for one in
             ((part.inputs.tolist(), part.steps.tolist()) for part in
              (recordings.only(fine)[n:n + 1] for n in range(30)))]
    clean = Recordings.of_lists(lists)
    found = infer(network, clean)
    labels = rng.integers(0, len(network.classes), 30)
    choice = choose_output_threshold(network.layers, 16, clean, labels, 1.0, factors=[1.0])
    assert (choice.accuracy, choice.silent) == ((found.classes == labels).mean(), found.silent.mean())


def moved(augmentation, recording, shape=(5, 6, 2), per_input=0, heard=None, seed=1):
    heard = np.ones(shape[0] * shape[1] * shape[2], bool) if heard is None else heard
    source = EventSource(Recordings.of_lists([recording]), shape, per_input, heard, augmentation)
    source.begin_epoch(np.random.default_rng(seed), 1)
    batch = source.take(np.array([0]), slice(0, 1))
    part = slice(batch.begins[0], batch.ends[0])
    return list(zip(batch.inputs[part].tolist(), batch.steps[part].tolist()))


def test_deformations_by_hand(monkeypatch):
    recording = [((y * 6 + x) * 2 + p, step) for y, x, p, step in ((0, 0, 1, 3), (4, 5, 0, 4), (2, 3, 1, 4))]
    assert moved(Augmentation(), recording) == recording
    # mirrored: x becomes 5 - x
    flipped = [moved(Augmentation(flip=True), recording, seed=seed) for seed in range(8)]
    mirror = [((y * 6 + x) * 2 + p, step) for y, x, p, step in ((0, 5, 1, 3), (4, 0, 0, 4), (2, 2, 1, 4))]
    assert {str(one) for one in flipped} == {str(recording), str(mirror)}
    # all are shifted alike, by whole pixels, and gone beyond the border
    where, seen = {(1, 3): (0, 0), (0, 4): (4, 5), (1, 4): (2, 3)}, set()
    for seed in range(20):
        found = [((source % 2, step), source // 12, source // 2 % 6)
                 for source, step in moved(Augmentation(shift=0.5), recording, seed=seed)]
        seen.add(len(found))
        assert len({(y - where[event][0], x - where[event][1]) for event, y, x in found}) <= 1
    assert {1, 2} <= seen
    # a picture that grows has no gaps
    dense = [((y * 6 + x) * 2, 0) for y in range(5) for x in range(6)]
    grown = [moved(Augmentation(scale=0.4), dense, seed=seed) for seed in range(20)]
    assert all(len(set(one)) == len(one) for one in grown) and any(len(one) == 30 for one in grown)
    assert moved(Augmentation(), [*recording, recording[0]], per_input=1) == recording
    assert moved(Augmentation(), recording, heard=np.arange(60) % 2 == 1) == [recording[0], recording[2]]


def test_a_sensor_of_rows_and_columns_has_one_channel():
    recordings, found = Recordings.of_times(np.random.default_rng(1).integers(0, 17, (4, 30)), 16), []
    for shape in ((5, 6), (5, 6, 1)):
        source = EventSource(recordings, shape, 0, np.ones(30, bool), Augmentation(shift=0.5))
        source.begin_epoch(np.random.default_rng(2), 4)
        batch = source.take(np.arange(4), slice(0, 4))
        found.append([(batch.inputs[first:end].tolist(), batch.steps[first:end].tolist())
                      for first, end in zip(batch.begins, batch.ends)])
    assert found[0] == found[1] and any(inputs for inputs, _ in found[0])


def test_events_move_as_their_picture_does():
    """A picture given as events and deformed lights the pixels that the deformed picture has, but for its borders."""
    from first_spike.golden.training import augment
    shape, kind = (20, 20, 1), Augmentation(rotation=0.3, scale=0.1, shear=0.2, shift=0.1)
    picture = np.zeros((1, 20, 20), np.uint8)
    picture[0, 6:13, 5:15] = 255
    recording = [(int(place), 0) for place in np.flatnonzero(picture)]
    for seed in range(10):
        found = np.zeros(400, bool)
        found[[source for source, _ in moved(kind, recording, shape, seed=seed)]] = True
        affine, nodes = augment.draw(np.random.default_rng(seed), 1, shape, kind)
        warped = np.empty_like(picture)
        augment.warp(picture, np.array([0]), affine, nodes * 0, warped)
        assert not (found & (warped.ravel() == 0)).any() and found[warped.ravel() == 255].all()


def camera_data(per_input=1):
    rng = np.random.default_rng(9)
    lists, labels = [], np.arange(140) % 2
    for label in labels:
        x, y, t, p = events(rng, label)
        made, seen = [], {}
        for source, step in zip(((y * 8 + x) * 2 + p).tolist(), (t * 16 // 91_000).tolist()):
            seen[source] = seen.get(source, 0) + 1
            if seen[source] <= per_input:
                made.append((source, step))
        lists.append(made)
    recordings = Recordings.of_lists(lists)
    return Dataset(recordings[:100], labels[:100], recordings[100:], labels[100:], ("right", "down"), "bars",
                   {"steps": 16}, kind="events", sensor=(8, 8, 2))


def plan(**changes):
    return Plan(**{"dataset": "bars", "rule": "decision", "hidden": (12,), "steps": 16, "bits": (4, 4), "epochs": 40,
                   "finetune": 5, "seed": 1, "held_out": 20, "most_silent": 0.1, "augmentation": "none",
                   "usual": (("batch", 8), ("hidden_rate", 5e-3), ("output_rate", 2e-3), ("temperature", 0.1))}
                | changes)


@pytest.mark.parametrize("per_input, changes", [(1, {}), (9, {"augmentation": "events"}), (9, {"most_events": 40}),
                                                pytest.param(1, {"hidden": (), "bits": (4, 4), "layers":
                                                                 "conv 6 3x3 same pool 2, dense 2"},
                                                             marks=pytest.mark.thorough)])
def test_a_network_learns_from_events(per_input, changes):
    data = camera_data(per_input)
    result = Training(plan(**changes), data).run()
    for network in result.networks.values():
        assert network.most_events == changes.get("most_events", 64) and network.accuracy["accuracy"] > 0.85
    assert result.network.accuracy["accuracy"] == (infer(result.network, data.test_images).classes
                                                   == data.test_labels).mean()


def test_what_cannot_be_trained():
    with pytest.raises(UserError, match="only the rule decision trains on events, not s4nn"):
        Training(plan(rule="s4nn", usual=()), camera_data())
    with pytest.raises(UserError, match="convolutions are trained on recordings in which each input spikes once"):
        Training(plan(hidden=(), layers="conv 6 3x3, dense 2"), camera_data(9))
    with pytest.raises(UserError, match="bars holds recordings, of which no deformed copies help to choose"):
        Training(plan(deformed=2, augmentation="events"), camera_data())
    images = Dataset(*[np.zeros((9, 2, 2), np.uint8), np.zeros(9, np.int64)] * 2, ("a", "b"), "black")
    with pytest.raises(UserError, match="black holds images, of which the number of events is no choice"):
        Training(plan(held_out=2, most_events=7), images)
    with pytest.raises(UserError, match="takes in 1 to 2147483647 events of a recording, found 0"):
        plan(most_events=0)
