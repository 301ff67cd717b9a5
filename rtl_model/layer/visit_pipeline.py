"""The pipeline of a convolution: visits, tests, marks, and what is emptied, wait and then move through it, in order."""

from functools import partial

from myhdl import ConcatSignal, Signal, always_comb, block

from first_spike.rtl_model.layer.interlocks import row_interlock, visit_interlock
from first_spike.rtl_model.layer.visit_stage import (
    Visit,
    delay_stage,
    full_stage,
    held_stage,
    issue_stage,
    row_issue,
    visit_flow,
    whole,
    word_stage,
)
from first_spike.rtl_model.parts.hierarchy import inlined, inlined_line

HELD = ("visits", "tests", "word", "marks", "step", "end")  # what waits where nothing that is emptied does


@block
def want_weights(visit, reads, advance=None):
    """Weights are asked for so that they are there when they are added: of a visit, if it goes on. Combinational.

    Outputs: reads
    """
    if advance is None:

        @always_comb
        def want():
            """It does in any case."""
            reads.next = visit.visits

    else:

        @always_comb
        def want():
            """When it is issued."""
            reads.next = visit.visits and advance

    return want


@block
def visit_pipeline(clk, clear, s_visit, advance, reads, follows, under_way, issued, caught, added, leaving,
                   fetched=None, tested=None, hold=None, free=None, scrubs=None, scrubbed=None, *, shape):
    """What is to be done is proposed and waits until it clashes with nothing ahead; from where it is issued on it moves
    a stage a cycle. Of the stages, those members come out that the words of potentials ask for.

    A place of the kernel a cycle: issued, fetched, caught (the word is there), compared, taken, added, tested, leaving.
    A row of it: issued, fetched, caught (the words are there), added, leaving; what is emptied joins at the first.

    Ports:
        clear: nothing is in the pipeline any more
        s_visit: what is to be done
        advance: it is taken, and what waits is issued
        reads: the weights of a visit are asked for, as visit_weights wants it
        follows: what is added has the window of the test one cycle ahead, whose outcome is not in memory yet
        under_way: a visit is in the pipeline
        hold: no more tests and marks
        free: nothing is issued
        scrubs: if so, the word `scrubbed` is emptied
        scrubbed: that word
    Outputs: advance, reads, follows, under_way, issued, caught, added, leaving, fetched, tested, free
    """
    of = len(s_visit.word), len(s_visit.step)
    clash = Signal(bool(0))
    near = Signal(bool(0))
    proposed, waiting = Visit(*of), Visit(*of)
    issued, caught, added = whole(issued, *of), whole(caught, *of), whole(added, *of)

    if shape.by_rows:
        proposed, waiting = proposed.only(*HELD), waiting.only(*HELD)
        fetched, leaving = whole(fetched, *of), whole(leaving, *of)
        stages = (issued, fetched, caught, added, leaving)
        issue = inlined("issued", row_issue(clk, clear, advance, free, scrubs, scrubbed, waiting, issued))
        full, handed_at, last = stages, 4, []
        interlock = inlined("interlock", row_interlock(clk, clear, advance, proposed, waiting, stages, clash, near,
                                                       shape=shape))
    else:
        fetched, compared, taken, tested = Visit(*of), Visit(*of), Visit(*of), whole(tested, *of)
        stages = (issued, fetched, caught, compared, taken, added, tested, leaving)
        issue = inlined("issued", issue_stage(clk, clear, advance, waiting, issued))
        full, handed_at = stages[:-1], 5
        last = inlined("last", word_stage(clk, clear, tested, leaving))
        interlock = inlined("interlock", visit_interlock(clk, clear, advance, proposed, waiting, stages, clash, near,
                                                         window_bits=shape.pool_bits))
    front = [inlined("proposed", held_stage(clk, clear, advance, s_visit, proposed)),
             inlined("waiting", held_stage(clk, clear, advance, proposed, waiting)), issue]
    pipeline = inlined_line("stage", partial(full_stage, clk, clear), full)
    flow = inlined("flow", visit_flow(advance, clash, waiting, hold))
    handed = (near, *(Signal(bool(0)) for _ in range(handed_at - 1)), follows)
    pipeline += inlined_line("follows", partial(delay_stage, clk, None), handed)

    if shape.by_rows and not shape.shallow:
        wants = inlined("want", want_weights(waiting, reads, advance))
    else:
        wants = inlined("want", want_weights(stages[1] if shape.by_rows or not shape.shallow else stages[3], reads))

    travelling = ConcatSignal(proposed.visits, waiting.visits, *(visit.visits for visit in stages))

    @always_comb
    def look_for_visits():
        """Whether one may still become a candidate."""
        under_way.next = travelling != 0

    return front, pipeline, last, interlock, flow, wants, look_for_visits
