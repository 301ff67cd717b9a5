"""The registers of the pipeline: some wait, the one behind lets pass, the others move on."""

import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.visit_stage import (
    Visit,
    delay_stage,
    full_stage,
    held_stage,
    issue_stage,
    row_issue,
    word_stage,
)
from tb.helpers.clocked import run, signals, vector

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


@pytest.mark.parametrize("stage, full", [(full_stage, True), (word_stage, False)])
def test_stages_that_move(stage, full):
    ports, before, after = signals("clk", "clear"), Visit(5, 3), Visit(5, 3)

    def stimulus():
        for number in range(32):
            for k, kind in enumerate(KINDS):
                getattr(before, kind).next = number % 4 == k
            before.word.next, before.step.next, before.end.next = number, number % 8, number % 2
            ports["clear"].next = number % 7 == 6
            yield ports["clk"].negedge
            kinds = [number % 4 == k and number % 7 != 6 for k in range(4)]
            if not full:
                kinds[3] = False
            assert facts(after) == (kinds, number, number % 8 * full, bool(number % 2 and full))

    run(stage, dict(**ports, before=before, after=after), stimulus())


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


def test_words_are_emptied_where_nothing_is_issued():
    ports = dict(**signals("clk", "clear", "go", "free", "scrubs"), scrubbed=vector(5), after=Visit(5, 3))
    before = ports["before"] = Visit(5, 3).only("visits", "tests", "word", "marks", "step", "end")
    seen = set()

    def stimulus():
        for number in range(120):
            kind = number % 4  # 3: nothing waits
            go, scrubs, clear = number % 3 > 0, number % 5 > 1, number % 11 == 10
            for k, name in enumerate(UNSCRUBBED):
                getattr(before, name).next = kind == k
            before.word.next, ports["scrubbed"].next = number % 32, 31 - number % 32
            ports["go"].next, ports["scrubs"].next, ports["clear"].next = go, scrubs, clear
            yield ports["clk"].negedge
            issued = go and kind < 3
            assert ports["free"] == (not issued)
            after = ports["after"]
            moved = [issued and not clear and kind == k for k in range(3)]
            assert [getattr(after, kind) for kind in UNSCRUBBED] == moved
            assert after.scrubs == (scrubs and not issued and not clear)
            assert after.word == (number % 32 if issued else 31 - number % 32)
            seen.add((issued, scrubs, clear))

    run(row_issue, ports, stimulus())
    assert len(seen) == 8
