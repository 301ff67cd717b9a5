"""The registers of the pipeline: some wait, the one behind lets pass, the others move on."""

import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.visit_stage import Visit, delay_stage, held_stage, issue_stage, mark_stage, word_stage
from first_spike.rtl_model.tests.clocked import run, signals, vector

KINDS = ("visits", "tests", "scrubs", "marks")
UNSCRUBBED = ("visits", "tests", "marks")


def facts(visit, kinds=KINDS):
    return [bool(getattr(visit, kind)) for kind in kinds], int(visit.word), int(visit.step), bool(visit.end)


@pytest.mark.parametrize("stage, waits, lets_pass, kinds", [
    (held_stage, True, False, KINDS), (held_stage, True, False, UNSCRUBBED), (issue_stage, False, True, KINDS)])
def test_stages_that_ask(stage, waits, lets_pass, kinds):
    ports = signals("clk", "clear", "go")
    before, after = (Visit(5, 3).only(*kinds, "word", "step", "end") for _ in range(2))

    def stimulus():
        last = None
        for number in range(32):
            for k, kind in enumerate(kinds):
                getattr(before, kind).next = number % 4 == k
            before.word.next, before.step.next, before.end.next = number, number % 8, number % 2
            ports["go"].next, ports["clear"].next = number % 3 > 0, number % 7 == 6
            yield ports["clk"].negedge
            found = facts(after, kinds)
            if number % 7 == 6 or (lets_pass and number % 3 == 0):
                assert not any(found[0])
            elif number % 3 > 0:
                assert found == ([number % 4 == k for k in range(len(kinds))], number, number % 8, bool(number % 2))
            elif waits and last is not None:
                assert found == last
            last = found

    run(stage, dict(**ports, before=before, after=after), stimulus())


def test_stages_that_move():
    ports, before, after = signals("clk", "clear"), Visit(5, 3), Visit(5, 3)

    def stimulus():
        for number in range(32):
            for k, kind in enumerate(KINDS):
                getattr(before, kind).next = number % 4 == k
            before.word.next, before.step.next, before.end.next = number, number % 8, number % 2
            ports["clear"].next = number % 7 == 6
            yield ports["clk"].negedge
            assert facts(after) == ([number % 4 == k and number % 7 != 6 for k in range(4)], number, number % 8,
                                    bool(number % 2))

    @block
    def both():
        every = ports["clk"], ports["clear"], before, after
        return word_stage(*every), mark_stage(*every)

    run(both, {}, stimulus(), ports["clk"])


def test_delay_waits_only_where_it_is_told_to():
    clk, go, before, held, free = Signal(bool(0)), Signal(bool(0)), vector(4), vector(4), vector(4)

    @block
    def both():
        return delay_stage(clk, go, before, held), delay_stage(clk, None, before, free)

    def stimulus():
        for number in range(12):
            before.next, go.next = number, number % 3 == 0
            yield clk.negedge
            assert (held, free) == (number - number % 3, number)

    run(both, {}, stimulus(), clk)
