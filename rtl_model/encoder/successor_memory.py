"""Block RAM for the chains of the spike encoder."""

from myhdl import Signal, always, block, intbv


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
