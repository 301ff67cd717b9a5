"""One way of the spikes of the first time step: past the lists, while the image still arrives."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.parts.bits import at_most_one, at_most_two, bit_number, lowest_bit
from first_spike.rtl_model.parts.hierarchy import inlined, submodule


@block
def first_step_queue(clk, rst, push, entry, take, head, filled, *, depth):
    """A first-in first-out memory in block RAM, whose register at the output is used too.

    An entry is at the head three cycles after its push at the earliest; then one follows a cycle.

    Ports:
        push: add `entry`; fewer than `depth` are there
        entry: what is added
        take: the head is taken, if there is one
        head: the oldest entry, while `filled`
        filled: there is one
    Outputs: head, filled
    Parameters:
        depth: words of the memory, a power of two
    Back-pressure: waits for `take`.
    """
    width, place_bits = len(entry), (depth - 1).bit_length()

    entries = [Signal(intbv(0)[width:]) for _ in range(depth)]
    tail = Signal(modbv(0)[place_bits:])
    next_read = Signal(modbv(0)[place_bits:])
    word = Signal(intbv(0)[width:])
    has_word = Signal(bool(0))
    moves_word = Signal(bool(0))
    moves_head = Signal(bool(0))

    @always_comb
    def pace():
        """Each register takes what comes when it is empty or what it holds moves on."""
        moves_head.next = take or not filled
        moves_word.next = take or not filled or not has_word

    @always(clk.posedge)
    def read_and_write():
        """Written as a block RAM likes it: one address each way, nothing but registers behind."""
        if push:
            entries[tail].next = entry
        if moves_word:
            word.next = entries[next_read]
        if moves_head:
            head.next = word

    @always(clk.posedge)
    def move():
        """Where the next entry goes and the oldest one stands, and which of the two registers hold one."""
        if push:
            tail.next = tail + 1
        if moves_word:
            has_word.next = next_read != tail
            if next_read != tail:
                next_read.next = next_read + 1
        if moves_head:
            filled.next = has_word
        if rst:
            tail.next = 0
            next_read.next = 0
            has_word.next = 0
            filled.next = 0

    return pace, read_and_write, move


def queue_depth(beats):
    """Words of the queue of a way: both images' beats, and one to tell full from empty; a power of two."""
    return 1 << (2 * beats).bit_length()


@block
def first_step_way(clk, rst, s_beat, lit, go, advance, closing, gives, row, finishing, holding=None, *,
                   beats):
    """Gives the way's spikes of the first time step, one a cycle, in the order in which they came.

    Order inside a step does not matter and the first step has nothing before it, so that its spikes need no list and
    wait for nothing but their image's turn. A beat with such spikes is queued, and so is the final one of each image.

    Ports:
        s_beat: the number of the beat, and whether it completes the image
        lit: for each place of the way's part of the beat: it has a spike in the first step
        go: the image at the head of the queue is the one that is classified
        advance: what was given moves on, and the next event may follow
        closing: the step is over; only with `advance`, and while all ways are `finishing`
        gives: there is an event; combinational
        row: {beat, place} of the event given at the last `advance`
        finishing: the image is complete, and no event will be left when one more has been given
        holding: there is a beat in hand; where somebody asks
    Outputs: gives, row, finishing, holding
    Parameters:
        beats: of an image
    Latency: from a beat to its first event four cycles.
    Back-pressure: nothing moves without `advance`; beats cannot be stalled.
    """
    places, row_bits, way_row_bits = len(lit), len(s_beat.row), len(row)
    mask_bits, final_bit, entry_bits = places, places + row_bits, places + row_bits + 1

    push = Signal(bool(0))
    entry = Signal(intbv(0)[entry_bits:])
    head = Signal(intbv(0)[entry_bits:])
    filled = Signal(bool(0))
    take = Signal(bool(0))
    held = Signal(bool(0))
    is_final = Signal(bool(0))
    beat = Signal(intbv(0)[row_bits:])
    mask = Signal(intbv(0)[places:])

    waiting = submodule("queue", first_step_queue, clk=clk, rst=rst, push=push, entry=entry, take=take, head=head,
                        filled=filled, depth=queue_depth(beats))

    @always_comb
    def enqueue():
        """A beat without such spikes goes by, but for the final one."""
        push.next = lit != 0 or s_beat.final
        entry.next = concat(s_beat.final, s_beat.row, lit)

    @always_comb
    def give():
        """Whatever the beat in hand has."""
        gives.next = go and mask != 0

    told = []
    if holding is not None:

        @always_comb
        def tell():
            """Whether there is one."""
            holding.next = held

        told = [tell]

    if places == 1:

        @always_comb
        def proceed():
            """The next beat follows at once; behind the final one it waits for the end of the step."""
            finishing.next = held and is_final
            take.next = closing or not held or (advance and go and not is_final)

        @always(clk.posedge)
        def walk():
            """From beat to beat, which has one event at the most."""
            if advance:
                row.next = beat
            if take:
                held.next = filled
                is_final.next = head[final_bit]
                beat.next = head[final_bit:mask_bits]
                mask.next = 0
                if filled:
                    mask.next = head[mask_bits:]
            elif advance and go:
                mask.next = 0
            if rst:
                held.next = 0
                mask.next = 0

        return waiting, enqueue, give, proceed, walk, *told

    place_bits = way_row_bits - row_bits
    lowest = Signal(intbv(0)[places:])
    place = Signal(intbv(0)[place_bits:])
    few = Signal(bool(0))
    one_in_head = Signal(bool(0))
    two_in_mask = Signal(bool(0))

    find_lowest = inlined("lowest", lowest_bit(mask, lowest, count=places))
    encode = inlined("place", bit_number(lowest, place, count=places))
    count_head = inlined("head", at_most_one(head, one_in_head, count=places))
    count_mask = inlined("mask", at_most_two(mask, two_in_mask, count=places))

    @always_comb
    def proceed():
        """The next beat follows the last event of one; behind the final one it waits for the end of the step."""
        finishing.next = held and is_final and few
        take.next = closing or not held or (advance and go and few and not is_final)

    @always(clk.posedge)
    def walk():
        """From beat to beat, and in one from event to event."""
        if advance:
            row.next = concat(beat, place)
        if take:
            held.next = filled
            is_final.next = head[final_bit]
            beat.next = head[final_bit:mask_bits]
            mask.next = 0
            if filled:
                mask.next = head[mask_bits:]
            few.next = one_in_head
        elif advance and go:
            mask.next = mask ^ lowest
            few.next = two_in_mask
        if rst:
            held.next = 0
            mask.next = 0

    return waiting, find_lowest, encode, count_head, count_mask, enqueue, give, proceed, walk, *told
