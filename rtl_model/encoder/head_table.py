"""Where the lists of one bank of the spike encoder begin, in one buffer."""

from myhdl import Signal, always, always_comb, block, concat, intbv


def spare_bits(beats, row_bits):
    """How many of the top bits of a row, all ones, are enough to tell "empty" from the rows 0 .. beats-1."""
    return next(bits for bits in range(1, row_bits + 1) if beats <= (1 << row_bits) - (1 << (row_bits - bits)))


@block
def head_table(clk, touch, early_step, fetch_step, keep, write, new_row, epoch, head, fetched_live, fetched, *, beats):
    """The heads of the lists of one buffer: for each step {epoch, penultimate, last, row}.

    An entry is alive if its epoch is that of the buffer's image and its row is not empty, that is, its top bits are not
    all ones. So a new image empties the whole table by its number alone.

    Ports:
        touch: in the next cycle there may be a `write`
        early_step: the entry of which, with `touch`
        fetch_step: the entry to be fetched, without `touch`
        keep: what was fetched stays
        write: `new_row` becomes the head: the last of its list unless there was one, the penultimate if that was last
        new_row: number of a beat; all ones to empty the entry
        epoch: number of the image in the buffer, modulo the steps
        head: {penultimate, row} of the entry touched in the cycle before
        fetched_live: the entry that was fetched is alive
        fetched: {penultimate, last, row} of the entry that was fetched
    Parameters:
        beats: of an image
    Latency: an entry is fetched in two cycles without `touch`.
    Back-pressure: none.
    """
    row_bits, step_bits = len(new_row), len(early_step)
    entry_bits = step_bits + 2 + row_bits
    spare = row_bits - spare_bits(beats, row_bits)
    all_spare = (1 << (row_bits - spare)) - 1

    entries = [Signal(intbv(0)[entry_bits:]) for _ in range(1 << step_bits)]
    address = Signal(intbv(0)[step_bits:])
    entry = Signal(intbv(0)[entry_bits:])
    alive = Signal(bool(0))

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
        """An entry of another image is as good as none."""
        alive.next = entry[:row_bits + 2] == epoch and entry[row_bits:spare] != all_spare

    @always_comb
    def show():
        """What a new head replaces."""
        head.next = concat(entry[row_bits + 1], entry[row_bits:])

    @always(clk.posedge)
    def access():
        """The new head, and the fetched one in a register of its own."""
        if write:
            entries[address].next = concat(epoch, entry[row_bits], not alive, new_row)
        if not keep:
            fetched_live.next = alive
            fetched.next = entry[row_bits + 2:]

    return choose_address, read, check, show, access
