"""The blocks of a processor that work on convolutions, each by itself against plain Python; and that none of them
relies on what is read while it is written."""

import numpy as np
import pytest

from first_spike.golden.contract.processor import POTENTIAL_BITS, Processor
from first_spike.rtl_model.parts.streams import FireStream
from first_spike.rtl_model.processor import position_walker as walker_file
from first_spike.rtl_model.processor.bundles import LayerFacts, PayloadWrite, Reach, StepList, Steps, Visits
from first_spike.rtl_model.processor.lane_pipeline import lane_pipeline
from first_spike.rtl_model.processor.map_sequencer import map_sequencer
from first_spike.rtl_model.processor.position_walker import INTERLOCK, position_walker
from first_spike.rtl_model.processor.reach_table import reach_table
from first_spike.rtl_model.tests.test_resident_networks import write_words
from tb.helpers.clocked import run, signals, vector

LIMITS = Processor(lanes=8, weight_words=256, inputs=64, steps=16, neurons=64, words=64, layers=2, pixels=4,
                   kinds="all")
WALKED = ("inputs", "folds", "parts", "positions", "row_words", "row_weights", "column_weights")


def walked(reaches, facts, grows=False, seed=1):
    """[(cycle, first, last, word, weight)] of the visits to a list of spikes, of which each reaches what `reaches` say:
    (word, weight, rows, columns, some)."""
    rng = np.random.default_rng(seed)
    ports = signals("clk", "rst", "opens", "over") | dict(
        s_layer=LayerFacts(LIMITS).only(*WALKED), s_list=StepList(64, 4).only("count", "complete"),
        s_reach=Reach(LIMITS), m_step=Steps(LIMITS), read=vector(6))
    seen = []

    def stimulus():
        clk, known, reach, step = (ports[name] for name in ("clk", "s_list", "s_reach", "m_step"))
        for name, value in facts.items():
            getattr(ports["s_layer"], name).next = value
        known.count.next, known.complete.next = (0, 0) if grows else (len(reaches), 1)
        ports["rst"].next = 1
        yield clk.posedge
        ports["rst"].next = 0
        ports["opens"].next = 1
        yield clk.posedge
        ports["opens"].next = 0
        reads = [0] * 5
        for cycle in range(3000):
            yield clk.negedge
            if step.valid:
                seen.append((cycle, bool(step.first), bool(step.last), int(step.word), int(step.weight)))
            if ports["over"]:
                return
            assert ports["read"] <= known.count
            reads = [*reads[1:], int(ports["read"])]
            yield clk.posedge
            found = reaches[reads[0]] if reads[0] < len(reaches) else (0, 0, 0, 0, 0)
            for name, value in zip(reach.members, found):
                getattr(reach, name).next = value
            if grows and not known.complete and rng.random() < 0.3:
                known.complete.next = known.count == len(reaches)
                known.count.next = min(known.count + 1, len(reaches))
        raise AssertionError("it does not end")

    run(position_walker, ports, stimulus())
    return seen


@pytest.mark.parametrize("seed", range(6))
def test_spikes_visit_what_they_reach_in_order(seed):
    rng = np.random.default_rng(seed)
    facts = dict(inputs=int(rng.integers(1, 9)), folds=seed % 3, parts=seed % 2, positions=20, row_words=5,
                 row_weights=int(rng.integers(4, 9)), column_weights=int(rng.integers(1, 4)))
    reaches = [(int(rng.integers(0, 4)), int(rng.integers(60, 90)), int(rng.integers(0, 3)), int(rng.integers(0, 3)),
                int(rng.random() < 0.8)) for _ in range(12)]
    want = [(part == 0, part == facts["parts"], word + fold * 20 + row * 5 + column,
             weight + (fold * (facts["parts"] + 1) + part) * facts["inputs"] - row * facts["row_weights"]
             - column * facts["column_weights"])
            for word, weight, rows, columns, some in reaches if some for fold in range(facts["folds"] + 1)
            for row in range(rows + 1) for column in range(columns + 1) for part in range(facts["parts"] + 1)]
    seen = walked(reaches, facts, grows=seed > 3)
    assert [visit[1:] for visit in seen] == [(*ends, word % 64, weight % 256) for *ends, word, weight in want]


def shortest_distance(seen):
    """Of cycles between two visits to one word, of those that write to those that read."""
    return min(later[0] - earlier[0] for place, later in enumerate(seen) for earlier in seen[:place]
               if later[3] == earlier[3] and earlier[2] and later[1])


# rows of two and three positions, of which one spike ends where the next begins, and single ones
NEIGHBOURS = [(3, 70, 0, 2, 1), (5, 70, 0, 1, 1), (6, 70, 0, 2, 1), (8, 70, 0, 2, 1), (7, 70, 0, 2, 1),
              (9, 70, 0, 0, 1), (9, 70, 0, 0, 1), (8, 70, 0, 3, 1), (8, 70, 0, 3, 1), (9, 70, 0, 4, 1),
              (9, 70, 0, 4, 1)]


