"""Where the lists of one bank of the spike encoder begin, in one buffer."""

from myhdl import Signal, always, always_comb, block, concat, intbv


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
