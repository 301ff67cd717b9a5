"""Where the lists of the spike encoder begin."""

from myhdl import Signal, always, always_comb, block, concat, intbv


def spare_bits(beats, row_bits):
    """How many of the top bits of a row, all ones, are enough to tell "empty" from the rows 0 .. beats-1."""
    return next(bits for bits in range(1, row_bits + 1) if beats <= (1 << row_bits) - (1 << (row_bits - bits)))


@block
def head_table(clk, touch, beat_step, fetch_step, keep, write, new_row, epoch, head, fetched_live, fetched, *, beats):
    """The heads of the lists of one buffer: for each step {epoch, penultimate, last, row}.

    An entry is alive if its epoch is that of the buffer's image and its row is not empty (see `spare_bits`). One cycle
    after
    `touch` entry `beat_step` shows at `head` = {penultimate, row}, and `write` replaces it by `new_row`, the last of
    its list unless the old one was alive, the penultimate one if that was the last. Without, entry `fetch_step` shows
    two cycles later at
    `fetched_live` and `fetched` = {penultimate, last, row}, unless these have to `keep` what they show.
    """
    row_bits = len(new_row)
    step_bits = len(beat_step)
    entry_bits = step_bits + 2 + row_bits
    spare = row_bits - spare_bits(beats, row_bits)
    all_spare = (1 << (row_bits - spare)) - 1

    entries = [Signal(intbv(0)[entry_bits:]) for _ in range(1 << step_bits)]
    address = Signal(intbv(0)[step_bits:])
    entry = Signal(intbv(0)[entry_bits:])
    alive = Signal(bool(0))

    @always(clk.posedge)
    def choose_address():
        if touch:
            address.next = beat_step
        else:
            address.next = fetch_step

    @always_comb
    def read():
        entry.next = entries[address]

    @always_comb
    def check():
        alive.next = entry[:row_bits + 2] == epoch and entry[row_bits:spare] != all_spare

    @always_comb
    def show():
        head.next = concat(entry[row_bits + 1], entry[row_bits:])

    @always(clk.posedge)
    def access():
        if write:
            entries[address].next = concat(epoch, entry[row_bits], not alive, new_row)
        if not keep:
            fetched_live.next = alive
            fetched.next = entry[row_bits + 2:]

    return choose_address, read, check, show, access
