"""The scenarios of the benches in which frames are not as they should be, as a script for compiled code."""

import numpy as np

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.shape.frames import frames_of
from tb.scenarios.accelerator_bench import coded_pictures, long_recordings, random_events, spoilt_at_decisions
from tb.scenarios.reset_script import ResetScript

SURPLUS = 600  # beats
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
