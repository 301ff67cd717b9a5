"""Block RAM for the words of a frame."""

from myhdl import Signal, always, block, intbv


@block
def frame_buffer(clk, write, write_address, write_word, read_address, read_word):
    """The words of the frame that has come, or of the one that goes.

    Ports:
        write: there is a word
        write_address: where it goes
        write_word: the word
        read_address: which word is wanted
        read_word: that word
    Latency: one cycle from `read_address` to `read_word`; a word that is written in that cycle is not seen.
    """
    words = [Signal(intbv(0)[len(write_word):]) for _ in range(1 << len(write_address))]

    @always(clk.posedge)
    def read_and_write():
        """Written as a block RAM likes it: one address each way."""
        if write:
            words[write_address].next = write_word
        read_word.next = words[read_address]

    return read_and_write
