"""What the register file does at its own ports; every register is held to the map by the bench of accelerator_axi."""

import pytest

from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import Counts, RegisterBus, Traffic
from first_spike.rtl_model.registers.register_file import ELSEWHERE, FULL, WAIT_BITS, known_registers, register_file
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("of_processor", [False, True])
def test_registers_of_the_map_are_known_but_those_of_the_loader(of_processor):
    known = known_registers(of_processor)
    assert [row for row, there in enumerate(known) if there] == sorted(
        index for name, register in REGISTERS.items() if not name.startswith(ELSEWHERE[of_processor])
        for index in register.indices)


def test_pixels_wait_for_room_and_not_for_ever():
    names = ("clk", "rst", "room", "by_registers", "restart", "push", "take", "irq")
    ports, bus, counts = signals(*names), RegisterBus(), Counts()
    clk, rst, room, by_registers, restart, push, take, irq = ports.values()
    traffic = Traffic().only("busy", "by_registers", "waiting")

    def write(name, word, patience, strobes=FULL):
        """Cycles until the write is over, at most `patience`; whether it was refused, and pushed, and taken."""
        bus.write_index.next, bus.data.next, bus.strobes.next = REGISTERS[name].index, word, strobes
        bus.write.next = 1
        for cycle in range(1, patience + 1):
            yield clk.posedge
            if bus.written:
                seen.append((cycle, bool(bus.write_refused), bool(push)))
                bus.write.next = 0
                yield clk.negedge
                taken.append(bool(take))  # a cycle later
                return
            assert not push and not take
            yield clk.negedge
        raise AssertionError(f"{name} was not written within {patience} cycles")

    seen, taken, most = [], [], 1 << WAIT_BITS

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        yield from write("PIXELS", 1, most)
        bus.write_index.next, bus.strobes.next, bus.write.next = REGISTERS["PIXELS"].index, FULL, 1
        for _ in range(most // 2):
            yield clk.negedge
        room.next = 1
        yield from write("PIXELS", 1, 1)
        room.next = 0
        yield from write("PIXELS", 1, most)  # as long as the first time
        room.next = 1
        yield from write("PIXELS", 1, 1, strobes=0b0111)
        yield from write("RESULT_TAKE", 1, 1)
        traffic.waiting.next = 1
        yield from write("RESULT_TAKE", 1, 1)
        yield from write("RESULT_TAKE", 0, 1)
        yield from write("CONTROL", 3, 1)
        assert by_registers and restart
        yield clk.negedge
        assert by_registers and not restart
        yield from write("INTERRUPT_ENABLE", 2, 1)
        assert not irq
        yield from write("GLOBAL_INTERRUPT_ENABLE", 1, 1)
        assert irq
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for name in ("CONTROL", "GLOBAL_INTERRUPT_ENABLE", "INTERRUPT_ENABLE", "INTERRUPT_STATUS", "ERRORS"):
            bus.read.next, bus.read_index.next = 1, REGISTERS[name].index
            yield clk.negedge
            assert bus.read_data == 0, name
        bus.write_index.next, bus.data.next, bus.write.next, rst.next = REGISTERS["CONTROL"].index, 3, 1, 1
        yield clk.negedge
        assert not restart and not by_registers

    run(register_file, dict(ports, s_bus=bus, s_traffic=traffic, s_counts=counts, result=vector(32),
                            constants=(0,) * 64), stimulus())
    assert seen[:7] == [(most, True, False), (1, False, True), (most, True, False), (1, True, False), (1, True, False),
                        (1, False, False), (1, False, False)]
    assert taken[:7] == [False, False, False, False, False, True, False]


@pytest.mark.parametrize("cause, errors, interrupts", [
    (dict(came=1), 0, 1), (dict(came=1, bad=1), 1, 3), (dict(writes="PIXELS", word=5, strobes=7), 2, 2),
    (dict(writes="RESULT_TAKE", word=1), 4, 2), (dict(writes="RESULT_TAKE", word=0), 0, 0)])
def test_each_error_and_its_interrupt_stay_until_they_are_cleared(cause, errors, interrupts):
    """And what comes in the cycle in which they are cleared stays, too."""
    names = ("clk", "rst", "room", "by_registers", "restart", "push", "take", "irq")
    ports, bus, counts = signals(*names), RegisterBus(), Counts()
    clk, rst = ports["clk"], ports["rst"]
    traffic = Traffic().only("busy", "by_registers", "waiting")

    def cycle(came=0, bad=0, writes=None, word=0xFF, strobes=FULL):
        """One in which a result comes, and a register is written."""
        counts.came.next, counts.came_bad.next = came, bad
        bus.write.next, bus.data.next, bus.strobes.next = writes is not None, word, strobes
        bus.write_index.next = REGISTERS[writes or "STATUS"].index
        yield clk.negedge
        counts.came.next = counts.came_bad.next = bus.write.next = 0

    def read(name, right):
        bus.read.next, bus.read_index.next = 1, REGISTERS[name].index
        yield clk.negedge
        bus.read.next = 0
        assert bus.read_data == right

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        registers = {"ERRORS": errors, "INTERRUPT_STATUS": interrupts}
        for before in (0, 1):
            for cleared in (None, *registers) if "came" in cause else (None,):
                if before:
                    yield from cycle(1, 1)
                    yield from cycle(writes="ERRORS")
                    yield from cycle(writes="INTERRUPT_STATUS")
                yield from cycle(writes=cleared, **cause) if cleared else cycle(**cause)
                for name, right in registers.items():
                    yield from read(name, right)
                    yield from cycle(writes=name)
                    yield from read(name, 0)

    run(register_file, dict(ports, s_bus=bus, s_traffic=traffic, s_counts=counts, result=vector(32),
                            constants=(0,) * 64), stimulus())


def test_the_frame_of_a_processor_is_written_byte_by_byte():
    names = ("clk", "rst", "room", "by_registers", "restart", "push", "take", "irq")
    ports, bus, frame = signals(*names), RegisterBus(), vector(17)
    clk, seen = ports["clk"], []

    def stimulus():
        for index, word, strobes in [("FRAME", 0x1ABCD, FULL), ("FRAME", 0, 0b1010), ("FRAME", 0x10000, 0b0001),
                                     ("PIXELS", 0, FULL), ("FRAME", 0xFFFF_FFFF, FULL), ("FRAME", 0, 0b1100)]:
            bus.write_index.next, bus.data.next, bus.strobes.next = REGISTERS[index].index, word, strobes
            bus.write.next = 1
            yield clk.negedge
            bus.write.next = 0
            yield clk.negedge
            seen.append(int(frame))

    run(register_file, dict(ports, s_bus=bus, s_traffic=Traffic().only("busy", "by_registers", "waiting"),
                            s_counts=Counts(), result=vector(32), frame=frame, constants=(0,) * 64), stimulus())
    assert seen == [0x1ABCD, 0x100CD, 0x10000, 0x10000, 0x1FFFF, 0xFFFF]
