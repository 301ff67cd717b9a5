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


def test_what_comes_while_it_is_cleared_stays():
    names = ("clk", "rst", "room", "by_registers", "restart", "push", "take", "irq")
    ports, bus, counts = signals(*names), RegisterBus(), Counts()
    clk, rst = ports["clk"], ports["rst"]
    traffic = Traffic().only("busy", "by_registers", "waiting")

    def cycle(came=0, bad=0, clears=None):
        """One in which a result comes, and all bits of a register are cleared."""
        counts.came.next, counts.came_bad.next = came, bad
        bus.write.next, bus.data.next, bus.strobes.next = clears is not None, 0xFF, FULL
        bus.write_index.next = REGISTERS[clears or "STATUS"].index
        yield clk.negedge
        counts.came.next = counts.came_bad.next = bus.write.next = 0

    def reads(name, right):
        bus.read.next, bus.read_index.next = 1, REGISTERS[name].index
        yield clk.negedge
        assert bus.read_data == right

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for before in (0, 1):
            for bad in (0, 1):
                for name, right in (("INTERRUPT_STATUS", 1 | bad << 1), ("ERRORS", bad)):
                    yield from cycle(before, before)
                    yield from cycle(1, bad, clears=name)
                    yield from reads(name, right)
                    for clears in ("INTERRUPT_STATUS", "ERRORS"):
                        yield from cycle(clears=clears)
                        yield from reads(clears, 0)

    run(register_file, dict(ports, s_bus=bus, s_traffic=traffic, s_counts=counts, result=vector(32),
                            constants=(0,) * 64), stimulus())
