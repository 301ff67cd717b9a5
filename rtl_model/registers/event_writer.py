"""Words of one event become the beats of frames."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS, NO_INPUT


@block
def event_writer(clk, rst, push, word, room, m_axis):
    """Makes frames of the words that are written: each is an event, but for one whose input is all ones, which closes
    the recording.

    An event waits for the word behind it, which says whether it is the last. A recording without an event becomes the
    one beat that says so.

    Ports:
        push: there is a word; not without `room`
        word: the next event, [23:0] input, [31:24] step; or the close
        room: a word is taken
        m_axis: the frames
    Outputs: room
    Latency: from the word behind an event to its beat one cycle.
    Back-pressure: an event and a beat wait.
    """
    closes = Signal(bool(0))
    gives = Signal(bool(0))
    filled = Signal(bool(0))
    valid = Signal(bool(0))
    kept = Signal(intbv(0)[EVENT_BITS:])

    @always_comb
    def tell():
        """A word waits only for the beat that it may push out."""
        room.next = not valid or m_axis.tready
        m_axis.tvalid.next = valid

    @always_comb
    def judge():
        """Whether the word is the close."""
        closes.next = word[INPUT_BITS:] == NO_INPUT

    @always_comb
    def follow():
        """Whether a beat follows from it."""
        gives.next = push and (filled or closes)

    @always(clk.posedge)
    def hold():
        """The latest event, until the word behind it."""
        if push:
            filled.next = not closes
            kept.next = word
        if rst:
            filled.next = 0

    @always(clk.posedge)
    def give():
        """The event before the word, or the close of a recording without any."""
        if gives:
            m_axis.tlast.next = closes
            if filled:
                m_axis.tdata.next = kept
            else:
                m_axis.tdata.next = word
            valid.next = 1
        elif m_axis.tready:
            valid.next = 0
        if rst:
            valid.next = 0

    return tell, judge, follow, hold, give
