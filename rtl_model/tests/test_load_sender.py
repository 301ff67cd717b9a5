"""Commands of software against the load that a processor sees, and what is said of it."""

import pytest
from myhdl import Signal, delay

from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.processor.bundles import BankState
from first_spike.rtl_model.processor.load_sender import ERRORS, load_sender
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import LoadCommand, LoadState
from tb.helpers.clocked import run, signals, vector

FIELDS = [name for name, field in REGISTERS["LOAD_STATUS"].fields.items() if field.access == "w1c"]
MOST = 20  # cycles that a command may take here
SENTENCES = {0: [], 1: ["wrong_form"], 2: ["other_processor"], 3: ["wrong_count"], 4: ["field_too_large"],
             5: ["wrong_crc"]}


class Bench:
    """A sender between software and a receiver of plain Python, which takes every fourth cycle: a load of nothing but
    words above 9 is right; else `error` is what the first word says, from that word on as `present` is not."""

    def __init__(self, banks=None):
        self.ports = signals("clk", "rst", "present", "forget")
        self.clk, self.rst, self.present, self.forget = self.ports.values()
        self.banks = banks
        if banks is not None:
            self.ports["s_banks"] = banks
            del self.ports["forget"]
        self.error = vector(3)
        self.command = LoadCommand().only("begin", "push", "commit", "data", "ready", "refused")
        self.state, self.load = LoadState(ERRORS), AxiStream(32)
        self.frames, self.open, self.cycle = [], [], 0
        self.forgotten, self.answer = 0, None
        self.bank = 0  # that software sees: of the latest right begin, if there are two

    def run(self, *commands):
        def stimulus():
            self.rst.next, self.error.next = 1, 1
            yield self.clk.negedge
            self.rst.next = 0
            for name, data, *wanted in commands:
                yield from self.do(name, data)
                assert self.answer == tuple(wanted), (name, data)

        run(load_sender, dict(self.ports, s_command=self.command, m_state=self.state, m_load=self.load,
                              error=self.error), stimulus())

    def do(self, name, data):
        """A command; `answer`: the errors that it had, whether a network is there, and whether images may begin."""
        line, found = getattr(self.command, name), 0
        line.next, self.command.data.next = 1, data
        for _ in range(MOST):
            self.cycle += 1
            self.load.tready.next = self.cycle % 4 == 0
            yield delay(1)
            ready, refused, found = bool(self.command.ready), bool(self.command.refused), int(self.state.errors)
            assert ready or not found
            self.forgotten += bool(self.forget)
            taken = (int(self.load.tdata), bool(self.load.tlast)) if self.load.tvalid and self.load.tready else None
            yield self.clk.negedge
            if taken:
                self.take(*taken)
            if ready:
                break
        assert ready and refused == (found != 0)
        line.next = 0
        self.load.tready.next = 0
        yield self.clk.negedge
        if name == "begin" and not found and self.banks is not None:
            self.bank = data
        assert not self.load.tvalid and not self.state.errors and self.state.bank == self.bank
        self.answer = ([name for bit, name in enumerate(FIELDS) if found >> bit & 1], int(self.state.loaded),
                       not self.state.hold)

    def take(self, word, last):
        self.present.next = self.banks is not None and self.banks.loaded[int(self.banks.wanted)]
        self.open.append(word)
        if last:
            wrong = min(self.open) if min(self.open) < 10 else 0
            self.error.next = wrong
            if self.banks is None:
                self.present.next = not wrong
            elif min(self.open) >= 10:
                self.banks.wanted.next, self.present.next = not self.banks.wanted, 1
                self.banks.loaded.next = self.banks.loaded | 2 >> int(self.banks.wanted)
            self.frames.append(self.open)
            self.open = []


def test_a_load_is_sent_whole_and_is_there():
    bench = Bench()
    bench.run(("begin", 0, [], 0, False), *[("push", word, [], 0, False) for word in (11, 12, 13, 14)],
              ("commit", 99, [], 1, True), ("push", 5, ["not_begun"], 1, True), ("commit", 5, ["not_begun"], 1, True),
              ("begin", 1, ["wrong_bank"], 1, True), ("begin", 1 << 31, ["wrong_bank"], 1, True))
    assert bench.frames == [[11, 12, 13, 14, 99]] and bench.forgotten == 1


@pytest.mark.parametrize("error", SENTENCES)
def test_what_the_processor_thinks_of_a_load_is_said_at_its_commit(error):
    right = error == 0
    bench = Bench()
    bench.run(("begin", 0, [], 0, False), ("push", 20, [], 0, False), ("push", error or 30, [], 0, False),
              ("commit", 40, SENTENCES[error], int(right), right), ("push", 5, ["not_begun"], int(right), right),
              ("begin", 0, [], 0, False), ("push", 20, [], 0, False), ("commit", 50, [], 1, True))
    assert bench.frames == [[20, error or 30, 40], [20, 50]] and bench.forgotten == 2


def test_a_begin_in_the_middle_of_a_load_ends_that_one():
    """And one behind a begin, or behind a commit, has nothing to end."""
    bench = Bench()
    bench.run(("begin", 0, [], 0, False), ("begin", 0, [], 0, False), ("push", 20, [], 0, False),
              ("begin", 1, ["wrong_bank"], 0, False), ("begin", 0, [], 0, False), ("push", 30, [], 0, False),
              ("commit", 40, [], 1, True), ("begin", 0, [], 0, False), ("commit", 70, [], 1, True))
    assert bench.frames == [[20, 0], [30, 40], [70]] and bench.forgotten == 4


def test_with_two_banks_the_other_one_is_loaded_and_nothing_is_forgotten():
    """It holds no network from the begin on, and images go on; a bank that is worked with, or that images still use,
    is not loaded."""
    bench = Bench(BankState())
    bench.run(*[("begin", bank, ["wrong_bank"], 0, False) for bank in (0, 3, 1 << 31 | 1)],
              ("begin", 1, [], 0, False), ("push", 20, [], 0, False), ("commit", 30, [], 2, True),
              ("begin", 1, ["wrong_bank"], 2, True), ("begin", 0, [], 2, True), ("push", 20, [], 2, True),
              ("commit", 4, ["field_too_large"], 2, True), ("begin", 0, [], 2, True), ("push", 20, [], 2, True),
              ("begin", 0, [], 2, True), ("push", 40, [], 2, True), ("commit", 50, [], 3, True),
              ("begin", 1, [], 1, True), ("commit", 5, ["wrong_crc"], 3, True))
    assert bench.frames == [[20, 30], [20, 4], [20, 0], [40, 50], [5]]


def test_a_bank_that_images_still_use_is_not_loaded():
    banks = BankState()
    banks.pending = Signal(bool(1))
    bench = Bench(banks)
    bench.run(("begin", 1, ["wrong_bank"], 0, False), ("push", 20, ["not_begun"], 0, False))
    assert bench.frames == []
