"""Properties of the register file: whatever is read and written in whatever order, it does what the map says."""

from hypothesis import strategies as st

from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import INDEX_BITS, Counts, RegisterBus, Traffic
from first_spike.rtl_model.registers.register_file import ELSEWHERE, FULL, WAIT_BITS, register_file
from tb.helpers.clocked import run, signals, vector
from tb.helpers.properties import few_and_many, for_all

THERE = {of_processor: {index: name for name, register in REGISTERS.items() if not name.startswith(elsewhere)
                        for index in register.indices} for of_processor, elsewhere in ELSEWHERE.items()}
CONSTANTS = [index for index, name in {**THERE[False], **THERE[True]}.items() if index < REGISTERS["PIXELS"].index
             and name != "STATUS" and all(field.access == "r" for field in REGISTERS[name].fields.values())]
COUNTED = {"LATENCY": "latency", "IMAGES": "images", "CYCLES": "cycles", "SOURCE_STALLS": "source_stalls",
           "SINK_STALLS": "sink_stalls", "SILENT": "silent", "TIES": "ties", "BAD_FRAMES": "bad_frames"}
LENGTH = 50  # of a sequence; behind it all registers are read
TRAFFIC = ("busy", "waiting", "by_registers")


def mask_of(name, *accesses):
    return sum(field.mask for field in REGISTERS[name].fields.values() if field.access in accesses)


class Map:
    """The registers as accelerator.rdl has them, in plain Python; `shown` is what only the hardware sets."""

    def __init__(self, constants, there):
        self.there, self.frame = there, 0
        self.kept = dict.fromkeys(REGISTERS, 0)
        self.constants, self.shown = constants, dict.fromkeys(REGISTERS, 0)

    def read(self, index):
        """The word, or None where it is refused."""
        if index not in self.there:
            return None
        name = self.there[index]
        return self.constants[index] | self.kept[name] | self.shown[name]

    def write(self, index, word, strobes):
        """Whether it is refused."""
        name = self.there.get(index)
        if name is None:
            return True
        written = sum(0xFF << 8 * byte for byte in range(4) if strobes >> byte & 1)
        rewritten, cleared = mask_of(name, "rw") & written, mask_of(name, "w1c") & written
        self.kept[name] = (self.kept[name] & ~rewritten | word & rewritten) & ~(word & cleared)
        if name == "FRAME":
            self.frame = (self.frame & ~written | word & written) & mask_of(name, "w")
        if name == "PIXELS" and (strobes != FULL or not self.shown["STATUS"] >> 1 & 1):
            return self.wrong("pixels_refused")
        if name == "RESULT_TAKE" and word & written & 1 and not self.shown["RESULT_STATUS"]:
            return self.wrong("nothing_to_take")
        return False

    def wrong(self, field):
        self.kept["ERRORS"] |= REGISTERS["ERRORS"].fields[field].mask
        self.kept["INTERRUPT_STATUS"] |= REGISTERS["INTERRUPT_STATUS"].fields["error"].mask
        return True

    def irq(self):
        return bool(self.kept["GLOBAL_INTERRUPT_ENABLE"] and self.kept["INTERRUPT_ENABLE"]
                    & self.kept["INTERRUPT_STATUS"])


words = st.integers(0, (1 << 32) - 1) | st.integers(0, 7)
WRITTEN = [index for index, name in THERE[True].items() if mask_of(name, "rw", "w", "w1c")]
indices = (st.sampled_from(WRITTEN) | st.sampled_from(sorted({**THERE[False], **THERE[True]}))
           | st.integers(0, (1 << INDEX_BITS) - 1))
writes = st.tuples(st.just("write"), indices, words, st.sampled_from((FULL, FULL, FULL)) | st.integers(0, FULL))
reads = st.tuples(st.just("read"), indices)
idles = st.tuples(st.just("idle"), indices, words, st.sampled_from((FULL, 1, 14)))
results = st.tuples(st.just("result"), st.booleans())
changes = st.tuples(st.just("change"), st.integers(0, 15), words,
                    st.fixed_dictionaries(dict.fromkeys(COUNTED, words)))


