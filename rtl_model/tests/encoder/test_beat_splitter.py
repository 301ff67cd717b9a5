"""Wide beats are cut into narrow ones: none is lost, and of an image's last beat there is what the image needs."""

import numpy as np
import pytest

from first_spike.rtl_model.encoder.beat_splitter import beat_splitter
from first_spike.rtl_model.parts.streams import AxiStream
from tb.helpers.clocked import run, signals

NARROW = 2  # bytes
FRAMES = 150
TAG_BITS = 5


def narrow_beats(frame, parts, beats, tag):
    """(bytes, None for null bytes; last; tag) of each narrow beat of a frame of wide beats, which are lists of bytes;
    beats: narrow ones of an image, 0 for any; tag: of each wide beat."""
    found = []
    for number, beat in enumerate(frame):
        cut = [beat[NARROW * k:NARROW * (k + 1)] for k in range(parts)]
        if beats and number >= (beats - 1) // parts:
            cut = cut[:(beats - 1) % parts + 1]
        elif not beats and number == len(frame) - 1:
            cut = cut[:max((k for k, part in enumerate(cut, 1) if any(byte is not None for byte in part)), default=1)]
        found += [(part, False, tag[number]) for part in cut]
    return [*found[:-1], (found[-1][0], True, found[-1][2])]


@pytest.mark.parametrize("parts, beats, tkeep", [
    *((*sizes, tkeep) for sizes in ((2, 7), (4, 7), (4, 8), (8, 3), (4, 1)) for tkeep in (False, True)), (4, 0, True)])
def test_each_beat_becomes_its_narrow_ones(parts, beats, tkeep):
    rng = np.random.default_rng(10 * parts + beats)
    print(f"seed {10 * parts + beats}")
    clk, rst = signals("clk", "rst").values()
    s_axis, m_axis = (AxiStream(8 * NARROW * many, tkeep, 0, TAG_BITS) for many in (parts, 1))
    assert m_axis.members == s_axis.of_width(8 * NARROW).members

    def frame():
        wide = -(-beats // parts) if beats else int(rng.integers(1, 4))
        wide = max(1, wide + int(rng.choice([0, 0, 0, -1, 1, 2])))
        made = rng.integers(0, 256, (wide, NARROW * parts)).tolist()
        if tkeep:
            for beat in made:
                for place in np.flatnonzero(rng.random(len(beat)) < rng.choice([0, 0.1])):
                    beat[place] = None
            bytes_of_last = int(rng.integers(0, NARROW * parts + 1))
            made[-1][bytes_of_last:] = [None] * (NARROW * parts - bytes_of_last)
        return made

    def bits(values):
        number = sum((int(rng.integers(256)) if byte is None else byte) << 8 * k for k, byte in enumerate(values))
        return number, sum((byte is not None) << k for k, byte in enumerate(values))

    def offer(beat):
        """What stands on the wide stream."""
        s_axis.tvalid.next = beat is not None
        data, last, tag = beat or (rng.integers(0, 256, NARROW * parts).tolist(), bool(rng.integers(2)), 0)
        s_axis.tlast.next, s_axis.tuser.next = last, tag
        s_axis.tdata.next, keep = bits(data)
        if tkeep:
            s_axis.tkeep.next = keep

    def check(right):
        data, last, tag = right
        assert (m_axis.tlast, m_axis.tuser) == (last, tag)
        for k, byte in enumerate(data):
            assert not tkeep or m_axis.tkeep[k] == (byte is not None)
            assert byte is None or m_axis.tdata[8 * (k + 1):8 * k] == byte

    def play(count, source, sink, waiting, due, rests):
        """Frames until all is out, or for a number of cycles; percent of the cycles in which an end stalls."""
        offered, pauses = None, 0
        for cycle in range(count):
            if offered is None and waiting and rng.random() >= source:
                offered = waiting.pop(0)
            offer(offered)
            m_axis.tready.next = rng.random() >= sink
            yield clk.posedge
            pauses += bool(waiting) and not m_axis.tvalid
            if m_axis.tvalid:
                check(due[0])
                if m_axis.tready:
                    due.pop(0)
            if s_axis.tvalid and s_axis.tready:
                offered = None
            yield clk.negedge
            if rests and not due:
                break
        assert not rests or not due
        assert source or sink or pauses <= 1, "it pauses"

    def stimulus():
        for source, sink, rests in ((0, 0, True), (0.5, 0, True), (0.3, 0.3, False), (0, 0.6, True)):
            rst.next = 1
            offer(None)
            yield clk.negedge
            rst.next = 0
            waiting, due = [], []
            for _ in range(FRAMES // 3):
                made, tags = frame(), rng.integers(1 << TAG_BITS, size=20).tolist()
                waiting += [(beat, number == len(made) - 1, tags[number]) for number, beat in enumerate(made)]
                due += narrow_beats(made, parts, beats, tags)
            yield from play(5000 if rests else 40, source, sink, waiting, due, rests)

    run(beat_splitter, dict(clk=clk, rst=rst, s_axis=s_axis, m_axis=m_axis, beats=beats), stimulus())
