"""The words of a frame, and how an answer goes out."""

from myhdl import Signal, always, always_comb, block, enum, intbv

from first_spike.rtl_model.parts.crc32 import crc32
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.serial.bundles import END_BYTE, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE, LENGTH_BITS

state = enum("IDLE", "OPENING", "FETCH", "LOAD", "BYTES", "CLOSE", "FINISH")


@block
def frame_buffer(clk, write, write_address, write_word, read_address, read_word):
    """The words of the frame that has come, or of the one that goes.

    Ports:
        write: there is a word
        write_address: where it goes
        write_word: the word
        read_address: which word is wanted
        read_word: that word
    Outputs: read_word
    Latency: one cycle from `read_address` to `read_word`; a word that is written in that cycle is not seen.
    """
    words = [Signal(intbv(0)[len(write_word):]) for _ in range(1 << len(write_address))]

    @always(clk.posedge)
    def read_and_write():
        """Written as a block RAM likes it: one address each way."""
        if write:
            words[write_address].next = write_word
        read_word.next = words[read_address]

    return read_and_write


@block
def frame_sender(clk, rst, s_reply, m_byte, read_address, read_word):
    """Sends a frame: END, header, words and CRC with their escapes, END.

    Ports:
        s_reply: what is to be sent
        m_byte: the bytes
        read_address: of the next word in the buffer
        read_word: that word, a cycle later
    Outputs: read_address
    Latency: one cycle to the first END.
    Back-pressure: bytes wait for ever.
    """
    now = Signal(state.IDLE)
    number = Signal(intbv(0)[LENGTH_BITS + 1:])
    rest = Signal(intbv(0)[32:])
    place = Signal(intbv(0)[2:])
    second = Signal(bool(0))
    taken = Signal(bool(0))
    special = Signal(bool(0))
    push = Signal(bool(0))
    renew = Signal(bool(0))
    free = Signal(bool(0))
    left = Signal(intbv(0)[32:])
    octet = Signal(intbv(0)[8:])
    valid = Signal(bool(0))

    crc = submodule("crc", crc32, clk=clk, clear=renew, push=push, octet=octet, free=free, left=left)

    @always_comb
    def choose_byte():
        """An END or an escape inside of a frame goes as two bytes; a byte waits until the one before is in the CRC."""
        octet.next = rest[8:]
        renew.next = now == state.OPENING or rst
        special.next = rest[8:] == END_BYTE or rest[8:] == ESCAPE
        valid.next = now == state.OPENING or (now == state.BYTES and free) or now == state.CLOSE
        taken.next = valid and m_byte.ready
        read_address.next = (number - 1) & ((1 << LENGTH_BITS) - 1)

    @always_comb
    def offer():
        """Of a special byte first the escape, then what stands for it."""
        m_byte.valid.next = valid
        m_byte.data.next = END_BYTE
        if now == state.BYTES:
            m_byte.data.next = octet
            if special:
                m_byte.data.next = ESCAPE
                if second:
                    m_byte.data.next = ESCAPED_END
                    if octet == ESCAPE:
                        m_byte.data.next = ESCAPED_ESCAPE
        push.next = taken and now == state.BYTES and (not special or second)

    @always(clk.posedge)
    def walk():
        """Word after word, the header first, the CRC last."""
        s_reply.sent.next = 0
        if now == state.IDLE:
            number.next = 0
            place.next = 0
            second.next = 0
            if s_reply.send:
                now.next = state.OPENING
        elif now == state.OPENING:
            if taken:
                now.next = state.FETCH
        elif now == state.FETCH:
            now.next = state.LOAD
        elif now == state.LOAD:
            if free:
                now.next = state.BYTES
                if number == 0:
                    rest.next = s_reply.header
                elif number <= s_reply.length:
                    rest.next = read_word
                else:
                    rest.next = ~left
        elif now == state.BYTES:
            if taken:
                second.next = special and not second
                if not special or second:
                    rest.next = rest >> 8
                    place.next = (place + 1) & 3
                    if place == 3:
                        number.next = number + 1
                        now.next = state.FETCH
                        if number > s_reply.length:
                            now.next = state.CLOSE
        elif now == state.CLOSE:
            if taken:
                now.next = state.FINISH
                s_reply.sent.next = 1
        else:
            now.next = state.IDLE
        if rst:
            now.next = state.IDLE
            s_reply.sent.next = 0

    return crc, choose_byte, offer, walk