@few_and_many
def test_the_registers_are_those_of_the_map(examples):
    for_all(max(10, examples // 5), check, st.booleans(), st.fixed_dictionaries(dict.fromkeys(CONSTANTS, words)),
            st.lists(writes | writes | writes | reads | idles | results | changes, min_size=LENGTH, max_size=LENGTH),
            shrink=False)


def check(of_processor, facts, operations):
    there, frame = THERE[of_processor], vector(17)
    names = ("clk", "rst", "room", "by_registers", "restart", "push", "take", "irq")
    ports, bus, counts, result = signals(*names), RegisterBus(), Counts(), vector(32)
    clk, rst, room, by_registers, restart, push, take, irq = ports.values()
    traffic = Traffic()
    constants = tuple(facts[index] & mask_of(there[index], "r") if index in there and index in facts else 0
                      for index in range(64))
    model = Map(constants, there)

    def write(index, word, strobes):
        waits = there.get(index) == "PIXELS" and strobes == FULL and not room
        refused = model.write(index, word, strobes)
        bus.write_index.next, bus.data.next, bus.strobes.next, bus.write.next = index, word, strobes, 1
        for _ in range(1 << WAIT_BITS if waits else 1):
            yield clk.posedge
            assert not restart and not take
            over, refusal, pushed = bool(bus.written), bool(bus.write_refused), bool(push)
            yield clk.negedge
            if over:
                break
            assert not pushed
        bus.write.next = 0
        name = None if refused else there[index]
        assert not of_processor or frame == model.frame
        assert over and refusal == refused and pushed == (name == "PIXELS")
        assert bool(take) == (name == "RESULT_TAKE" and bool(word & strobes & 1))
        assert bool(restart) == (name == "CONTROL" and bool(word & 2) and bool(strobes & 1))
        yield clk.negedge

    def read(index):
        bus.read_index.next, bus.read.next = index, 1
        yield clk.negedge
        bus.read.next = 0
        expected = model.read(index)
        assert bool(bus.read_refused) == (expected is None)
        assert expected is None or int(bus.read_data) == expected, there[index]

    def idle(index, word, strobes):
        """Whatever is on the bus, nobody writes, and what was read stays."""
        shown = int(bus.read_data)
        bus.write_index.next, bus.data.next, bus.strobes.next, bus.read_index.next = index, word, strobes, index
        yield clk.posedge
        assert not (bus.written or push)
        yield clk.negedge
        assert bus.read_data == shown and not (take or restart)

    def come(bad):
        counts.came.next, counts.came_bad.next = 1, bad
        yield clk.negedge
        counts.came.next = counts.came_bad.next = 0
        model.kept["INTERRUPT_STATUS"] |= REGISTERS["INTERRUPT_STATUS"].fields["done"].mask
        if bad:
            model.wrong("bad_frame")
        yield clk.negedge

    def change(bits, word, counted):
        room.next = bits & 1
        for number, name in enumerate(TRAFFIC, 1):
            getattr(traffic, name).next = bits >> number & 1
        status = dict(zip(("room", *TRAFFIC), (bits >> number & 1 for number in range(4))))
        model.shown["STATUS"] = sum(status[name] << field.low
                                    for name, field in REGISTERS["STATUS"].fields.items())
        model.shown["RESULT_STATUS"] = status["waiting"]
        result.next = word & mask_of("RESULT", "r")
        model.shown["RESULT"] = word & mask_of("RESULT", "r") if status["waiting"] else 0
        for name, member in COUNTED.items():
            model.shown[name] = counted[name] & mask_of(name, "r")
            getattr(counts, member).next = model.shown[name]
        yield clk.negedge

    def stimulus():
        everything = [("read", index) for index in range(0, 1 << INDEX_BITS) if index in there or index % 37 == 0]
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for what, *arguments in [*operations, *everything]:
            yield from {"write": write, "read": read, "idle": idle, "result": come, "change": change}[what](*arguments)
            assert bool(irq) == model.irq()
            assert bool(by_registers) == bool(model.kept["CONTROL"] & 1)

    run(register_file, dict(ports, s_bus=bus, s_traffic=traffic, s_counts=counts, result=result, constants=constants,
                            **(dict(frame=frame) if of_processor else {})), stimulus())
