"""Where the lists of one bank of the spike encoder begin, in both buffers."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.hierarchy import submodule


@block
def table_sweeper(clk, rst, freed, freed_buffer, m_sweep):
    """Empties two entries of a buffer's head tables whenever its image is over: those whose steps are that image's
    number, modulo half of the steps, so that no stale one is left when a number comes round. After reset all are
    emptied, one a cycle.

    Ports:
        freed: a pulse: the image in hand is over; not in the cycle after another one of its buffer
        freed_buffer: with `freed`: where it lies
        m_sweep: which entries are emptied, and the numbers of the images
    Latency: from `freed` to the writes two cycles and three.
    Back-pressure: none; the buffer must not be loaded before the cycle of `freed` on `m_sweep` is over.
    """
    number_bits, step_bits = len(m_sweep.epoch0), len(m_sweep.step0)

    firsts = Signal(intbv(0)[2:])
    seconds = Signal(intbv(0)[2:])
    addressed = Signal(intbv(0)[2:])
    passed = Signal(bool(0))

    @always_comb
    def choose():
        """First the entry of the lower half of the steps, then that of the upper half."""
        firsts.next[0] = (m_sweep.clearing and not seconds[0]) or (freed and not freed_buffer)
        firsts.next[1] = (m_sweep.clearing and not seconds[1]) or (freed and freed_buffer)

    @always_comb
    def tell():
        """The buffers whose tables are to show an entry that is emptied."""
        m_sweep.due.next = firsts | seconds

    if step_bits == number_bits:

        @always_comb
        def show_steps():
            """Two steps have no halves: the entry is emptied twice."""
            m_sweep.step0.next = m_sweep.epoch0
            m_sweep.step1.next = m_sweep.epoch1

    else:

        @always_comb
        def show_steps():
            """Which entries."""
            m_sweep.step0.next = concat(seconds[0], m_sweep.epoch0)
            m_sweep.step1.next = concat(seconds[1], m_sweep.epoch1)

    @always(clk.posedge)
    def sweep():
        """The step is fetched like any other, and the write comes when the tables show its entry."""
        seconds.next = firsts
        addressed.next = firsts | seconds
        m_sweep.write.next = addressed
        passed.next = freed
        m_sweep.freed.next = passed
        if seconds[0]:
            m_sweep.epoch0.next = m_sweep.epoch0 + 1
        if seconds[1]:
            m_sweep.epoch1.next = m_sweep.epoch1 + 1
        if seconds[0] and m_sweep.epoch0 == (1 << number_bits) - 1:
            m_sweep.clearing.next = 0
        if rst:
            seconds.next = 0
            addressed.next = 0
            m_sweep.write.next = 0
            passed.next = 0
            m_sweep.freed.next = 0
            m_sweep.clearing.next = 1
            m_sweep.epoch0.next = 0
            m_sweep.epoch1.next = 0

    return choose, tell, show_steps, sweep


@block
def head_table(clk, touch, early_step, fetch_step, write, sweep, row, epoch, head, last, alive):
    """The heads of the lists of one buffer: for each step {epoch, penultimate, last, row}.

    An entry is alive if its epoch is that of the buffer's image, and it was not swept. So a new image empties the whole
    table by its number alone. No entry is the last and the penultimate of its list: one that says so was swept.

    Ports:
        touch: in the next cycle there may be a `write`
        early_step: the entry of which, with `touch`
        fetch_step: the entry to be fetched or emptied, without `touch`
        write: `row` becomes the head: the last of its list unless there was one, the penultimate if that was last
        sweep: with `write`: the entry is emptied instead
        row: number of a beat
        epoch: number of the image in the buffer
        head: {penultimate, row} of the entry that was asked for in the cycle before
        last: it is the last of its list
        alive: there is such an entry
    Outputs: head, last, alive
    Latency: from `early_step` or `fetch_step` to the entry one cycle.
    Back-pressure: none.
    """
    row_bits, step_bits, epoch_bit = len(row), len(early_step), len(row) + 2
    entry_bits = epoch_bit + len(epoch)

    entries = [Signal(intbv(0)[entry_bits:]) for _ in range(1 << step_bits)]
    address = Signal(intbv(0)[step_bits:])
    entry = Signal(intbv(0)[entry_bits:])

    @always(clk.posedge)
    def choose_address():
        """One table is loaded while the other is drained, so that one address is enough."""
        if touch:
            address.next = early_step
        else:
            address.next = fetch_step

    @always_comb
    def read():
        """From distributed RAM, in the same cycle."""
        entry.next = entries[address]

    @always_comb
    def check():
        """An entry of another image is as good as none, and so is a swept one."""
        alive.next = entry[:epoch_bit] == epoch and not (entry[row_bits + 1] and entry[row_bits])

    @always_comb
    def show():
        """What a new head replaces, or where a list begins."""
        head.next = concat(entry[row_bits + 1], entry[row_bits:])
        last.next = entry[row_bits]

    @always(clk.posedge)
    def enter():
        """The new head."""
        if write:
            entries[address].next = concat(epoch, sweep or (alive and entry[row_bits]), sweep or not alive, row)

    return choose_address, read, check, show, enter


@block
def bank_heads(clk, s_beat, s_sweep, s_drain, early_step, lit, replaced, first, first_live, first_more):
    """Puts the spikes of one bank at the head of their lists in one buffer and fetches heads from the other.

    Ports:
        s_beat: what every bank does with a beat
        s_sweep: when an entry is emptied, and the numbers of the images
        s_drain: the buffer that is drained, and the step whose heads are fetched
        early_step: the step of this bank's spike, one cycle ahead of the beat
        lit: the bank has a spike in this beat
        replaced: {penultimate, row} that was the head, to be written as the successor of this beat in this same cycle
        first: {penultimate, row} of the head that was fetched
        first_live: the list of the step that was fetched has an entry
        first_more: it goes on behind it
    Outputs: replaced, first, first_live, first_more
    Latency: a head is fetched within two cycles.
    Back-pressure: none; `keep_heads` keeps what was fetched.
    """
    row_bits = len(s_beat.row)

    write0 = Signal(bool(0))
    write1 = Signal(bool(0))
    head0 = Signal(intbv(0)[row_bits + 1:])
    head1 = Signal(intbv(0)[row_bits + 1:])
    last0 = Signal(bool(0))
    last1 = Signal(bool(0))
    alive0 = Signal(bool(0))
    alive1 = Signal(bool(0))

    table0 = submodule("table0", head_table, clk=clk, touch=s_beat.touch(0), early_step=early_step,
                       fetch_step=s_drain.fetch_step0, write=write0, sweep=s_sweep.write(0), row=s_beat.row,
                       epoch=s_sweep.epoch0, head=head0, last=last0, alive=alive0)
    table1 = submodule("table1", head_table, clk=clk, touch=s_beat.touch(1), early_step=early_step,
                       fetch_step=s_drain.fetch_step1, write=write1, sweep=s_sweep.write(1), row=s_beat.row,
                       epoch=s_sweep.epoch1, head=head1, last=last1, alive=alive1)

    @always_comb
    def write():
        """A spike enters the table of its buffer; to empty an entry is to write that it is swept."""
        write0.next = s_sweep.write[0] or (lit and not s_beat.buffer)
        write1.next = s_sweep.write[1] or (lit and s_beat.buffer)

    @always_comb
    def replace():
        """The head that gives way to this beat."""
        if s_beat.buffer:
            replaced.next = head1
        else:
            replaced.next = head0

    @always(clk.posedge)
    def fetch():
        """The head of the buffer that is drained. One that is not the last of its list has a successor."""
        if not s_drain.keep_heads:
            if s_drain.buffer:
                first.next = head1
                first_live.next = alive1
                first_more.next = alive1 and not last1
            else:
                first.next = head0
                first_live.next = alive0
                first_more.next = alive0 and not last0

    return table0, table1, write, replace, fetch
