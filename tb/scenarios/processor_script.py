"""The scenarios of a processor, as a script for compiled code: networks of all kinds, loaded one after the other, and
loads that are wrong, cut off, or come in the middle of things."""

import zlib
from dataclasses import replace

import numpy as np

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import RESULT_PLACES
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.contract.processor import Processor
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.rtl_model.shape.processor_load import load_words
from tb.helpers.random_networks import colliding_images, on_events, worded_network
from tb.scenarios.accelerator_bench import as_taken
from tb.scenarios.bench_script import BenchScript
from tb.scenarios.scripted import REST

SMALL_LIMITS = Processor(lanes=8, weight_words=256, inputs=36, steps=16, neurons=128, words=64, layers=4, pixels=4,
                      kinds="all")
PATIENCE = 200_000  # cycles within which any result comes
SETTLED = 300  # cycles from a load on after which nothing but frames is waited for
FORM, OTHER, LENGTH, FIELD, CHECK = range(1, 6)  # errors of a load
TABLES = 12  # loads of any words
CUTS = 24  # images in which a load falls
RESETS_BEFORE = 6  # cycles before a result in which one falls, of the last of those
FEW = 4  # networks in whose images resets fall, a load behind each, and one of so many images

# (layers, image, bits of each layer, steps, most events or None)
TEXTS = (
    ("dense 17, dense 10, dense 12", (5, 5), (4, 3, 4), 16, None),
    ("conv 4 2 stride 2, conv 9 1 pool 1x2, dense 3", (6, 6), (4, 3, 4), 4, None),
    ("dense 12, dense 9", (5, 5), (4, 4), 16, 40),
    ("conv 5 3 padding 1 pool 3, dense 4", (4, 6), (6, 5), 16, None),
    ("conv 3 1 pool 2, conv 2 1, dense 3", (6, 6), (4, 4, 4), 4, None),
    ("dense 9, dense 11", (4, 4), (8, 5), 8, None),
    ("conv 9 1 stride 2, conv 3 2x1 pool 2x1, conv 3 1, dense 2", (6, 4), (4, 4, 4, 4), 4, None),
    ("dense 100, dense 3", (2, 2), (4, 4), 16, None),
    ("conv 3 3 pool 2, dense 3", (5, 5), (2, 4), 2, 200),
    ("conv 8 1 pool 2, dense 2", (6, 6), (3, 4), 16, None),
    ("dense 16, dense 3", (4, 4), (1, 1), 2, None),
    ("dense 9, dense 120", (4, 4), (4, 4), 16, None),
    ("conv 3 1x18 pool 1x2, conv 32 1x7, conv 2 1x2, dense 2", (1, 36), (4, 4, 4, 4), 16, None),
    ("conv 3 18x1 pool 2x1, conv 36 7x1, conv 3 2x1, dense 2", (36, 1), (4, 4, 4, 4), 16, 60),
    ("conv 9 1 pool 2x3, dense 3", (2, 15), (4, 4), 16, None),
)
FULL = "conv 8 3, dense 8, dense 3", (6, 6), (4, 4, 4), 16  # a list has room for all neurons of the map, and no more


def small_networks():
    """The Networks of TEXTS, and one in which a map fills a list in one step, before it says that it is over."""
    made = []
    for number, (text, shape, bits, steps, most_events) in enumerate(TEXTS):
        network = worded_network(np.random.default_rng(number), text, shape, bits, steps)
        made.append(network if most_events is None else on_events(network, most_events))
    network = worded_network(np.random.default_rng(len(made)), *FULL)
    first = network.layers[0]
    first = replace(first, weights=first.weights & 7 | 1, thresholds=np.full_like(first.thresholds, 3))
    return [*made, replace(network, layers=[first, *network.layers[1:]])]


def tying_networks(lanes):
    """Networks of an output layer in three folds, in which some neurons fire in the same step, and no others: of one
    fold or of several, with equal potentials, or the first or the last ahead by one spike."""
    first, last, end = lanes - 1, lanes, 3 * lanes - 2
    ties = ({1: 3, last + 2: 3}, {1: 3, last + 2: 4}, {1: 4, last + 2: 3}, {first: 3, last: 3}, {last: 3, end: 3},
            {last: 3, end: 4}, {0: 3, last: 3, end: 3}, {0: 3, last: 4, end: 4}, {last: 3, last + 3: 4}, {end: 3})
    networks = []
    for number, tie in enumerate(ties):
        weights = np.zeros((4, end + 1), np.int8)
        for neuron, weight in tie.items():
            weights[:, neuron] = weight
        networks.append(Network(16, (1, 4), [Layer(weights, np.full(end + 1, 5, np.int32), 4)],
                                list(map(str, range(end + 1))), f"tie {number}"))
    return networks


