"""Requests against a model of what they should do, on a bus that stalls."""

import numpy as np
import pytest

from first_spike.rtl_model.parts.streams import AxiLite
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.serial.bridge import bridge
from first_spike.rtl_model.serial.bundles import (
    ANSWER,
    DONE,
    MOST_WORDS,
    NOT_SYNCED,
    PUSH,
    READ,
    REFUSED,
    SYNC,
    WRITE,
    WRONG,
    Reply,
    Request,
)
from tb.helpers.clocked import run, signals, vector
from tb.helpers.serial_frames import header

LAST = 20  # registers above are refused


class Registers:
    """The other end of the bus: stalls, writes into `content`, refuses what lies above `last`."""

    def __init__(self, axil, rng):
        self.axil, self.rng, self.last, self.content, self.writes = axil, rng, LAST, {}, []
        self.address = self.word = self.read = None

    def offer(self):
        axil, rng = self.axil, self.rng
        axil.awready.next = self.address is None and rng.random() < 0.5
        axil.wready.next = self.word is None and rng.random() < 0.5
        axil.arready.next = self.read is None and rng.random() < 0.5
        if self.address is not None and self.word is not None and not axil.bvalid and rng.random() < 0.5:
            axil.bvalid.next, axil.bresp.next = 1, 2 * (self.address > self.last)
        if self.read is not None and not axil.rvalid and rng.random() < 0.5:
            axil.rvalid.next, axil.rresp.next = 1, 2 * (self.read > self.last)
            axil.rdata.next = self.content.get(self.read, 0) if self.read <= self.last else 0

    def look(self):
        axil = self.axil
        if axil.bvalid and axil.bready:
            if self.address <= self.last:
                self.content[self.address] = self.word
                self.writes.append((self.address, self.word))
            self.address = self.word = None
            axil.bvalid.next = 0
        if axil.rvalid and axil.rready:
            self.read = None
            axil.rvalid.next = 0
        assert axil.awaddr % 4 == axil.araddr % 4 == 0
        if axil.awvalid and axil.awready:
            self.address = int(axil.awaddr) // 4
        if axil.wvalid and axil.wready:
            assert axil.wstrb == 0b1111
            self.word = int(axil.wdata)
        if axil.arvalid and axil.arready:
            self.read = int(axil.araddr) // 4


class Bench:
    """The bridge between frames and Registers; methods are generators of clock edges."""

    def __init__(self, seed):
        print(f"seed {seed}")
        self.rng = np.random.default_rng(seed)
        self.ports = signals("clk", "rst", "write", "sending")
        self.clk, self.rst, self.write, self.sending = self.ports.values()
        self.request, self.reply, self.axil = Request(), Reply(), AxiLite(ADDRESS_BITS)
        self.memory = dict(write_address=vector(8), write_word=vector(32), read_address=vector(8),
                           read_word=vector(32))
        self.registers, self.buffer = Registers(self.axil, self.rng), {}

    def play(self, stimulus):
        """Reset, and what the generator does then."""

        def all_of_it():
            yield from self.reset()
            yield from stimulus

        run(bridge, dict(self.ports, s_request=self.request, m_reply=self.reply, m_axil=self.axil, **self.memory),
            all_of_it())

    def reset(self):
        self.rst.next = 1
        yield self.clk.negedge
        self.rst.next = 0

    def begin(self, number, kind, address, count, words):
        """A request comes."""
        self.buffer.clear()
        self.buffer.update(enumerate(words))
        self.request.header.next, self.request.length.next = header(number, kind, address, count), len(words)
        self.request.arrived.next = 1
        yield from self.cycle()
        self.request.arrived.next = 0

    def cycle(self):
        self.registers.offer()
        yield self.clk.posedge
        self.registers.look()
        if self.write:
            self.buffer[int(self.memory["write_address"])] = int(self.memory["write_word"])
        self.memory["read_word"].next = self.buffer.get(int(self.memory["read_address"]), 0)
        yield self.clk.negedge

    def ask(self, request, status, count, there=()):
        """A request (number, kind, address, count, words), and all that its answer has to be."""
        yield from self.begin(*request)
        for _ in range(9000):
            if self.reply.send:
                break
            assert not self.sending and not self.request.release
            yield from self.cycle()
        number, _, address, *_ = request
        assert self.sending and self.reply.header == header(number, ANSWER + status, address, count), request
        assert [self.buffer[k] for k in range(int(self.reply.length))] == list(there), request
        for _ in range(3):
            yield from self.cycle()
            assert self.sending and not self.reply.send and not self.request.release
        self.reply.sent.next = 1
        yield self.clk.negedge
        self.reply.sent.next = 0
        assert self.request.release and not self.sending
        yield self.clk.negedge
        assert not self.request.release

    def sync(self, number=0):
        yield from self.ask((number, SYNC, 0, 1, [0xABCD]), DONE, 1, [0xABCD])


