"""Requests from the line become reads and writes of registers."""

from myhdl import Signal, always, always_comb, block, concat, enum, intbv

from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.serial.bundles import (
    DONE,
    LENGTH_BITS,
    MOST_WORDS,
    NOT_SYNCED,
    PUSH,
    READ,
    REFUSED,
    SYNC,
    WRITE,
    WRONG,
)

state = enum("IDLE", "JUDGE", "FETCH", "WRITE", "WRITTEN", "READ", "STORE", "REPLY", "SENDING")


@block
def request_header(s_request, number, wanted, address, count, is_write, fits):
    """What a frame asks for, and whether it is as long as it says.

    Ports:
        s_request: the frame
        number: its sequence number
        wanted: what to do
        address: of the first word
        count: of words
        is_write: it is a WRITE or a PUSH
        fits: its length is that of its request
    Outputs: number, wanted, address, count, is_write, fits
    """

    @always_comb
    def take_apart():
        """The bytes of the header."""
        number.next = s_request.header[8:]
        wanted.next = s_request.header[16:8]
        address.next = s_request.header[24:16]
        count.next = s_request.header[32:24]

    @always_comb
    def judge():
        """Whether the frame is as long as it says."""
        is_write.next = wanted == WRITE or wanted == PUSH
        fits.next = False
        if wanted == READ:
            fits.next = s_request.length == 0 and count <= MOST_WORDS
        elif wanted == WRITE or wanted == PUSH:
            fits.next = s_request.length == count
        elif wanted == SYNC:
            fits.next = s_request.length == 1 and count == 1

    return take_apart, judge


@block
def bridge_ends(m_axil, m_reply, now, index, address, number, status, done, length, awvalid, wvalid, arvalid, write,
                write_address, write_word, read_address, read_word, sending):
    """What the registers, the buffer and the answer see of a request that is worked on.

    Ports:
        m_axil: the registers
        m_reply: the answer
        now: what is done
        index: of the register that is next
        address: that the request said
        number: of the request
        status: how it went
        done: words that are
        length: words of the answer
        awvalid, wvalid, arvalid: of the bus
        write: a word for the buffer
        write_address: where it goes
        write_word: the word
        read_address: of a word in the buffer
        read_word: that word, a cycle later
        sending: the buffer is the sender's
    Outputs: write, write_address, write_word, read_address, sending
    """

    @always_comb
    def connect():
        """One word is on its way at a time."""
        m_axil.awaddr.next = concat(index, intbv(0)[2:])
        m_axil.araddr.next = concat(index, intbv(0)[2:])
        m_axil.awprot.next = 0
        m_axil.arprot.next = 0
        m_axil.wdata.next = read_word
        m_axil.wstrb.next = 0b1111
        m_axil.awvalid.next = awvalid
        m_axil.wvalid.next = wvalid
        m_axil.arvalid.next = arvalid
        m_axil.bready.next = now == state.WRITTEN
        m_axil.rready.next = now == state.STORE
        read_address.next = done
        sending.next = now == state.SENDING
        write_address.next = done
        write_word.next = m_axil.rdata
        write.next = now == state.STORE and m_axil.rvalid and m_axil.rresp == 0
        m_reply.header.next = concat(done, address, True, intbv(0)[5:], status, number)
        m_reply.length.next = length

    return connect


