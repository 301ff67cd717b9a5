"""Counters against plain sums, and the latency from the last beat to the first offer."""

import numpy as np

from first_spike.rtl_model.registers.bundles import Counts, Traffic
from first_spike.rtl_model.registers.image_counters import image_counters
from tb.helpers.clocked import run, signals, vector


def test_everything_is_counted_once():
    rng = np.random.default_rng(4)
    print("seed 4")
    ports, flags, counts = signals("clk", "rst", "restart"), vector(3), Counts()
    clk, rst, restart = ports.values()
    traffic = Traffic().only("closed", "offered", "taken", "source_waits", "sink_waits")

    def stimulus():
        rst.next = 1
        yield clk.negedge
        yield clk.negedge
        rst.next = 0
        right = dict.fromkeys(("images", "cycles", "source_stalls", "sink_stalls", "silent", "ties", "bad_frames"), 0)
        for _ in range(60):
            length, patience = int(rng.integers(1, 30)), int(rng.integers(0, 5))
            word = int(rng.integers(8))
            for cycle in range(length + patience + 1):
                traffic.closed.next = cycle == 0
                traffic.offered.next = cycle >= length
                traffic.taken.next = cycle == length + patience
                flags.next = word if cycle >= length else int(rng.integers(8))
                traffic.source_waits.next, traffic.sink_waits.next = bool(rng.integers(2)), bool(rng.integers(2))
                yield clk.posedge
                assert bool(counts.came) == (cycle == length)
                assert bool(counts.came_bad) == (cycle == length and word >> 2)
                right["cycles"] += 1
                right["source_stalls"] += bool(traffic.source_waits)
                right["sink_stalls"] += bool(traffic.sink_waits)
                yield clk.negedge
                if cycle > length:
                    assert counts.latency == length
            right["images"] += 1
            for bit, name in enumerate(("silent", "ties", "bad_frames")):
                right[name] += word >> bit & 1
            assert {name: int(getattr(counts, name)) for name in right} == right
        traffic.closed.next, traffic.taken.next, traffic.offered.next = 0, 0, 1
        yield clk.negedge
        restart.next = 1
        yield clk.negedge
        restart.next, traffic.offered.next = 0, 0
        yield clk.negedge
        assert counts.images == right["images"], "a restart keeps the counters"
        for how, kept in ((restart, right["images"] + 1), (rst, 1)):  # a result waits meanwhile, and the next comes
            traffic.offered.next, traffic.taken.next, flags.next = 1, 0, 7
            yield clk.negedge
            how.next, traffic.offered.next = 1, 0
            yield clk.negedge
            how.next, traffic.offered.next, traffic.taken.next = 0, 1, 1
            for _ in range(3):  # one right behind the other
                yield clk.posedge
                assert counts.came and counts.came_bad
                yield clk.negedge
                assert counts.images == kept
                kept += 1
        assert [int(getattr(counts, name)) for name in ("silent", "ties", "bad_frames")] == [3, 3, 3]
        traffic.source_waits.next = traffic.sink_waits.next = rst.next = 1
        yield clk.negedge
        assert not any(int(getattr(counts, name)) for name in right), "a reset begins anew"

    run(image_counters, dict(ports, s_traffic=traffic, flags=flags, m_counts=counts), stimulus())


def test_a_latency_begins_wherever_a_frame_closes():
    """Before the result of the frame before, in its cycle, while it waits, as it is taken, and behind that."""
    ports, flags, counts = signals("clk", "rst", "restart"), vector(3), Counts()
    clk, rst, restart = ports.values()
    traffic = Traffic().only("closed", "offered", "taken", "source_waits", "sink_waits")

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for closes in range(6, 15):  # the results are offered from cycle 8 and from cycle 20 on, and taken in 11 and 21
            for cycle in range(25):
                traffic.closed.next = cycle in (2, closes)
                traffic.offered.next = 8 <= cycle <= 11 or 20 <= cycle <= 21
                traffic.taken.next = cycle in (11, 21)
                yield clk.negedge
                assert closes <= 8 or not 8 <= cycle < closes or counts.latency == 6
            assert counts.latency == (20 - closes if closes >= 8 else 8 - closes)
        traffic.closed.next = 1
        yield clk.negedge
        traffic.closed.next, restart.next = 0, 1
        yield clk.negedge
        restart.next = 0
        for _ in range(3):
            yield clk.negedge
            assert counts.latency == 0, "nothing is measured any more"

    run(image_counters, dict(ports, s_traffic=traffic, flags=flags, m_counts=counts), stimulus())


def test_a_result_before_the_end_of_its_frame_has_no_latency():
    """Where that may be: before the last beat, in its cycle, and behind it; a restart leaves nothing of it."""
    ports, flags, counts = signals("clk", "rst", "restart"), vector(3), Counts()
    clk, rst, restart = ports.values()
    traffic = Traffic().only("closed", "offered", "taken", "source_waits", "sink_waits")

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for closes in [4, 9, 3, 8, 10, 2, 15, 6, 7, 8, 5]:  # the result is offered from cycle 8 on, and taken in 11
            for cycle in range(17):
                traffic.closed.next = cycle == closes
                traffic.offered.next = 8 <= cycle <= 11
                traffic.taken.next = cycle == 11
                yield clk.negedge
                assert cycle < 9 or cycle <= closes or counts.latency == max(0, 8 - closes)
                assert not 8 < cycle <= closes or counts.latency == 0, "nothing is left of the frame before"
        for frames in (2, 3):  # one behind the other before the first result: each result is that of the oldest
            for cycle in range(40):
                traffic.closed.next = cycle in range(frames) or cycle == 25
                traffic.offered.next = traffic.taken.next = cycle in range(10, 10 + 2 * frames, 2) or cycle == 30
                yield clk.negedge
            assert counts.latency == 5, "a result of an older frame is none of the next one"
        traffic.offered.next = traffic.taken.next = 1
        yield clk.negedge
        traffic.offered.next, traffic.taken.next, restart.next = 0, 0, 1
        yield clk.negedge
        assert counts.latency == 0, "a restart forgets what was measured"
        restart.next, traffic.closed.next = 0, 1
        yield clk.negedge
        traffic.closed.next = 0
        yield clk.negedge
        assert counts.latency == 2, "a restart forgets the result"

    run(image_counters, dict(ports, s_traffic=traffic, flags=flags, m_counts=counts, before_end=True), stimulus())
