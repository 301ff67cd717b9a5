"""Block RAM for the chains of the spike encoder."""

from myhdl import Signal, always, block, intbv


@block
def successor_memory(clk, write, write_address, replaced, read_address, found, *, depth):
    """One word for each beat of both buffers: for each bank of a way the {last, row} that follows in its list.

    All banks are written together, in the row of their beat: one wide word, one write port, one read port. `found`
    shows the word at `read_address` two cycles later, since a block RAM wants a register behind it. A word is never
    read in the cycle in which it is written.
    """
    word = Signal(intbv(0)[len(replaced):])
    words = [Signal(intbv(0)[len(replaced):]) for _ in range(depth)]

    @always(clk.posedge)
    def access():
        if write:
            words[write_address].next = replaced
        word.next = words[read_address]
        found.next = word

    return access
