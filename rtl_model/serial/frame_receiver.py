"""Bytes become frames, and what is no whole frame is dropped."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.crc32 import RESIDUE, crc32
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.serial.bundles import END_BYTE, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE, LENGTH_BITS, MOST_WORDS


@block
def frame_receiver(clk, rst, s_byte, m_request, write, write_address, write_word):
    """Finds frames between END bytes, undoes their escapes, and checks their length and CRC.

    A frame is header, words and CRC, four bytes each, the lowest first. One that is broken in any way is dropped
    without a word, and so is all that comes until the frame before is released; with the next END it begins anew.

    Ports:
        s_byte: bytes from the line
        m_request: the frame that has come
        write: a word for the buffer
        write_address: where it goes; the CRC lands behind the last word
        write_word: the word
    Outputs: write, write_address, write_word
    Latency: one cycle from the END byte.
    """
    word = Signal(intbv(0)[32:])
    place = Signal(intbv(0)[2:])
    words = Signal(intbv(0)[LENGTH_BITS:])
    bad = Signal(bool(1))
    escaped = Signal(bool(0))
    held = Signal(bool(0))
    plain = Signal(intbv(0)[8:])
    is_end = Signal(bool(0))
    is_escape = Signal(bool(0))
    push = Signal(bool(0))
    renew = Signal(bool(0))
    free = Signal(bool(0))
    left = Signal(intbv(0)[32:])
    full_word = Signal(bool(0))
    header = Signal(intbv(0)[32:])

    crc = submodule("crc", crc32, clk=clk, clear=renew, push=push, octet=plain, free=free, left=left)

    @always_comb
    def look():
        """What a byte is."""
        is_end.next = s_byte.valid and s_byte.data == END_BYTE
        is_escape.next = s_byte.valid and s_byte.data == ESCAPE
        plain.next = s_byte.data
        if escaped:
            plain.next = END_BYTE
            if s_byte.data == ESCAPED_ESCAPE:
                plain.next = ESCAPE

    @always_comb
    def take():
        """What is a byte of a frame."""
        push.next = s_byte.valid and not is_end and not is_escape
        renew.next = is_end or rst

    @always(clk.posedge)
    def gather():
        """Bytes into words: the header into its register, the others into the buffer."""
        full_word.next = push and place == 3
        write.next = 0
        if push:
            word.next[32:24] = plain
            word.next[24:] = word[32:8]
            place.next = (place + 1) & 3
            escaped.next = 0
            if escaped and s_byte.data != ESCAPED_END and s_byte.data != ESCAPED_ESCAPE:
                bad.next = 1
        if is_escape:
            escaped.next = 1
            if escaped:
                bad.next = 1
        if s_byte.broken:
            bad.next = 1
        if full_word and not bad:
            if words == 0:
                header.next = word
            else:
                write.next = 1
                write_address.next = words - 1
                write_word.next = word
            if words == MOST_WORDS + 2:
                bad.next = 1
            else:
                words.next = words + 1
        m_request.arrived.next = 0
        if is_end:
            if words >= 2 and place == 0 and not bad and not escaped and free and left == RESIDUE:
                m_request.arrived.next = 1
                m_request.length.next = words - 2
                held.next = 1
            words.next = 0
            place.next = 0
            escaped.next = 0
            bad.next = 0
        if m_request.release:
            held.next = 0
        elif held:
            bad.next = 1
        if rst:
            bad.next = 1
            held.next = 0
            full_word.next = 0
            words.next = 0
            place.next = 0
            escaped.next = 0
            write.next = 0
            m_request.arrived.next = 0

    @always_comb
    def tell():
        """The header holds still while the frame is held."""
        m_request.header.next = header

    return crc, look, take, gather, tell
