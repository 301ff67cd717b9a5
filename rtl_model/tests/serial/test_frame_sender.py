"""Frames as bytes, with END and escape inside."""

import numpy as np
import pytest

from first_spike.rtl_model.serial.bundles import END_BYTE, ESCAPE, ByteStream, Reply
from first_spike.rtl_model.serial.frame_sender import frame_sender
from tb.helpers.clocked import run, signals, vector
from tb.helpers.serial_frames import encode


@pytest.mark.parametrize("eager", [1.0, 0.2])
def test_bytes_are_those_of_the_frame(eager):
    rng = np.random.default_rng(6)
    print("seed 6")
    ports, reply, m_byte = signals("clk", "rst"), Reply(), ByteStream()
    clk, rst = ports.values()
    read_address, read_word = vector(8), vector(32)

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for length in (0, 1, 3, 252):
            words = [int(rng.choice([END_BYTE, ESCAPE << 16, int(rng.integers(1 << 32))])) for _ in range(length)]
            header, sent = int(rng.integers(1 << 32)), bytearray()
            reply.header.next, reply.length.next, reply.send.next = header, length, 1
            for _ in range(100000):
                yield clk.negedge
                reply.send.next = 0
                m_byte.ready.next = rng.random() < eager
                address = int(read_address)
                yield clk.posedge
                read_word.next = words[address] if address < length else 0
                if m_byte.valid and m_byte.ready:
                    sent.append(int(m_byte.data))
                if reply.sent:
                    break
            assert bytes(sent) == encode(header, words)
            for _ in range(3):
                yield clk.negedge
                assert not m_byte.valid

    run(frame_sender, dict(ports, s_reply=reply, m_byte=m_byte, read_address=read_address, read_word=read_word),
        stimulus())


def test_a_frame_is_whole_after_a_reset_in_the_one_before():
    ports, reply, m_byte = signals("clk", "rst"), Reply(), ByteStream()
    clk, rst = ports.values()
    read_address, read_word = vector(8), vector(32)
    header, word = END_BYTE | 5 << 8, ESCAPE << 8 | END_BYTE << 24

    def frame(cycles):
        """What comes in so many cycles."""
        sent = bytearray()
        reply.header.next, reply.length.next, reply.send.next, m_byte.ready.next = header, 1, 1, 1
        for _ in range(cycles):
            yield clk.posedge
            read_word.next = word if read_address == 0 else 7
            if m_byte.valid:
                sent.append(int(m_byte.data))
            if reply.sent:
                break
            yield clk.negedge
            reply.send.next = 0
        came.append(bytes(sent))

    came = []

    def stimulus():
        for cycles in range(0, 160, 3):
            yield from frame(cycles)
            rst.next = 1
            yield clk.negedge
            rst.next, reply.send.next = 0, 0
            yield clk.negedge
            assert not m_byte.valid and not reply.sent
            yield from frame(1000)
            assert came[-1] == encode(header, [word])
            for _ in range(3):
                yield clk.negedge

    run(frame_sender, dict(ports, s_reply=reply, m_byte=m_byte, read_address=read_address, read_word=read_word),
        stimulus())
