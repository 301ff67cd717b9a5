"""What a convolution does next: empty words, visit, test, or say that a step is over."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.layer.step_order import WaitingSpike, spike_waiter, step_order
from first_spike.rtl_model.layer.visit_counter import row_counter, visit_counter
from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.streams import bits_for


@block
def visit_sequencer(clk, rst, clear, s_spike, advance, under_way, head, head_filled, idle, pop, m_visit, entry,
                    s_range, y, x, fold, address, place=None, *, shape):
    """Turns spikes into visits, one a cycle, and at the end of a step the candidates into tests and a mark.

    An image begins with some words that are emptied, a reset with all of them; `clear` does not come before that is
    done, since an image is decided by its marks. A spike's range of positions comes from a table while the one before
    is worked on.

    Ports:
        s_spike: spikes of the neurons that feed the layer
        advance: what is given on `m_visit` is taken
        under_way: a visit is behind `m_visit`, on its way to the queue of candidates
        head: the oldest candidate
        head_filled: there is one
        idle: the queue of candidates is empty and will stay so if no visit is under way
        pop: `head` is taken
        m_visit: what is to be done; for a visit its word is still to be found, from the following
        entry: of the table of ranges, for the spike that waits
        s_range: two cycles later: what it says
        y: row of the position that is visited
        x: its column
        fold: of channels
        address: of the weights, without the place
        place: of the source; only where the feed has such
    Outputs: pop, entry, y, x, fold, address, place
    Back-pressure: `s_spike` waits while there is a spike that waits.
    """
    step_bits, word_bits = len(s_spike.step), len(m_visit.word)
    words, scrubbed = shape.words, shape.scrubbed
    left_bits = bits_for(words + 1)

    waiting = WaitingSpike(step_bits)
    take = Signal(bool(0))
    visiting = Signal(bool(0))
    step_on = Signal(bool(0))
    at_end = Signal(bool(0))
    closing = Signal(bool(0))
    over = Signal(bool(0))
    sweeping = Signal(bool(0))
    left = Signal(intbv(0)[left_bits:])
    scrub = Signal(bool(0))
    pointer = Signal(intbv(0)[word_bits:])
    step = Signal(intbv(0)[step_bits:])
    image_end = Signal(bool(0))

    counter = submodule(
        "counter", visit_counter, module=f"{shape.name}_visit_counter", clk=clk, load=take, step_on=step_on,
        s_range=s_range.only("y", "y_last", "x", "x_last", "address"), y=y, x=x, fold=fold, address=address,
        at_end=at_end, folds=shape.channel_folds, fold_stride=shape.fold_stride, column_stride=shape.column_stride,
        row_stride=shape.row_stride)

    waiter = inlined("waiter", spike_waiter(clk, clear, s_spike, take, entry, waiting, place,
                                            place_bits=shape.place_bits))
    order = inlined("order", step_order(clk, clear, advance, scrub, waiting, s_range.some, at_end, under_way,
                                        m_visit.visits, idle, take, visiting, step_on, closing, over, step, image_end))

    @always_comb
    def decide():
        """Words are emptied first; a candidate is taken to be tested."""
        scrub.next = left != 0
        pop.next = advance and closing and head_filled

    @always(clk.posedge)
    def sweep():
        """Words are emptied: all after a reset, a few when an image begins."""
        if advance and scrub:
            left.next = left - 1
            if pointer == words - 1:
                pointer.next = 0
            else:
                pointer.next = pointer + 1
            if left == 1:
                sweeping.next = 0
        if clear and not sweeping:
            left.next = scrubbed
        elif clear or rst:
            left.next = words
            pointer.next = 0
        if rst:
            sweeping.next = 1

    @always(clk.posedge)
    def give():
        """What comes next."""
        if advance:
            m_visit.scrubs.next = scrub
            m_visit.visits.next = visiting
            m_visit.tests.next = closing and head_filled
            m_visit.marks.next = over
            if closing and head_filled:
                m_visit.word.next = head
            else:
                m_visit.word.next = pointer
            m_visit.step.next = step
            m_visit.end.next = image_end
        if clear:
            m_visit.scrubs.next = 0
            m_visit.visits.next = 0
            m_visit.tests.next = 0
            m_visit.marks.next = 0

    return counter, waiter, order, decide, sweep, give


@block
def row_sequencer(clk, clear, s_spike, advance, urgent, under_way, head, head_filled, idle, pop, m_visit, entry,
                  s_range, address, place=None, *, shape):
    """Turns spikes into visits, one a cycle, and at the end of a step the candidates into tests and a mark; a candidate
    is tested bank by bank.

    Ports:
        s_spike: spikes of the neurons that feed the layer
        advance: what is given on `m_visit` is taken
        urgent: memories are still emptied for this image
        under_way: a visit is behind `m_visit`, on its way to the queue of candidates
        head: the oldest candidate
        head_filled: there is one
        idle: the queue of candidates is empty and will stay so if no visit is under way
        pop: `head` is taken
        m_visit: what is to be done; its word is a candidate's {row, group, bank of the last column, fold, mask}
        entry: of the table of ranges, for the spike that waits
        s_range: two cycles later: what it says
        address: of the weights of the visit that is chosen next, without the place
        place: of the source of its spike; only where the feed has such
    Outputs: pop, entry, address, place
    Back-pressure: `s_spike` waits while there is a spike that waits.
    """
    step_bits, banks = len(s_spike.step), shape.banks

    waiting = WaitingSpike(step_bits)
    take = Signal(bool(0))
    visiting = Signal(bool(0))
    step_on = Signal(bool(0))
    at_end = Signal(bool(0))
    closing = Signal(bool(0))
    over = Signal(bool(0))
    tests = Signal(bool(0))
    step = Signal(intbv(0)[step_bits:])
    image_end = Signal(bool(0))
    y = Signal(intbv(0)[shape.y_bits:])
    column_group = Signal(intbv(0)[shape.group_bits:])
    top = Signal(intbv(0)[shape.top_bits:])
    mask = Signal(intbv(0)[banks:])
    fold = Signal(intbv(0)[shape.fold_bits:])
    tested = Signal(intbv(0)[banks:])
    chosen_bank = Signal(intbv(0)[banks:])
    rest = Signal(intbv(0)[banks:])
    head_place = head(shape.entry_bits, banks)

    counter = submodule(
        "counter", row_counter, module=f"{shape.name}_row_counter", clk=clk, load=take, step_on=step_on,
        s_range=s_range.only("y", "first", "last", "count", "group", "top", "mask", "address"), y=y,
        column_group=column_group, top=top, mask=mask, fold=fold, address=address, at_end=at_end,
        folds=shape.channel_folds, fold_stride=shape.fold_stride, row_stride=shape.row_stride)

    waiter = inlined("waiter", spike_waiter(clk, clear, s_spike, take, entry, waiting, place,
                                            place_bits=shape.place_bits))
    order = inlined("order", step_order(clk, clear, advance, urgent, waiting, s_range.some, at_end, under_way,
                                        m_visit.visits, idle, take, visiting, step_on, closing, over, step, image_end))

    @always_comb
    def find_bank():
        """The lowest bank of the candidate that is not tested yet, and those behind it."""
        found = intbv(0)[banks:]
        later = intbv(0)[banks:]
        for bank in range(banks):
            if head[bank] and not tested[bank]:
                if found == 0:
                    found[bank] = 1
                else:
                    later[bank] = 1
        chosen_bank.next = found
        rest.next = later

    @always_comb
    def decide():
        """A candidate is taken with the last of its banks."""
        tests.next = closing and head_filled
        pop.next = advance and closing and head_filled and rest == 0

    @always(clk.posedge)
    def follow_tests():
        """Which banks of the candidate have been tested."""
        if advance and tests:
            tested.next = tested | chosen_bank
            if rest == 0:
                tested.next = 0
        if clear:
            tested.next = 0

    @always(clk.posedge)
    def give():
        """What comes next."""
        if advance:
            m_visit.visits.next = visiting
            m_visit.tests.next = tests
            m_visit.marks.next = over
            if tests:
                m_visit.word.next = concat(head_place, chosen_bank)
            else:
                m_visit.word.next = concat(y, column_group, top, fold, mask)
            m_visit.step.next = step
            m_visit.end.next = image_end
        if clear:
            m_visit.visits.next = 0
            m_visit.tests.next = 0
            m_visit.marks.next = 0

    return counter, waiter, order, find_bank, decide, follow_tests, give
