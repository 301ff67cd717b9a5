"""What travels through the pipeline of a convolution, its registers, and what holds it back."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.streams import Bundle


class Visit(Bundle):
    """A word on its way through the pipeline, and why.

    Members:
        visits: a weight is added to its potentials
        tests: its step is over: who fires?
        scrubs: it is emptied
        word: its number
        marks: there is no word: all of the step has been tested
        step: the time step
        end: the step is the image's last
    """

    members = ("visits", "tests", "scrubs", "word", "marks", "step", "end")

    def __init__(self, word_bits, step_bits):
        self.visits = Signal(bool(0))
        self.tests = Signal(bool(0))
        self.scrubs = Signal(bool(0))
        self.word = Signal(intbv(0)[word_bits:])
        self.marks = Signal(bool(0))
        self.step = Signal(intbv(0)[step_bits:])
        self.end = Signal(bool(0))


def whole(part, word_bits, step_bits):
    """A Visit with the signals of `part`, which has some of the members, and others that nobody else sees."""
    visit = Visit(word_bits, step_bits)
    for name, signal in part.signals():
        setattr(visit, name, signal)
    return visit


@block
def held_stage(clk, clear, go, before, after):
    """A register in which a Visit stays until `go`; `clear`: there is none any more. It may be one that never scrubs.

    Outputs: after
    """
    if "scrubs" in after.members:

        @always(clk.posedge)
        def shift():
            """One stage further, if the next one is free."""
            if go:
                after.visits.next = before.visits
                after.tests.next = before.tests
                after.scrubs.next = before.scrubs
                after.word.next = before.word
                after.marks.next = before.marks
                after.step.next = before.step
                after.end.next = before.end
            if clear:
                after.visits.next = 0
                after.tests.next = 0
                after.scrubs.next = 0
                after.marks.next = 0

    else:

        @always(clk.posedge)
        def shift():
            """One stage further, if the next one is free."""
            if go:
                after.visits.next = before.visits
                after.tests.next = before.tests
                after.word.next = before.word
                after.marks.next = before.marks
                after.step.next = before.step
                after.end.next = before.end
            if clear:
                after.visits.next = 0
                after.tests.next = 0
                after.marks.next = 0

    return shift


@block
def issue_stage(clk, clear, go, before, after):
    """The register between those that wait and those that move: what stands before moves on if `go`, else there is
    none.

    Outputs: after
    """

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.visits.next = before.visits and go and not clear
        after.tests.next = before.tests and go and not clear
        after.scrubs.next = before.scrubs and go and not clear
        after.word.next = before.word
        after.marks.next = before.marks and go and not clear
        after.step.next = before.step
        after.end.next = before.end

    return shift


@block
def row_issue(clk, clear, go, free, scrubs, scrubbed, before, after):
    """The register between those that wait and those that move: what stands before moves on if `go`; where nothing
    does, which `free` says, and `scrubs`, the word `scrubbed` is emptied.

    Outputs: free, after
    """

    @always_comb
    def look():
        """Nothing is issued."""
        free.next = not (go and (before.visits or before.tests or before.marks))

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.visits.next = before.visits and go and not clear
        after.tests.next = before.tests and go and not clear
        after.scrubs.next = free and scrubs and not clear
        after.marks.next = before.marks and go and not clear
        after.step.next = before.step
        after.end.next = before.end
        if free:
            after.word.next = scrubbed
        else:
            after.word.next = before.word

    return look, shift


@block
def word_stage(clk, clear, before, after):
    """A register through which a Visit moves without stay, but for its marks, step and end.

    Outputs: after
    """

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.visits.next = before.visits and not clear
        after.tests.next = before.tests and not clear
        after.scrubs.next = before.scrubs and not clear
        after.word.next = before.word

    return shift


@block
def full_stage(clk, clear, before, after):
    """The same, marks, step and end included.

    Outputs: after
    """

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.visits.next = before.visits and not clear
        after.tests.next = before.tests and not clear
        after.scrubs.next = before.scrubs and not clear
        after.word.next = before.word
        after.marks.next = before.marks and not clear
        after.step.next = before.step
        after.end.next = before.end

    return shift


@block
def delay_stage(clk, go, before, after):
    """One register for what goes along with a Visit; it stays until `go`, if that is a signal.

    Outputs: after
    """
    if go is None:

        @always(clk.posedge)
        def shift():
            """One stage further."""
            after.next = before

    else:

        @always(clk.posedge)
        def shift():
            """One stage further, if the next one is free."""
            if go:
                after.next = before

    return shift


@block
def visit_flow(advance, clash, waiting, hold=None):
    """`advance` = what is `waiting` is issued. Combinational.

    Outputs: advance
    """
    if hold is None:

        @always_comb
        def flow():
            """What waits is issued unless it would read what is about to be written."""
            advance.next = not clash

    else:

        @always_comb
        def flow():
            """What waits is issued unless it would read what is about to be written, or lead to a vector for which
            there is no room."""
            advance.next = not (clash or (hold and (waiting.tests or waiting.marks)))

    return flow


@block
def join_address(address, place, whole_address):
    """`whole_address` = {address, place}, or the address alone where it is no wider. Combinational.

    Outputs: whole_address
    """
    if len(whole_address) > len(address):

        @always_comb
        def join():
            """The place is the lowest part."""
            whole_address.next = concat(address, place)

    else:

        @always_comb
        def join():
            """There are no places."""
            whole_address.next = address

    return join
