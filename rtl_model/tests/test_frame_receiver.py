"""Whole frames come through, broken ones are dropped, and the next one is found."""

import numpy as np

from rtl_model.serial.bundles import END, ESCAPE, MOST_WORDS, ReceivedBytes, Request
from rtl_model.serial.frame_receiver import frame_receiver
from rtl_model.tests.clocked import run, signals, vector
from rtl_model.tests.serial_frames import encode

APART = 9  # cycles between two bytes, as on the fastest line less some


def test_frames_are_found_between_what_is_none():
    rng = np.random.default_rng(3)
    print("seed 3")
    ports, s_byte, request = signals("clk", "rst", "write"), ReceivedBytes(), Request()
    clk, rst, write = ports.values()
    write_address, write_word = vector(8), vector(32)
    buffer, arrived = {}, []

    def send(data, broken=None):
        for number, byte in enumerate(data):
            s_byte.valid.next, s_byte.data.next = number != broken, byte
            s_byte.broken.next = number == broken
            for cycle in range(APART):
                yield clk.negedge
                s_byte.valid.next, s_byte.broken.next = 0, 0
                if write:
                    buffer[int(write_address)] = int(write_word)
                if request.arrived:
                    length = int(request.length)
                    arrived.append((int(request.header), [buffer[k] for k in range(length)]))

    def release():
        request.release.next = 1
        yield clk.negedge
        request.release.next = 0

    def random_frame(length):
        special = [END, ESCAPE, END << 8 | ESCAPE << 24]
        words = [int(rng.choice(special)) if rng.random() < 0.3 else int(rng.integers(1 << 32)) for _ in range(length)]
        return int(rng.integers(1 << 32)), words

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        yield from send(rng.bytes(30))
        for length in (0, 1, 5, MOST_WORDS):
            frame = random_frame(length)
            yield from send(encode(*frame))
            assert arrived.pop() == frame
            yield from send(encode(*random_frame(2)))  # nobody has released the one before
            assert not arrived
            yield from release()
        broken = 0
        for number in range(120):
            frame = random_frame(int(rng.integers(0, 4)))
            data, kind, at = encode(*frame), number % 6, None
            place = int(rng.integers(1, len(data) - 1))
            if kind == 1:
                data = data[:place] + data[place + 1:]
            elif kind == 2:
                data = data[:place] + data[place:place + 1] + data[place:]
            elif kind == 3:
                data = data[:place] + bytes([data[place] ^ 1 << int(rng.integers(8))]) + data[place + 1:]
            elif kind == 4:
                at = place
            elif kind == 5:
                data = data[:place] + bytes([END]) + data[place:]
            yield from send(data, at)
            if kind == 0:
                assert arrived == [frame], number
            broken += not arrived
            if arrived:
                assert arrived.pop() == frame
                yield from release()
        assert broken >= 95  # a byte that is doubled right before its END may be an END itself: that frame is whole
        yield from send(encode(*random_frame(MOST_WORDS + 1)))
        assert not arrived

    run(frame_receiver, dict(ports, s_byte=s_byte, m_request=request, write_address=write_address,
                             write_word=write_word), stimulus())
