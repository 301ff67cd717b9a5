"""The registers of the loader: the highest page of sixteen."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import INDEX_BITS

PAGE_BITS = 4  # of an index inside of the page
FULL = 0b1111  # strobes

INDEX = {name: register.index for name, register in REGISTERS.items()}
LOAD_STATUS, LOAD_BEGIN, LOAD_WORDS = INDEX["LOAD_STATUS"], INDEX["LOAD_BEGIN"], INDEX["LOAD_WORDS"]
LOAD_COUNT, LOAD_COMMIT, LOAD_HASH = INDEX["LOAD_COUNT"], INDEX["LOAD_COMMIT"], INDEX["LOAD_HASH"]
PAGE = LOAD_STATUS >> PAGE_BITS


@block
def load_registers(clk, rst, s_bus, m_others, m_command, s_state, bank):
    """Keeps the registers of the loader, and hands every other access on.

    What is written to a register that starts something needs all four strobes, or it is refused.

    Ports:
        s_bus: reads and writes
        m_others: those of other registers
        m_command: what the loader shall do
        s_state: what the loader says
        bank: the bank that the next image is worked on with
    Latency: one cycle; a command waits until the loader has done the one before.
    """
    write_here = Signal(bool(0))
    read_here = Signal(bool(0))
    was_here = Signal(bool(0))
    starts = Signal(bool(0))
    is_command = Signal(bool(0))
    known = Signal(bool(0))
    refused = Signal(bool(0))
    done = Signal(bool(0))
    to_hash = Signal(bool(0))
    count = Signal(intbv(0)[LOAD_ADDRESS_BITS:])
    counts = "count" in m_command.members  # else the load says it itself
    error_count = len(s_state.errors)
    errors = Signal(intbv(0)[error_count:])
    hashes = [Signal(intbv(0)[32:]) for _ in range(16)]
    word = Signal(intbv(0)[32:])
    word_refused = Signal(bool(0))

    @always_comb
    def decode():
        """Whose access it is."""
        write_here.next = s_bus.write and s_bus.write_index[INDEX_BITS:PAGE_BITS] == PAGE
        read_here.next = s_bus.read_index[INDEX_BITS:PAGE_BITS] == PAGE
        starts.next = (s_bus.write_index == LOAD_BEGIN or s_bus.write_index == LOAD_WORDS
                       or s_bus.write_index == LOAD_COMMIT)
        to_hash.next = s_bus.write_index[INDEX_BITS:3] == LOAD_HASH >> 3
        known.next = s_bus.write_index <= LOAD_COMMIT or s_bus.write_index >= LOAD_HASH

    @always_comb
    def command():
        """A write that starts something."""
        is_command.next = write_here and starts and s_bus.strobes == FULL
        m_command.begin.next = write_here and s_bus.write_index == LOAD_BEGIN and s_bus.strobes == FULL
        m_command.push.next = write_here and s_bus.write_index == LOAD_WORDS and s_bus.strobes == FULL
        m_command.commit.next = write_here and s_bus.write_index == LOAD_COMMIT and s_bus.strobes == FULL
        m_command.data.next = s_bus.data

    @always_comb
    def finish():
        """At once, but that a command waits for the loader."""
        done.next = write_here and (not is_command or m_command.ready)
        refused.next = not known or (starts and not is_command) or (is_command and m_command.refused)

    @always_comb
    def hand_on():
        """What is not for here goes on, and its answer comes back."""
        m_others.write.next = s_bus.write and not write_here
        m_others.write_index.next = s_bus.write_index
        m_others.data.next = s_bus.data
        m_others.strobes.next = s_bus.strobes
        m_others.read.next = s_bus.read
        m_others.read_index.next = s_bus.read_index
        s_bus.written.next = done or m_others.written
        s_bus.write_refused.next = m_others.write_refused
        if write_here:
            s_bus.write_refused.next = refused
        s_bus.read_data.next = m_others.read_data
        s_bus.read_refused.next = m_others.read_refused
        if was_here:
            s_bus.read_data.next = word
            s_bus.read_refused.next = word_refused

    @always(clk.posedge)
    def write():
        """Hashes whole; errors stay until software clears them."""
        if done and to_hash:
            hashes[concat(s_state.bank, s_bus.write_index[3:])].next = s_bus.data
        for b in range(error_count):
            if done and s_bus.write_index == LOAD_STATUS and s_bus.strobes[1] and s_bus.data[8 + b]:
                errors.next[b] = 0
            if s_state.errors[b]:
                errors.next[b] = 1
        if rst:
            errors.next = 0

    if counts:

        @always(clk.posedge)
        def write_count():
            """The number of words byte by byte."""
            if done and s_bus.write_index == LOAD_COUNT:
                for b in range(LOAD_ADDRESS_BITS):
                    if s_bus.strobes[b >> 3]:
                        count.next[b] = s_bus.data[b]
            if rst:
                count.next = 0

        @always_comb
        def pass_count():
            """For the commit."""
            m_command.count.next = count

        counting = write_count, pass_count

    else:

        @always(clk.posedge)
        def count_none():
            """What is written says nothing."""
            count.next = 0

        counting = count_none

    @always(clk.posedge)
    def read():
        """The register, one cycle later; what only can be written is 0."""
        if s_bus.read:
            was_here.next = read_here
            word_refused.next = s_bus.read_index > LOAD_COMMIT and s_bus.read_index < LOAD_HASH
            word.next = 0
            if s_bus.read_index == LOAD_STATUS:
                word.next = concat(intbv(0)[24 - error_count:], errors, intbv(0)[5:], s_state.loaded, bank)
            elif s_bus.read_index == LOAD_COUNT:
                word.next = concat(intbv(0)[8:], count)
            elif s_bus.read_index[3]:
                word.next = hashes[concat(bank, s_bus.read_index[3:])]

    return decode, command, finish, hand_on, write, counting, read
