"""The scenarios of the benches in which resets fall, as a script for compiled code."""

import numpy as np

from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from tb.scenarios.accelerator_bench import bench_images
from tb.scenarios.script import Script

RESETS = 80  # cycles in which one falls
RESETS_ANYWHERE = 40  # images in which one falls
RESETS_BEFORE, RESETS_BEHIND = 40, 6  # cycles before a result, and behind it, in which one falls
CLOSE, BEHIND = 8, 4  # as close to a result so many images follow, for which both buffers have to be free
LATE = 8  # images of which the latest to be decided is taken


class ResetScript(Script):
    """A Script with scenarios of resets; `seed` is that of all that is random."""

    def __init__(self, design, seed=1):
        network = design.network
        super().__init__(design)
        self.rng = np.random.default_rng(seed)
        self.beats = network.most_events or -(-network.inputs // self.beat_bytes)

    def made(self, count):
        return bench_images(self.rng, self.network, count)

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

    def recovers_from_a_reset_close_to_a_decision(self):
        """One cycle long, in each of the cycles in which what decides is on its way, of any image or a late one."""
        self.start("recovers_from_a_reset_close_to_a_decision")
        for before in range(-RESETS_BEHIND, RESETS_BEFORE + 1):
            images = self.made(LATE)
            late = infer(self.network, images).decision_time.argmax() if before % 2 else 0
            images = images[late:late + 1]
            result = predict(self.design, images, infer(self.network, images), idle=True,
                             before=self._before).valid[0]
            self.begin(images, timed=True)
            self.line(f"wait {max(0, result - before)}")
            self.reset("reset 1")
            self.classify(self.made(BEHIND if before < CLOSE else 1))

    def recovers_from_a_reset_anywhere(self):
        """One cycle long, from the first beat of an image to its result."""
        self.start("recovers_from_a_reset_anywhere")
        images = self.made(RESETS_ANYWHERE)
        cycles = predict(self.design, images, infer(self.network, images), idle=True,
                         whole=self.begins_whole).valid
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
