"""The walk along one list of a bank of the spike encoder."""

from myhdl import Signal, always, always_comb, block, intbv


@block
def successor_memory(clk, write, write_address, replaced, read_address, found):
    """One word for each beat of both buffers: for each bank of a way the {penultimate, row} that follows in its list.

    All banks are written together, in the row of their beat: one wide word, one write port, one read port. A word is
    never read in the cycle in which it is written.

    Ports:
        write: there is a beat
        write_address: {buffer, row} of the beat
        replaced: the word of the beat
        read_address: {buffer, row} of the entry whose successor is wanted
        found: its word
    Outputs: found
    Latency: two cycles from `read_address` to `found`, since a block RAM wants a register behind it.
    """
    width = len(replaced)
    word = Signal(intbv(0)[width:])
    words = [Signal(intbv(0)[width:]) for _ in range(1 << len(write_address))]

    @always(clk.posedge)
    def read_and_write():
        """Written as a block RAM likes it: one address each way, nothing but registers behind."""
        if write:
            words[write_address].next = replaced
        word.next = words[read_address]
        found.next = word

    return read_and_write


@block
def bank_list(clk, s_drain, clear, advance, first, first_live, first_more, found, grant, ready, more, arriving,
              will_follow, row):
    """Gives the entries of the bank's list in the open step, one after another, each when it is granted.

    An entry comes at most every third cycle: its address goes out in the cycle after the grant before it, and two
    cycles later it comes out of the memory.

    Ports:
        s_drain: when the list of the next step begins
        clear: drops the list; not together with `open_step`
        advance: what was granted moves on
        first: {penultimate, row} of the list's first entry
        first_live: the list has an entry
        first_more: it has a second one
        found: {penultimate, row} of the successor, in the cycle after `arriving`
        grant: the entry is taken; only while `ready`
        ready: there is an entry to grant
        more: there is one, and the list goes on behind it
        arriving: a successor comes: it is `ready` in the next cycle
        will_follow: in the next cycle there will be `more`, or a successor on its way; combinational
        row: the entry that was granted, from the next cycle until the first `advance`
    Outputs: ready, more, arriving, will_follow, row
    Back-pressure: waits for `grant` and `advance`.
    """
    row_bits = len(row)

    held = Signal(intbv(0)[row_bits + 1:])
    fresh = Signal(bool(0))
    more_to_come = Signal(bool(0))
    addressing = Signal(bool(0))
    follows = Signal(bool(0))

    @always(clk.posedge)
    def hold():
        """The entry in turn, one cycle late, so that the row granted when the step opened can still be sent."""
        if s_drain.take_heads:
            held.next = first
        elif fresh:
            held.next = found
        fresh.next = arriving

    @always_comb
    def show_row():
        """`held` without its mark."""
        row.next = held[row_bits:]

    @always_comb
    def look_ahead():
        """Whether the list goes on after this cycle, for `last_entry`, which has to know it one cycle ahead."""
        if arriving:
            will_follow.next = more_to_come
        else:
            will_follow.next = follows

    @always(clk.posedge)
    def walk():
        """From an entry to its successor: granted, `addressing`, `arriving`, `ready`."""
        if s_drain.open_step:
            ready.next = first_live
            more.next = first_more
            follows.next = first_more
        else:
            follows.next = will_follow and not clear
            if clear or grant:
                ready.next = 0
                more.next = 0
            elif arriving:
                ready.next = 1
                more.next = more_to_come
        if addressing:
            more_to_come.next = not held[row_bits]
        addressing.next = ((grant and more) or (addressing and not advance)) and not clear
        arriving.next = addressing and advance and not clear

    return hold, show_row, look_ahead, walk
