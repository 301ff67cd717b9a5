"""What a convolution of a kernel row a cycle does next: visit, test, or say that a step is over."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from rtl_model.layer.row_counter import row_counter
from rtl_model.parts.hierarchy import submodule


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
    Back-pressure: `s_spike` waits while there is a spike that waits.
    """
    step_bits, place_bits, row_bits = len(s_spike.step), shape.place_bits, s_spike.row_bits
    banks = shape.banks

    waits = Signal(bool(0))
    reads = Signal(bool(0))
    arrives = Signal(bool(0))
    ready = Signal(bool(0))
    spikes = Signal(bool(0))
    waiting_place = Signal(intbv(0)[max(1, place_bits):])
    waiting_last = Signal(bool(0))
    waiting_end = Signal(bool(0))
    waiting_step = Signal(intbv(0)[step_bits:])
    take = Signal(bool(0))
    visiting = Signal(bool(0))
    step_on = Signal(bool(0))
    at_end = Signal(bool(0))
    closing = Signal(bool(0))
    last = Signal(bool(0))
    quiet = Signal(bool(0))
    over = Signal(bool(0))
    tests = Signal(bool(0))
    step = Signal(intbv(0)[step_bits:])
    image_end = Signal(bool(0))
    y = Signal(intbv(0)[shape.y_bits:])
    group = Signal(intbv(0)[shape.group_bits:])
    top = Signal(intbv(0)[shape.top_bits:])
    mask = Signal(intbv(0)[banks:])
    fold = Signal(intbv(0)[shape.fold_bits:])
    tested = Signal(intbv(0)[banks:])
    chosen_bank = Signal(intbv(0)[banks:])
    rest = Signal(intbv(0)[banks:])
    head_place = head(shape.entry_bits, banks)

    counter = submodule(
        "counter", row_counter, module=f"{shape.name}_row_counter", clk=clk, load=take, step_on=step_on,
        s_range=s_range.only("y", "first", "last", "count", "group", "top", "mask", "address"), y=y, group=group,
        top=top, mask=mask, fold=fold, address=address, at_end=at_end, folds=shape.channel_folds,
        fold_stride=shape.fold_stride, row_stride=shape.row_stride)

    @always_comb
    def accept():
        """One spike waits, while its range is read."""
        s_spike.ready.next = not waits

    @always(clk.posedge)
    def wait_for_range():
        """The range is there two cycles after the spike."""
        reads.next = s_spike.valid and not waits and not clear
        arrives.next = reads and not clear
        ready.next = (arrives or ready) and not take and not clear
        if not waits:
            spikes.next = s_spike.mask[0]
            waiting_last.next = s_spike.last
            waiting_end.next = s_spike.end
            waiting_step.next = s_spike.step
        if s_spike.valid:
            waits.next = 1
        if take or clear:
            waits.next = 0

    @always_comb
    def find_bank():
        """The lowest bank of the candidate that is not tested yet, and those behind it."""
        found = intbv(0)[banks:]
        others = intbv(0)[banks:]
        for bank in range(banks):
            if head[bank] and not tested[bank]:
                if found == 0:
                    found[bank] = 1
                else:
                    others[bank] = 1
        chosen_bank.next = found
        rest.next = others

    @always_comb
    def decide():
        """A spike is taken when the one before is done, unless that was the last of its step."""
        tests.next = closing and head_filled
        take.next = (advance and ready and not urgent and not closing and (not visiting or (at_end and not last)))
        step_on.next = advance and visiting
        over.next = closing and quiet and idle
        pop.next = advance and closing and head_filled and rest == 0

    @always(clk.posedge)
    def follow():
        """Visits, then tests, then the mark."""
        quiet.next = not (visiting or under_way or m_visit.visits)
        if take:
            visiting.next = s_range.some and spikes
            last.next = waiting_last
            step.next = waiting_step
            image_end.next = waiting_end
            closing.next = waiting_last and not (s_range.some and spikes)
        elif advance and visiting and at_end:
            visiting.next = 0
            closing.next = last
        elif advance and over:
            closing.next = 0
        if clear:
            visiting.next = 0
            closing.next = 0

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
                m_visit.word.next = concat(y, group, top, fold, mask)
            m_visit.step.next = step
            m_visit.end.next = image_end
        if clear:
            m_visit.visits.next = 0
            m_visit.tests.next = 0
            m_visit.marks.next = 0

    blocks = [counter, accept, wait_for_range, find_bank, decide, follow, follow_tests, give]
    if row_bits > place_bits:

        @always(clk.posedge)
        def wait_for_entry():
            """Which entry of the table."""
            if not waits:
                entry.next = s_spike.rows[row_bits:place_bits]

        blocks.append(wait_for_entry)
    else:

        @always(clk.posedge)
        def wait_for_entry():
            """There is one entry alone."""
            entry.next = 0

        blocks.append(wait_for_entry)
    if place_bits:

        @always(clk.posedge)
        def follow_place():
            """The place goes along with the spike."""
            if not waits:
                waiting_place.next = s_spike.rows[place_bits:]
            if take:
                place.next = waiting_place

        blocks.append(follow_place)
    return blocks
