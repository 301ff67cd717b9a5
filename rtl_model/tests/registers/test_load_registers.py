"""The registers of the loader, field by field against the map, and what is handed on."""

import numpy as np
import pytest

from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import LoadCommand, LoadState, RegisterBus
from first_spike.rtl_model.registers.load_registers import FULL, load_registers
from tb.helpers.clocked import run, signals

LOADS = {name: register for name, register in REGISTERS.items() if name.startswith("LOAD_")}
COMMANDS = {"LOAD_BEGIN": "begin", "LOAD_WORDS": "push", "LOAD_COMMIT": "commit"}


class Bench:
    """The registers between a bus and a loader of plain Python."""

    def __init__(self, errors=5):
        self.ports = signals("clk", "rst", "bank")
        self.clk, self.rst, self.bank = self.ports.values()
        self.bus, self.others, self.command, self.state = RegisterBus(), RegisterBus(), LoadCommand(), LoadState(errors)
        if errors > 5:  # a processor, whose load says how many words it has
            self.command = self.command.only("begin", "push", "commit", "data", "ready", "refused")
        self.arguments = dict(self.ports, s_bus=self.bus, m_others=self.others, m_command=self.command,
                              s_state=self.state)
        self.answer = None

    def start(self):
        self.rst.next = 1
        yield self.clk.negedge
        self.rst.next = 0

    def write(self, index, data, strobes=FULL, wait=1):
        """Write; the loader is ready after `wait` cycles. `answer`: refused, the commands that were seen."""
        bus, seen = self.bus, set()
        bus.write.next, bus.write_index.next, bus.data.next, bus.strobes.next = 1, index, data, strobes
        for cycle in range(1, wait + 1):
            self.command.ready.next = cycle == wait
            yield self.clk.posedge
            seen |= {name for name in COMMANDS.values() if getattr(self.command, name)}
            if bus.written:
                break
            yield self.clk.negedge
        assert bus.written
        self.answer = bool(bus.write_refused), seen, cycle
        yield self.clk.negedge
        bus.write.next = 0
        yield self.clk.negedge

    def read(self, index):
        """`answer`: refused, the word."""
        self.bus.read.next, self.bus.read_index.next = 1, index
        yield self.clk.negedge
        self.bus.read.next = 0
        self.answer = bool(self.bus.read_refused), int(self.bus.read_data)


def test_commands_wait_for_the_loader_and_need_all_strobes():
    bench = Bench()

    def stimulus():
        yield from bench.start()
        for name, line in COMMANDS.items():
            yield from bench.write(LOADS[name].index, 0x12345678, wait=7)
            assert bench.answer == (False, {line}, 7)
            yield from bench.write(LOADS[name].index, 1, strobes=0b0111, wait=7)
            assert bench.answer == (True, set(), 1)
            bench.command.refused.next = 1
            yield from bench.write(LOADS[name].index, 1)
            assert bench.answer == (True, {line}, 1)
            bench.command.refused.next = 0
            yield from bench.read(LOADS[name].index)
            assert bench.answer == (False, 0)

    run(load_registers, bench.arguments, stimulus())


@pytest.mark.parametrize("errors", [5, 8])
def test_fields_are_those_of_the_map(errors):
    bench, rng = Bench(errors), np.random.default_rng(3)
    print("seed 3")
    status, count = LOADS["LOAD_STATUS"], LOADS["LOAD_COUNT"]
    fields = [field for field in status.fields.values() if field.access == "w1c"][:errors]

    def stimulus():
        yield from bench.start()
        yield from bench.read(status.index)
        assert bench.answer == (False, 0)
        bench.state.loaded.next, bench.bank.next = 0b10, 1
        for number, field in enumerate(fields):
            bench.state.errors.next = 1 << number
            yield bench.clk.negedge
            bench.state.errors.next = 0
            for strobes, data in ((0b1101, 0xFFFF_FFFF), (FULL, ~field.mask & 0xFFFF_FFFF)):
                yield from bench.write(status.index, data, strobes)
                yield from bench.read(status.index)
                assert bench.answer == (False, field.mask | status.fields["loaded"].mask & 0b100 | 1)
            yield from bench.write(status.index, field.mask, 0b0010)
            yield from bench.read(status.index)
            assert bench.answer == (False, 0b101)
        now = 0
        for _ in range(30):
            data, strobes = int(rng.integers(1 << 32)), int(rng.integers(16))
            mask = sum(0xFF << 8 * byte for byte in range(3) if strobes >> byte & 1)
            yield from bench.write(count.index, data, strobes)
            now = (now & ~mask | data & mask) if errors == 5 else 0
            yield from bench.read(count.index)
            assert bench.answer == (False, now) and (errors > 5 or bench.command.count == now)

    run(load_registers, bench.arguments, stimulus())


def test_a_hash_belongs_to_its_bank():
    bench, rng = Bench(), np.random.default_rng(4)
    print("seed 4")

    def stimulus():
        yield from bench.start()
        hashes = rng.integers(0, 1 << 32, (2, 8)).tolist()
        for bank, words in enumerate(hashes):
            bench.state.bank.next = bank
            for index, word in zip(LOADS["LOAD_HASH"].indices, words):
                yield from bench.write(index, word)
        for bank, words in enumerate(hashes):
            bench.bank.next = bank
            for index, word in zip(LOADS["LOAD_HASH"].indices, words):
                yield from bench.read(index)
                assert bench.answer == (False, word)

    run(load_registers, bench.arguments, stimulus())


