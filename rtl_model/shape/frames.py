"""What goes in by the AXI4-Stream: images as beats of pixels, of which some may not count; recordings as beats of
events."""

import numpy as np

from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.contract.limits import EVENT_BITS, LISTENED_BEATS
from first_spike.golden.recordings import LARGEST_INPUT

INPUT_BITS = 24  # of an event; its step is above
NO_INPUT = LARGEST_INPUT + 1  # all ones: the input of the only beat of an empty recording


def beat_bytes(design):
    """Bytes of a beat of the input stream."""
    return design.stream_bits // 8


def events_of_beat(design):
    """How many events a beat of the input stream has room for; 0 where pixels come."""
    return beat_bytes(design) * 8 // EVENT_BITS if design.network.takes == EVENTS else 0


def frames_of(design, images):
    """For each of the images (uint8 [n, rows, columns], or Recordings) the bytes of its frame: whole beats, the last
    filled up with zeros, unless TKEEP says what is no byte.

    Pixels come in raster order, the first in the lowest byte of a beat.
    """
    size = 1 if design.configuration.tkeep else beat_bytes(design)
    return FRAMES[design.network.takes](images, size)


def _of_images(images, size):
    flat = [np.asarray(image, np.uint8).tobytes() for image in images]
    return [data + bytes(-len(data) % size) for data in flat]


def _of_recordings(recordings, size):
    words = recordings.steps.astype("<u4") << INPUT_BITS | recordings.inputs.astype("<u4")
    ends = zip(recordings.offsets[:-1], recordings.offsets[1:])
    return [words[first:end].tobytes() or NO_INPUT.to_bytes(EVENT_BITS // 8, "little") for first, end in ends]


FRAMES = {PIXELS: _of_images, EVENTS: _of_recordings}


def beats_of(frame, size):
    """(data, is last, TKEEP) of each beat of `size` bytes of a frame; what the last one has too many are null bytes."""
    parts = [frame[start:start + size] for start in range(0, len(frame), size)]
    return [(int.from_bytes(part, "little"), number == len(parts) - 1, (1 << len(part)) - 1)
            for number, part in enumerate(parts)]


def listened_pixels(used, pixels):
    """For each beat the bits of its `pixels` pixels that are used (a sequence of bools, one an input), the first
    lowest.

    Padding is not used. Images of more than LISTENED_BEATS beats are taken to use every pixel.
    """
    beats = -(-len(used) // pixels)
    whole = beats > LISTENED_BEATS
    return tuple(sum(1 << place for place in range(pixels)
                     if beat * pixels + place < len(used) and (whole or used[beat * pixels + place]))
                 for beat in range(beats))
