"""From the words of a weight memory to the weights beside the lanes, whatever the memory is made of."""

from myhdl import Signal, always, always_comb, block, intbv


@block
def weight_stages(clk, read, word, weights, clear=None, *, weight_bits, lanes, shallow):
    """The registers behind a memory of weights: `word` becomes `weights` where it was wanted, and zeros elsewhere.

    read: the word that is addressed in this cycle is wanted, of which `word` comes at once from a `shallow` memory,
    which is made of LUTs, and one cycle later from block RAM. clear: as in `weight_memory`, if there is such a signal.
    Latency: from `read` one cycle, or three with block RAM.
    """
    caught = Signal(intbv(0)[len(word):])
    found = Signal(bool(0))

    if shallow:

        @always_comb
        def track():
            """No stages: LUTs are quick and near."""
            caught.next = word
            found.next = read

    elif clear is None:
        reading = Signal(bool(0))

        @always(clk.posedge)
        def track():
            """A register catches the word beside the memory; `found` goes along with it: it is wanted."""
            reading.next = read
            caught.next = word
            found.next = reading

    else:
        reading = Signal(bool(0))

        @always(clk.posedge)
        def track():
            """A register catches the word beside the memory; `found` goes along with it: it is wanted."""
            reading.next = read and not clear
            caught.next = word
            found.next = reading and not clear

    if weight_bits == 1:

        @always(clk.posedge)
        def register_weights():
            """The weights beside the lanes: 01 for +1, 11 for -1, 00 where none is wanted."""
            for lane in range(lanes):
                weights.next[2 * lane] = found
                weights.next[2 * lane + 1] = found and not caught[lane]

    else:

        @always(clk.posedge)
        def register_weights():
            """The weights beside the lanes, zeros where none are wanted."""
            if found:
                weights.next = caught
            else:
                weights.next = 0

    return track, register_weights
