"""The order of a step of a convolution: a spike waits while its range is read; visits, then tests, then the mark."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.streams import Bundle


class WaitingSpike(Bundle):
    """A spike that waits for its visits.

    Members:
        ready: there is one, and its range has been read
        spikes: it is a spike, and does not only close a step
        last: the final transfer of its step
        step: the time step
        end: with `last`: the final transfer of the image
    """

    members = ("ready", "spikes", "last", "step", "end")

    def __init__(self, step_bits):
        for name in self.members:
            setattr(self, name, Signal(intbv(0)[step_bits:] if name == "step" else bool(0)))


@block
def spike_waiter(clk, clear, s_spike, take, entry, waiting, place=None, *, place_bits):
    """One spike waits, and is handed over when it is taken.

    Ports:
        s_spike: spikes of the neurons that feed the layer
        take: the spike that waits is taken; only where it is ready
        entry: of the table of ranges, for the spike that waits, which gives its range two cycles later
        waiting: the WaitingSpike
        place: of the source of the spike that was taken last; only where the feed has such
    Outputs: entry, waiting, place
    Parameters:
        place_bits: of a place
    Back-pressure: `s_spike` waits while there is a spike that waits.
    """
    row_bits = s_spike.row_bits
    waits = Signal(bool(0))
    reads = Signal(bool(0))
    arrives = Signal(bool(0))

    @always_comb
    def accept():
        """One spike waits, while its range is read."""
        s_spike.ready.next = not waits

    @always(clk.posedge)
    def wait_for_range():
        """The range is there two cycles after the spike."""
        reads.next = s_spike.valid and not waits and not clear
        arrives.next = reads and not clear
        waiting.ready.next = (arrives or waiting.ready) and not take and not clear
        if not waits:
            waiting.spikes.next = s_spike.mask[0]
            waiting.last.next = s_spike.last
            waiting.end.next = s_spike.end
            waiting.step.next = s_spike.step
        if s_spike.valid:
            waits.next = 1
        if take or clear:
            waits.next = 0

    if row_bits > place_bits:

        @always(clk.posedge)
        def wait_for_entry():
            """Which entry of the table."""
            if not waits:
                entry.next = s_spike.rows[row_bits:place_bits]

    else:

        @always(clk.posedge)
        def wait_for_entry():
            """There is one entry alone."""
            entry.next = 0

    if not place_bits:
        return accept, wait_for_range, wait_for_entry

    waiting_place = Signal(intbv(0)[place_bits:])

    @always(clk.posedge)
    def follow_place():
        """The place goes along with the spike."""
        if not waits:
            waiting_place.next = s_spike.rows[place_bits:]
        if take:
            place.next = waiting_place

    return accept, wait_for_range, wait_for_entry, follow_place


@block
def step_order(clk, clear, advance, empties, waiting, some, at_end, under_way, given, idle, take, visiting, step_on,
               closing, over, step, image_end):
    """A spike is taken when the visits of the one before are done, unless that was the last of its step; then the step
    is closing, and it is over when nothing is left to be tested.

    Ports:
        clear: a new image begins: nothing is visited, no step is closing
        advance: what is to be done is taken
        empties: words are emptied before anything else
        waiting: the WaitingSpike
        some: it reaches positions
        at_end: this is the last visit of the spike that was taken
        under_way: a visit is behind `given`, on its way to the queue of candidates
        given: what was to be done before is a visit
        idle: the queue of candidates is empty and will stay so if no visit is under way
        take: the spike that waits is taken
        visiting: a visit is to be done
        step_on: that is taken
        closing: candidates are to be tested
        over: a mark is to be made
        step: time step of the spike that was taken
        image_end: that is the last of its image
    Outputs: take, visiting, step_on, closing, over, step, image_end
    """
    last = Signal(bool(0))
    quiet = Signal(bool(0))

    @always_comb
    def decide():
        """A spike is taken when the one before is done, unless that was the last of its step."""
        take.next = (advance and waiting.ready and not empties and not closing
                     and (not visiting or (at_end and not last)))
        step_on.next = advance and visiting
        over.next = closing and quiet and idle

    @always(clk.posedge)
    def follow():
        """Visits, then tests, then the mark."""
        quiet.next = not (visiting or under_way or given)
        if take:
            visiting.next = some and waiting.spikes
            last.next = waiting.last
            step.next = waiting.step
            image_end.next = waiting.end
            closing.next = waiting.last and not (some and waiting.spikes)
        elif advance and visiting and at_end:
            visiting.next = 0
            closing.next = last
        elif advance and over:
            closing.next = 0
        if clear:
            visiting.next = 0
            closing.next = 0

    return decide, follow