@block
def bridge(clk, rst, s_request, m_reply, m_axil, write, write_address, write_word, read_address, read_word, sending):
    """Does what a frame asks for, once, and answers how it went.

    SYNC opens a session and sends its word back; without one nothing is done. READ, WRITE and PUSH move `count` words
    from or to the registers from word address `address` on; PUSH writes all of them to that one. The first access that
    is refused ends the request, and the answer says how many words went before. A WRITE or PUSH with the sequence
    number of the one before was done already: only its answer is given again.

    Ports:
        s_request: frames that have come
        m_reply: frames that go
        m_axil: the registers
        write: a word for the buffer
        write_address: where it goes
        write_word: the word
        read_address: of a word in the buffer
        read_word: that word, a cycle later
        sending: the buffer is the sender's
    Outputs: write, write_address, write_word, read_address, sending
    Back-pressure: one request at a time.
    """
    now = Signal(state.IDLE)
    synced = Signal(bool(0))
    remembered = Signal(bool(0))
    last_sequence = Signal(intbv(0)[8:])
    last_status = Signal(intbv(0)[2:])
    last_done = Signal(intbv(0)[8:])
    status = Signal(intbv(0)[2:])
    done = Signal(intbv(0)[8:])
    index = Signal(intbv(0)[10:])
    length = Signal(intbv(0)[LENGTH_BITS:])
    number = Signal(intbv(0)[8:])
    wanted = Signal(intbv(0)[8:])
    address = Signal(intbv(0)[8:])
    count = Signal(intbv(0)[8:])
    is_write = Signal(bool(0))
    fits = Signal(bool(0))
    awvalid = Signal(bool(0))
    wvalid = Signal(bool(0))
    arvalid = Signal(bool(0))

    asked = inlined("header", request_header(s_request, number, wanted, address, count, is_write, fits))

    connected = inlined("ends", bridge_ends(
        m_axil, m_reply, now, index, address, number, status, done, length, awvalid, wvalid, arvalid, write,
        write_address, write_word, read_address, read_word, sending))

    @always(clk.posedge)
    def work():
        """Judge, do word after word, answer."""
        m_reply.send.next = 0
        s_request.release.next = 0
        if now == state.IDLE:
            done.next = 0
            length.next = 0
            status.next = DONE
            index.next = concat(intbv(0)[2:], address)
            if s_request.arrived:
                now.next = state.JUDGE
        elif now == state.JUDGE:
            index.next = concat(intbv(0)[2:], address)
            now.next = state.REPLY
            if not fits:
                status.next = WRONG
            elif wanted == SYNC:
                synced.next = 1
                remembered.next = 0
                done.next = 1
                length.next = 1
            elif not synced:
                status.next = NOT_SYNCED
            elif is_write and remembered and number == last_sequence:
                status.next = last_status
                done.next = last_done
            elif is_write:
                remembered.next = 1
                last_sequence.next = number
                last_status.next = DONE
                now.next = state.FETCH
            else:
                now.next = state.READ
        elif now == state.FETCH:
            last_done.next = done
            if done == count:
                now.next = state.REPLY
            else:
                now.next = state.WRITE
                awvalid.next = 1
                wvalid.next = 1
        elif now == state.WRITE:
            if m_axil.awready:
                awvalid.next = 0
            if m_axil.wready:
                wvalid.next = 0
            if (m_axil.awready or not awvalid) and (m_axil.wready or not wvalid):
                now.next = state.WRITTEN
        elif now == state.WRITTEN:
            if m_axil.bvalid:
                if m_axil.bresp == 0:
                    done.next = done + 1
                    if wanted == WRITE:
                        index.next = index + 1
                    now.next = state.FETCH
                else:
                    status.next = REFUSED
                    last_status.next = REFUSED
                    now.next = state.REPLY
        elif now == state.READ:
            if done == count:
                now.next = state.REPLY
            else:
                arvalid.next = 1
                now.next = state.STORE
        elif now == state.STORE:
            if m_axil.arready:
                arvalid.next = 0
            if m_axil.rvalid:
                if m_axil.rresp == 0:
                    done.next = done + 1
                    length.next = done + 1
                    index.next = index + 1
                    now.next = state.READ
                else:
                    status.next = REFUSED
                    now.next = state.REPLY
        elif now == state.REPLY:
            m_reply.send.next = 1
            now.next = state.SENDING
        elif m_reply.sent:
            now.next = state.IDLE
            s_request.release.next = 1
        if rst:
            now.next = state.IDLE
            synced.next = 0
            remembered.next = 0
            awvalid.next = 0
            wvalid.next = 0
            arvalid.next = 0
            m_reply.send.next = 0
            s_request.release.next = 0

    return asked, connected, work
