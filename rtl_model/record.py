"""What is seen of an accelerator while it works, made into arrays: the same for every simulator.

Here alone stands which neuron a transfer {mask, rows} means, that spikes after the decision do not count, and how the
signals are called that have to be watched inside `accelerator`.
"""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.limits import unpack
from first_spike.rtl_model.shape.placement import layer_feeds

# Inside `accelerator`: the image is decided; one cycle later it is over; all of it is forgotten.
DECISION, DECIDED, CLEARED = "control_decide", "control_flush", "control_clear"
HOLD = "layer0_hold"  # the queue behind the first layer asks it to wait; only where it could overflow
HIDDEN, OUTPUT = "spikes_{}", "fires_{}"  # the stream of spikes into a layer; what the last layer found

MARKS = ("first_beat", "last_beat", "decided", "valid")


@dataclass(frozen=True, eq=False)
class Record:
    """What was seen of n images.

    words: int64 [n], result words. first_beat, last_beat, decided, valid: int64 [n], the cycles in which the frame
    began and ended, the decision fell, and the result was offered first. spike_times: for each layer int16 [n, neurons]
    up to the decision, T where there was none; None, and `decided` without entries, where nobody looked inside.
    """

    words: np.ndarray
    first_beat: np.ndarray
    last_beat: np.ndarray
    decided: np.ndarray
    valid: np.ndarray
    spike_times: tuple | None


class RecordBuilder:
    """Takes down, cycle by cycle, what the accelerator of a network in a configuration shows of image after image.

    inside: whether its spikes are seen too. Raises RuntimeError for a spike that cannot be.
    """

    def __init__(self, design, inside=True):
        self._sizes, self._steps, self._inside = design.network.sizes, design.network.steps, inside
        self._feeds = layer_feeds(design)[1:]
        self._lanes = design.lanes[-1]
        self._marks = {name: [] for name in MARKS}
        self.words, self.spikes = [], []  # of each image its result word; its spike times by layer, not yet trimmed
        self.forget()

    def forget(self):
        """The image that is under way comes to nothing."""
        self._now = self._blank()
        self._in_frame = False

    def clear(self):
        """All images so far come to nothing, and what was under way."""
        for cycles in self._marks.values():
            cycles.clear()
        self.words.clear()
        self.spikes.clear()
        self.forget()

    def _blank(self):
        return [np.full(size, self._steps, np.int16) for size in self._sizes]

    def beat(self, cycle, last):
        """A beat of pixels is taken, the last of its frame or another."""
        if not self._in_frame:
            self._marks["first_beat"].append(cycle)
        if last:
            self._marks["last_beat"].append(cycle)
        self._in_frame = not last

    def offered(self, cycle):
        """A result is offered for the first time."""
        self._marks["valid"].append(cycle)

    def result(self, word):
        """A result is taken."""
        self.words.append(word)

    def decided(self, cycle):
        """The decision falls: spikes from now on are the next image's."""
        self._marks["decided"].append(cycle)
        self.spikes.append(self._now)
        self._now = self._blank()

    def hidden(self, layer, mask, rows, step):
        """A transfer of the spikes of hidden layer number `layer`."""
        times, often = self._now[layer], self._feeds[layer].often  # of a sum pool a unit spikes several times
        for unit in sources(self._feeds[layer], mask, rows):
            place, end = unit * often, (unit + 1) * often
            while place < end and times[place] != self._steps:
                place += 1
            if unit < 0 or place == end:
                raise RuntimeError(f"layer {layer} sent a spike of neuron {unit} in step {step} that cannot be "
                                   f"({'there is no such neuron' if unit < 0 else 'it fired before'})")
            times[place] = step

    def output(self, fires, step, fold=0):
        """Lanes of the last layer fire, those whose bits are set."""
        while fires:
            lane = (fires & -fires).bit_length() - 1
            self._now[-1][fold * self._lanes + lane] = step
            fires &= fires - 1

    def record(self):
        """The Record of all images that have their result; RuntimeError if something of one of them was not seen."""
        words = np.array(self.words, np.int64)
        count = len(words)
        for name in MARKS if self._inside else set(MARKS) - {"decided"}:
            if len(self._marks[name]) < count:
                raise RuntimeError(f"{count} results came, but {name} was seen {len(self._marks[name])} times")
        marks = {name: np.array(cycles[:count], np.int64) for name, cycles in self._marks.items()}
        times = self.spike_times(0, unpack(words).decision_time) if self._inside else None
        return Record(words, **marks, spike_times=times)

    def cycles(self, first, count):
        """Of `count` images from number `first` on the cycles of their first beats and of their results, int64
        [count] each."""
        return tuple(np.array(self._marks[name][first:first + count], np.int64) for name in ("first_beat", "valid"))

    def spike_times(self, first, decision_time):
        """For each layer the spike times int16 [n, neurons] of n images from number `first` on, up to their decisions,
        which fell at `decision_time` [n]."""
        layers = (np.array([image[k] for image in self.spikes[first:first + len(decision_time)]])
                  for k in range(len(self._sizes)))
        # Spikes of later steps may be on their way when the decision falls; they are no part of the result.
        return tuple(np.where(times > decision_time[:, None], np.int16(self._steps), times) for times in layers)


def sources(feed, mask, rows):
    """The neurons, or inputs, whose spikes a transfer {mask, rows} of a Feed brings; -1 for a row that is nobody's."""
    for way in range(feed.ways):
        if mask >> way & 1:
            row = rows >> (way * feed.row_bits) & ((1 << feed.row_bits) - 1)
            yield feed.sources[way][row] if row < feed.rows else -1
