"""Tags of frames at their results: that of the first beat, in order, as many as can be under way."""

import numpy as np
from myhdl import Signal, intbv

from first_spike.golden.contract.limits import TAG_PLACES
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.readout.frame_tag import frame_tag, tag_parts
from tb.helpers.clocked import run, signals

CYCLES, BITS = 3000, 9


def test_a_result_has_the_tag_of_the_first_beat_of_its_frame():
    rng = np.random.default_rng(3)
    print("seed 3")
    names = ("clk", "rst", "frame_valid", "frame_ready", "frame_last", "result_valid", "result_ready")
    ports = signals(*names)
    tag, result_tag = (Signal(intbv(0)[BITS:]) for _ in range(2))
    due, most, taken = [], 0, 0

    def stimulus():
        nonlocal due, most, taken
        clk, rst = ports["clk"], ports["rst"]
        begins, full, before = True, False, None
        for cycle in range(CYCLES):
            rst.next = reset = cycle in (0, CYCLES // 2)
            full = rng.random() < 0.02 if not full else rng.random() < 0.95  # then frames come and no result leaves
            valid = len(due) < TAG_PLACES or not begins
            values = dict(zip(names[2:], (valid and rng.random() < 0.7, rng.random() < 0.7, rng.random() < 0.4,
                                          before is not None, rng.random() < (0.02 if full else 0.6))))
            for name, value in values.items():
                ports[name].next = bool(value)
            tag.next = number = int(rng.integers(1 << BITS))
            yield clk.posedge
            if before is not None:
                assert result_tag == before, f"cycle {cycle}"
            yield clk.negedge
            if values["result_valid"] and values["result_ready"]:
                due.pop(0)
                taken += 1
            if values["frame_valid"] and values["frame_ready"]:
                if begins:
                    due.append(number)
                begins = bool(values["frame_last"])
            if reset:
                due, begins = [], True
            most, before = max(most, len(due)), due[0] if due else None

    run(frame_tag, dict(ports, tag=tag, result_tag=result_tag), stimulus())
    assert most == TAG_PLACES and taken > CYCLES // 20


def test_each_tag_that_there_is_has_a_block_of_its_own():
    clk, rst = signals("clk", "rst").values()
    for wanted in (dict(), dict(tid_bits=2), dict(tuser_bits=3), dict(tid_bits=1, tuser_bits=32)):
        ends = AxiStream(16, True, **wanted), AxiStream(32, **wanted)
        frames, results, parts = tag_parts(clk, rst, *ends)
        assert frames.members == ("tdata", "tvalid", "tready", "tlast", "tkeep")
        assert results.members == ("tdata", "tvalid", "tready", "tlast")
        assert [f"{part['instance']}_bits" for part in parts] == list(wanted)
        assert [len(part["tag"]) for part in parts] == list(wanted.values())
