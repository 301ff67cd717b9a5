"""The blocks of a processor behind its lists, each by itself against plain Python."""

import numpy as np
import pytest

from first_spike.golden.contract.processor import POTENTIAL_BITS, Processor
from first_spike.rtl_model.processor.bundles import LayerFacts, NetworkFacts, StepList, Visits
from first_spike.rtl_model.processor.class_finder import class_finder
from first_spike.rtl_model.processor.fold_sequencer import fold_sequencer
from first_spike.rtl_model.processor.layer_sequencer import image_result
from first_spike.rtl_model.processor.processor_lane import processor_lane
from tb.helpers.clocked import packed, run, signals, vector

LIMITS = Processor(lanes=8, weight_words=64, inputs=32, steps=16, neurons=16, words=8, layers=2, pixels=2)


@pytest.mark.parametrize("seed", range(3))
def test_a_lane_adds_nibbles_and_fires_once(seed):
    rng = np.random.default_rng(seed)
    ports = signals("clk", "visited", "first", "fresh", "nothing", "negative", "tests", "fires") | dict(
        shift=vector(2), nibble=vector(4), stored=vector(POTENTIAL_BITS + 1), written=vector(POTENTIAL_BITS + 1))
    size = 1 << POTENTIAL_BITS

    def stimulus():
        clk = ports["clk"]
        for _ in range(60):
            stored, fresh, tests, count = int(rng.integers(0, 2 * size)), rng.random() < 0.3, rng.random() < 0.7, (
                int(rng.integers(1, 6)))
            total, fired = (0, 0) if fresh else (stored % size, stored // size)
            for place in range(count + 1):
                drawn = {name: int(rng.integers(0, most)) for name, most in (
                    ("nibble", 16), ("shift", 4), ("negative", 2), ("nothing", 2))}
                for name, value in drawn.items():
                    ports[name].next = value
                ports["stored"].next, ports["fresh"].next = stored, fresh
                ports["visited"].next, ports["first"].next = place > 0, place == 1
                yield clk.negedge
                if place < count and not drawn["nothing"]:
                    signed = drawn["nibble"] - 16 * (drawn["negative"] and drawn["nibble"] >= 8)
                    total += signed << 4 * drawn["shift"]
            ports["visited"].next, ports["tests"].next = 0, tests
            yield clk.negedge
            above = total % size < size // 2 and not fired
            assert bool(ports["fires"]) == above
            assert int(ports["written"]) == (fired or (above and tests)) * size + total % size

    run(processor_lane, ports, stimulus())


@pytest.mark.parametrize("classes", (1, 2, 7, 8, 9, 16))
def test_the_class_is_the_first_of_the_largest_potentials(classes):
    rng = np.random.default_rng(classes)
    ports = signals("clk", "rst", "start", "reading", "found") | dict(
        s_facts=NetworkFacts(LIMITS).only("classes", "class_word"), class_word=vector(3),
        potentials=vector(8 * (POTENTIAL_BITS + 1)), winner=vector(4))

    def stimulus():
        clk, facts = ports["clk"], ports["s_facts"]
        for round_number in range(6):
            facts.classes.next, facts.class_word.next = classes - 1, 5
            spread = (3, 1 << POTENTIAL_BITS - 1)[round_number % 2]
            values = rng.integers(-spread, spread, 16)
            ports["start"].next = 1
            yield clk.posedge
            ports["start"].next = 0
            addresses = []
            for cycle in range(classes + 4):
                at = (addresses[-2] - 5) % 8 if cycle > 1 else 0
                fired = rng.integers(0, 2, 8) << POTENTIAL_BITS
                word = values[8 * at:8 * at + 8] if at < 2 else np.zeros(8, np.int64)
                ports["potentials"].next = packed((word % (1 << POTENTIAL_BITS)) + fired, POTENTIAL_BITS + 1)
                yield clk.negedge
                assert bool(ports["found"]) == (cycle == classes + 3)
                addresses.append(int(ports["class_word"]))
                if cycle < classes + 3:
                    yield clk.posedge
            assert ports["found"] and int(ports["winner"]) == int(np.argmax(values[:classes]))

    run(class_finder, {**ports, "limits": LIMITS}, stimulus())


def test_equal_potentials_of_several_folds_are_the_lowest_class_s():
    """Wherever they lie: in one fold, in two, or in all."""
    ports = signals("clk", "rst", "start", "reading", "found") | dict(
        s_facts=NetworkFacts(LIMITS).only("classes", "class_word"), class_word=vector(3),
        potentials=vector(8 * (POTENTIAL_BITS + 1)), winner=vector(4))
    cases = [{2: 7, 10: 7}, {2: 7, 10: 8}, {2: 8, 10: 7}, {7: 1, 8: 1}, {0: 3, 15: 3}, {0: 3, 15: 4}, {9: 5, 13: 5},
             {9: 5, 13: 6}, {1: -1, 14: -1}, {}]

    def stimulus():
        clk, facts = ports["clk"], ports["s_facts"]
        facts.classes.next, facts.class_word.next = 15, 3
        for highest in cases:
            values = np.array([highest.get(k, -4) for k in range(16)])
            ports["start"].next = 1
            yield clk.posedge
            ports["start"].next = 0
            words = []
            while not ports["found"]:
                word = values[8 * (words[-2] - 3):][:8] if len(words) > 1 and words[-2] in (3, 4) else np.zeros(8, int)
                ports["potentials"].next = packed(word % (1 << POTENTIAL_BITS), POTENTIAL_BITS + 1)
                yield clk.negedge
                words.append(int(ports["class_word"]))
                yield clk.posedge
            best = max(highest.values(), default=-4)
            winners.append((int(ports["winner"]), next(k for k in range(16) if values[k] == best)))

    winners = []
    run(class_finder, {**ports, "limits": LIMITS}, stimulus())
    assert len(winners) == len(cases) and all(winner == right for winner, right in winners), winners


def test_a_result_tells_a_tie_over_folds_and_whether_its_own_frame_is_bad():
    """Folds of an output layer are tested one by one; the frame is judged while the decision falls, when the next one
    may be of another kind already."""
    rng = np.random.default_rng(6)
    ports = signals("clk", "rst", "decides", "fired", "bad", "decide", "push", "some") | dict(
        fires=vector(8), step=vector(4), step_shift=vector(3), winner=vector(4), entry=vector(16))
    lone = [[0, 4], [4, 0], [1, 128], [0, 0], [3, 0], [0, 3], [1, 1, 1], [0, 1, 0], [0, 128, 1]]

    def stimulus():
        clk = ports["clk"]
        for folds in [*lone, *([int(fires) for fires in rng.choice([0, 1, 64, 96], 3)] for _ in range(40))]:
            bad, shift, step, winner = (int(rng.integers(0, most)) for most in (2, 4, 16, 16))
            ports["step_shift"].next = shift
            for quiet in range(int(rng.integers(0, 3))):  # steps in which nobody fires decide nothing
                for _ in folds:
                    ports["decides"].next, ports["fires"].next, ports["fired"].next = 1, 0, 0
                    yield clk.negedge
            ports["step"].next = step
            for place, fires in enumerate(folds):
                last = place == len(folds) - 1
                ports["decides"].next, ports["fires"].next, ports["fired"].next = 1, fires, fires > 0
                ports["decide"].next, ports["bad"].next = last, bad if last else not bad
                yield clk.negedge
            ports["decides"].next, ports["decide"].next, ports["fires"].next, ports["fired"].next = 0, 0, 255, 0
            ports["bad"].next, ports["winner"].next = not bad, winner
            for _ in range(int(rng.integers(1, 9))):
                yield clk.negedge
            count = sum(fires.bit_count() for fires in folds)
            time = step >> shift if count else 16 >> shift
            seen.append((int(ports["entry"]), bad << 15 | (count > 1) << 14 | (count == 0) << 13 | time << 4 | winner))
            ports["push"].next = 1
            yield clk.negedge
            ports["push"].next = 0

    seen = []
    run(image_result, {**ports, "steps": 16}, stimulus())
    assert len(seen) == len(lone) + 40 and all(found == right for found, right in seen), seen


@pytest.mark.parametrize("fresh, parts, folds, spikes, grows", [
    (0, 0, 1, 3, 0), (0, 1, 2, 3, 0), (1, 0, 2, 3, 1), (1, 1, 2, 5, 1), (0, 0, 2, 0, 0), (1, 1, 2, 0, 0),
    (0, 1, 1, 1, 1), (0, 0, 2, 16, 1)])
def test_a_layer_visits_fold_by_fold(fresh, parts, folds, spikes, grows):
    """What is visited, in order: the starts, then each spike with each part of the weights; none twice or too early."""
    rng = np.random.default_rng(7)
    ports = signals("clk", "rst", "start", "fresh", "at_output", "closes", "hold", "ends") | dict(
        s_layer=LayerFacts(LIMITS), s_list=StepList(16, 4).only("count", "some", "complete"), m_visit=Visits(LIMITS),
        read=vector(4))
    seen = []

    def stimulus():
        clk, layer, known = ports["clk"], ports["s_layer"], ports["s_list"]
        ports["fresh"].next, ports["closes"].next, ports["at_output"].next = fresh, 1, 1
        layer.parts.next, layer.folds.next, layer.inputs.next = parts, folds - 1, 9
        layer.weights.next, layer.starts.next, layer.word.next = 50, 60, 7
        known.count.next, known.complete.next = (1, 0) if grows else (spikes, 1)
        known.some.next = spikes > 0
        ports["start"].next = 1
        yield clk.posedge
        ports["start"].next = 0
        while not seen or not seen[-1][-1]:
            if grows and not known.complete and rng.random() < 0.4:
                known.complete.next = known.count == spikes
                known.count.next = min(known.count + 1, spikes)
            ports["hold"].next = rng.random() < 0.3
            yield clk.negedge
            visit = ports["m_visit"]
            if visit.valid:
                assert visit.nothing or visit.of_start or ports["read"] < known.count
                seen.append((int(visit.base), None if visit.of_start or visit.nothing else int(ports["read"]),
                             int(visit.shift), bool(visit.negative), int(visit.word), int(visit.fold),
                             bool(visit.first), bool(visit.last), bool(visit.last and visit.last_fold)))
                assert bool(ports["ends"]) == seen[-1][-1] and visit.tests and visit.output
            yield clk.posedge

    run(fold_sequencer, {**ports, "places": 16}, stimulus())
    want = []
    for fold in range(folds):
        visits = [((60 + 4 * fold + k) % 64, None, k, k == 3) for k in range(4)] if fresh else []
        visits += [((50 + 9 * ((parts + 1) * fold + part)) % 64, place, part, part == parts)
                   for part in range(parts + 1) for place in range(spikes)]
        if not visits:
            visits = [(seen[fold][0], None, 0, seen[fold][3])]
        want += [(*visit, (7 + fold) % 8, fold, place == 0, place == len(visits) - 1,
                  place == len(visits) - 1 and fold == folds - 1) for place, visit in enumerate(visits)]
    assert seen == want
