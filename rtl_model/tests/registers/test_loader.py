"""Loads that are right, and every way in which one can be wrong: it says which, and nothing is written outside."""

import zlib

import numpy as np
import pytest

from first_spike.rtl_model.parts.streams import BankSelect, LoadStream
from first_spike.rtl_model.registers.bundles import LoadCommand, LoadState
from first_spike.rtl_model.registers.loader import BANK, COUNT, CRC, NOT_BEGUN, TOO_LONG, loader
from tb.helpers.clocked import run, signals

BANK_BIT = 23
SLOWEST = 60  # cycles that a command may take


class Bench:
    """A loader with memories of plain Python behind it."""

    def __init__(self, words, banks, weight_map=0):
        self.words, self.rng = words, np.random.default_rng(words)
        self.ports = signals("clk", "rst", "busy")
        self.clk, self.rst, self.busy = self.ports.values()
        self.command, self.state, self.load, self.bank = LoadCommand(), LoadState(), LoadStream(), BankSelect()
        self.memory = {}
        self.arguments = dict(self.ports, s_command=self.command, m_state=self.state, m_load=self.load,
                              m_bank=self.bank, words=words, banks=banks, weight_map=weight_map)

    def start(self):
        self.rst.next = 1
        yield self.clk.negedge
        self.rst.next = 0
        yield self.clk.negedge
        assert self.state.hold and self.state.loaded == 0

    def cycle(self):
        yield self.clk.posedge
        if self.load.valid:
            address = int(self.load.address)
            assert address & (1 << BANK_BIT) - 1 < self.words, "written outside"
            self.memory[address] = int(self.load.data)
        yield self.clk.negedge

    def do(self, what, data, error=None):
        """A command, which is refused with the one error that is named, or not."""
        getattr(self.command, what).next, self.command.data.next = 1, data
        for _ in range(SLOWEST):
            yield self.clk.posedge
            ready = bool(self.command.ready)
            if ready:
                assert int(self.state.errors) == (0 if error is None else 1 << error)
                assert bool(self.command.refused) == (error is not None)
            if self.load.valid:
                self.memory[int(self.load.address)] = int(self.load.data)
            yield self.clk.negedge
            if ready:
                getattr(self.command, what).next = 0
                return
        raise AssertionError(f"{what} takes longer than {SLOWEST} cycles")

    def network(self):
        """(words uint16 [words], as pairs uint32, their CRC)."""
        words = self.rng.integers(0, 1 << 16, self.words, np.uint16)
        pairs = np.concatenate([words, np.zeros(self.words % 2, np.uint16)]).view("<u4")
        return words, pairs, zlib.crc32(pairs.tobytes())

    def send(self, pairs):
        for pair in pairs:
            yield from self.do("push", int(pair))

    def finish(self, crc, count=None, error=None):
        self.command.count.next = self.words if count is None else count
        yield from self.do("commit", crc, error)

    def settle(self):
        for _ in range(SLOWEST):
            yield from self.cycle()

    def holds(self, bank, words):
        return [self.memory.get(bank << BANK_BIT | k) for k in range(self.words)] == words.tolist()


@pytest.mark.parametrize("words", [1, 6, 9])
@pytest.mark.parametrize("banks", [1, 2])
def test_networks_come_one_after_the_other(words, banks):
    bench = Bench(words, banks)

    def stimulus():
        yield from bench.start()
        for number in range(6):
            bank = number % banks
            content, pairs, crc = bench.network()
            yield from bench.do("begin", bank)
            if number:
                assert bench.state.hold == (banks == 1), "the other bank goes on working"
            yield from bench.send(pairs)
            yield from bench.finish(crc)
            assert bench.state.loaded[bank] and not bench.state.hold and bench.bank.next == bank
            assert bench.holds(bank, content)
        yield from bench.settle()

    run(loader, bench.arguments, stimulus())
    assert {address & (1 << BANK_BIT) - 1 for address in bench.memory} == set(range(words))


