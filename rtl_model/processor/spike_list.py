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
        m_list: what is in the list that is read, a spike from the cycle behind its transfer on
        leave: its last spike is read in this cycle, and the next list follows; only when it is complete
        read: the place of a spike in it
        row: of that spike, two cycles later
    Outputs: row
    Parameters:
        places: of each of the two lists
        drops: a transfer is dropped while both lists are complete, which tables that are right never bring about
    Back-pressure: a transfer on `s_spike` waits while both lists are complete, unless it is dropped.
    """
    row_bits, step_bits, place_bits = len(row), len(s_spike.step), bits_for(places)
    filling = Signal(intbv(0)[place_bits:])
    half = Signal(bool(0))
    reading = Signal(bool(0))
    done = Signal(intbv(0)[2:])
    full_count = Signal(intbv(0)[place_bits + 1:])
    closes = Signal(intbv(0)[2:])
    finals = Signal(intbv(0)[2:])
    step_0 = Signal(intbv(0)[step_bits:])
    step_1 = Signal(intbv(0)[step_bits:])
    count_0 = Signal(intbv(0)[place_bits + 1:])
    count_1 = Signal(intbv(0)[place_bits + 1:])
    free = Signal(bool(0))
    take = Signal(bool(0))
    write = Signal(bool(0))
    ends = Signal(bool(0))
    write_address = Signal(intbv(0)[place_bits + 1:])
    read_address = Signal(intbv(0)[place_bits + 1:])

    spikes = submodule("spikes", word_memory, module=f"list_memory_{row_bits}", clk=clk, write=write,
                       write_address=write_address, written=s_spike.rows, read_address=read_address, found=row,
                       depth=2 * places)

    @always_comb
    def accept():
        """While there is a list that is not complete."""
        free.next = not done[0]
        if half:
            free.next = not done[1]

    @always_comb
    def look():
        """The transfer is taken."""
        take.next = s_spike.valid and free
        write.next = s_spike.valid and free and s_spike.mask[0]

    if drops:

        @always(clk.posedge)
        def answer():
            """Always."""
            s_spike.ready.next = 1

    else:

        @always_comb
        def answer():
            """While there is a list that is not complete."""
            s_spike.ready.next = free

    @always_comb
    def count():
        """The list with this transfer, and whether it is complete."""
        full_count.next = filling
        if s_spike.mask[0]:
            full_count.next = filling + 1
        ends.next = s_spike.last or (s_spike.mask[0] and filling == places - 1)

    @always_comb
    def address():
        """One half of the memory for each list."""
        write_address.next = concat(half, filling)
        read_address.next = concat(reading, read)

    @always(clk.posedge)
    def fill():
        """Spike after spike, list after list."""
        if take:
            filling.next = full_count[place_bits:]
            if ends:
                filling.next = 0
                half.next = not half
                if half:
                    done.next[1] = 1
                    closes.next[1] = s_spike.last
                    finals.next[1] = s_spike.end and s_spike.last
                    step_1.next = s_spike.step
                    count_1.next = full_count
                else:
                    done.next[0] = 1
                    closes.next[0] = s_spike.last
                    finals.next[0] = s_spike.end and s_spike.last
                    step_0.next = s_spike.step
                    count_0.next = full_count
        if leave:
            reading.next = not reading
            if reading:
                done.next[1] = 0
            else:
                done.next[0] = 0
        if clear:
            half.next = 0
            reading.next = 0
            filling.next = 0
            done.next = 0

    @always_comb
    def tell():
        """The list that is read, be it complete or not."""
        m_list.complete.next = done[0]
        m_list.closes.next = closes[0]
        m_list.final.next = finals[0]
        m_list.step.next = step_0
        m_list.count.next = filling
        if done[0]:
            m_list.count.next = count_0
        if reading:
            m_list.complete.next = done[1]
            m_list.closes.next = closes[1]
            m_list.final.next = finals[1]
            m_list.step.next = step_1
            m_list.count.next = filling
            if done[1]:
                m_list.count.next = count_1

    return spikes, accept, look, answer, count, address, fill, tell
