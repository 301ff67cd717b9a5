"""One way of the encoder: what is put in beat by beat comes out step by step, each event once."""

import numpy as np
import pytest

from first_spike.rtl_model.encoder.bundles import BeatStream, DrainControl, TableSweep
from first_spike.rtl_model.encoder.encoder_way import encoder_way
from first_spike.rtl_model.tests.beats import Beats
from tb.helpers.clocked import run, signals, vector

STEP_BITS, ROW_BITS, COUNT = 2, 4, 12


@pytest.mark.parametrize("banks, eager", [(1, 0.5), (4, 0.5), *(
    pytest.param(*case, marks=pytest.mark.thorough) for case in ((1, 1.0), (2, 1.0), (2, 0.5), (4, 1.0)))])
def test_each_event_once_in_its_step(banks, eager):
    rng = np.random.default_rng(banks)
    print(f"seed {banks}")
    ports = signals("clk", "clear", "advance", "gives", "finishing", "lit")
    clk, clear, advance, gives, finishing, lit = ports.values()
    if banks > 1:
        lit = ports["lit"] = vector(banks)
    beat, drain, sweep = BeatStream(banks, ROW_BITS, STEP_BITS), DrainControl(STEP_BITS), TableSweep(STEP_BITS)
    early_steps, row = vector(banks * STEP_BITS), vector(ROW_BITS + (banks - 1).bit_length())
    beats = Beats(clk, beat, sweep, drain, early_steps, lit, banks)

    def load(buffer):
        yield from beats.open_image(buffer)
        events = [[] for _ in range(1 << STEP_BITS)]
        for number in range(COUNT):
            steps = [int(rng.integers(1 << STEP_BITS)) if rng.random() < 0.6 else None for _ in range(banks)]
            yield from beats.beat(buffer, number, steps)
            for bank, step in enumerate(steps):
                if step is not None:
                    events[step].append(number * banks + bank)
        yield clk.negedge
        return events

    def drain_step():
        """The rows that come out of the step that was fetched, and the cycles that it took."""
        drain.open_step.next, advance.next = 1, 0
        yield clk.negedge
        drain.open_step.next = 0
        opened, given, rows = True, False, []
        for cycle in range(300):
            advance.next = rng.random() < eager
            drain.take_heads.next = opened and advance.next
            drain.keep_heads.next = opened and not advance.next
            yield clk.posedge
            moves, over = bool(advance), bool(advance) and bool(finishing)
            opened = opened and not moves
            if given and moves:
                rows.append(int(row))
            if moves:
                given = bool(gives)
            yield clk.negedge
            if over:
                drain.take_heads.next, drain.keep_heads.next = 0, 0
                advance.next = 1
                yield clk.posedge
                if given:
                    rows.append(int(row))
                yield clk.negedge
                return rows, cycle
        raise AssertionError("the step never ends")

    def stimulus():
        yield from beats.clear_tables()
        for image in range(8):
            buffer = image % 2
            events = yield from load(buffer)
            drain.buffer.next = buffer
            for step in range(1 << STEP_BITS):
                if not events[step]:
                    continue
                yield from beats.fetch(buffer, step)
                rows, cycles = yield from drain_step()
                assert sorted(rows) == events[step], f"image {image}, step {step}"
                if eager == 1:  # a bank gives at most every third cycle, and banks take turns
                    longest = max(sum(event % banks == bank for event in events[step]) for bank in range(banks))
                    assert cycles <= max(3 * longest, len(rows)) + 2 * banks
            clear.next = 1
            yield clk.negedge
            clear.next = 0

    run(encoder_way, dict(ports, s_beat=beat, s_sweep=sweep, s_drain=drain, early_steps=early_steps, row=row),
        stimulus())
