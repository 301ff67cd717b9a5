"""How long a processor behind registers takes, image by image, and how long a network is on its way to it."""

from dataclasses import replace

import numpy as np

from first_spike.processor.cycles import predict
from first_spike.processor.pack import load_words

LINE_BITS = 10  # of a byte on a serial line
FRAME_WORDS = 252  # of a load in a frame of the line, beside which there are
FRAME_BYTES = 10, 10  # of the frame, and of its answer: header, CRC and both ENDs
WORD_CYCLES = 45  # that the processor takes for a word, at the most


def latency(network, limits, images, inference):
    """int64 [n]: cycles from the last beat of each image (uint8 [n, rows, columns]) to its result, where nothing else
    is under way and images begin when they are complete; inference: `infer(network, images)`. Raises UserError if the
    network does not fit."""
    beats = -(-network.inputs // limits.pixels)
    alone = [predict(network, limits, images[n:n + 1], _one(inference, n), whole=True).valid[0]
             for n in range(len(images))]
    return np.array(alone, np.int64) - (beats - 1)


def load_seconds(network, limits, baud, mhz):
    """Seconds that a load takes at the least over a line of so many baud, at a clock of so many MHz, without the time
    that the host takes. Raises UserError if the network does not fit."""
    words = len(load_words(network, limits)) - 1
    frames = -(-words // FRAME_WORDS)
    return LINE_BITS * (4 * words + frames * sum(FRAME_BYTES)) / baud + WORD_CYCLES * words / (1e6 * mhz)


def _one(inference, n):
    own = slice(n, n + 1)
    return replace(inference, classes=inference.classes[own], decision_time=inference.decision_time[own],
                   silent=inference.silent[own], tie=inference.tie[own], bad=inference.bad[own],
                   spike_times=tuple(times[own] for times in inference.spike_times))
