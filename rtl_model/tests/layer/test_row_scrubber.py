"""Both halves of the memories are empty when an image uses them, however short images are."""

import numpy as np
import pytest
from myhdl import Signal, block

from first_spike.golden.contract.limits import ROW_SETTLE
from first_spike.rtl_model.layer.row_scrubber import row_scrubber, scrub_word, start_watch
from first_spike.rtl_model.tests.layer.test_row_counter import shape_of
from tb.helpers.clocked import run, signals, vector

WORDS, DELAY = 16, 5  # cycles from `scrubs` to the memory


@pytest.mark.parametrize("busy", [0.0, 0.5, 0.9])
def test_an_image_never_sees_what_another_left(busy):
    ports = dict(**signals("clk", "rst", "clear", "free", "scrubs", "scrubbed_half", "half", "urgent"),
                 pointer=vector(4))
    rng = np.random.default_rng(1)
    dirty = [set(range(WORDS)), set(range(WORDS))]
    waited = 0

    def stimulus():
        nonlocal waited
        ports["rst"].next = 1
        yield ports["clk"].negedge
        ports["rst"].next = 0
        for _ in range(40):
            ports["clear"].next = 1
            yield ports["clk"].negedge
            ports["clear"].next = 0
            on_their_way, own = [], int(ports["half"])
            for _ in range(int(rng.integers(1, 80))):
                works = not ports["urgent"]
                waited += not works
                if works and not on_their_way:
                    assert not dirty[own]
                ports["free"].next = free = not works or bool(rng.random() >= busy)
                on_their_way = [(age + 1, *word) for age, *word in on_their_way]
                if on_their_way and on_their_way[0][0] > DELAY:
                    _, half, word = on_their_way.pop(0)
                    dirty[half].discard(word)
                if free and ports["scrubs"]:
                    on_their_way.append((0, int(ports["scrubbed_half"]), int(ports["pointer"])))
                    assert works == (ports["scrubbed_half"] != own)
                yield ports["clk"].negedge
            if works:
                assert not dirty[own]
                dirty[own] = set(range(WORDS))  # it was used; what was on its way is dropped

    run(row_scrubber, dict(**ports, words=WORDS), stimulus())
    assert waited > WORDS + ROW_SETTLE


def test_what_an_image_begins_with_may_change():
    """While it is idle: both halves are emptied again before an image works, which has to wait for its own."""
    ports = dict(**signals("clk", "rst", "clear", "free", "scrubs", "scrubbed_half", "half", "urgent", "anew"),
                 pointer=vector(4))
    rng = np.random.default_rng(2)

    def stimulus():
        ports["rst"].next = 1
        yield ports["clk"].negedge
        ports["rst"].next = 0
        for _ in range(12):
            ports["clear"].next = 1
            yield ports["clk"].negedge
            ports["clear"].next, ports["free"].next = 0, 1
            for _ in range(int(rng.integers(0, 70))):
                yield ports["clk"].negedge
            ports["anew"].next = 1
            for _ in range(int(rng.integers(1, 3))):
                yield ports["clk"].negedge
            ports["anew"].next = 0
            own, emptied = int(ports["half"]), (set(), set())
            assert ports["urgent"]
            while ports["urgent"]:
                if ports["scrubs"]:
                    emptied[int(ports["scrubbed_half"])].add(int(ports["pointer"]))
                yield ports["clk"].negedge
            assert emptied[own] == set(range(WORDS)) and ports["half"] == own
            for _ in range(WORDS):
                assert ports["scrubs"] and ports["scrubbed_half"] != own
                emptied[1 - own].add(int(ports["pointer"]))
                yield ports["clk"].negedge
            assert emptied[1 - own] == set(range(WORDS))

    run(row_scrubber, dict(**ports, words=WORDS), stimulus())


@pytest.mark.parametrize("banks", [1, 2])
def test_a_change_of_start_values_is_seen(banks):
    ports = signals("clk", "select", "anew", *(["written_bank", "bank"] if banks == 2 else []))
    rng = np.random.default_rng(3)

    def stimulus():
        former = 0
        for _ in range(200):
            for name in ("select", "written_bank", "bank")[:1 if banks == 1 else 3]:
                ports[name].next = bool(rng.random() < 0.4)
            yield ports["clk"].posedge
            changed = bool(ports["select"])
            if banks == 2:
                changed = changed and ports["written_bank"] == ports["bank"] or ports["bank"] != former
                former = int(ports["bank"])
            yield ports["clk"].negedge
            assert ports["anew"] == changed

    run(start_watch, ports, stimulus())


@pytest.mark.parametrize("folds", [1, 3])
def test_a_number_names_each_word_of_all_banks_and_of_the_pool_once(folds):
    shape, clk = shape_of(folds), Signal(bool(0))
    half, pointer, word = Signal(bool(0)), vector(shape.scrub_bits), vector(shape.visit_bits)
    words, windows = set(), set()

    @block
    def bench():
        return scrub_word(half, pointer, word, shape=shape)

    def part(name):
        high, low = shape.place_of[name]
        return int(word) >> low & ((1 << high - low) - 1)

    def stimulus():
        for number in range(1 << shape.scrub_bits):
            pointer.next, half.next = number, number % 2
            yield clk.negedge
            assert (part("half"), part("mask")) == (number % 2, 15)
            groups = {part("groups") >> bank * shape.group_bits & (1 << shape.group_bits) - 1 for bank in range(4)}
            assert len(groups) == 1
            words.add((part("y"), *groups, part("fold")))
            windows.add(part("window"))

    run(bench, {}, stimulus(), clk)
    assert len(words) == 1 << shape.word_bits and len(windows) == 1 << shape.window_bits
