"""Words of potentials, visit by visit: from the memory to the lanes and back, in two images."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.rtl_model.layer.map_words import map_words
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.parts.streams import FireStream
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from tb.helpers.clocked import run, signals, vector
from tb.helpers.random_networks import worded_network

AT = dict(s_issued=0, s_caught=2, weights=4, s_added=5, s_tested=6, s_leaving=7)  # cycles from where a visit is issued
APART = 9  # cycles from one to the next


@pytest.mark.parametrize("pool", ["pool", "sum"])
def test_two_images_by_hand(pool):
    """A word becomes a candidate once, fires once, and begins anew with the next image. Another one of its window does
    not fire any more, unless the pool sums."""
    network = worded_network(np.random.default_rng(1), f"conv 1 2x2 {pool} 2, dense 2", (5, 5), (4, 3), 8)
    design = Design(network, Configuration(pixels=1))
    shape, contents = layer_shapes(design)[0], contents_of_layers(design)[0]
    threshold = -contents.initials[0][0] - 1
    steps = -(-threshold // 7)  # visits of weight 7 to the threshold; one more stays within the bits
    visits = [Visit(shape.word_bits, 3) for _ in range(5)]
    ports = dict(**signals("clk", "rst", "clear", "follows", "push"), weights=vector(shape.code_bits),
                 m_fire=FireStream(1, shape.folds, 3), **dict(zip(
                     ("s_issued", "s_caught", "s_added", "s_tested", "s_leaving"), visits)))
    fire, found = ports["m_fire"], []

    def one(kind, word, weight=0):
        """What a visit, a test or a word that is emptied makes happen: a candidate, or who fires."""
        seen = []
        for cycle in range(APART):
            for name, at in AT.items():
                if name != "weights":
                    for member in ("visits", "tests", "scrubs"):
                        getattr(ports[name], member).next = cycle == at and member == kind
                    ports[name].word.next = word
            ports["weights"].next = weight if cycle == AT["weights"] and kind == "visits" else 0
            yield ports["clk"].posedge
            if ports["push"]:
                seen.append("candidate")
            if fire.valid:
                seen.append(("fires" if fire.fires else "silent", int(fire.fold)))
            yield ports["clk"].negedge
        found.append(seen)

    def begin(reset=False):
        ports["rst"].next, ports["clear"].next = reset, 1
        yield ports["clk"].negedge
        ports["rst"].next = ports["clear"].next = 0

    def stimulus():
        yield from begin(True)
        for word in range(shape.words):
            yield from one("scrubs", word)
        yield from begin()
        for number in range(2):
            for word in (6, 7):  # the same window
                for _ in range(steps + 1):
                    yield from one("visits", word, 7)
                yield from one("tests", word)
            yield from one("tests", 6)
            yield from begin()

    run(map_words, dict(**ports, shape=shape, contents=contents), stimulus())
    above = [7 * number > threshold for number in range(1, steps + 2)]
    expected = [["candidate"] if now and not before else [] for before, now in zip([False, *above], above)]
    assert ["candidate"] in expected
    other = [*expected, [("fires", 1)]] if pool == "sum" else [*[[]] * len(expected), [("silent", 1)]]
    image = [*expected, [("fires", 1)], *other, [("silent", 1)]]
    assert found == [[]] * shape.words + image + image
