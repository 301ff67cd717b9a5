"""What a convolution does next: empty words, visit, test, or say that a step is over."""

from myhdl import Signal, always, always_comb, block, intbv

from rtl_model.layer.visit_counter import visit_counter
from rtl_model.parts.hierarchy import submodule
from rtl_model.parts.streams import bits_for


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
    Back-pressure: `s_spike` waits while there is a spike that waits.
    """
    step_bits, word_bits = len(s_spike.step), len(m_visit.word)
    words, scrubbed, place_bits = shape.words, shape.scrubbed, shape.place_bits
    row_bits = s_spike.row_bits
    left_bits = bits_for(words + 1)

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
    def decide():
        """A spike is taken when the one before is done, unless that was the last of its step."""
        scrub.next = left != 0
        take.next = (advance and ready and left == 0 and not closing
                     and (not visiting or (at_end and not last)))
        step_on.next = advance and visiting
        over.next = closing and quiet and idle
        pop.next = advance and closing and head_filled

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

    blocks = [counter, accept, wait_for_range, decide, follow, sweep, give]
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
