"""One bank of the spike encoder: the pixels of one place in the beat, as a linked list for each time step."""

from myhdl import Signal, always, always_comb, block, concat, intbv


def spare_bits(beats, row_bits):
    """How many of the top bits of a row, all ones, are enough to tell "empty" from the rows 0 .. beats-1."""
    return next(bits for bits in range(1, row_bits + 1) if beats <= (1 << row_bits) - (1 << (row_bits - bits)))


@block
def head_table(clk, touch, write, beat_step, fetch_step, new_row, epoch, head, fetched_live, fetched, *, beats):
    """The heads of the lists of one buffer: for each step {epoch, last, row}.

    An entry is alive if its epoch is that of the buffer's image and its row is not empty (see `spare_bits`). With `touch`, entry
    `beat_step` shows at `head` = {last, row}, and `write` replaces it by `new_row`, the last of its list unless
    the old one was alive. Without, entry `fetch_step` shows one cycle later at `fetched_live` and `fetched`.
    """
    row_bits = len(new_row)
    step_bits = len(beat_step)
    entry_bits = step_bits + 1 + row_bits
    spare = row_bits - spare_bits(beats, row_bits)
    all_spare = (1 << (row_bits - spare)) - 1

    entries = [Signal(intbv(0)[entry_bits:]) for _ in range(1 << step_bits)]
    address = Signal(intbv(0)[step_bits:])
    entry = Signal(intbv(0)[entry_bits:])
    alive = Signal(bool(0))

    @always_comb
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
        alive.next = entry[:row_bits + 1] == epoch and entry[row_bits:spare] != all_spare

    @always_comb
    def show():
        head.next = entry[row_bits + 1:]

    @always(clk.posedge)
    def access():
        if write:
            entries[address].next = concat(epoch, not alive, new_row)
        fetched_live.next = alive
        fetched.next = entry[row_bits + 1:]

    return choose_address, read, check, show, access


@block
def encoder_bank(clk, clear, insert, scrub, touch, buffer, beat_row, beat_step, lit, epoch0, epoch1, fetch_step0, fetch_step1,
                 drain_buffer, open_step, grant, found, replaced, ready, more, waiting, row, *, beats):
    """Inserts spikes into buffer 0 or 1 while the lists of the other are drained.

    A list is a chain of beat rows; its head stands in the `head_table` of its buffer. It goes on in the successor memory,
    outside, where all banks share a row.

    Inserting (`insert` and `lit`): `beat_row` becomes the head; `replaced`, to be written as the successor of `beat_row` in this
    same cycle, is the {last, row} that it replaces. `scrub[x]` puts `beat_row`, which is empty then, into table x.

    Draining: `open_step` takes the head of the drained buffer's list number `fetch_step`, which must have been stable for a
    cycle. With `ready`, `row` can be granted; `more` says that the list goes on behind it. If it does, the bank is `waiting` after
    the `grant`: for a cycle in which the successor memory is addressed, and one in which the successor's {last, row} is expected at
    `found`. It is ready the cycle after: a bank can be granted every third cycle. `clear` drops the list; `open_step` does not come
    with it.
    """
    row_bits = len(beat_row)
    head_bits = row_bits + 1

    write0 = Signal(bool(0))
    write1 = Signal(bool(0))
    head0 = Signal(intbv(0)[head_bits:])
    head1 = Signal(intbv(0)[head_bits:])
    fetched_live0 = Signal(bool(0))
    fetched_live1 = Signal(bool(0))
    fetched0 = Signal(intbv(0)[head_bits:])
    fetched1 = Signal(intbv(0)[head_bits:])
    addressing = Signal(bool(0))
    arriving = Signal(bool(0))
    next_live = Signal(bool(0))
    next_more = Signal(bool(0))
    from_memory = Signal(bool(0))
    first_row = Signal(intbv(0)[row_bits:])
    found_row = Signal(intbv(0)[row_bits:])

    table0 = head_table(clk, touch(0), write0, beat_step, fetch_step0, beat_row, epoch0, head0, fetched_live0, fetched0,
                        beats=beats)
    table1 = head_table(clk, touch(1), write1, beat_step, fetch_step1, beat_row, epoch1, head1, fetched_live1, fetched1,
                        beats=beats)

    @always_comb
    def write():
        write0.next = scrub[0] or (insert and lit and not buffer)
        write1.next = scrub[1] or (insert and lit and buffer)

    @always_comb
    def replace():
        if buffer:
            replaced.next = head1
        else:
            replaced.next = head0

    @always_comb
    def choose_next():
        # Nothing arrives when a step opens.
        if not open_step:
            next_live.next = 1
            next_more.next = not found[row_bits]
        elif drain_buffer:
            next_live.next = fetched_live1
            next_more.next = fetched_live1 and not fetched1[row_bits]
        else:
            next_live.next = fetched_live0
            next_more.next = fetched_live0 and not fetched0[row_bits]

    @always_comb
    def show_row():
        if from_memory:
            row.next = found_row
        else:
            row.next = first_row

    @always(clk.posedge)
    def take_rows():
        # what comes from block RAM goes straight into a register
        if arriving:
            found_row.next = found[row_bits:]
        if open_step:
            from_memory.next = 0
            if drain_buffer:
                first_row.next = fetched1[row_bits:]
            else:
                first_row.next = fetched0[row_bits:]
        elif arriving:
            from_memory.next = 1

    @always(clk.posedge)
    def drain():
        if open_step or (arriving and not clear):
            ready.next = next_live
            more.next = next_more
        elif grant or clear:
            ready.next = 0
            more.next = 0
        addressing.next = grant and more and not clear
        arriving.next = addressing and not clear
        waiting.next = ((grant and more) or addressing) and not clear

    return table0, table1, write, replace, choose_next, show_row, take_rows, drain
