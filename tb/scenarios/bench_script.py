"""The scenarios of the benches of the accelerator (tb/benches/test_accelerator.py), as a script for compiled code."""

import numpy as np

from first_spike.golden.contract.limits import RESULT_PLACES
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import ranking
from tb.scenarios.accelerator_bench import as_taken, bench_pictures
from tb.scenarios.frame_script import FrameScript
from tb.scenarios.scripted import PERIODIC

ROUNDS = 4
SPARSE = 24  # images
MANY, EACH = 400, 6  # images that are made, and those that are taken of each class and way to decide
FEW = 2  # images of each two classes
LONGEST = 12  # images that are taken of those
SHORT = 64  # images
PAUSES = 16  # times six images
AGAIN, LIT = 64, 0.15  # images behind which one comes again, at the most; share of its pixels that spike


class BenchScript(FrameScript):
    """A Script with the scenarios of the benches."""

    def every(self):
        """All of them, several times, since they take milliseconds; those first that find most."""
        for _ in range(ROUNDS):
            self.matches_golden()
            self.waits_for_the_next_layer()
            self.steps_follow_each_other()
            self.decides_for_each_class()
            self.decides_by_a_hair()
            self.lets_every_neuron_fire()
            self.goes_on_for_long()
            self.spikes_in_one_step()
            self.recovers_from_reset()
            self.flags_frames_of_a_wrong_length()
            self.blackens_null_bytes()
            for source in (0, PERIODIC, 50):
                for sink in (0, PERIODIC, 95):
                    self.survives_backpressure(source, sink)
            self.classifies_one_by_one()
            self.loses_nothing_in_the_long_run()
            self.pauses_in_the_middle()
            self.waits_for_a_sink_that_stops()
            self.loses_no_place_for_results()
            self.recovers_from_a_reset_in_the_cycle_of_a_decision()
            self.recovers_from_a_reset_close_to_a_decision()
            self.short_images_follow_each_other()
            self.recovers_from_a_reset_anywhere()
        self.recovers_from_a_reset_in_any_cycle()
        for _ in range(ROUNDS):
            self.comes_again_when_numbers_of_images_do()
            self.drops_a_long_surplus()
        self.drops_events_that_are_none()
        self.steps_have_few_pixels()

    def waits_for_the_next_layer(self):
        """Pixels that spike one after the other, to the end: where a queue can fill, it does."""
        self.start("waits_for_the_next_layer")
        count = self.network.inputs
        staircase = (255 - np.arange(count) * 255 // count).astype(np.uint8).reshape(self.network.image_shape)
        self.classify(as_taken(self.network, np.stack([staircase, *bench_pictures(self.rng, self.network, 3),
                                                       staircase])))

    def steps_follow_each_other(self):
        """Few pixels spike in a step, in any order, so that steps with and without spikes of a layer are close, and
        nothing is late already."""
        self.start("steps_follow_each_other")
        count, shape = self.network.inputs, (-1, *self.network.image_shape)
        order = np.stack([self.rng.permutation(count) for _ in range(SPARSE)])
        spread = self.rng.choice([64, 128, 255], (SPARSE, 1))  # of the values: how many share a step
        lit = self.rng.random((SPARSE, count)) < self.rng.choice([0.1, 0.3, 0.8], (SPARSE, 1))
        pixels = np.where(lit, 255 - order * spread // count, 0)
        self.classify(as_taken(self.network, pixels.astype(np.uint8).reshape(shape)))

    def steps_have_few_pixels(self):
        """So few that a map, which is slow, waits for them, and shows when a step ends."""
        self.start("steps_have_few_pixels")
        steps, count = self.network.steps, self.network.inputs
        pixels = np.zeros((MANY // 2, count), np.uint8)
        for image in pixels:
            chosen = np.sort(self.rng.permutation(steps)[:self.rng.integers(1, 5)])
            chosen = np.repeat(chosen, self.rng.integers(1, 5, len(chosen)))[:count]
            image[self.rng.permutation(count)[:len(chosen)]] = 255 - chosen * 256 // steps
        self.classify(as_taken(self.network, pixels.reshape(-1, *self.network.image_shape)))

    def decides_for_each_class(self):
        """Also for those that few images have, by a spike and by the largest potential."""
        self.start("decides_for_each_class")
        images = self.made(MANY)
        found = infer(self.network, images)
        kinds = 2 * found.classes + found.silent
        self.classify(images[np.concatenate([np.flatnonzero(kinds == k)[:EACH] for k in np.unique(kinds)])])

    def decides_by_a_hair(self):
        """For each two classes images in which they are first, with potentials that are equal or one apart."""
        self.start("decides_by_a_hair")
        images = self.made(MANY)
        order, potentials = ranking(self.network, images, infer(self.network, images))
        kinds = np.concatenate([order[:, :2], potentials[:, :1] - potentials[:, 1:2]], axis=1)
        close = [kind for kind in np.unique(kinds, axis=0) if kind[2] <= 1]
        self.classify(images[[n for kind in close for n in np.flatnonzero((kinds == kind).all(axis=1))[:FEW]]])

    def lets_every_neuron_fire(self):
        """For each hidden neuron images in which it fires last before the decision."""
        self.start("lets_every_neuron_fire")
        images = self.made(MANY)
        times = np.concatenate(infer(self.network, images).until_decision().spike_times[:-1], axis=1)
        times = np.where(times < self.network.steps, times, -1)
        latest = np.argsort(-times, axis=0, kind="stable")[:2]
        self.classify(images[np.unique(latest[np.take_along_axis(times, latest, axis=0) >= 0])])

    def goes_on_for_long(self):
        """Images of which hidden neurons fire in the most steps before the decision, so that queues go round."""
        self.start("goes_on_for_long")
        images = self.made(MANY)
        hidden = infer(self.network, images).until_decision().spike_times[:-1]
        steps = sum((np.diff(np.sort(times, axis=1), axis=1) > 0).sum(axis=1) for times in hidden)
        self.classify(images[np.argsort(-steps, kind="stable")[:LONGEST]])

    def spikes_in_one_step(self):
        """All pixels of an image that spike at all, in any step: what it is comes at once, and is the end."""
        self.start("spikes_in_one_step")
        shape = (SPARSE, *self.network.image_shape)
        lit = self.rng.random(shape) < self.rng.choice([0.2, 0.5, 0.9], (SPARSE,) + (1,) * (len(shape) - 1))
        values = self.rng.integers(1, 256, (SPARSE,) + (1,) * (len(shape) - 1))
        self.classify(as_taken(self.network, (lit * values).astype(np.uint8)))

    def matches_golden(self):
        self.start("matches_golden")
        self.classify(self.made(20 + 2 * self.network.steps))

    def survives_backpressure(self, source, sink):
        self.start(f"survives_backpressure_{source}_{sink}", source, sink)
        self.classify(self.made(10))

    def loses_nothing_in_the_long_run(self):
        """Many images under stalls; afterwards every buffer and every place is there, and everything has its speed."""
        for source, sink in ((20, 0), (0, 60), (40, 40)):
            self.start(f"loses_nothing_in_the_long_run_{source}_{sink}", source, sink)
            self.classify(self.made(40))
            self.stall(0, 0)
            self.classify(self.made(8))

    def pauses_in_the_middle(self):
        """The source stops for some time, anywhere in an image, and has the beats behind it without a pause."""
        self.start("pauses_in_the_middle", 100)
        for _ in range(PAUSES):
            self.begin(self.made(6))
            for _ in range(12):
                self.line("stalls 0 0")
                self.line(f"wait {self.rng.integers(1, self.beats + 1)}")
                self.line("stalls 100 0")
                self.line(f"wait {self.rng.integers(1, 150)}")
            self.line("stalls 0 0")
            self.line("finish")

    def waits_for_a_sink_that_stops(self):
        self.start("waits_for_a_sink_that_stops")
        images = self.made(RESULT_PLACES + 4)
        self.line("sink closed")
        self.begin(images)
        last = self.cycles(images, infer(self.network, images), whole=self.begins_whole)[-1]
        self.line(f"wait {self.network.steps + self.emptied + last}")
        self.line(f"full {RESULT_PLACES}")
        self.line("sink open")
        self.line("finish")

    def loses_no_place_for_results(self):
        self.start("loses_no_place_for_results")
        images = self.made(2 + RESULT_PLACES)
        self.line("sink at_decisions")
        self.begin(images)
        self.line(f"decided {len(images)}")
        self.line("sink open")
        self.line("finish")
        self.classify(self.made(3))

    def classifies_one_by_one(self):
        self.start("classifies_one_by_one")
        images = self.made(6)
        for number in range(len(images)):
            self.classify(images[number:number + 1])

    def short_images_follow_each_other(self):
        """Few pixels spike, or none, so that the next image comes while memories are still emptied for it."""
        self.start("short_images_follow_each_other")
        count = self.network.inputs
        lit = self.rng.random((SHORT, count)).argsort(axis=1) < self.rng.choice([0, 1, 1, 2, 3, 6, 12], (SHORT, 1))
        lit |= (self.rng.random(SHORT) < 0.2)[:, None]  # and now and then all
        pixels = (lit * self.rng.integers(1, 256, (SHORT, count))).astype(np.uint8)
        self.classify(as_taken(self.network, pixels.reshape(-1, *self.network.image_shape)))

    def comes_again_when_numbers_of_images_do(self):
        """An image of few pixels, and again behind 1, 2, 4 ... of black ones, so that the number by which memories tell
        it from stale ones has gone round, or half of the way."""
        self.start("comes_again_when_numbers_of_images_do")
        black = np.zeros((AGAIN, *self.network.image_shape), np.uint8)
        for apart in (1 << bit for bit in range(AGAIN.bit_length())):
            for image in bench_pictures(self.rng, self.network, 2):
                image = np.where(self.rng.random(image.shape) < LIT, image, 0).astype(np.uint8)[None]
                between = black[:apart - 1]
                self.classify(as_taken(self.network, np.concatenate([image, between, image, between, image])))
