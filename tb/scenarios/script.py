"""What `scripted.cpp` plays: frames, stalls, resets, and all that has to come of them, as golden says."""

import numpy as np

from first_spike.golden.contract.design import Design
from first_spike.golden.contract.result_word import pack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from first_spike.rtl_model.layer.kinds import layer_shapes
from first_spike.rtl_model.shape.frames import beat_bytes, frames_of
from first_spike.rtl_model.shape.load_map import load_words
from first_spike.rtl_model.shape.placement import layer_feeds
from first_spike.rtl_model.simulate import patience

REST = 50  # cycles after the last result in which no other may come
STALLED_PATIENCE = 20  # times as patient as without stalls
PERIODIC = -1  # stalls in every third cycle; another number is percent of the cycles


class Script:
    """Scenarios on the accelerator of a network in a configuration, a line each for `scripted.cpp`."""

    begins_whole = False  # whether an image begins when it is complete, no sooner

    def __init__(self, design):
        self.network, self.configuration = design.network, design.configuration
        self.images = 0  # whose results are checked
        shapes = layer_shapes(design)
        self.emptied = max((shape.emptied_after for shape in shapes if shape.is_map), default=0)  # cycles after a reset
        self.beat_bytes = beat_bytes(design)
        self._lines = [self._design()]
        self._timed, self._before, self._load = True, 0, []  # before: images since the reset
        if design.configuration.is_loadable:
            self._load = [f"load {address} {word}" for address, word in enumerate(load_words(design))]

    @property
    def design(self):
        return Design(self.network, self.configuration)

    def text(self):
        return "\n".join(self._lines) + "\n"

    def scenario(self, name, seed, source_stalls=0, sink_stalls=0):
        """A new one, from reset on; its stalls are percent of the cycles, or PERIODIC."""
        self._timed = source_stalls == sink_stalls == 0
        self._before = 0
        self._lines += [f"scenario {name} {seed} {source_stalls} {sink_stalls}", "reset 1", *self._load]

    def stall(self, source_stalls, sink_stalls):
        """From now on."""
        self._timed = source_stalls == sink_stalls == 0
        self.line(f"stalls {source_stalls} {sink_stalls}")

    def classify(self, images, sent=None, bad=None):
        """Send `images` (uint8 [n, rows, columns], those that count, or Recordings) back to back; all that has to come
        of them comes, and nothing else. sent: the bytes of each frame, if not simply those of the images; bad: bool
        [n], whose frames are of a wrong length, if golden cannot know. Cycles are checked where nothing stalls and
        `bad` is not given."""
        self.begin(images, sent, bad, timed=self._timed and bad is None)
        self.line("finish")

    def begin(self, images, sent=None, bad=None, timed=False):
        """`classify` up to the waiting for results; timed: their cycles are checked."""
        whole = infer(self.network, images)
        expected = whole.until_decision()
        bad = expected.bad if bad is None else bad
        words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie, bad)
        cycles = np.full(len(images), -1)
        if timed:
            cycles = predict(self.design, images, whole, idle=True, before=self._before,
                             whole=self.begins_whole).valid
            self.line(f"wait {self.emptied}")  # after a reset convolutions empty their words
        self.send(frames_of(self.design, images) if sent is None else sent)
        times = np.concatenate(expected.spike_times, axis=1)
        self._lines += [f"expect {word} {cycle} {' '.join(map(str, row))}"
                        for word, cycle, row in zip(words.tolist(), cycles.tolist(), times.tolist())]
        self.images += len(images)
        self._before += len(images)

    def reset(self, how):
        """A reset in the middle of things, a line that says which: what is on its way is gone."""
        self.line(how)
        self._before = 0

    def send(self, frames):
        """Queue frames of bytes."""
        self._lines += [f"send -{bytes(frame).hex()}" for frame in frames]

    def line(self, text):
        """Anything else that `scripted.cpp` understands."""
        self._lines.append(text)

    def _design(self):
        design, network = self.design, self.network
        patient, lanes = STALLED_PATIENCE * patience(design), design.lanes[-1]
        numbers = [network.steps, self.beat_bytes, lanes, patient, REST, len(network.sizes), *network.sizes]
        for feed in layer_feeds(design)[1:]:
            numbers += [feed.row_bits, feed.ways, feed.rows, *(row for way in feed.sources for row in way)]
        return " ".join(map(str, ["design", *numbers]))
