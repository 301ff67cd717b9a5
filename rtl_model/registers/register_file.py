"""The registers themselves: what software reads, writes and clears."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import INDEX_BITS
from first_spike.rtl_model.registers.constants import constant_table

TABLE_BITS = 6  # of an index: the registers that there are
WAIT_BITS = 8  # of the cycles that a write of pixels may wait, the last of them refuses it
FULL = 0b1111  # strobes
# What begins the names of registers that this block has not, in a design of one network and in a processor
ELSEWHERE = {False: ("LOAD_", "LIMIT_", "FRAME"), True: ("LOAD_", "NETWORK_HASH")}

INDEX = {name: register.index for name, register in REGISTERS.items()}
CONTROL, GLOBAL_INTERRUPT_ENABLE = INDEX["CONTROL"], INDEX["GLOBAL_INTERRUPT_ENABLE"]
INTERRUPT_ENABLE, INTERRUPT_STATUS = INDEX["INTERRUPT_ENABLE"], INDEX["INTERRUPT_STATUS"]
STATUS, ERRORS, PIXELS, RESULT_TAKE = INDEX["STATUS"], INDEX["ERRORS"], INDEX["PIXELS"], INDEX["RESULT_TAKE"]
RESULT_STATUS, RESULT, LATENCY, IMAGES = INDEX["RESULT_STATUS"], INDEX["RESULT"], INDEX["LATENCY"], INDEX["IMAGES"]
CYCLES, SOURCE_STALLS, SINK_STALLS = INDEX["CYCLES"], INDEX["SOURCE_STALLS"], INDEX["SINK_STALLS"]
SILENT, TIES, BAD_FRAMES, FRAME = INDEX["SILENT"], INDEX["TIES"], INDEX["BAD_FRAMES"], INDEX["FRAME"]


def _row(row, of_processor):
    """The row whose constant row number `row` shows: rows without a register, and those that vary, show what costs the
    least."""
    return row % 8 + (24 if of_processor else 16) if row & 16 else row & 15


def known_registers(of_processor=False):
    """For each index below 2**TABLE_BITS whether this block has such a register."""
    there = {index for name, register in REGISTERS.items() if not name.startswith(ELSEWHERE[of_processor])
             for index in register.indices}
    return tuple(int(index in there) for index in range(1 << TABLE_BITS))


@block
def register_reads(clk, s_bus, s_traffic, s_counts, result, room, wants_registers, enabled, enable, came, errors, *,
                   words):
    """Gives the register that is read.

    Ports:
        s_bus: reads
        s_traffic: what happens at both ends of the core
        s_counts: what was counted
        result: the result word that is offered
        room: PIXELS takes a word
        wants_registers: pixels and results shall go by registers
        enabled: the interrupt is
        enable: its causes that are
        came: those that have come
        errors: those that were seen
    Parameters:
        words: of each row: 1 if there is such a register, and below it what of it never changes
    Latency: one cycle.
    """
    read_row = Signal(intbv(0)[TABLE_BITS:])
    read_page = Signal(intbv(0)[INDEX_BITS - TABLE_BITS:])
    varying = Signal(intbv(0)[32:])
    few = Signal(intbv(0)[4:])
    known_constant = Signal(intbv(0)[33:])

    look_up_read = submodule("read_table", constant_table, module="read_table", row=read_row, word=known_constant,
                             words=words)

    @always_comb
    def decode_read():
        """Which register is read."""
        read_row.next = s_bus.read_index[TABLE_BITS:]
        read_page.next = s_bus.read_index[INDEX_BITS:TABLE_BITS]

    @always_comb
    def choose():
        """What changes: the counters and the result by the lowest bits of their index, and the few bits of the others
        beside them."""
        quarter0 = intbv(0)[32:]
        quarter1 = intbv(0)[32:]
        quarter2 = intbv(0)[32:]
        if s_traffic.waiting:
            if read_row[0]:
                quarter0[:] = result
            else:
                quarter0[0] = 1
        if read_row[1]:
            if read_row[0]:
                quarter1[:] = s_counts.source_stalls
                quarter2[:] = s_counts.bad_frames
            else:
                quarter1[:] = s_counts.cycles
                quarter2[:] = s_counts.ties
        else:
            if read_row[0]:
                quarter1[:] = s_counts.images
                quarter2[:] = s_counts.silent
            else:
                quarter1[:] = s_counts.latency
                quarter2[:] = s_counts.sink_stalls
        varying.next = 0
        if read_row[3]:
            varying.next = quarter2
        elif read_row[2]:
            varying.next = quarter1
        elif read_row[1]:
            varying.next = quarter0
        few.next = 0
        if read_row == CONTROL:
            few.next = concat(intbv(0)[3:], wants_registers)
        elif read_row == GLOBAL_INTERRUPT_ENABLE:
            few.next = concat(intbv(0)[3:], enabled)
        elif read_row == INTERRUPT_ENABLE:
            few.next = concat(intbv(0)[2:], enable)
        elif read_row == INTERRUPT_STATUS:
            few.next = concat(intbv(0)[2:], came)
        elif read_row == STATUS:
            few.next = concat(s_traffic.by_registers, s_traffic.waiting, room, s_traffic.busy)
        elif read_row == ERRORS:
            few.next = concat(intbv(0)[1:], errors)

    @always(clk.posedge)
    def read():
        """The register, one cycle later; what only can be written is 0."""
        if s_bus.read:
            s_bus.read_refused.next = not known_constant[32] or read_page != 0
            if read_row[5]:
                s_bus.read_data.next = varying
            else:
                s_bus.read_data.next = known_constant[32:] | few

    return look_up_read, decode_read, choose, read


@block
def register_file(clk, rst, s_bus, s_traffic, s_counts, result, room, by_registers, restart, push, take, irq,
                  frame=None, *, constants):
    """Registers of 32 bits, as rtl_model/registers/accelerator.rdl describes them.

    Ports:
        s_bus: reads and writes
        s_traffic: what happens at both ends of the core
        s_counts: what was counted
        result: the result word that is offered
        room: PIXELS takes a word
        by_registers: pixels and results shall go by registers
        restart: a pulse: forget the images that are under way
        push: a pulse: four pixels are written, on `s_bus`
        take: a pulse: the result that waits is taken
        irq: high while a cause that is enabled has come
        frame: {events, beats less one} of the frame that begins next; only of a processor
    Outputs: by_registers, restart, push, take, irq, frame
    Parameters:
        constants: the words of the registers that never change, by their index; 0 for the others
    Latency: one cycle; a write of pixels waits for `room`, 255 cycles at the most.
    """
    of_processor = frame is not None
    known = known_registers(of_processor)

    write_known = Signal(bool(0))
    write_row = Signal(intbv(0)[TABLE_BITS:])
    to_pixels = Signal(bool(0))
    to_take = Signal(bool(0))
    refused_pixels = Signal(bool(0))
    refused_take = Signal(bool(0))
    done = Signal(bool(0))
    waited = Signal(intbv(0)[WAIT_BITS:])
    wants_registers = Signal(bool(0))
    enabled = Signal(bool(0))
    enable = Signal(intbv(0)[2:])
    came = Signal(intbv(0)[2:])
    errors = Signal(intbv(0)[3:])
    found_error = Signal(bool(0))
    written = Signal(bool(0))

    look_up_write = submodule("write_table", constant_table, module="write_table", row=write_row, word=write_known,
                              words=known)

    @always_comb
    def decode_write():
        """Where a write goes."""
        write_row.next = s_bus.write_index[TABLE_BITS:]
        to_pixels.next = s_bus.write and s_bus.write_index == PIXELS
        to_take.next = s_bus.write and s_bus.write_index == RESULT_TAKE and s_bus.strobes[0] and s_bus.data[0]

    @always_comb
    def finish_write():
        """At once, but that pixels wait for room, not for ever."""
        refused_pixels.next = to_pixels and (s_bus.strobes != FULL or (not room and waited == (1 << WAIT_BITS) - 1))
        refused_take.next = to_take and not s_traffic.waiting
        push.next = to_pixels and s_bus.strobes == FULL and room
        done.next = s_bus.write and (not to_pixels or room or refused_pixels)

    @always_comb
    def answer_write():
        """What is no register, and what cannot be now, is refused."""
        s_bus.written.next = done
        s_bus.write_refused.next = (not write_known or s_bus.write_index[INDEX_BITS:TABLE_BITS] != 0 or refused_pixels
                                    or refused_take)
        written.next = done and s_bus.write_index[INDEX_BITS:TABLE_BITS] == 0 and s_bus.strobes[0]
        found_error.next = s_counts.came_bad or refused_pixels or refused_take

    @always_comb
    def tell():
        """The interrupt is a level."""
        by_registers.next = wants_registers
        irq.next = enabled and (enable & came) != 0

    @always(clk.posedge)
    def count_wait():
        """Cycles that the write of pixels has waited."""
        if to_pixels and not done:
            waited.next = waited + 1
        else:
            waited.next = 0

    @always(clk.posedge)
    def write():
        """What software writes and clears, and what sets what it clears; setting wins. All of it is in the lowest
        byte."""
        restart.next = written and write_row == CONTROL and s_bus.data[1]
        take.next = to_take and s_traffic.waiting
        if written:
            if write_row == CONTROL:
                wants_registers.next = s_bus.data[0]
            if write_row == GLOBAL_INTERRUPT_ENABLE:
                enabled.next = s_bus.data[0]
            if write_row == INTERRUPT_ENABLE:
                enable.next = s_bus.data[2:]
            if write_row == INTERRUPT_STATUS:
                came.next = came & ~s_bus.data[2:]
            if write_row == ERRORS:
                errors.next = errors & ~s_bus.data[3:]
        if s_counts.came:
            came.next[0] = 1
        if found_error:
            came.next[1] = 1
        if s_counts.came_bad:
            errors.next[0] = 1
        if refused_pixels:
            errors.next[1] = 1
        if refused_take:
            errors.next[2] = 1
        if rst:
            restart.next = 0
            take.next = 0
            wants_registers.next = 0
            enabled.next = 0
            enable.next = 0
            came.next = 0
            errors.next = 0

    frames = ()
    if of_processor:

        @always(clk.posedge)
        def write_frame():
            """Byte by byte."""
            if done and s_bus.write_index == FRAME:
                for b in range(len(frame)):
                    if s_bus.strobes[b >> 3]:
                        frame.next[b] = s_bus.data[b]

        frames = write_frame

    reads = inlined("reads", register_reads(
        clk, s_bus, s_traffic, s_counts, result, room, wants_registers, enabled, enable, came, errors,
        words=tuple(there << 32 | constants[_row(row, of_processor)] for row, there in enumerate(known))))

    return look_up_write, decode_write, finish_write, answer_write, tell, count_wait, write, frames, reads
