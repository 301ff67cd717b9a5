"""One bank of the spike encoder: the pixels of one place in the beat, as a linked list for each time step."""

from myhdl import Signal, always, always_comb, block, concat, intbv


@block
def encoder_bank(clk, clear, insert, scrub, touch, buffer, beat_row, beat_step, lit, epoch0, epoch1,
                 drain_buffer, open_step, fetch_step, grant, found, replaced, ready, busy, last, row):
    """Inserts spikes into buffer 0 or 1 while the lists of the other are drained.

    A list is a chain of beat rows. Its head stands in the bank's table of the buffer, at the list's time step, as
    {epoch, last, row}; the entry counts only if its epoch is that of the buffer's image and its row is not the all-ones
    "empty". The chain goes on in the successor memory, outside, where all banks share a row.

    Inserting (`insert` and `lit`): the new row becomes the head; `replaced`, to be written as the successor of `beat_row` in
    this same cycle, is the {last, row} that it replaces. `scrub[x]` empties entry `beat_step` of table x.

    Draining: `open_step` takes the head of list `fetch_step`. With `ready`, `row` can be granted; `last` says that it is the
    list's end. One cycle after `grant` the successor's {last, row} is expected at `found`; it is ready the cycle after: a bank can be granted every second cycle. `busy`: the list has entries that were not granted. `clear` drops all.
    """
    row_bits = len(beat_row)
    step_bits = len(beat_step)
    empty = (1 << row_bits) - 1
    entry_bits = step_bits + 1 + row_bits

    table0 = [Signal(intbv(0)[entry_bits:]) for _ in range(1 << step_bits)]
    table1 = [Signal(intbv(0)[entry_bits:]) for _ in range(1 << step_bits)]
    address0 = Signal(intbv(0)[step_bits:])
    address1 = Signal(intbv(0)[step_bits:])
    entry0 = Signal(intbv(0)[entry_bits:])
    entry1 = Signal(intbv(0)[entry_bits:])
    live0 = Signal(bool(0))
    live1 = Signal(bool(0))
    new_row = Signal(intbv(0)[row_bits:])
    old_live = Signal(bool(0))
    new_last = Signal(bool(0))
    waiting = Signal(bool(0))
    may_grant = Signal(bool(0))

    @always_comb
    def address():
        address0.next = fetch_step
        address1.next = fetch_step
        if touch[0]:
            address0.next = beat_step
        if touch[1]:
            address1.next = beat_step

    @always_comb
    def read_tables():
        entry0.next = table0[address0]
        entry1.next = table1[address1]

    @always_comb
    def check_entries():
        live0.next = entry0[:row_bits + 1] == epoch0 and entry0[row_bits:] != empty
        live1.next = entry1[:row_bits + 1] == epoch1 and entry1[row_bits:] != empty

    @always_comb
    def replaced_head():
        if buffer:
            old_live.next = live1
            replaced.next = entry1[row_bits + 1:]
        else:
            old_live.next = live0
            replaced.next = entry0[row_bits + 1:]

    @always_comb
    def new_entry():
        new_last.next = not old_live
        new_row.next = beat_row
        if not insert:
            new_row.next = empty

    @always(clk.posedge)
    def write_tables():
        if scrub[0] or (insert and lit and not buffer):
            table0[address0].next = concat(epoch0, new_last, new_row)
        if scrub[1] or (insert and lit and buffer):
            table1[address1].next = concat(epoch1, new_last, new_row)

    @always_comb
    def outputs():
        ready.next = may_grant
        busy.next = may_grant or waiting

    @always(clk.posedge)
    def drain():
        waiting.next = grant and not last
        if open_step:
            if drain_buffer:
                may_grant.next = live1
                last.next = entry1[row_bits]
                row.next = entry1[row_bits:]
            else:
                may_grant.next = live0
                last.next = entry0[row_bits]
                row.next = entry0[row_bits:]
        elif waiting:
            may_grant.next = 1
            last.next = found[row_bits]
            row.next = found[row_bits:]
        elif grant:
            may_grant.next = 0
        if clear:
            may_grant.next = 0
            waiting.next = 0

    return address, read_tables, check_entries, replaced_head, new_entry, write_tables, outputs, drain
