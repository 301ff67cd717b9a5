"""The spikes of a step in two lists: one is written while the other is read, as often as there are folds."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import bits_for


@block
def spike_list(clk, clear, s_spike, m_list, leave, read, row, *, places, drops=False):
    """Spikes become lists, each those of a time step, or a part of them where they are more than `places`.

    Ports:
        clear: forget everything
        s_spike: spikes, one a transfer
        m_list: what is in the list that is read, registers, a spike from the cycle behind its transfer on
        leave: its last spike is read in this cycle, and the next list follows; only when it is complete
        read: the place of a spike in it
        row: of that spike, two cycles later
    Outputs: row
    Parameters:
        places: of each of the two lists
        drops: a list ends with its step alone, which a map may tell behind its last spike; spikes without a place are
            dropped, and transfers while both lists are complete, which tables that are right never bring about
    Back-pressure: a transfer on `s_spike` waits while both lists are complete, unless it is dropped.
    """
    row_bits, step_bits, place_bits = len(row), len(s_spike.step), bits_for(places)
    filling_bits = place_bits + 1 if drops else place_bits
    filling = Signal(intbv(0)[filling_bits:])
    some_filling = Signal(bool(0))
    half = Signal(bool(0))
    reading = Signal(bool(0))
    waits = Signal(bool(0))
    full_count = Signal(intbv(0)[place_bits + 1:])
    full_some = Signal(bool(0))
    waiting_count = Signal(intbv(0)[place_bits + 1:])
    waiting_some = Signal(bool(0))
    waiting_closes = Signal(bool(0))
    waiting_final = Signal(bool(0))
    waiting_step = Signal(intbv(0)[step_bits:])
    write = Signal(bool(0))
    ends = Signal(bool(0))
    write_address = Signal(intbv(0)[place_bits + 1:])
    read_address = Signal(intbv(0)[place_bits + 1:])

    spikes = submodule("spikes", word_memory, module=f"list_memory_{row_bits}", clk=clk, write=write,
                       write_address=write_address, written=s_spike.rows, read_address=read_address, found=row,
                       depth=2 * places)

    if drops:

        @always_comb
        def look():
            """The transfer has a spike, which has a place; the list ends with it."""
            write.next = s_spike.valid and not waits and s_spike.mask[0] and not filling[place_bits]
            ends.next = s_spike.valid and not waits and s_spike.last

        @always(clk.posedge)
        def answer():
            """Always."""
            s_spike.ready.next = 1

    else:

        @always_comb
        def look():
            """The transfer has a spike; the list ends with it, or is full."""
            write.next = s_spike.valid and not waits and s_spike.mask[0]
            ends.next = (s_spike.valid and not waits
                         and (s_spike.last or (s_spike.mask[0] and filling == places - 1)))

        @always_comb
        def answer():
            """While there is a list that is not complete."""
            s_spike.ready.next = not waits

    @always_comb
    def count():
        """The list that is written, with this transfer."""
        full_count.next = filling
        full_some.next = some_filling
        if write:
            full_count.next = filling + 1
            full_some.next = 1

    @always_comb
    def address():
        """One half of the memory for each list."""
        write_address.next = concat(half, filling[place_bits:])
        read_address.next = concat(reading, read)

    @always(clk.posedge)
    def fill():
        """Spike after spike, list after list."""
        filling.next = full_count[filling_bits:]
        some_filling.next = full_some
        if ends:
            filling.next = 0
            some_filling.next = 0
            half.next = not half
        if leave:
            reading.next = not reading
        if clear:
            half.next = 0
            reading.next = 0
            filling.next = 0
            some_filling.next = 0

    @always(clk.posedge)
    def keep():
        """A list is complete while the one before, which is complete too, is read."""
        if ends:
            waiting_count.next = full_count
            waiting_some.next = full_some
            waiting_closes.next = s_spike.last
            waiting_final.next = s_spike.end and s_spike.last
            waiting_step.next = s_spike.step
        waits.next = (waits or (ends and m_list.complete)) and not leave and not clear

    @always(clk.posedge)
    def tell():
        """The list that is read: one that waited, or the one that is written."""
        if leave or not m_list.complete:
            m_list.count.next = full_count
            m_list.some.next = full_some
            m_list.complete.next = ends
            m_list.closes.next = s_spike.last
            m_list.final.next = s_spike.end and s_spike.last
            m_list.step.next = s_spike.step
            if waits:
                m_list.count.next = waiting_count
                m_list.some.next = waiting_some
                m_list.complete.next = 1
                m_list.closes.next = waiting_closes
                m_list.final.next = waiting_final
                m_list.step.next = waiting_step
        if clear:
            m_list.count.next = 0
            m_list.some.next = 0
            m_list.complete.next = 0

    return spikes, look, answer, count, address, fill, keep, tell
