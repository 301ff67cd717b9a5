"""Recordings of events become spikes: they come in time order, so that nothing has to be sorted."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS, NO_INPUT

EVERY_BYTE = (1 << EVENT_BITS // 8) - 1  # of an event is there


@block
def event_range(s_axis, step, input_fits, step_fits, *, inputs, step_bits):
    """Whether input and step of a beat are some that an event can have.

    Ports:
        s_axis: the beat
        step: of the event that waits
        input_fits: the beat's input is one of the network's
        step_fits: its step is, and not before the event that waits
    Outputs: input_fits, step_fits
    Parameters:
        inputs: of the network
        step_bits: log2 of the time steps
    """
    top = INPUT_BITS + step_bits

    @always_comb
    def check_input():
        """The beat's input is one of the network's. Bit by bit this is a few LUTs, since their number is a constant."""
        below = intbv(0)[1:]
        for b in range(INPUT_BITS):
            if s_axis.tdata[b] != ((inputs >> b) & 1):
                below[0] = not s_axis.tdata[b]
        input_fits.next = below[0]

    @always_comb
    def check_step():
        """The beat's step is one of the network's, and not before that of the event that waits."""
        fits = intbv(1)[1:]
        for b in range(step_bits):
            if s_axis.tdata[INPUT_BITS + b] != step[b]:
                fits[0] = s_axis.tdata[INPUT_BITS + b]
        for b in range(top, EVENT_BITS):
            if s_axis.tdata[b]:
                fits[0] = 0
        step_fits.next = fits[0]

    return check_input, check_step


@block
def event_loader(clk, rst, s_axis, m_spike, control, idle=None, *, inputs, step_bits, most_events):
    """The front end for events: takes one recording a frame, an event a beat, and gives them as spikes.

    A beat is {step, input}. An event waits for the one behind it, which says whether its step is over. One whose input
    or step is out of range, whose step lies before that of the last event taken in, or that comes after as many events
    as a recording may have, is dropped. An empty recording is one beat whose input is all ones; it gives one transfer
    that says `end`. What a frame has left when its image is decided is dropped, a beat a cycle.

    `bad_frame` tells that a beat was dropped as no event; it counts for a decision in `bad_step` or later. That was the
    step of the events before the beat, and it is not over before the beat has come, so that a beat behind the first
    event of a later step than the decision's never counts.

    Ports:
        s_axis: frames of events: [23:0] input, [31:24] step
        m_spike: the spikes
        control: what a front end and the readout tell each other
        idle: no recording is being classified; only where weights are loaded
    Outputs: control, idle
    Parameters:
        inputs: of the network
        step_bits: log2 of the time steps
        most_events: of a recording
    Latency: one cycle from the beat behind an event to its transfer, for the last event two from its own beat; the next
        recording's first beat is taken two cycles after `decide` where the frame before has ended by then.
    Back-pressure: `s_axis` waits while a transfer on `m_spike` waits for `ready`, there is no `space`, and from the
        last beat of a frame to its decision.
    """
    row_bits, top = m_spike.row_bits, INPUT_BITS + step_bits
    count_bits = bits_for(most_events + 1)

    taking = Signal(bool(1))
    ending = Signal(bool(0))
    dropping = Signal(bool(0))
    advance = Signal(bool(0))
    accept = Signal(bool(0))
    input_fits, step_fits = Signal(bool(0)), Signal(bool(0))
    is_event, is_none = Signal(bool(0)), Signal(bool(0))
    filled = Signal(bool(0))
    row = Signal(intbv(0)[row_bits:])
    step = Signal(intbv(0)[step_bits:])
    room = Signal(intbv(most_events)[count_bits:])

    @always_comb
    def pace():
        """A transfer moves on when the one before is taken."""
        advance.next = not m_spike.valid or m_spike.ready

    @always_comb
    def take_beat():
        """A beat is taken when what it may push out has a place, and its image too; what is left of one is dropped."""
        accept.next = taking and s_axis.tvalid and control.space and advance
        s_axis.tready.next = dropping or (taking and control.space and advance)

    checked = inlined("beat", event_range(s_axis, step, input_fits, step_fits, inputs=inputs, step_bits=step_bits))

    if hasattr(s_axis, "tkeep"):

        @always_comb
        def judge():
            """The beat is an event, or says that there is none, or is dropped, as one with a null byte is."""
            is_event.next = input_fits and step_fits and room != 0 and s_axis.tkeep == EVERY_BYTE
            is_none.next = (s_axis.tdata[INPUT_BITS:] == NO_INPUT and s_axis.tlast and not filled
                            and s_axis.tkeep == EVERY_BYTE)

    else:

        @always_comb
        def judge():
            """The beat is an event, or says that there is none, or is dropped."""
            is_event.next = input_fits and step_fits and room != 0
            is_none.next = s_axis.tdata[INPUT_BITS:] == NO_INPUT and s_axis.tlast and not filled

    @always(clk.posedge)
    def walk_frame():
        """From frame to frame: its beats, its last event, the decision, and what is left of it then."""
        if accept and s_axis.tlast:
            taking.next = 0
            ending.next = 1
        if ending and advance:
            ending.next = 0
        if dropping and s_axis.tvalid and s_axis.tlast:
            dropping.next = 0
            taking.next = 1
        if control.flush:
            ending.next = 0
            dropping.next = taking and not (accept and s_axis.tlast)
            taking.next = not taking or (accept and s_axis.tlast)
        if rst:
            taking.next = 1
            ending.next = 0
            dropping.next = 0

    @always(clk.posedge)
    def hold_event():
        """The latest event waits for the one behind it."""
        if accept and is_event:
            filled.next = 1
            row.next = s_axis.tdata[row_bits:]
            step.next = s_axis.tdata[top:INPUT_BITS]
            room.next = room - 1
        if control.flush or rst:
            filled.next = 0
            row.next = 0
            step.next = 0
            room.next = most_events

    @always(clk.posedge)
    def flag_frame():
        """The first beat that is dropped as no event makes the frame bad from the step of the event that waits on."""
        if not control.bad_frame:
            control.bad_step.next = step
        if accept and not is_event and not is_none:
            control.bad_frame.next = 1
        if control.flush or rst:
            control.bad_frame.next = 0

    @always(clk.posedge)
    def send():
        """The event that waits leaves with the next one, or after the last beat, empty if there was none."""
        if advance:
            m_spike.valid.next = (accept and is_event and filled) or ending
            m_spike.mask.next = filled
            m_spike.rows.next = row
            m_spike.step.next = step
            m_spike.last.next = ending or s_axis.tdata[top:INPUT_BITS] != step
            m_spike.end.next = ending
        if control.clear or rst:
            m_spike.valid.next = 0

    if idle is None:
        return pace, take_beat, checked, judge, walk_frame, hold_event, flag_frame, send

    begun = Signal(bool(0))

    @always(clk.posedge)
    def follow_recording():
        """From the first event, or the end of an empty recording, to the decision."""
        if accept and (is_event or s_axis.tlast):
            begun.next = 1
        if control.flush or rst:
            begun.next = 0

    @always_comb
    def tell_idle():
        """The next recording may start."""
        idle.next = not begun

    return (pace, take_beat, checked, judge, walk_frame, hold_event, flag_frame, send, follow_recording,
            tell_idle)
