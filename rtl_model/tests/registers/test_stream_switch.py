"""Frames of two sources through one core, which answers each with its first byte: none is lost, none is mixed."""

import numpy as np
import pytest
from myhdl import Signal, delay

from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.registers.bundles import Traffic
from first_spike.rtl_model.registers.stream_switch import stream_switch
from tb.helpers.clocked import run, signals

FRAMES = 60  # of each source


class Source:
    """Frames on a stream; the first byte of each is its number."""

    def __init__(self, stream, rng, name):
        self.beats = [beat for number in range(FRAMES)
                      for length in [int(rng.integers(1, 5))]
                      for beat in [(2 * number + name, k == length - 1) for k in range(length)]]
        self.stream, self.rng = stream, rng

    def offer(self):
        if not self.stream.tvalid and self.beats and self.rng.random() < 0.5:
            self.stream.tvalid.next = 1
            self.stream.tdata.next, self.stream.tlast.next = self.beats[0]

    def look(self):
        if self.stream.tvalid and self.stream.tready:
            self.beats.pop(0)
            self.stream.tvalid.next = 0


@pytest.mark.parametrize("hold", [None, Signal(bool(0))])
def test_frames_and_results_keep_their_way(hold):
    rng = np.random.default_rng(11)
    print("seed 11")
    ports = signals("clk", "rst", "wanted", "take")
    clk, rst, wanted, take = ports.values()
    s_axis, s_pixels, m_frames = (AxiStream(8) for _ in range(3))
    s_results, m_axis = AxiStream(32), AxiStream(32)
    traffic = Traffic()
    sources = Source(s_axis, rng, 0), Source(s_pixels, rng, 1)
    got = [], []  # results by the stream, by the registers
    ways = []

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        inside, frame = [], []
        for _ in range(30 * FRAMES * 2):
            if rng.random() < 0.03:
                wanted.next = not wanted
            if hold is not None:
                hold.next = rng.random() < 0.2
            for source in sources:
                source.offer()
            m_frames.tready.next = len(inside) < 2 and rng.random() < 0.8
            if inside and not s_results.tvalid and rng.random() < 0.5:
                s_results.tvalid.next, s_results.tdata.next, s_results.tlast.next = 1, inside[0], bool(rng.integers(2))
            m_axis.tready.next = rng.random() < 0.5
            yield delay(1)
            take.next = bool(traffic.waiting) and rng.random() < 0.5
            yield clk.posedge
            assert bool(traffic.source_waits) == (bool(s_axis.tvalid) and not s_axis.tready)
            by_registers = bool(traffic.by_registers)
            assert frame or not m_frames.tvalid or (by_registers == wanted and not hold)
            assert m_axis.tvalid == (s_results.tvalid and not by_registers) and m_axis.tdata == s_results.tdata
            assert traffic.waiting == (s_results.tvalid and by_registers)
            assert s_results.tready == (take if by_registers else m_axis.tready)
            assert traffic.offered == s_results.tvalid and m_axis.tlast == s_results.tlast
            assert bool(traffic.sink_waits) == (bool(m_axis.tvalid) and not m_axis.tready)
            assert not (m_axis.tvalid and traffic.waiting)
            assert traffic.busy or not (inside or frame)
            for source in sources:
                source.look()
            if m_frames.tvalid and m_frames.tready:
                frame.append(int(m_frames.tdata))
                assert bool(traffic.closed) == bool(m_frames.tlast)
                if m_frames.tlast:
                    assert len(set(frame)) == 1, "two frames are mixed"
                    inside.append(frame[0])
                    frame = []
            if s_results.tvalid and s_results.tready:
                assert traffic.taken
                word = inside.pop(0)
                got[bool(traffic.by_registers)].append(word)
                assert not take or traffic.by_registers
                s_results.tvalid.next = 0
            ways.append(bool(traffic.by_registers))
            yield clk.negedge
            take.next = 0
        wanted.next, m_axis.tready.next = 0, 1

    run(stream_switch, dict(ports, s_axis=s_axis, s_pixels=s_pixels, m_frames=m_frames, s_results=s_results,
                            m_axis=m_axis, m_traffic=traffic, hold=hold), stimulus())
    assert got[0] == list(range(0, 2 * len(got[0]), 2)) and got[1] == list(range(1, 2 * len(got[1]), 2))
    assert min(map(len, got)) > FRAMES // 2
    assert sum(before != after for before, after in zip(ways, ways[1:])) > 5


@pytest.mark.parametrize("by_registers", [0, 1])
def test_no_frame_begins_while_there_is_no_network_or_before_the_end_of_a_long_one(by_registers):
    """A frame that has begun is taken whole; its result may come and be taken before its end."""
    ports = signals("clk", "rst", "wanted", "take", "hold")
    clk, rst, wanted, take, hold = ports.values()
    streams = AxiStream(8), AxiStream(8)
    m_frames, s_results, m_axis = AxiStream(8), AxiStream(32), AxiStream(32)
    traffic = Traffic()

    def stimulus():
        source = streams[by_registers]
        rst.next, wanted.next, m_frames.tready.next = 1, by_registers, 1
        yield clk.negedge
        rst.next = 0
        yield clk.negedge
        assert traffic.by_registers == by_registers and not traffic.busy
        hold.next, source.tvalid.next = 1, 1
        for _ in range(3):
            yield clk.negedge
            assert not m_frames.tvalid and not source.tready and not traffic.busy
        hold.next = 0
        yield clk.negedge
        hold.next, wanted.next = 1, not by_registers
        s_results.tvalid.next, take.next, m_axis.tready.next = 1, by_registers, 1
        yield clk.posedge
        assert traffic.taken and traffic.offered
        yield clk.negedge
        s_results.tvalid.next, take.next = 0, 0
        for _ in range(5):
            yield clk.negedge
            assert m_frames.tvalid and source.tready and traffic.busy and traffic.by_registers == by_registers
        source.tlast.next = 1
        yield clk.negedge
        source.tvalid.next = 0
        yield clk.negedge
        assert not traffic.busy and traffic.by_registers != by_registers
        source, hold.next = streams[not by_registers], 0
        source.tvalid.next = 1
        yield clk.negedge
        assert traffic.busy
        rst.next, source.tvalid.next = 1, 0
        yield clk.negedge
        rst.next, wanted.next = 0, by_registers
        yield clk.negedge
        assert not traffic.busy and traffic.by_registers == by_registers

    run(stream_switch, dict(ports, s_axis=streams[0], s_pixels=streams[1], m_frames=m_frames, s_results=s_results,
                            m_axis=m_axis, m_traffic=traffic), stimulus())
