"""What the register file does at its own ports; every register is held to the map by the bench of accelerator_axi."""

from rtl_model.registers.addresses import REGISTERS
from rtl_model.registers.bundles import Counts, RegisterBus, Traffic
from rtl_model.registers.register_file import FULL, LOADER, WAIT_BITS, known_registers, register_file
from rtl_model.tests.clocked import run, signals, vector


def test_registers_of_the_map_are_known_but_those_of_the_loader():
    known = known_registers()
    assert [row for row, there in enumerate(known) if there] == sorted(
        index for name, register in REGISTERS.items() if not name.startswith(LOADER) for index in register.indices)


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
        room.next = 1
        yield from write("PIXELS", 1, 1)
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

    run(register_file, dict(ports, s_bus=bus, s_traffic=traffic, s_counts=counts, result=vector(32),
                            constants=(0,) * 64), stimulus())
    assert seen[:6] == [(most, True, False), (1, False, True), (1, True, False), (1, True, False), (1, False, False),
                        (1, False, False)]
    assert taken[:6] == [False, False, False, False, True, False]
