"""Visits, then tests, then the mark: the order of a step of a convolution."""

from myhdl import Signal, always, always_comb, block


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
