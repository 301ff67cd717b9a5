"""What travels through the pipeline of a convolution."""

from myhdl import Signal, always, block, intbv

from rtl_model.parts.streams import Bundle


class Visit(Bundle):
    """A word on its way through the pipeline, and why.

    Members:
        visits: a weight is added to its potentials
        tests: its step is over: who fires?
        scrubs: it is emptied
        marks: there is no word: all of the step has been tested
        word: its number
        step: the time step
        end: the step is the image's last
    """

    members = ("visits", "tests", "scrubs", "marks", "word", "step", "end")

    def __init__(self, word_bits, step_bits):
        self.visits = Signal(bool(0))
        self.tests = Signal(bool(0))
        self.scrubs = Signal(bool(0))
        self.marks = Signal(bool(0))
        self.word = Signal(intbv(0)[word_bits:])
        self.step = Signal(intbv(0)[step_bits:])
        self.end = Signal(bool(0))


@block
def visit_stage(clk, clear, go, before, after):
    """One pipeline register for a Visit: what stands before moves on if `go`, else there is none; `clear`: there is
    none either."""

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.visits.next = before.visits and go and not clear
        after.tests.next = before.tests and go and not clear
        after.scrubs.next = before.scrubs and go and not clear
        after.marks.next = before.marks and go and not clear
        after.word.next = before.word
        after.step.next = before.step
        after.end.next = before.end

    return shift


@block
def held_stage(clk, clear, go, before, after):
    """The same where a Visit stays until `go`."""

    @always(clk.posedge)
    def shift():
        """One stage further, if the next one is free."""
        if go:
            after.visits.next = before.visits
            after.tests.next = before.tests
            after.scrubs.next = before.scrubs
            after.marks.next = before.marks
            after.word.next = before.word
            after.step.next = before.step
            after.end.next = before.end
        if clear:
            after.visits.next = 0
            after.tests.next = 0
            after.scrubs.next = 0
            after.marks.next = 0

    return shift
