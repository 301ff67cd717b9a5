"""One way of the first step: every spike of it once, image after image, and the step closes when all is there."""

import numpy as np
import pytest
from myhdl import delay

from first_spike.rtl_model.encoder.bundles import BeatStream
from first_spike.rtl_model.encoder.first_step_way import first_step_way, queue_depth
from tb.helpers.clocked import run, signals, vector

ROW_BITS, BEATS = 3, 6


@pytest.mark.parametrize("places", [1, 2, 4])
@pytest.mark.parametrize("eager", [1.0, 0.5])
def test_each_spike_once_and_a_step_closes_when_it_is_whole(places, eager):
    rng = np.random.default_rng(places)
    print(f"seed {places}")
    ports = signals("clk", "rst", "go", "advance", "closing", "gives", "holding", "finishing", "lit")
    clk, rst, go, advance, closing, gives, holding, finishing, lit = ports.values()
    if places > 1:
        lit = ports["lit"] = vector(places)
    beat, row = BeatStream(places, ROW_BITS, 2), vector(ROW_BITS + (places - 1).bit_length())
    sent = []  # of each image that has not closed: its rows, and whether it is complete

    def load():
        """Images of a beat or more: in each cycle (number, mask, whether it is final) of a beat, or None."""
        for image in range(60):
            while len(sent) == 2:
                yield None
            sent.append([[], False])
            own, count = sent[-1], int(rng.integers(1, BEATS + 1))
            for number in range(count):
                while rng.random() < 0.3:
                    yield None
                mask = int(rng.integers(1 << places)) if image % 5 else 0  # every fifth image has none
                own[0].extend(number * places + place for place in range(places) if mask >> place & 1)
                own[1] = number == count - 1
                yield number, mask, own[1]

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        loader, given, closed = load(), [], 0
        for _ in range(4000):
            coming = next(loader, None)
            beat.row.next, lit.next, beat.final.next = coming or (int(rng.integers(BEATS)), 0, False)
            advance.next, go.next = rng.random() < eager, rng.random() < 0.8
            yield delay(1)
            assert go or not gives
            assert holding or not (gives or finishing)
            moves, gave = bool(advance), bool(gives)
            over = bool(go and moves and finishing) and rng.random() < 0.7
            closing.next = over
            yield clk.negedge
            closing.next = 0
            if gave and moves:
                given.append(int(row))
            if over:
                rows, complete = sent.pop(0)
                assert complete and sorted(given) == rows
                given.clear()
                closed += 1
        assert closed == 60

    run(first_step_way, dict(ports, s_beat=beat.only("row", "final"), row=row, beats=BEATS), stimulus())


@pytest.mark.parametrize("places", [1, 4])
def test_a_reset_forgets_what_came(places):
    ports = signals("clk", "rst", "go", "advance", "closing", "gives", "holding", "finishing", "lit")
    clk, rst, lit = ports["clk"], ports["rst"], ports["lit"]
    if places > 1:
        lit = ports["lit"] = vector(places)
    beat, row = BeatStream(places, ROW_BITS, 2), vector(ROW_BITS + (places - 1).bit_length())

    def stimulus():
        for cycles in range(1, 8):
            lit.next = 1
            for number in range(cycles):
                beat.row.next, beat.final.next = number, number == cycles - 1
                yield clk.negedge
            lit.next, beat.final.next, rst.next = 0, 0, 1
            yield clk.negedge
            rst.next, ports["go"].next, ports["advance"].next = 0, 1, 1
            for _ in range(6):
                yield clk.negedge
                assert not ports["gives"] and not ports["holding"]
            ports["go"].next = 0

    run(first_step_way, dict(ports, s_beat=beat.only("row", "final"), row=row, beats=BEATS), stimulus())


@pytest.mark.parametrize("beats", [1, 2, 98, 127, 128])
def test_the_queue_holds_two_images_and_one_place_is_left(beats):
    depth = queue_depth(beats)
    assert depth > 2 * beats >= depth // 2 and depth & (depth - 1) == 0
