"""Two networks in a processor: which one a frame uses, and what a load may fill, against plain Python."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.processor import Processor
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.processor.bundles import (
    BankState,
    LayerFacts,
    MaskWrite,
    NetworkFacts,
    PayloadWrite,
    Reach,
)
from first_spike.rtl_model.processor.network_tables import network_tables
from first_spike.rtl_model.processor.reach_table import reach_table
from first_spike.rtl_model.processor.resident_networks import frame_banks, resident_networks
from first_spike.rtl_model.processor.window_judge import window_judge
from tb.helpers.clocked import run, signals, vector

LIMITS = Processor(lanes=8, weight_words=64, inputs=32, steps=16, neurons=16, words=8, layers=2, pixels=2,
                   weight_banks=2)
MAPS = replace(LIMITS, kinds="all", words=64)


@pytest.mark.parametrize("seed", range(3))
def test_the_bank_changes_between_two_frames_and_at_once(seed):
    """Frames of one to four beats, whose results come some cycles later; a frame keeps the bank that was wanted in its
    first beat, none begins that has to wait for nothing, and the core rests a cycle behind a change."""
    rng = np.random.default_rng(seed)
    ports = signals("clk", "rst", "core_rst", "push", "wanted", "present", "in_use", "runs") | dict(
        s_axis=AxiStream(16), m_axis=AxiStream(16))
    clk, source, sink = ports["clk"], ports["s_axis"], ports["m_axis"]

    def stimulus():
        ports["rst"].next = ports["core_rst"].next = ports["present"].next = 1
        yield clk.negedge
        ports["rst"].next = 0
        frame, results, in_use, changes, rests, wanted, frames = [], [], 0, 0, 0, 0, 0
        for cycle in range(3000):
            if not frame:
                frame = [False] * int(rng.integers(4)) + [True]
                opened = None
            ports["core_rst"].next = rests = ports["runs"] == 0
            forgets = rng.random() < 0.01
            if forgets:
                ports["core_rst"].next = rests = True
            if wanted == in_use and rng.random() < 0.03:
                wanted = 1 - wanted
            ports["wanted"].next = wanted
            source.tvalid.next, source.tlast.next = rng.random() < 0.8 and len(results) < 5, frame[0]
            source.tdata.next, sink.tready.next = cycle, rng.random() < 0.8
            push = bool(results) and results[0] <= cycle
            ports["push"].next = push
            yield clk.posedge
            assert ports["in_use"] == in_use
            closed = rests or (wanted != in_use and opened is None)
            assert bool(sink.tvalid) == (bool(source.tvalid) and not closed)
            assert bool(source.tready) == (bool(sink.tready) and not closed)
            assert (sink.tdata, bool(sink.tlast)) == (cycle, frame[0])
            change = wanted != in_use and opened is None and not results
            assert bool(ports["runs"]) == (not change)
            if push:
                del results[0]
            if source.tvalid and source.tready:
                if opened is None:
                    opened, frames = in_use, frames + 1
                    assert in_use == wanted
                    results.append(cycle + int(rng.integers(1, 30)))
                    results.sort()
                assert opened == in_use
                del frame[0]
            if rests:
                frame, results = [], []
            if change:
                in_use, changes = wanted, changes + 1
            yield clk.negedge
        assert changes > 20 and frames > 200

    run(frame_banks, ports, stimulus())


def test_a_load_fills_the_other_bank_and_waits_until_that_is_nobodys():
    """Loads that are right and that are not, of any length, while frames hold the bank that they were begun with."""
    rng = np.random.default_rng(7)
    banks = BankState()
    ports = signals("clk", "rst", "complete", "in_use", "bank", "present") | dict(
        s_load=AxiStream(32), m_load=AxiStream(32), m_banks=banks)
    clk, source, sink = ports["clk"], ports["s_load"], ports["m_load"]

    def stimulus():
        ports["rst"].next = 1
        yield clk.negedge
        ports["rst"].next = 0
        wanted, loaded, complete, held, in_load, taken, outcome = 0, [False, False], False, 0, False, 0, {}
        for cycle in range(3000):
            if held == 0:
                ports["in_use"].next = in_use = wanted
            else:
                held -= 1
            last = rng.random() < 0.2
            source.tvalid.next, source.tdata.next, source.tlast.next = rng.random() < 0.8, cycle, last
            sink.tready.next = rng.random() < 0.7
            ports["complete"].next = complete
            yield clk.posedge
            comes = outcome.pop("comes", False)
            waits = wanted != in_use or comes
            assert bool(source.tready) == (bool(sink.tready) and not waits)
            assert bool(sink.tvalid) == (bool(source.tvalid) and not waits)
            assert (sink.tdata, bool(sink.tlast)) == (cycle, last)
            assert (banks.wanted, bool(banks.pending), ports["bank"]) == (wanted ^ comes, waits, 1 - wanted)
            assert [bool(banks.loaded[k]) for k in range(2)] == loaded and bool(ports["present"]) == loaded[wanted]
            begun = outcome.pop("begun", False)
            if begun:
                loaded[1 - wanted] = False
            if comes:
                loaded[1 - wanted], wanted = True, 1 - wanted
                held = int(rng.integers(0, 40))
                taken += 1
            if sink.tvalid and sink.tready:
                if not in_load:
                    outcome["begun"], complete = complete, False  # told a cycle later, as a register
                in_load = not last
                if last and rng.random() < 0.6 and not outcome.get("begun"):
                    outcome["comes"], complete = True, True
            yield clk.negedge
        assert taken > 20

    run(resident_networks, ports, stimulus())


def test_the_header_is_that_of_the_bank_in_use():
    """And fields and masks go to the bank that is loaded."""
    rng = np.random.default_rng(2)
    write, facts, mask = PayloadWrite(LIMITS), NetworkFacts(LIMITS), MaskWrite(LIMITS)
    ports = signals("clk", "fetch", "fetched") | dict(s_write=write, m_facts=facts, m_mask=mask, layer=vector(1),
                                                      m_layer=LayerFacts(LIMITS))
    headers = [{name: int(rng.integers(0, most + 1)) for name, most in LIMITS.header_most.items()} for _ in range(4)]
    slots = [{name: int(rng.integers(0, most + 1)) for name, most in LIMITS.layer_most.items()} for _ in range(4)]

    def told():
        return {name: int(signal) for name, signal in facts.signals()}

    def stimulus():
        clk = ports["clk"]
        for number, (header, slot) in enumerate(zip(headers, slots)):
            bank = 1 - number % 2
            write.bank.next = bank
            before = told()
            for place, value in enumerate([*header.values(), *slot.values(), 0, 0, *slot.values()]):
                write.valid.next, write.place.next, write.data.next = 1, place, value
                yield clk.negedge
                assert told() == before and (mask.bank, mask.in_use) == (bank, 1 - bank)
            write.valid.next = 0
            for in_use, right in ((1 - bank, slots[number - 1] if number else None), (bank, slot)):
                write.in_use.next = in_use
                yield clk.negedge
                yield clk.negedge
                ports["fetch"].next = 1
                yield clk.negedge
                ports["fetch"].next = 0
                for _ in range(8):
                    yield clk.negedge
                assert ports["fetched"]
                if right:
                    assert {name: int(signal) for name, signal in ports["m_layer"].signals()} == right
            assert told() == header

    run(network_tables, {**ports, "slots": 2, "beats": LIMITS.beats}, stimulus())


def write_words(clk, write, words):
    """Words (place, data) of a load, each of them behind a cycle in which its place is told."""
    for place, data in words:
        write.place.next = place
        yield clk.negedge
        write.valid.next, write.data.next = 1, data
        yield clk.negedge
        write.valid.next = 0


def load_of_both(clk, write, first, tables):
    """Each table of words goes into its bank, while the other one is in use."""
    for bank, table in enumerate(tables):
        write.bank.next, write.in_use.next = bank, 1 - bank
        yield from write_words(clk, write, enumerate(table.tolist(), first))


def test_reaches_are_those_of_the_bank_in_use():
    rng = np.random.default_rng(8)
    write, reach = PayloadWrite(MAPS), Reach(MAPS)
    ports = signals("clk", "of_input") | dict(s_write=write, row=vector(9), m_reach=reach)
    near, far = (rng.integers(0, 64, (2, 64, 2)), rng.integers(0, 32, (2, 64, 2)))
    tables = [np.stack([near[bank] @ [1, 1 << 16], far[bank] @ [1, 1 << 8]], axis=1).ravel() for bank in range(2)]

    def stimulus():
        clk = ports["clk"]
        yield from load_of_both(clk, write, MAPS.first_reach, tables)
        for entry in (0, 5, 63):
            for bank in (1, 0):
                write.in_use.next, ports["of_input"].next, ports["row"].next = bank, 1, entry
                for _ in range(3):
                    yield clk.negedge
                assert [reach.weight, reach.word] == near[bank, entry].tolist()
                assert [reach.columns, reach.rows] == far[bank, entry].tolist()

    run(reach_table, {**ports, "limits": MAPS}, stimulus())


def test_windows_are_those_of_the_bank_in_use():
    rng = np.random.default_rng(9)
    write = PayloadWrite(MAPS)
    flags = signals("clk", "scatters", "sweeps", "pools", "marks", "push")
    ports = flags | dict(s_write=write, early_word=vector(6), middle_word=vector(6), word=vector(6), exceeds=vector(8),
                         fires=vector(8), group_number=vector(6))
    groups = rng.integers(0, 64, (2, 64))

    def stimulus():
        clk = ports["clk"]
        yield from load_of_both(clk, write, MAPS.first_window, groups << 16)
        for word in (0, 7, 63):
            for bank in (1, 0):
                write.in_use.next, ports["pools"].next = bank, 1
                for port in ("early_word", "middle_word", "word"):
                    ports[port].next = word
                for _ in range(8):
                    yield clk.negedge
                assert ports["group_number"] == groups[bank, word]

    run(window_judge, {**ports, "limits": MAPS}, stimulus())
