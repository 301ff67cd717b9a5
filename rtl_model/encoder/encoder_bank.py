"""One bank of the spike encoder: the pixels of one place in the beat, as a linked list for each time step."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from rtl_model.encoder.head_table import head_table
from rtl_model.parts.hierarchy import submodule


@block
def encoder_bank(clk, clear, insert, scrub, touch, buffer, beat_row, beat_step, lit, epoch0, epoch1, fetch_step0,
                 fetch_step1, drain_buffer, open_step, take_heads, keep_heads, grant, advance, found, replaced,
                 first_live, first_more, ready, more, arriving, will_follow, row, *, beats):
    """Inserts spikes into buffer 0 or 1 while the lists of the other are drained.

    A list is a chain of beat rows; its head stands in the `head_table` of its buffer. It goes on in the successor
    memory, outside, where all banks share a row.

    Inserting: `touch[x]` and `beat_step` come one cycle ahead. `insert` and `lit`: `beat_row` becomes the head;
    `replaced`, to be written as the successor of `beat_row` in this same cycle, is the {penultimate, row} that it
    replaces. `scrub[x]` puts
    `beat_row`, which is empty then, into table x.

    Draining: `open_step`, followed by `take_heads`, takes the head of the drained buffer's list number `fetch_step`,
    which must have been stable for two cycles; until then `keep_heads` says that what is fetched must stay.
    `first_live` says that it has one, `first_more` that the list goes on behind it. With `ready` there may be a
    `grant`; `row` is what was granted from the next cycle on, until the first `advance`. `more` says that the list goes
    on. If it does, the successor is `arriving` in the cycle after that `advance`, and ready one later, when its
    {penultimate, row} is expected at `found`, for this cycle only.
    `will_follow`: in the next cycle there will be `more`, or a successor on its way. `clear` drops the list;
    `open_step` does not come with it.
    """
    row_bits = len(beat_row)

    write0 = Signal(bool(0))
    write1 = Signal(bool(0))
    head0 = Signal(intbv(0)[row_bits + 1:])
    head1 = Signal(intbv(0)[row_bits + 1:])
    fetched_live0 = Signal(bool(0))
    fetched_live1 = Signal(bool(0))
    fetched0 = Signal(intbv(0)[row_bits + 2:])
    fetched1 = Signal(intbv(0)[row_bits + 2:])
    first = Signal(intbv(0)[row_bits + 2:])
    held = Signal(intbv(0)[row_bits + 1:])
    fresh = Signal(bool(0))
    more_to_come = Signal(bool(0))
    addressing = Signal(bool(0))
    follows = Signal(bool(0))

    table0 = submodule("table0", head_table, clk=clk, touch=touch(0), beat_step=beat_step, fetch_step=fetch_step0,
                       keep=keep_heads, write=write0, new_row=beat_row, epoch=epoch0, head=head0,
                       fetched_live=fetched_live0, fetched=fetched0, beats=beats)
    table1 = submodule("table1", head_table, clk=clk, touch=touch(1), beat_step=beat_step, fetch_step=fetch_step1,
                       keep=keep_heads, write=write1, new_row=beat_row, epoch=epoch1, head=head1,
                       fetched_live=fetched_live1, fetched=fetched1, beats=beats)

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
    def choose_first():
        if drain_buffer:
            first_live.next = fetched_live1
            first.next = fetched1
        else:
            first_live.next = fetched_live0
            first.next = fetched0

    @always_comb
    def judge_first():
        first_more.next = first_live and not first[row_bits]

    @always(clk.posedge)
    def hold():
        # one cycle late, so that the row that was granted when the step opened can still be sent
        if take_heads:
            held.next = concat(first[row_bits + 1], first[row_bits:])
        elif fresh:
            held.next = found
        fresh.next = arriving

    @always_comb
    def show_row():
        row.next = held[row_bits:]

    @always_comb
    def look_ahead():
        if arriving:
            will_follow.next = more_to_come
        else:
            will_follow.next = follows

    @always(clk.posedge)
    def drain():
        if open_step:
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

    return table0, table1, write, replace, choose_first, judge_first, hold, show_row, look_ahead, drain