@pytest.mark.parametrize("parts", (0, 1))
def test_no_word_is_visited_before_it_is_written(parts, monkeypatch):
    """The distance that the pipeline needs, see below, and no cycle more; with an interlock one cycle short less."""
    facts = dict(inputs=1, folds=0, parts=parts, positions=40, row_words=5, row_weights=1, column_weights=1)
    assert shortest_distance(walked(NEIGHBOURS, facts)) == INTERLOCK + 1 == 5
    monkeypatch.setattr(walker_file, "INTERLOCK", INTERLOCK - 1)
    assert shortest_distance(walked(NEIGHBOURS, facts)) == INTERLOCK


def through_the_pipeline(visits):
    """({cycle: (group, fires, last_fold)}, {cycle: word}) of who fires and of candidates, both in the cycle in which
    their visit was made; visits: {cycle: {member: value}}. Weights are 1 at 0 and -1 at 4; of four words in a row there
    is one window, of two one group."""
    ports = signals("clk", "rst", "reading", "done", "decides", "fired", "push") | dict(
        s_visit=Visits(LIMITS), row=vector(9), s_write=PayloadWrite(LIMITS), class_word=vector(6),
        m_fire=FireStream(8, LIMITS.groups, 1), potentials=vector(8 * (POTENTIAL_BITS + 1)), pushed=vector(6))
    told, pushed = {}, {}

    def stimulus():
        clk, write, visit = ports["clk"], ports["s_write"], ports["s_visit"]
        loads = [(LIMITS.first_weight, 0x11111111), (LIMITS.first_weight + 4, 0xFFFFFFFF)]
        loads += [(LIMITS.first_window + word, word // 4 + (word // 2 << 16)) for word in range(64)]
        yield from write_words(clk, write, loads)
        for cycle in range(max(visits) + 9):
            own = visits.get(cycle, {})
            for name, signal in visit.signals():
                signal.next = own.get(name, 0)
            yield clk.negedge
            if ports["m_fire"].valid:
                assert bool(ports["fired"]) == (ports["m_fire"].fires != 0)
                told[cycle - 7] = tuple(int(getattr(ports["m_fire"], name)) for name in ("fold", "fires", "last_fold"))
            if ports["push"]:
                pushed[cycle - 7] = int(ports["pushed"])

    run(lane_pipeline, {**ports, "limits": LIMITS}, stimulus())
    return told, pushed


def swept(words):
    """Visits after which the potentials of these words are -2, in cycles 0 to 1 + len(words)."""
    begins = dict(valid=1, fresh=1, of_start=1, negative=1, base=4)
    return {0: begins | dict(first=1), 1: begins} | {
        2 + place: dict(last=1, sweeps=1, word=word) for place, word in enumerate(words)}


def scatter(word):
    return dict(valid=1, first=1, last=1, of_start=1, negative=1, scatters=1, word=word)


def test_of(word):
    return dict(valid=1, first=1, last=1, nothing=1, of_start=1, tests=1, pools=1, word=word)


test_of.__test__ = False


@pytest.mark.thorough
def test_the_pipeline_needs_the_distance_that_the_interlock_keeps():
    """Two spikes bring a word above its threshold, unless the second reads it before it is written; just then it reads
    garbage."""
    words, distances = list(range(24)), [1, 3, 5, 6, 4, 4, 4, 4] * 3
    visits, cycle, second = swept(words), 32, []
    for word, distance in zip(words, distances):
        visits[cycle], visits[cycle + distance] = scatter(word), scatter(word)
        second.append((cycle + distance, word))
        cycle += 12
    told, pushed = through_the_pipeline(visits)
    assert told == {}
    for distance, (at, word) in zip(distances, second):
        if distance != INTERLOCK:
            assert (pushed.get(at) == word) == (distance > INTERLOCK)
    assert any(pushed.get(at) != word for at, word in second if distances[word] == INTERLOCK)


@pytest.mark.thorough
def test_a_neuron_fires_if_it_is_the_first_of_its_window():
    """Tests of one window may follow each other at any distance; a word is a candidate once until it is tested."""
    words = list(range(24))
    visits, cycle = swept(words), 34
    for times in range(3):
        for word in words[:24 if times < 2 else 3]:
            visits[cycle] = scatter(word)
            cycle += 1
        cycle += 6
    order = [4, 5, 6, 7, 8, 12, 9, 13, 10, 16, 20, 11, 17, 14, 21]
    for word in order:
        visits[cycle] = test_of(word)
        cycle += 1
    first = cycle - len(order)
    visits[cycle] = dict(marks=1, last_fold=1, tests=1)
    for word in order[:5]:
        visits[cycle + 6 + word] = scatter(word)
    told, pushed = through_the_pipeline(visits)
    assert sorted(pushed.values()) == words and min(pushed) == 34 + 24 + 6
    fires = {4, 8, 12, 16, 20}
    assert told == {first + place: (word // 2, 255 * (word in fires), 0) for place, word in enumerate(order)} | {
        cycle: (0, 0, 1)}


def test_the_table_of_reaches_gives_what_was_loaded():
    rng = np.random.default_rng(2)
    ports = signals("clk", "of_input") | dict(s_write=PayloadWrite(LIMITS), row=vector(9), m_reach=Reach(LIMITS))
    bounds = (64, 256, 32, 32, 2)
    entries = [[int(rng.integers(0, most)) for most in bounds] for _ in range(64)]

    def stimulus():
        clk, write = ports["clk"], ports["s_write"]
        words = [part for word, weight, rows, columns, some in entries
                 for part in (weight | word << 16, columns | rows << 8 | some << 16)]
        yield from write_words(clk, write, enumerate([7, *words, 9], LIMITS.first_reach - 1))
        for row in rng.integers(0, 512, 40).tolist():
            ports["row"].next, ports["of_input"].next = row, row % 3 == 0
            for _ in range(3):
                yield clk.negedge
            entry = row % 64 if row % 3 == 0 else row // 8
            lane = 0 if row % 3 == 0 else row % 8
            word, weight, *others = entries[entry]
            assert [int(signal) for _, signal in ports["m_reach"].signals()] == [word, (weight + lane) % 256, *others]

    run(reach_table, {**ports, "limits": LIMITS}, stimulus())


@pytest.mark.parametrize("fresh, closes, candidates, folds", [(1, 1, 2, 2), (0, 1, 3, 1), (0, 0, 2, 1), (1, 1, 0, 1),
                                                             (0, 1, 0, 1)])
def test_a_map_is_swept_visited_tested_and_marked(fresh, closes, candidates, folds):
    ports = signals("clk", "rst", "start", "fresh", "at_output", "closes", "hold", "opens", "over", "filled", "idle",
                    "pop", "ends") | dict(s_layer=LayerFacts(LIMITS).only("starts", "folds", "word", "positions"),
                                          s_step=Steps(LIMITS), candidate=vector(6), m_visit=Visits(LIMITS))
    seen, rng = [], np.random.default_rng(3)

    def stimulus():
        clk, layer, step, visit = (ports[name] for name in ("clk", "s_layer", "s_step", "m_visit"))
        layer.starts.next, layer.folds.next, layer.word.next, layer.positions.next = 90, folds - 1, 11, 3
        ports["fresh"].next, ports["closes"].next = fresh, closes
        ports["idle"].next, ports["filled"].next = candidates == 0, candidates > 0
        ports["start"].next = 1
        yield clk.negedge
        opened = bool(ports["opens"])
        yield clk.posedge
        ports["start"].next = 0
        left, spikes = candidates, 4
        for cycle in range(200):
            opened_before = opened
            step.valid.next = opened and spikes > 0 and cycle % 2
            step.first.next, step.last.next, step.word.next, step.weight.next = 1, 1, 20 + spikes, 100 + spikes
            ports["over"].next = opened and spikes == 0
            ports["hold"].next, ports["candidate"].next = rng.random() < 0.5, 30 + left
            yield clk.negedge
            opened = opened or bool(ports["opens"])
            spikes -= bool(step.valid)
            if visit.valid or visit.last or visit.marks:
                kind = [name for name in ("scatters", "sweeps", "pools", "marks") if getattr(visit, name)]
                seen.append((*kind, cycle if kind == ["marks"] else 0, int(visit.word) if kind != ["marks"] else 0,
                             int(visit.base) if visit.valid and not visit.nothing else 0, int(visit.shift),
                             bool(visit.tests)))
                assert not visit.tests or visit.marks or not ports["hold"]
            left -= bool(ports["pop"])
            if ports["ends"]:
                return
            yield clk.posedge
            ports["idle"].next, ports["filled"].next = left == 0, left > 0
            assert opened_before or spikes == 4
        raise AssertionError("it does not end")

    run(map_sequencer, ports, stimulus())
    want = []
    for fold in range(folds * fresh):
        want += [(0, seen[7 * fold + row][1], 90 + 4 * fold + row, row, False) for row in range(4)]
        want += [("sweeps", 0, 11 + 3 * fold + place, 0, 0, False) for place in range(3)]
    want += [("scatters", 0, 20 + left, 100 + left, 0, False) for left in (4, 3, 2, 1)]
    want += [("pools", 0, 30 + left, 0, 0, True) for left in range(candidates * closes, 0, -1)]
    assert seen == [*want, ("marks", seen[-1][1], 0, 0, 0, bool(closes))]
