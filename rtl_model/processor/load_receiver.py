"""A network arrives: its words are counted and checked, and it is there whole or not at all."""

from myhdl import Signal, always, always_comb, block, enum, intbv

from first_spike.golden.contract.processor import MAGIC
from first_spike.rtl_model.parts.crc32 import crc32
from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.processor.field_judge import field_judge

state = enum("MAGIC", "IDENTITY", "COUNT", "PAYLOAD", "BYTES", "CRC", "DROP")

FORM, OTHER, LENGTH, FIELD, CHECK = range(1, 6)  # errors, see the docstring
ALL_ONES = 0xFFFF


@block
def load_receiver(clk, rst, s_load, m_write, present, error, *, limits):
    """Takes a network as a frame of words of 32 bits: a magic number, the identity of the processor that it is packed
    for, the number of words of the payload, the payload, and the CRC-32 of its bytes, with TLAST.

    From its first word on no network is there; with a last word that is right this one is. Otherwise the rest of the
    frame is dropped, and `error` says why: 1 no load, or TLAST came early or late; 2 packed for another processor; 3
    more words than there is room for, or fewer than the tables; 4 a word of the tables that is too large; 5 the CRC.

    Ports:
        s_load: the words
        m_write: those of the payload
        present: there is a network
        error: of the latest load, 0 none
    Outputs: error, present
    Parameters:
        limits: of the processor
    Latency: some forty cycles a word of the payload, the CRC a bit a cycle; two cycles for the others.
    Back-pressure: none but that.
    """
    magic_high, magic_low = MAGIC >> 16, MAGIC & ALL_ONES
    identity_high, identity_low = limits.identity >> 16, limits.identity & ALL_ONES
    first_weight, most_words = limits.first_weight, limits.most_words
    place_bits = len(m_write.place)

    now = Signal(state.MAGIC)
    ready = Signal(bool(0))
    seen = Signal(bool(0))
    take = Signal(bool(0))
    count = Signal(intbv(0)[place_bits:])
    place = Signal(intbv(0)[place_bits:])
    rest = Signal(intbv(0)[32:])
    byte_place = Signal(intbv(0)[3:])
    octet = Signal(intbv(0)[8:])
    add = Signal(bool(0))
    renew = Signal(bool(0))
    free = Signal(bool(0))
    left = Signal(intbv(0)[32:])
    too_large = Signal(bool(0))

    crc = submodule("crc", crc32, clk=clk, clear=renew, push=add, octet=octet, free=free, left=left)
    judged = inlined("field", field_judge(clk, place, s_load.tdata, too_large, limits=limits))

    @always_comb
    def offer():
        """A word is taken when the one before is through, a cycle after it has come: until then it is judged."""
        ready.next = seen and now != state.BYTES and not (now == state.CRC and not free)

    @always_comb
    def handshake():
        """Where it is taken."""
        s_load.tready.next = ready
        take.next = ready and s_load.tvalid

    @always_comb
    def pass_bytes():
        """The lowest byte of what is in hand goes into the CRC."""
        octet.next = rest[8:]
        add.next = now == state.BYTES and free and byte_place != 4
        renew.next = now == state.COUNT or rst

    @always(clk.posedge)
    def look():
        """Whether it was there in the cycle before."""
        seen.next = s_load.tvalid and not take and not rst

    @always(clk.posedge)
    def work():
        """Word after word, each of which may be taken; what is wrong ends the load, and the rest is dropped up to
        TLAST."""
        wrong = intbv(0)[3:]
        m_write.valid.next = 0
        m_write.place.next = place
        m_write.data.next = s_load.tdata
        if now == state.PAYLOAD:
            rest.next = s_load.tdata
            byte_place.next = 0
        if now == state.BYTES:
            if free:
                if byte_place == 4:
                    if place == count:
                        now.next = state.CRC
                    else:
                        now.next = state.PAYLOAD
                else:
                    byte_place.next = byte_place + 1
                    rest.next = rest >> 8
        elif take:
            if now == state.MAGIC:
                present.next = 0
                error.next = 0
                place.next = 0
                if s_load.tdata[32:16] == magic_high and s_load.tdata[16:] == magic_low:
                    now.next = state.IDENTITY
                else:
                    wrong[3:] = FORM
            elif now == state.IDENTITY:
                now.next = state.COUNT
                if s_load.tdata[32:16] != identity_high or s_load.tdata[16:] != identity_low:
                    wrong[3:] = OTHER
            elif now == state.COUNT:
                now.next = state.PAYLOAD
                count.next = s_load.tdata[place_bits:]
                if (s_load.tdata[32:place_bits] != 0 or s_load.tdata[place_bits:] < first_weight
                        or s_load.tdata[place_bits:] > most_words):
                    wrong[3:] = LENGTH
            elif now == state.PAYLOAD:
                now.next = state.BYTES
                m_write.valid.next = 1
                place.next = place + 1
                if too_large:
                    wrong[3:] = FIELD
            elif now == state.CRC:
                now.next = state.MAGIC
                if left[32:16] != (s_load.tdata[32:16] ^ ALL_ONES) or left[16:] != (s_load.tdata[16:] ^ ALL_ONES):
                    wrong[3:] = CHECK
            else:
                if s_load.tlast:
                    now.next = state.MAGIC
            if wrong == 0 and now != state.DROP and s_load.tlast != (now == state.CRC):
                wrong[3:] = FORM
            if wrong != 0:
                error.next = wrong
                if s_load.tlast:
                    now.next = state.MAGIC
                else:
                    now.next = state.DROP
            elif now == state.CRC:
                present.next = 1
        if rst:
            now.next = state.MAGIC
            present.next = 0
            error.next = 0
            m_write.valid.next = 0

    return crc, judged, offer, handshake, pass_bytes, look, work
