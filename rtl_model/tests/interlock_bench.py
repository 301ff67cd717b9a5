"""How long a Visit waits for another, in either interlock of a convolution."""

from myhdl import block

from first_spike.rtl_model.layer.visit_stage import Visit, held_stage, issue_stage, word_stage
from tb.helpers.clocked import run, signals

KINDS = ("visits", "tests", "scrubs", "marks")
EMPTY = 12  # cycles in which the stages become empty


def waits_of(interlock, word_bits, cases):
    """{case: (cycles that its second Visit waits, whether it then takes over what the first one found)}.

    interlock: the block, with the ports that both have. word_bits: of what travels. cases: each (kind of the first,
    kind of the second, cycles from the one to the other, word of the first, word of the second). One simulation serves
    all of them, since nothing is under way between two.
    """
    ports = signals("clk", "clear", "advance", "clash", "follows")
    stages = [Visit(word_bits, 2) for _ in range(10)]
    chosen, proposed, waiting, *ahead = stages
    found = {}

    @block
    def bench():
        parts = [held_stage(ports["clk"], ports["clear"], ports["advance"], *pair)
                 for pair in zip(stages[:2], stages[1:])]
        parts.append(issue_stage(ports["clk"], ports["clear"], ports["advance"], waiting, ahead[0]))
        parts += [word_stage(ports["clk"], ports["clear"], *pair) for pair in zip(ahead, ahead[1:])]
        return parts, interlock(**ports, proposed=proposed, waiting=waiting, ahead=ahead)

    def stimulus():
        for case in cases:
            first, second, gap, word, other = case
            waited, follows = 0, None
            for kind, own in [(first, word), *[(None, 0)] * (gap - 1), (second, other), *[(None, 0)] * EMPTY]:
                clashes = True
                while clashes:
                    ports["advance"].next = not ports["clash"]
                    for name in KINDS:
                        getattr(chosen, name).next = name == kind
                    chosen.word.next = own
                    clashes = bool(ports["clash"])
                    if waiting.word == other and getattr(waiting, second) and not clashes:
                        follows = bool(ports["follows"])  # the second is the last of which this is true
                    waited += clashes
                    yield ports["clk"].negedge
            assert not any(getattr(visit, name) for visit in stages for name in KINDS)
            found[case] = waited, follows

    run(bench, {}, stimulus(), ports["clk"])
    assert len(found) == len(cases)
    return found
