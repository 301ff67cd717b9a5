"""The scenarios of the benches in which frames are not as they should be, as a script for compiled code.

The scenarios of the benches in which resets fall, as a script for compiled code.
"""

import numpy as np

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.shape.frames import EVENT_BITS, frames_of
from tb.scenarios.accelerator_bench import (
    bench_images,
    coded_pictures,
    long_recordings,
    random_events,
    spoilt_at_decisions,
)
from tb.scenarios.scripted import Script

RESETS = 80  # cycles in which one falls
RESETS_ANYWHERE = 40  # images in which one falls
RESETS_BEFORE, RESETS_BEHIND = 40, 6  # cycles before a result, and behind it, in which one falls
CLOSE, BEHIND = 8, 4  # as close to a result so many images follow, for which both buffers have to be free
LATE = 8  # images of which the latest to be decided is taken


class ResetScript(Script):
    """A Script with scenarios of resets; `seed` is that of all that is random; share: of their images one of so many is
    made, where simulators are slow."""

    def __init__(self, design, seed=1, share=1):
        network = design.network
        super().__init__(design)
        self._share = share
        self.rng = np.random.default_rng(seed)
        self.beats = network.most_events or -(-network.inputs // self.beat_bytes)

    def made(self, count):
        return bench_images(self.rng, self.network, -(-count // self._share))

    def start(self, name, *stalls):
        self.scenario(name, int(self.rng.integers(1 << 30)), *stalls)

    def recovers_from_reset(self):
        self.start("recovers_from_reset", 10, 10)
        for _ in range(10):
            self.begin(self.made(4))
            self.line(f"wait {self.rng.integers(5, 40 + 6 * self.beats)}")
            self.reset(f"reset {self.rng.integers(1, 4)}")
            self.classify(self.made(3))

    def recovers_from_a_reset_in_the_cycle_of_a_decision(self):
        self.start("recovers_from_a_reset_in_the_cycle_of_a_decision")
        for _ in range(3):
            self.begin(self.made(3))
            self.reset("reset_at_decision")
            self.classify(self.made(3))

    def recovers_from_a_reset_close_to_a_decision(self, earliest=RESETS_BEFORE):
        """One cycle long, in each of the cycles in which what decides is on its way, of any image or a late one;
        earliest: cycles before its result."""
        self.start("recovers_from_a_reset_close_to_a_decision")
        for before in range(-RESETS_BEHIND, earliest + 1):
            images = self.made(LATE)
            late = infer(self.network, images).decision_time.argmax() if before % 2 else 0
            images = images[late:late + 1]
            result = self.cycles(images, infer(self.network, images), before=self._before)[0]
            self.begin(images, timed=True)
            self.line(f"wait {max(0, result - before)}")
            self.reset("reset 1")
            self.classify(self.made(BEHIND if before < CLOSE else 1))

    def recovers_from_a_reset_anywhere(self):
        """One cycle long, from the first beat of an image to its result."""
        self.start("recovers_from_a_reset_anywhere")
        images = self.made(RESETS_ANYWHERE)
        cycles = self.cycles(images, infer(self.network, images), whole=self.begins_whole)
        for number, longest in enumerate(np.diff(cycles, prepend=0)):
            self.begin(images[number:number + 1])
            self.line(f"wait {self.rng.integers(self.emptied + longest)}")
            self.reset("reset 1")
            self.classify(self.made(1))

    def recovers_from_a_reset_in_any_cycle(self):
        """One cycle long, in each of the first cycles of an image, and of the one behind it."""
        self.start("recovers_from_a_reset_in_any_cycle")
        for cycle in range(RESETS):
            self.begin(self.made(2))
            self.line(f"wait {cycle}")
            self.reset("reset 1")
            self.classify(self.made(1))


SURPLUS = 600  # beats
EVENT_BYTES = EVENT_BITS // 8
SIDE_BY_SIDE = 8  # null bytes: as many as narrow beats have, and more
EACH = 6  # recordings with each wrong bit


class FrameScript(ResetScript):
    """A Script with scenarios of frames that are too long or too short, and of events that are none."""

    def drops_a_long_surplus(self):
        """Frames as long as many images: what is too much is nobody's, and the next image is whole."""
        self.start("drops_a_long_surplus")
        if self.network.takes == EVENTS:
            self.classify(random_events(self.rng, self.network, [5, SURPLUS, 5, 5, SURPLUS, 5]))
            return
        images, bad = self.made(6), np.isin(range(6), (1, 4))
        sent = frames_of(self.design, images)
        self.classify(images, [frame + self.rng.bytes(SURPLUS * self.beat_bytes * wrong)
                               for frame, wrong in zip(sent, bad.tolist())], bad)

    def drops_events_that_are_none(self):
        """For each bit of an event: one that would be an event without it."""
        if self.network.takes != EVENTS:
            return
        self.start("drops_events_that_are_none")
        inputs, steps, lists = self.network.inputs, self.network.steps, []
        for wrong in [(1 << bit, 0) for bit in range(24) if 1 << bit >= inputs] + [
                (0, 1 << bit) for bit in range(8) if 1 << bit >= steps]:
            for number in range(EACH):
                recording = random_events(self.rng, self.network, [2 + number])
                events = list(zip(recording.inputs.tolist(), recording.steps.tolist()))
                place = -1 if wrong[1] else int(self.rng.integers(len(events)))
                events[place] = events[place][0] + wrong[0], events[place][1] + wrong[1]
                lists.append(events)
        self.classify(Recordings.of_lists(lists))

    def blackens_null_bytes(self):
        """Null bytes among the pixels of every second frame, or in its events: black, or none, and the frame is bad;
        the padding of the others may have any. A reset falls in the frame before."""
        if not self.configuration.tkeep:
            return
        self.start("blackens_null_bytes", 10, 10)
        self.begin(self.made(1))
        self.line(f"wait {self.network.steps + self.rng.integers(2, 8)}")  # entries are emptied first
        self.reset("reset 1")
        images, bad = self.made(32), None
        sent = [list(frame) for frame in frames_of(self.design, images)]
        if self.network.takes == EVENTS:
            images = self._without_events(images, sent)
        else:
            bad = np.arange(len(images)) % 2 == 1
            for frame, pixels, wrong in zip(sent, images.reshape(len(images), -1), bad):
                missing = self.rng.permutation(len(frame))[:wrong * int(self.rng.choice([1, 1, 3, SIDE_BY_SIDE]))]
                if len(missing) == SIDE_BY_SIDE:
                    missing = (missing[0] + np.arange(SIDE_BY_SIDE)) % len(frame)
                pixels[missing] = 0
                for place in missing:
                    frame[place] = None
                padding = -len(frame) % self.beat_bytes
                frame += [None if null else 255 for null in self.rng.integers(0, 2, padding)]
                if len(missing) == 1 and self.rng.integers(2):  # or all behind a byte, and the frame ends there
                    pixels[missing[0]:] = 0
                    del frame[missing[0] + 1:]
        self.classify(images, sent, bad)

    def _without_events(self, recordings, sent):
        """The Recordings with an event that is none in each place in which a null byte is put into the frames."""
        lists = []
        for number, frame in enumerate(sent):
            one = recordings[number:number + 1]
            events = list(zip(one.inputs.tolist(), one.steps.tolist()))
            for place in self.rng.permutation(len(events))[:number % 2 * int(self.rng.choice([1, 1, 3]))]:
                events[place] = self.network.inputs, events[place][1]
                for byte in self.rng.permutation(EVENT_BYTES)[:int(self.rng.integers(1, EVENT_BYTES + 1))]:
                    frame[EVENT_BYTES * place + byte] = None
            lists.append(events)
        return Recordings.of_lists(lists)

    def flags_frames_of_a_wrong_length(self):
        self.start("flags_frames_of_a_wrong_length", 10, 10)
        if self.network.takes == EVENTS:
            self.classify(long_recordings(self.rng, self.network, 16))
            self.classify(spoilt_at_decisions(self.network, coded_pictures(self.rng, self.network, 12)))
            return
        images, pixels = self.made(16), self.beat_bytes
        sent, bad = [], np.zeros(len(images), bool)
        for number, image in enumerate(images):
            frame = image.ravel()
            kind = number % 4
            if kind == 1 and self.beats > 1:  # cut after some beats
                count = int(self.rng.integers(1, self.beats)) * pixels
                frame[count:] = 0
                sent.append(frame[:count])
                bad[number] = True
            elif kind == 2:  # a few beats too many, of any content
                excess = self.rng.integers(0, 256, pixels * int(self.rng.integers(1, 2 * self.beats + 1)), np.uint8)
                sent.append(np.concatenate([frame, np.zeros(-len(frame) % pixels, np.uint8), excess]))
                bad[number] = True
            else:
                sent.append(frame)
        self.classify(images, sent, bad)
