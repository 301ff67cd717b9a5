"""The spike that a convolution works on next, while its range is read."""

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
