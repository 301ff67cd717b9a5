"""Which time step the encoder drains next, found without walking the empty ones."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.encoder.step_marks import lowest_step
from first_spike.rtl_model.parts.hierarchy import inlined, submodule


@block
def step_heads(clk, s_steps, m_drain, s_sweep, remaining_index):
    """Whose heads the banks fetch next, from either buffer.

    Ports:
        s_steps: the steps of the image that waits
        m_drain: the lists that the banks turn to
        s_sweep: which entries of the head tables are emptied when an image is over
        remaining_index: the lowest step that remains of the image that is drained
    Outputs: m_drain
    """

    @always(clk.posedge)
    def fetch():
        """The step whose heads come next: the lowest of an image when it is complete, then the lowest that remains, and
        in the end those to be emptied.

        A completed image lies in the other buffer than the one being drained.
        """
        if s_steps.complete and not s_steps.buffer:
            m_drain.fetch_step0.next = s_steps.lowest
        elif m_drain.open_step and not m_drain.buffer:
            m_drain.fetch_step0.next = remaining_index
        elif s_sweep.due[0]:
            m_drain.fetch_step0.next = s_sweep.step0
        if s_steps.complete and s_steps.buffer:
            m_drain.fetch_step1.next = s_steps.lowest
        elif m_drain.open_step and m_drain.buffer:
            m_drain.fetch_step1.next = remaining_index
        elif s_sweep.due[1]:
            m_drain.fetch_step1.next = s_sweep.step1

    return fetch


@block
def image_in_hand(clk, rst, m_current, control, holding, idle):
    """Whether anything of an image has been taken up.

    Ports:
        m_current: the step that is open
        control: `flush` ends the image
        holding: for each way: it has something of an image in hand that has not closed its first step
        idle: no image is drained
    Outputs: idle
    """
    begun = Signal(bool(0))

    @always(clk.posedge)
    def follow_image():
        """Whether there was something of the image."""
        begun.next = (m_current.go and holding != 0) or (begun and not control.flush)
        if rst:
            begun.next = 0

    @always_comb
    def tell_idle():
        """The next image may start."""
        idle.next = not begun

    return follow_image, tell_idle


@block
def step_scheduler(clk, rst, s_steps, m_drain, m_current, s_sweep, control, advance, finishing, finishing_first,
                   holding=None, idle=None, *, whole):
    """Opens the steps of an image one after another, each as soon as the last event of the one before is leaving.

    Every image begins with its first time step, which takes events while the image still arrives, and closes, maybe
    without any, when it is complete. It begins once the image before is over and its own result will have a place. The
    next step with spikes opens a cycle later, each other one in the cycle in which the one before is closing, but three
    cycles after that one opened at the earliest, since its heads have to be fetched.

    Ports:
        s_steps: the steps of the image that waits
        m_drain: the lists that the banks turn to
        m_current: the step that is open
        s_sweep: which entries of the head tables are emptied when an image is over
        control: `decide` ends the image that is drained
        advance: the transfers behind the banks move on
        finishing: for each way: no event will be left in this step when one more has been given
        finishing_first: the same in the first step, and the image is complete
        holding: for each way: it has something of an image in hand that has not closed its first step; with `idle`
        idle: no image is drained; where somebody asks
    Outputs: control, idle
    Parameters:
        whole: an image begins when it is complete, no sooner
    Latency: from `complete` to `open_step` three cycles, from `decide` to the first events three.
    Back-pressure: nothing opens or closes while the transfers do not `advance`.
    """
    step_bits = len(m_current.step)
    count = 1 << step_bits
    all_ways = 2 ** len(finishing) - 1

    remaining = Signal(intbv(0)[count:])
    remaining_lowest = Signal(intbv(0)[count:])
    remaining_index = Signal(intbv(0)[step_bits:])
    draining = Signal(bool(0))
    fresh = Signal(bool(0))
    begins = Signal(bool(0))
    is_open = Signal(bool(0))
    closing_later = Signal(bool(0))
    opening = Signal(bool(0))
    opened = Signal(bool(0))
    has_next = Signal(bool(0))
    may_open = Signal(bool(0))
    fetching = Signal(bool(0))
    blocked = Signal(bool(0))

    find_next = submodule("find_next", lowest_step, steps=remaining, lowest=remaining_lowest, index=remaining_index)

    @always_comb
    def take():
        """The next image is taken up when none is drained."""
        s_steps.take.next = s_steps.waiting and not draining

    if whole:

        @always_comb
        def begin():
            """An image that is complete begins when there is a place for its result."""
            begins.next = fresh and draining and control.space

    else:

        @always_comb
        def begin():
            """An image begins when there is a place for its result."""
            begins.next = fresh and control.space

    @always_comb
    def look_ahead():
        """Whether a step follows, unless the image is over."""
        may_open.next = has_next and not control.flush
        m_current.final.next = not has_next

    @always_comb
    def close():
        """The step is over when no way will have an event left; the first one also waits for the set of the others."""
        m_current.closing_first.next = m_current.go and draining and advance and finishing_first == all_ways
        closing_later.next = is_open and advance and finishing == all_ways

    @always_comb
    def tell_closing():
        """Of either kind."""
        m_current.closing.next = m_current.closing_first or closing_later

    @always_comb
    def open_now():
        """At the end of the step before, or as soon as the heads are there."""
        m_drain.open_step.next = not blocked and ((opening and not control.flush) or (closing_later and may_open))

    @always_comb
    def pass_heads():
        """The heads of a step that has opened are taken with the first `advance`, and kept until then."""
        m_drain.take_heads.next = opened and advance
        m_drain.keep_heads.next = opened and not advance

    fetched = inlined("heads", step_heads(clk, s_steps, m_drain, s_sweep, remaining_index))

    @always(clk.posedge)
    def follow_first():
        """From image to image: until it begins, and its first step."""
        fresh.next = control.flush or (fresh and not begins)
        m_current.go.next = begins or (m_current.go and not m_current.closing_first)
        if rst:
            fresh.next = 1
            m_current.go.next = 0

    @always(clk.posedge)
    def follow_opening():
        """A step that may not open yet stays `opening`; `blocked`: the heads of the next one are not there yet."""
        fetching.next = m_drain.open_step
        opened.next = m_drain.open_step or (opened and not advance)
        blocked.next = m_drain.open_step or fetching or opened
        opening.next = ((m_current.closing_first and may_open)
                        or (blocked and ((opening and not control.flush) or (closing_later and may_open))))
        is_open.next = m_drain.open_step or (is_open and not closing_later and not control.flush)
        if rst:
            opening.next = 0
            is_open.next = 0

    @always(clk.posedge)
    def drain():
        """The steps that remain of the image, and the one that is open."""
        if m_drain.open_step:
            has_next.next = remaining != 0
            if m_drain.buffer:
                m_current.step.next = m_drain.fetch_step1
            else:
                m_current.step.next = m_drain.fetch_step0
        if fetching:
            remaining.next = remaining ^ remaining_lowest
        if s_steps.take:
            draining.next = 1
            remaining.next = s_steps.rest
            has_next.next = s_steps.some
            control.bad_frame.next = s_steps.bad
            m_drain.buffer.next = not m_drain.buffer
        elif control.decide:
            draining.next = 0
        if control.flush or rst:
            m_current.step.next = 0
        if rst:
            draining.next = 0
            m_drain.buffer.next = 1

    image = () if idle is None else inlined("image", image_in_hand(clk, rst, m_current, control, holding, idle))

    return (find_next, take, begin, look_ahead, close, tell_closing, open_now, pass_heads, fetched, follow_first,
            follow_opening, drain, image)
