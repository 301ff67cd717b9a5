"""Properties of the frames on the serial line: they come through whatever is around them, in whatever pieces, and what
is broken is dropped."""

import numpy as np
from hypothesis import strategies as st

from first_spike.device.link import Decoder, Frame
from first_spike.rtl_model.serial.bundles import END_BYTE
from tb.helpers.properties import damaged, few_and_many, for_all
from tb.helpers.serial_frames import BROKEN, encode, header, single_faults, too_long

byte = st.integers(0, 255)
telling = st.sampled_from((END_BYTE, 0xDB, 0xDC, 0xDD))  # what escapes are made of
word = st.integers(0, (1 << 32) - 1) | st.lists(byte | telling, min_size=4, max_size=4).map(
    lambda part: int.from_bytes(bytes(part), "little"))
frames = st.builds(lambda head, words: Frame(*head, Frame.array(words)), st.tuples(*[byte | telling] * 4),
                   st.lists(word, max_size=252))
noise = st.lists(byte | telling, max_size=30).map(bytes)


def same(found, sent):
    return len(found) == len(sent) and all(one[:4] == other[:4] and np.array_equal(one.words, other.words)
                                           for one, other in zip(found, sent))


def feed(content, cuts):
    """What a Decoder finds in bytes that come in pieces."""
    decoder, places = Decoder(), sorted({0, *(cut % (len(content) + 1) for cut in cuts), len(content)})
    return [frame for start, end in zip(places, places[1:]) for frame in decoder.feed(content[start:end])]


@few_and_many
def test_frames_come_through_noise_in_pieces(examples):
    def check(sent, around, cuts):
        line = b"".join(around[k % len(around)] + frame.encode() for k, frame in enumerate(sent)) + around[-1]
        assert same(feed(line, cuts), sent)

    for_all(examples, check, st.lists(frames, max_size=4), st.lists(noise, min_size=1, max_size=4),
            st.lists(st.integers(0, 5000), max_size=6))


@few_and_many
def test_driver_and_bench_write_the_same_bytes(examples):
    def check(frame):
        assert frame.encode() == encode(header(*frame[:4]), [int(one) for one in frame.words])
        assert frame.encode()[1:-1].count(END_BYTE) == 0

    for_all(examples, check, frames)


@few_and_many
def test_a_broken_frame_is_dropped_and_the_next_is_whole(examples):
    def check(frame, other, data):
        line = data.draw(damaged(frame.encode()))
        found = feed(line + other.encode(), ())
        assert same(found[-1:], [other])
        assert all(same([one], [frame]) for one in found[:-1])  # damage may lie outside of the frame, or undo itself

    for_all(examples, check, frames, frames, st.data())


def test_every_single_fault_is_dropped():
    lines = [line for _, line in single_faults(0xC0_00_DB_17, [END_BYTE, 0xDB0000])]
    lines += [[*line] for _, line in too_long()]
    other = Frame(1, 2, 3, 4, Frame.array(range(252)))
    for line in lines:
        if BROKEN not in line:
            assert same(feed(bytes(line) + other.encode(), ()), [other])


@few_and_many
def test_any_bytes_are_taken(examples):
    """2,032 bytes are the longest frame; of endless noise no more than a little is kept."""
    def check(content, times):
        decoder = Decoder()
        for _ in range(times):
            decoder.feed(content)
        assert len(vars(decoder)["_part"]) <= 4096
        frame = Frame(1, 2, 3, 4, Frame.array([5]))
        assert same(decoder.feed(frame.encode())[-1:], [frame])

    for_all(examples, check, st.lists(byte | telling, max_size=300).map(bytes), st.integers(0, 40))