def test_requests_are_done_once_and_answered():
    bench = Bench(9)
    rng, registers = bench.rng, bench.registers

    def stimulus():
        yield from bench.sync(3)
        for number in range(40):
            address, count = int(rng.integers(0, 24)), int(rng.integers(0, 6))
            words = [int(rng.integers(1 << 32)) for _ in range(count)]
            kind = int(rng.choice([WRITE, PUSH]))
            places = [address + (k if kind == WRITE else 0) for k in range(count)]
            good = next((k for k, place in enumerate(places) if place > LAST), count)
            before = len(registers.writes)
            for _ in range(2):  # the same again: it was done already
                yield from bench.ask((number, kind, address, count, words), DONE if good == count else REFUSED, good)
                assert registers.writes[before:] == list(zip(places, words))[:good]
            address, count = int(rng.integers(0, 24)), int(rng.integers(0, 6))
            there = [registers.content.get(address + k, 0) for k in range(count) if address + k <= LAST]
            yield from bench.ask((number, READ, address, count, []), DONE if len(there) == count else REFUSED,
                                 len(there), there)

    bench.play(stimulus())


def test_the_words_before_one_that_is_refused_are_done_and_answered():
    """In the middle of more, wherever it lies."""
    bench = Bench(4)
    registers = bench.registers

    def stimulus():
        yield from bench.sync()
        registers.content = {k: 100 + k for k in range(LAST + 1)}
        for before in range(6):
            there = [registers.content[k] for k in range(LAST + 1 - before, LAST + 1)]
            yield from bench.ask((200, READ, LAST + 1 - before, 6, []), REFUSED, before, there)
            words = [1000 * before + k for k in range(6)]
            for _ in range(2):
                yield from bench.ask((before, WRITE, LAST + 1 - before, 6, words), REFUSED, before)
            assert len(registers.writes) == sum(range(before + 1))
            yield from bench.ask((9, PUSH, LAST + 1, 6, words), REFUSED, 0)
        yield from bench.ask((201, READ, 255, 2, []), REFUSED, 0)

    bench.play(stimulus())


def test_what_is_no_request_is_told_so_and_not_done():
    bench = Bench(5)
    longest = list(range(MOST_WORDS))

    def stimulus():
        for session in (False, True):
            for kind, count, words in [
                    (SYNC, 1, []), (SYNC, 2, [1, 2]), (SYNC, 0, [1]), (SYNC, 2, [1]), (SYNC, 1, [1, 2]), (SYNC, 0, []),
                    (READ, 2, [1]), (READ, 0, [1]), (READ, MOST_WORDS + 1, []), (READ, 255, []),
                    *((kind, count, [1]) for kind in (WRITE, PUSH) for count in (0, 2, 129, 255)),
                    (WRITE, MOST_WORDS - 1, longest), (PUSH, 0, longest)]:
                yield from bench.ask((7, kind, 0, count, words), WRONG, 0)
            for kind in range(4, 256):
                if session:
                    yield from bench.ask((7, READ, 0, 0, []), DONE, 0)
                yield from bench.ask((7, kind, 0, 1, [] if kind % 4 == READ else [1]), WRONG, 0)
            for kind, count, words in ((READ, 1, []), (WRITE, 1, [5]), (PUSH, 1, [5]), (READ, MOST_WORDS, [])):
                if not session:
                    yield from bench.ask((7, kind, 0, count, words), NOT_SYNCED, 0)
            assert not bench.registers.writes
            yield from bench.sync()
        yield from bench.ask((7, WRITE, 0, 1, [5]), DONE, 1)  # no number was remembered
        for kind in (WRITE, PUSH, READ):
            yield from bench.ask((8 + kind, kind, 0, 0, []), DONE, 0)
        yield from bench.ask((9, PUSH, 0, MOST_WORDS, longest), DONE, MOST_WORDS)
        assert bench.registers.writes == [(0, 5), *((0, word) for word in longest)]

    bench.play(stimulus())