def test_other_registers_are_handed_on_and_none_is_invented():
    bench = Bench()
    own = {index for register in LOADS.values() for index in register.indices}

    def stimulus():
        yield from bench.start()
        for index in (*range(64), 0x70, 0x3FF):
            here = index // 16 == 3
            bench.others.written.next, bench.others.write_refused.next = not here, index % 2
            bench.others.read_data.next, bench.others.read_refused.next = 99, index % 2
            yield from bench.write(index, 5)
            assert bench.answer[0] == (index not in own if here else bool(index % 2)), index
            bench.others.written.next = 0
            yield from bench.read(index)
            assert bench.answer[0] == (index not in own if here else bool(index % 2)), index
            assert here or bench.answer[1] == 99

    run(load_registers, bench.arguments, stimulus())


def test_nothing_but_its_own_accesses_changes_a_register():
    """Random accesses to all registers, and a bus with anything on it while nobody reads or writes."""
    bench, rng = Bench(), np.random.default_rng(5)
    print("seed 5")
    bus, others, command, state = bench.bus, bench.others, bench.command, bench.state
    status, count = LOADS["LOAD_STATUS"], LOADS["LOAD_COUNT"]
    lines = {LOADS[name].index: line for name, line in COMMANDS.items()}
    low = min(field.low for field in status.fields.values() if field.access == "w1c")
    own, kept = range(0x30, 0x40), {"count": 0, "errors": 0, "hashes": {}}

    def choose():
        index = int(rng.choice([*own, *own, status.index, status.index, count.index, 0x20, 0x130, 0x23C, 0x3F0]))
        bus.write_index.next, bus.data.next = index, int(rng.integers(1 << 32)) | int(rng.integers(2)) * 0x1F00
        bus.strobes.next = int(rng.choice([FULL, FULL, rng.integers(16)]))
        bus.read_index.next = int(rng.choice([*own, 0x130, 5]))
        bench.bank.next, state.bank.next, state.loaded.next = (int(rng.integers(n)) for n in (2, 2, 4))
        others.written.next = index >> 4 != 3
        others.write_refused.next, others.read_refused.next = (bool(rng.integers(2)) for _ in range(2))
        others.read_data.next = int(rng.integers(1 << 32))

    def idle():
        """And an error comes of the loader."""
        state.errors.next = int(rng.choice([0, 0, 1 << rng.integers(5)]))
        yield bench.clk.posedge
        assert not (others.write or others.read or command.begin or command.push or command.commit)
        kept["errors"] |= int(state.errors)
        yield bench.clk.negedge
        state.errors.next = 0

    def write():
        bus.write.next, command.ready.next, command.refused.next = 1, 0, bool(rng.integers(2))
        index, data, strobes = (int(signal.next) for signal in (bus.write_index, bus.data, bus.strobes))
        here, line = index >> 4 == 3, lines.get(index) if int(bus.strobes.next) == FULL else None
        for wait in range(int(rng.integers(3)) if line else 0, -1, -1):
            command.ready.next = wait == 0
            yield bench.clk.posedge
            assert [name for name in COMMANDS.values() if getattr(command, name)] == ([line] if line else [])
            assert not line or (command.data, command.count) == (data, kept["count"])
            assert others.write == (not here) and (others.write_index, others.data, others.strobes) == (
                index, data, strobes)
            assert bus.written == (wait == 0)
            refused = bool(others.write_refused)
            if here:
                known = any(index in register.indices for register in LOADS.values())
                refused = bool(command.refused) if line else not known or index in lines
            assert bool(bus.write_refused) == refused
            yield bench.clk.negedge
        bus.write.next = 0
        if index == count.index:
            mask = sum(0xFF << 8 * byte for byte in range(3) if strobes >> byte & 1)
            kept["count"] = kept["count"] & ~mask | data & mask
        if index == status.index and strobes & 2:
            kept["errors"] &= ~(data >> low)
        if index in LOADS["LOAD_HASH"].indices:
            kept["hashes"][int(state.bank), index] = data

    def read():
        bus.read.next, index = 1, int(bus.read_index.next)
        yield bench.clk.posedge
        assert others.read and others.read_index == index
        right = {status.index: bench.bank + 2 * state.loaded + (kept["errors"] << low), count.index: kept["count"]}
        hashed = index in LOADS["LOAD_HASH"].indices
        right = kept["hashes"].get((int(bench.bank), index)) if hashed else right.get(index, 0)
        yield bench.clk.negedge
        bus.read.next = 0
        for _ in range(2):  # it stays, whatever is on the bus then
            if index >> 4 != 3:
                assert (bus.read_data, bus.read_refused) == (others.read_data, others.read_refused)
            else:
                assert bool(bus.read_refused) == (index not in {k for each in LOADS.values() for k in each.indices})
                assert bus.read_refused or right is None or bus.read_data == right
            choose()
            yield from idle()

    def stimulus():
        yield from bench.start()
        for number in range(600):
            choose()
            yield from (idle, write, write, read)[int(rng.integers(4))]()
            if number % 100 == 99:
                yield from bench.start()
                kept.update(count=0, errors=0)

    run(load_registers, bench.arguments, stimulus())
