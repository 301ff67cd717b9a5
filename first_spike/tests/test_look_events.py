"""`first-spike look` on recordings: every event is on the page, and first events are pictures."""

import numpy as np
import pytest

from first_spike.commands import look
from first_spike.golden.inference.encode import taken_in
from first_spike.golden.inference.figures import count
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import potentials_over_time
from first_spike.golden.recordings import Recordings
from first_spike.plots.one_image import event_picture
from first_spike.tests.test_look import LABELLED, case, read_page  # noqa: F401
from tb.helpers.process import command  # noqa: F401
from tb.helpers.random_networks import as_float, on_events, random_recordings, worded_network

pytest.importorskip("matplotlib")


@pytest.mark.thorough
def test_recordings(case, command):  # noqa: F811
    """Every event is on the page, those of one input too, and none that is dropped; golden, float and hardware over
    each other."""
    network = on_events(case[0], 30)
    recordings = random_recordings(np.random.default_rng(5), network, 24)
    expected = infer(network, recordings)
    kept = recordings.only(taken_in(network, recordings))
    index = next(k for k in range(24) if kept[k:k + 1].most_repeated > 1 and expected.bad[k] and not expected.silent[k])
    network.save("network.npz")
    as_float(network).save("network_float.npz")
    np.savez("events.npz", offsets=recordings.offsets, input=recordings.inputs, step=recordings.steps,
             labels=np.zeros(24, np.int64))
    done = command(look, *LABELLED[:2], *LABELLED[-2:], "--events", "events.npz", "--index", index, "--compare",
                   "myhdl")
    assert (done.returncode, done.stderr) == (0, "warning: events.npz: 13 of 453 events, in 8 of 24 recordings, are "
                                                 "dropped: input 22 is none of the network's 20 and step 18 is none of "
                                                 "the network's 16, which count from 0\n")
    page, figures = read_page()
    one, alone = figures["image"], kept[index:index + 1]
    used = network.used_inputs[alone.inputs]
    assert one["input_spikes"] == np.stack([alone.inputs[used], alone.steps[used]], axis=1).tolist()
    assert one["spike_times"] == [[None if time == network.steps else time for time in part[index].tolist()]
                                  for part in expected.spike_times]
    alone = recordings[index:index + 1]
    assert one["potentials"] == potentials_over_time(network, alone, infer(network, alone)).tolist()
    counted = count(network, recordings, None, expected).spikes
    assert [spikes["mean"] for spikes in figures["spikes_to_decision"]] == [spikes / 24 for spikes in counted]
    assert figures["comparison"]["equal_images"] == min(20, 24 - index)
    assert f"Recording {index}: labelled" in page.text and "All 24 recordings" in page.text


def test_pictures_of_events():
    """T = 16: the first event of each pixel, bright when early; polarities in two colours, other channels as they
    are."""
    network = random_network_of((2, 2, 2))
    seen = event_picture(network, Recordings.of_lists([[(0, 0), (3, 0), (2, 15), (0, 15), (4, 3), (5, 3)]]))
    assert seen[0].tolist() == [[0, 0, 255], [255, 64, 64]] and seen[1, 1].tolist() == [0, 0, 0]
    assert seen[1, 0].tolist() == [217, 217, 217]
    grey = event_picture(random_network_of((2, 2)), Recordings.of_lists([[(1, 15)]]))
    assert grey[..., 0].tolist() == [[0, 64], [0, 0]]


def random_network_of(shape):
    return on_events(worded_network(np.random.default_rng(1), "dense 3", shape, (4,), 16), 9)
