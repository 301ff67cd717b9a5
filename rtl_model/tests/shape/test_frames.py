"""Images and recordings as beats of a stream, by hand."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.shape.frames import beat_bytes, beats_of, frames_of

IMAGES = np.array([[[1, 2, 3], [4, 5, 255]], [[0, 0, 0], [0, 16, 0]]], np.uint8)
RECORDINGS = Recordings.of_lists([[(3, 0), (5, 15), (5, 255)], [], [(0xABCDEE, 1)]])


def network(most_events=None):
    layer = Layer(np.ones((6, 2), np.int8), np.ones(2, np.int32), 4)
    return Network(16, (2, 3), [layer], ["a", "b"], "by hand", most_events=most_events)


def lines(design, images):
    size = beat_bytes(design)
    return [f"{data:0{2 * size}x}{'.' if last else ''}" for frame in frames_of(design, images)
            for data, last, _ in beats_of(frame, size)]


@pytest.mark.parametrize("pixels, expected", [
    (1, ["01", "02", "03", "04", "05", "ff.", "00", "00", "00", "00", "10", "00."]),
    (2, ["0201", "0403", "ff05.", "0000", "0000", "0010."]),
    (4, ["04030201", "0000ff05.", "00000000", "00000010."]),  # the last beat of an image is filled up with zeros
    (8, ["0000ff0504030201.", "0000001000000000."])])
def test_the_first_pixel_is_the_lowest_byte(pixels, expected):
    assert lines(Design(network(), Configuration(pixels=pixels)), IMAGES) == expected


def test_null_bytes_fill_up_the_last_beat_where_tkeep_can_say_so():
    frames = frames_of(Design(network(), Configuration(pixels=4, tkeep=1)), IMAGES)
    assert [keep for frame in frames for _, _, keep in beats_of(frame, 4)] == [15, 3] * 2
    assert [last for frame in frames for _, last, _ in beats_of(frame, 4)] == [False, True] * 2


def test_an_event_is_its_step_above_its_input_and_an_empty_recording_one_beat():
    """Whatever pixels a beat would have; what the hardware drops is sent, too."""
    expected = ["00000003", "0f000005", "ff000005.", "00ffffff.", "01abcdee."]
    for pixels in (1, 8):
        assert lines(Design(network(9), Configuration(pixels=pixels)), RECORDINGS) == expected