class ProcessorScript(BenchScript):
    """A BenchScript for a Processor, into which `network` is loaded first."""

    sees_spikes = False

    def __init__(self, limits, network, seed=1, share=1):
        self.limits, self._loaded = limits, None
        super().__init__(Design(network, Configuration((), limits.pixels)), seed, share)
        self.emptied = SETTLED
        self.turn_to(network)

    def every(self, networks):
        """All of them, with these Networks."""
        for network in networks:
            self.turn_to(network)
            self.classifies_all_kinds_of_images()
            self.begins_with_all()
            self.survives_backpressure(30, 30)
            self.flags_frames_of_a_wrong_length()
        self.ties_over_folds()
        self.turn_to(networks[-1])
        self.checks_each_word_of_a_load()
        self.checks_each_field()
        self.checks_each_table()
        for network in networks:
            self.turn_to(network)
            for source, sink in ((0, 95), (50, 0)):
                self.survives_backpressure(source, sink)
            self.pauses_in_the_middle()
            self.waits_for_a_sink_that_stops()
            self.loses_no_place_for_results()
            self.drops_a_long_surplus()
            self.drops_events_that_are_none()
        self.loads_come_in_the_middle(networks)
        self.results_outlive_a_load(networks)
        self.frames_wait_for_a_network(networks)
        self.no_table_hangs_it()
        share, self._share = self._share, FEW
        for network in networks[:FEW]:
            self.turn_to(network)
            self.recovers_from_reset()
            self.recovers_from_a_reset_anywhere()
        self.recovers_from_a_reset_close_to_a_decision(RESETS_BEFORE)
        self._share = share

    def turn_to(self, network):
        """This one is loaded with the next scenario or reset."""
        self.network = network
        self.beats = network.most_events or -(-network.inputs // self.limits.pixels)
        self.words = load_words(network, self.limits).tolist()
        self._load = [self.load_line(self.words), "status 1 0"]

    def opening(self):
        """A network that is there stays."""
        lines = [] if self._loaded is self.network else ["reset 1", *self._load]
        self._loaded = self.network
        return lines

    def reset(self, how):
        super().reset(how)
        self.load()

    def load(self):
        self._lines += self._load

    @staticmethod
    def load_line(words, whole=True):
        """whole: TLAST comes with the last of the words."""
        return f"load {int(whole)} {len(words)} {' '.join(map(str, words))}"

    def cycles(self, images, inference, whole=False, before=0):
        return predict(self.network, self.limits, images, inference, whole, idle=True).valid

    def _design(self):
        return f"design {self.limits.steps} {self.limits.pixels} 1 {PATIENCE} {REST} 1 0"

    def classifies_all_kinds_of_images(self):
        self.matches_golden()
        self.neighbours_collide()
        self.steps_follow_each_other()
        self.spikes_in_one_step()
        self.waits_for_the_next_layer()
        self.decides_for_each_class()
        self.decides_by_a_hair()
        self.lets_every_neuron_fire()
        self.short_images_follow_each_other()
        self.classifies_one_by_one()

    def ties_over_folds(self):
        """The larger potential wins, then the lower class, whether those that tie fired or not."""
        for network in tying_networks(self.limits.lanes):
            self.turn_to(network)
            self.start("ties_over_folds")
            self.classify(np.array([[[255, 255, 0, 0]], [[9, 0, 0, 0]], [[255, 0, 0, 254]], [[0, 0, 0, 0]],
                                    [[90, 255, 17, 255]]], np.uint8))

    def begins_with_all(self):
        """All inputs spike in the first step."""
        self.start("begins_with_all")
        self.classify(as_taken(self.network, np.full((3, *self.network.image_shape), 255, np.uint8)))

    def neighbours_collide(self):
        """One spike after the other reaches the same words."""
        self.start("neighbours_collide")
        self.classify(as_taken(self.network, colliding_images(self.rng, self.network)))

    def refuses(self, words, error, whole=True):
        self.line(self.load_line(words, whole))
        self.line(f"status 0 {error}")

    def checks_each_word_of_a_load(self):
        """What is in front of the payload, the CRC, and where TLAST comes; the rest of a frame is dropped."""
        self.start("checks_each_word_of_a_load")
        right, rest = self.words, self.rng.integers(0, 1 << 32, 5).tolist()
        for place, error in ((0, FORM), (1, OTHER)):
            for bit in range(32):
                wrong = [*right[:place], right[place] ^ 1 << bit]
                self.refuses(wrong, error)
                self.refuses([*wrong, *rest], error)
        fewest, most = self.limits.first_weight, self.limits.most_words
        for count, error in ((fewest - 1, LENGTH), (0, LENGTH), (most + 1, LENGTH), (fewest, FORM), (most, FORM),
                             *((fewest | 1 << bit, LENGTH) for bit in range(most.bit_length(), 32))):
            self.refuses([*right[:2], count], error)
        for length in (1, 2, 3, 4, 5, 40):
            self.refuses(right[:length], FORM)
        self.refuses(right[:-1], FORM)
        for place, mask in ((-1, 1 << 3), (-1, 1 << 20), (-2, 1 << 31), (-3, 1 << 9)):
            self.refuses([*right[:place], right[place] ^ mask, *right[len(right) + place + 1:]], CHECK)
        self.refuses(right, FORM, whole=False)
        self.refuses([*rest, *right], FORM)  # the rest of it
        self.refuses(right[:1], 0, whole=False)  # so far
        self.reset("reset 1")
        self.classify(self.made(8))

    def checks_each_field(self):
        """The largest value is taken, and none above it."""
        self.start("checks_each_field")
        header, layer, size = self.limits.header_most, self.limits.layer_most, self.limits.slot_words
        mosts = [list(own.values()) + [(1 << 16) - 1] * (size - len(own))
                 for own in (header, *[layer] * self.limits.layers)]
        for place, most in enumerate(sum(mosts, [])):
            before = [*self.words[:2], self.limits.first_weight, *[0] * place]
            self.refuses([*before, most], FORM)
            self.refuses([*before, most + 1], FIELD)
            if place % size == place // size:
                self.refuses([*before, 1 << int(self.rng.integers(16, 32))], FIELD)
        self.load()
        self.classify(self.made(4))

    def checks_each_table(self):
        """At the ends of the masks, reaches and windows: every bit is taken that says something, and none else."""
        self.start("checks_each_table")
        limits, low = self.limits, (1 << 16) - 1
        ends = limits.first_mask, limits.first_reach, limits.first_window, limits.first_weight
        for place in sorted({end + off for end in ends for off in (-1, 0, 1)} - {ends[0] - 1}):
            before, bits = [*self.words[:2], limits.most_words, *[0] * place], limits.word_bits(place)
            self.refuses([*before, bits], FORM)
            for half in (low, low << 16):
                none = half & ~bits
                for bit in {none & -none, 1 << none.bit_length() >> 1}:
                    if bit:
                        self.refuses([*before, bit], FIELD)
        self.load()
        self.classify(self.made(4))

    def loads_come_in_the_middle(self, networks):
        """Of images of other networks, in any cycle of them; what was decided by then has its result."""
        self.start("loads_come_in_the_middle")
        for number in range(CUTS):
            images = self.made(3)
            longest = self.cycles(images, infer(self.network, images))[-1]
            self.begin(images)
            self.line(f"wait {self.rng.integers(longest)}")
            self.line("abandon")
            self.turn_to(networks[number % len(networks)])
            self.load()
            self.line("keep")
            self.classify(self.made(3))
        self._loaded = self.network

    def results_outlive_a_load(self, networks):
        self.start("results_outlive_a_load")
        self.line("sink closed")
        images = self.made(RESULT_PLACES)
        self.begin(images)
        self.line(f"wait {self.cycles(images, infer(self.network, images))[-1] + SETTLED}")
        self.turn_to(networks[3])
        self.load()
        self.line("sink open")
        self.line("finish")
        self.classify(self.made(3))
        self._loaded = self.network

    def frames_wait_for_a_network(self, networks):
        """Also while one that is wrong comes."""
        self.start("frames_wait_for_a_network")
        for network in networks[:3]:
            self.turn_to(network)
            self.refuses(self.words[:4], FORM)
            self.begin(self.made(3))
            self.line("wait 300")
            self.refuses([*self.words[:-1], self.words[-1] ^ 1], CHECK)
            self.load()
            self.line("finish")
        self._loaded = self.network

    def no_table_hangs_it(self):
        """Random words under a right CRC: frames get results, whatever they are, and behind a reset all is right. Maps
        have few positions, and layers few folds, or a result could take millions of cycles."""
        self.start("no_table_hangs_it")
        limits, bits = self.limits, [self.limits.word_bits(place) for place in range(self.limits.most_words)]
        for _ in range(TABLES):
            payload = self.rng.integers(0, 1 << 32, len(bits), np.uint32) & np.array(bits, np.uint32)
            payload[limits.first_reach + 1:limits.first_window:2] &= 0x10101
            header, *slots = payload[:limits.first_mask].reshape(-1, limits.slot_words)
            for own, most in ((header, limits.header_most), *((slot, limits.layer_most) for slot in slots)):
                own[:] = 0
                own[:len(most)] = [self.rng.integers(0, value + 1) for value in most.values()]
            for slot in slots:
                slot[limits.layer_fields.index("folds")] %= 4
                slot[limits.layer_fields.index("positions")] *= self.rng.integers(0, 2, dtype=np.uint32)
            self.line("reset 1")
            self.line("sink closed")
            self.line(self.load_line([*self.words[:2], len(payload), *payload.tolist(), zlib.crc32(payload.tobytes())]))
            self.line("status 1 0")
            self.send(self.rng.integers(0, 256, (RESULT_PLACES, limits.pixels * (int(header[0]) + 1)), np.uint8))
            self.line(f"decided {RESULT_PLACES}")
            self.reset("reset 1")
            self.line("sink open")
            self.classify(self.made(3))
