"""Requests against a model of what they should do, on a bus that stalls."""

import numpy as np

from rtl_model.parts.streams import AxiLite
from rtl_model.registers.bundles import ADDRESS_BITS
from rtl_model.serial.bridge import bridge
from rtl_model.serial.bundles import ANSWER, DONE, NOT_SYNCED, PUSH, READ, REFUSED, SYNC, WRITE, WRONG, Reply, Request
from rtl_model.tests.clocked import run, signals, vector
from rtl_model.tests.serial_frames import header

LAST = 20  # registers above are refused


class Registers:
    """The other end of the bus: stalls, writes into `content`, refuses what lies above LAST."""

    def __init__(self, axil, rng):
        self.axil, self.rng, self.content, self.writes = axil, rng, {}, []
        self.address = self.word = self.read = None

    def offer(self):
        axil, rng = self.axil, self.rng
        axil.awready.next = self.address is None and rng.random() < 0.5
        axil.wready.next = self.word is None and rng.random() < 0.5
        axil.arready.next = self.read is None and rng.random() < 0.5
        if self.address is not None and self.word is not None and not axil.bvalid and rng.random() < 0.5:
            axil.bvalid.next, axil.bresp.next = 1, 2 * (self.address > LAST)
        if self.read is not None and not axil.rvalid and rng.random() < 0.5:
            axil.rvalid.next, axil.rresp.next = 1, 2 * (self.read > LAST)
            axil.rdata.next = self.content.get(self.read, 0) if self.read <= LAST else 0

    def look(self):
        axil = self.axil
        if axil.bvalid and axil.bready:
            if self.address <= LAST:
                self.content[self.address] = self.word
                self.writes.append((self.address, self.word))
            self.address = self.word = None
            axil.bvalid.next = 0
        if axil.rvalid and axil.rready:
            self.read = None
            axil.rvalid.next = 0
        if axil.awvalid and axil.awready:
            self.address = int(axil.awaddr) // 4
        if axil.wvalid and axil.wready:
            assert axil.wstrb == 0b1111
            self.word = int(axil.wdata)
        if axil.arvalid and axil.arready:
            self.read = int(axil.araddr) // 4


def test_requests_are_done_once_and_answered():
    rng = np.random.default_rng(9)
    print("seed 9")
    ports = signals("clk", "rst", "write", "sending")
    clk, rst, write, sending = ports.values()
    request, reply, axil = Request(), Reply(), AxiLite(ADDRESS_BITS)
    memory = dict(write_address=vector(8), write_word=vector(32), read_address=vector(8), read_word=vector(32))
    registers, buffer = Registers(axil, rng), {}

    def ask(number, kind, address, count, words):
        """The reply to a request: (status, count, words)."""
        buffer.clear()
        buffer.update(enumerate(words))
        request.header.next, request.length.next = header(number, kind, address, count), len(words)
        request.arrived.next = 1
        for _ in range(5000):
            registers.offer()
            yield clk.posedge
            request.arrived.next = 0
            registers.look()
            if write:
                buffer[int(memory["write_address"])] = int(memory["write_word"])
            memory["read_word"].next = buffer.get(int(memory["read_address"]), 0)
            if reply.send:
                break
            yield clk.negedge
        yield clk.negedge
        word = int(reply.header)
        assert sending and (word & 0xFF, word >> 16 & 0xFF) == (number, address)
        answers.append(((word >> 8 & 0xFF) - ANSWER, word >> 24, [buffer[k] for k in range(int(reply.length))]))
        reply.sent.next = 1
        yield clk.negedge
        reply.sent.next = 0
        assert request.release and not sending
        yield clk.negedge

    answers = []

    def expect(status, count, words=()):
        assert answers.pop() == (status, count, list(words))

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        yield from ask(1, WRITE, 3, 1, [5])
        expect(NOT_SYNCED, 0)
        yield from ask(2, READ, 3, 1, [])
        expect(NOT_SYNCED, 0)
        assert not registers.writes
        yield from ask(3, SYNC, 0, 1, [0xABCD])
        expect(DONE, 1, [0xABCD])
        for wrong in ((4, SYNC, 0, 2, [1, 2]), (5, READ, 0, 2, [1]), (6, WRITE, 0, 2, [1]), (7, PUSH, 0, 1, []),
                      (8, READ, 0, 253, []), (9, 4, 0, 0, [])):
            yield from ask(*wrong)
            expect(WRONG, 0)
        assert not registers.writes
        content = {}
        for number in range(40):
            address, count = int(rng.integers(0, 24)), int(rng.integers(0, 6))
            words = [int(rng.integers(1 << 32)) for _ in range(count)]
            kind = int(rng.choice([WRITE, PUSH]))
            places = [address + (k if kind == WRITE else 0) for k in range(count)]
            good = next((k for k, place in enumerate(places) if place > LAST), count)
            before = len(registers.writes)
            yield from ask(number, kind, address, count, words)
            expect(DONE if good == count else REFUSED, good)
            assert registers.writes[before:] == list(zip(places, words))[:good]
            content.update(registers.writes[before:])
            if number % 3 == 0:  # the same again: it was done already
                yield from ask(number, kind, address, count, words)
                expect(DONE if good == count else REFUSED, good)
                assert len(registers.writes) == before + good
            address, count = int(rng.integers(0, 24)), int(rng.integers(0, 6))
            there = [content.get(address + k, 0) for k in range(count) if address + k <= LAST]
            yield from ask(200, READ, address, count, [])
            expect(DONE if len(there) == count else REFUSED, len(there), there)
        yield from ask(39, SYNC, 0, 1, [1])
        expect(DONE, 1, [1])
        before = len(registers.writes)
        yield from ask(39, WRITE, 0, 1, [7])  # a new session: the number is another host's
        expect(DONE, 1)
        assert registers.writes[before:] == [(0, 7)]

    run(bridge, dict(ports, s_request=request, m_reply=reply, m_axil=axil, **memory), stimulus())