@pytest.mark.parametrize("banks", [1, 2])
def test_whatever_is_wrong_is_said_and_leaves_the_other_bank(banks):
    bench = Bench(7, banks)
    bank = banks - 1

    def wrong(error):
        """After a commit that is wrong: the load is over, the bank empty, the other one as it was."""
        assert not bench.state.loaded[bank] and bench.state.hold == (banks == 1)
        assert banks == 1 or bench.bank.next == 0
        yield from bench.do("push", 1, NOT_BEGUN)

    def stimulus():
        yield from bench.start()
        _, pairs, crc = bench.network()
        yield from bench.do("push", 1, NOT_BEGUN)
        yield from bench.do("commit", crc, NOT_BEGUN)
        assert not bench.memory
        yield from bench.do("begin", 2, BANK)
        yield from bench.do("begin", 0)
        yield from bench.send(pairs)
        yield from bench.finish(crc)
        yield from bench.do("begin", banks - 1)
        yield from bench.send(pairs)
        yield from bench.do("push", 1, TOO_LONG)
        yield from bench.finish(crc ^ 1, error=CRC)
        yield from wrong(CRC)
        yield from bench.do("begin", bank)
        yield from bench.send(pairs)
        yield from bench.finish(crc, 8, COUNT)
        yield from wrong(COUNT)
        yield from bench.do("begin", bank)
        yield from bench.send(pairs[:-1])
        yield from bench.finish(zlib.crc32(pairs[:-1].tobytes()), 6, COUNT)
        yield from wrong(COUNT)
        yield from bench.do("begin", bank)
        yield from bench.send(pairs[:2])
        yield from bench.do("begin", bank)  # begun anew: what came before counts no more
        yield from bench.send(pairs)
        yield from bench.finish(crc)
        assert bench.state.loaded[bank] and not bench.state.hold

    run(loader, bench.arguments, stimulus())
    assert set(bench.memory) <= {b << BANK_BIT | k for b in range(banks) for k in range(7)}


def test_with_one_bank_words_wait_until_no_image_is_under_way():
    bench = Bench(4, 1)

    def stimulus():
        yield from bench.start()
        _, pairs, crc = bench.network()
        bench.busy.next = 1
        yield from bench.do("begin", 0)
        yield from bench.do("push", 1, BANK)
        assert not bench.memory
        bench.busy.next = 0
        yield from bench.send(pairs)
        yield from bench.finish(crc)
        assert bench.state.loaded == 1

    run(loader, bench.arguments, stimulus())


def test_with_two_banks_none_that_an_image_uses_is_loaded():
    bench = Bench(4, 2)

    def stimulus():
        yield from bench.start()
        _, pairs, crc = bench.network()
        yield from bench.do("begin", 0)
        yield from bench.send(pairs)
        yield from bench.finish(crc)
        yield from bench.do("begin", 0, BANK)
        assert bench.state.loaded == 1
        bench.busy.next, bench.bank.in_use.next = 1, 1
        yield from bench.do("begin", 1, BANK)
        bench.bank.in_use.next = 0
        yield from bench.do("begin", 1)
        yield from bench.send(pairs)
        yield from bench.finish(crc)
        assert bench.state.loaded == 3 and bench.bank.next == 1
        yield from bench.do("begin", 0, BANK)  # its last image is under way
        bench.bank.in_use.next = 1
        yield from bench.do("begin", 0)
        assert bench.state.loaded == 2 and not bench.state.hold

    run(loader, bench.arguments, stimulus())


@pytest.mark.parametrize("banks", [1, 2])
def test_a_begin_that_is_refused_leaves_the_load_in_progress(banks):
    """Of a bank that does not exist, and of the one that is worked with."""
    bench = Bench(7, banks)

    def stimulus():
        yield from bench.start()
        for number in range(4):
            bank = number % banks
            content, pairs, crc = bench.network()
            yield from bench.do("begin", bank)
            for pair in pairs:
                yield from bench.do("begin", 2 | bank, BANK)
                yield from bench.do("push", int(pair))
                if number and banks == 2:
                    yield from bench.do("begin", 1 - bank, BANK)
            yield from bench.finish(crc)
            assert bench.state.loaded[bank] and bench.bank.next == bank and bench.holds(bank, content)

    run(loader, bench.arguments, stimulus())


def test_words_that_were_made_for_another_design_are_refused():
    bench = Bench(4, 1, 0xABCD_0123)

    def stimulus():
        yield from bench.start()
        _, pairs, crc = bench.network()
        for made_for, error in ((0, CRC), (0xABCD_0122, CRC), (0x2BCD_0123, CRC), (0xABCD_0123, None)):
            yield from bench.do("begin", 0)
            yield from bench.send(pairs)
            yield from bench.finish(crc ^ made_for, error=error)
            assert bench.state.loaded == (error is None)

    run(loader, bench.arguments, stimulus())


def test_a_commit_that_says_more_words_than_came_is_wrong():
    """Or words that another CRC than theirs goes with; each time the load is over."""
    bench = Bench(7, 2)

    def stimulus():
        yield from bench.start()
        _, pairs, crc = bench.network()
        for sent, said, count, error in (
                (pairs[:-1], zlib.crc32(pairs[:-1].tobytes()), 7, COUNT), (pairs, crc, 6, COUNT),
                (pairs, crc ^ 1 << 31, 7, CRC), (pairs, crc, 7, None)):
            yield from bench.do("begin", 1)
            yield from bench.send(sent)
            yield from bench.finish(said, count, error)
            assert bench.state.loaded == (0 if error else 2)
            yield from bench.do("commit", said, NOT_BEGUN)

    run(loader, bench.arguments, stimulus())