def test_as_many_words_are_read_and_written_as_a_frame_holds():
    bench = Bench(6)
    bench.registers.last = 255
    words = [1 << 31 | k for k in range(MOST_WORDS)]

    def stimulus():
        yield from bench.sync()
        yield from bench.ask((1, WRITE, 4, MOST_WORDS, words), DONE, MOST_WORDS)
        assert bench.registers.writes == list(zip(range(4, 256), words))
        yield from bench.ask((1, READ, 4, MOST_WORDS, []), DONE, MOST_WORDS, words)
        yield from bench.ask((2, READ, 254, 4, []), REFUSED, 2, words[-2:])  # there is no register behind 255

    bench.play(stimulus())


def test_a_write_goes_on_behind_address_255():
    """Addresses of a request count up past the eight bits of its header: a word never lands on a low register."""
    bench = Bench(10)
    registers = bench.registers
    words = [1 << 31 | k << 8 | 0xA5 for k in range(MOST_WORDS)]

    def stimulus():
        yield from bench.sync()
        registers.last = 255
        for before, first in enumerate((255, 250), 1):
            done = 256 - first
            for _ in range(2):
                yield from bench.ask((before, WRITE, first, 20, words[:20]), REFUSED, done)
            assert registers.writes == list(zip(range(first, 256), words))
            registers.writes.clear()
        registers.last = 255 + MOST_WORDS
        registers.content.clear()
        yield from bench.ask((3, WRITE, 255, MOST_WORDS, words), DONE, MOST_WORDS)
        assert registers.writes == list(zip(range(255, 255 + MOST_WORDS), words))
        assert registers.content == dict(registers.writes)
        yield from bench.ask((200, READ, 255, MOST_WORDS, []), DONE, MOST_WORDS, words)
        registers.writes.clear()
        yield from bench.ask((4, PUSH, 255, MOST_WORDS, words), DONE, MOST_WORDS)
        assert registers.writes == [(255, word) for word in words]

    bench.play(stimulus())


def test_a_write_is_another_one_if_one_bit_of_its_number_is():
    """Or in another session, or after a reset: even the number that a register begins with."""
    bench = Bench(7)
    writes = bench.registers.writes

    def is_done(number, kind=WRITE):
        before = len(writes)
        yield from bench.ask((number, kind, 3, 1, [before]), DONE, 1)
        assert writes[before:] == [(3, before)]

    def stimulus():
        yield from bench.sync()
        for number in (0, 0xA5):
            for bit in range(8):
                yield from is_done(number)
                yield from is_done(number ^ 1 << bit)
                done = len(writes)
                for again in range(2):  # whatever else it asks for, and whatever was asked meanwhile
                    yield from bench.ask((number ^ 1 << bit, PUSH, 9, 1, [7]), DONE, 1)
                    yield from bench.ask((number, READ, 3, 1, []), DONE, 1, [done - 1])
                    yield from bench.ask((number ^ 1 << bit, WRITE, 9, 2, [7]), WRONG, 0)
                assert len(writes) == done
        for _ in range(2):
            yield from is_done(0)
            yield from bench.sync()
            yield from is_done(0)
            yield from bench.reset()
            yield from bench.ask((0, WRITE, 3, 1, [8]), NOT_SYNCED, 0)
            yield from bench.sync()
            yield from is_done(0, PUSH)
            yield from bench.sync()

    bench.play(stimulus())


@pytest.mark.parametrize("asked", [(1, WRITE, 3, 3, [1, 2, 3]), (1, READ, 3, 3, [])])
def test_a_reset_ends_whatever_is_under_way(asked):
    bench = Bench(8)
    registers, axil = bench.registers, bench.axil

    def stimulus():
        for cycles in range(40):
            yield from bench.sync()
            yield from bench.begin(*asked)
            for _ in range(cycles):
                yield from bench.cycle()
            yield from bench.reset()
            axil.bvalid.next = axil.rvalid.next = 0  # it is the registers' reset, too
            registers.address = registers.word = registers.read = None
            for _ in range(5):
                assert not (axil.awvalid or axil.wvalid or axil.arvalid or bench.reply.send or bench.request.release)
                yield from bench.cycle()
            yield from bench.ask(asked, NOT_SYNCED, 0)

    bench.play(stimulus())
