"""What is left of a frame that a restart has cut in two."""

from myhdl import Signal, always, always_comb, block


@block
def rest_dropper(clk, rst, restart, offered, last, ready, given, taken):
    """Drops what still comes of a frame that was forgotten in the middle, so that it is not taken for another frame.

    Ports:
        restart: frames that have begun are forgotten
        offered: there is a beat
        last: it is the last of its frame
        ready: it can be taken
        given: there is a beat of a frame that was not forgotten
        taken: the beat is taken, be it dropped or not
    Outputs: given, taken
    Latency: none.
    Back-pressure: that of `ready`; what is dropped is taken at once.
    """
    in_frame = Signal(bool(0))
    dropping = Signal(bool(0))
    goes_on = Signal(bool(0))

    @always_comb
    def choose():
        """Whether the frame of the beat goes on behind this cycle, too."""
        given.next = offered and not dropping
        taken.next = ready or dropping
        goes_on.next = in_frame
        if offered and (ready or dropping):
            goes_on.next = not last

    @always(clk.posedge)
    def follow():
        """A beat that is taken in the cycle of the restart is forgotten, too."""
        in_frame.next = goes_on
        dropping.next = goes_on and (dropping or restart)
        if rst:
            in_frame.next = 0
            dropping.next = 0

    return choose, follow


def without_rests(clk, rst, restart, s_axis):
    """(the AxiStream `s_axis` without rests of frames, the arguments of `submodule` for the block that drops them)."""
    kept = s_axis.only(*s_axis.members)
    kept.tvalid, kept.tready = Signal(bool(0)), Signal(bool(0))
    return kept, dict(instance="rests", function=rest_dropper, clk=clk, rst=rst, restart=restart,
                      offered=s_axis.tvalid, last=s_axis.tlast, ready=kept.tready, given=kept.tvalid,
                      taken=s_axis.tready)
