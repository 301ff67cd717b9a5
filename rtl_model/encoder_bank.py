"""One bank of the spike encoder: the pixels of one place in the beat, as a linked list for each time step."""

from myhdl import Signal, always, always_comb, block, concat, intbv


def spare_bits(beats, row_bits):
    """How many of the top bits of a row, all ones, are enough to tell "empty" from the rows 0 .. beats-1."""
    return next(bits for bits in range(1, row_bits + 1) if beats <= (1 << row_bits) - (1 << (row_bits - bits)))


@block
def head_table(clk, touch, beat_step, fetch_step, keep, write, new_row, epoch, head, fetched_live, fetched, *, beats):
    """The heads of the lists of one buffer: for each step {epoch, penultimate, last, row}.

    An entry is alive if its epoch is that of the buffer's image and its row is not empty (see `spare_bits`). One cycle after
    `touch` entry `beat_step` shows at `head` = {penultimate, row}, and `write` replaces it by `new_row`, the last of its list
    unless the old one was alive, the penultimate one if that was the last. Without, entry `fetch_step` shows two cycles later at
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


@block
def encoder_bank(clk, clear, insert, scrub, touch, buffer, beat_row, beat_step, lit, epoch0, epoch1, fetch_step0, fetch_step1,
                 drain_buffer, open_step, take_heads, keep_heads, grant, advance, found, replaced, first_live, first_more, ready, more, arriving,
                 will_follow, row, *, beats):
    """Inserts spikes into buffer 0 or 1 while the lists of the other are drained.

    A list is a chain of beat rows; its head stands in the `head_table` of its buffer. It goes on in the successor memory,
    outside, where all banks share a row.

    Inserting: `touch[x]` and `beat_step` come one cycle ahead. `insert` and `lit`: `beat_row` becomes the head; `replaced`, to be
    written as the successor of `beat_row` in this same cycle, is the {penultimate, row} that it replaces. `scrub[x]` puts
    `beat_row`, which is empty then, into table x.

    Draining: `open_step`, followed by `take_heads`, takes the head of the drained buffer's list number `fetch_step`, which must have
    been stable for two cycles; until then `keep_heads` says that what is fetched must stay. `first_live` says that it has one, `first_more` that the list goes on behind it. With `ready` there may
    be a `grant`; `row` is what was granted from the next cycle on, until the first `advance`. `more` says that the list goes on. If it does, the
    successor is `arriving` in the cycle after that `advance`, and ready one later, when its {penultimate, row} is expected at
    `found`, for this cycle only. `will_follow`: in the next cycle there will be `more`, or a successor on its way. `clear` drops
    the list; `open_step` does not come with it.
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

    table0 = head_table(clk, touch(0), beat_step, fetch_step0, keep_heads, write0, beat_row, epoch0, head0, fetched_live0, fetched0,
                        beats=beats)
    table1 = head_table(clk, touch(1), beat_step, fetch_step1, keep_heads, write1, beat_row, epoch1, head1, fetched_live1, fetched1,
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
