"""Random spikes, visits, candidates and stalls against the order that a step has to keep."""

import numpy as np

from first_spike.rtl_model.layer.step_order import WaitingSpike, step_order
from tb.helpers.clocked import run, signals, vector


def test_a_step_is_visited_then_closed_then_over():
    ports = dict(**signals("clk", "clear", "advance", "empties", "some", "at_end", "under_way", "given", "idle", "take",
                           "visiting", "step_on", "closing", "over", "image_end"), waiting=WaitingSpike(3),
                 step=vector(3))
    waiting, rng = ports["waiting"], np.random.default_rng(1)
    seen = dict.fromkeys(("take", "step_on", "over", "turned", "cleared", "waits for candidates"), 0)

    def stimulus():
        visiting = closing = last = quiet = False
        facts = (0, 0)  # of the spike that was taken
        for _ in range(2000):
            draw = {name: bool(rng.random() < chance) for name, chance in dict(
                clear=0.02, advance=0.8, empties=0.1, some=0.8, at_end=0.4, under_way=0.2, given=0.2, idle=0.6).items()}
            ready, spikes, ends, step, end = (int(value) for value in rng.integers(0, [4, 4, 2, 8, 2]))
            for name, value in draw.items():
                ports[name].next = value
            waiting.ready.next, waiting.spikes.next, waiting.last.next = ready > 0, spikes > 0, ends
            waiting.step.next, waiting.end.next = step, end
            yield ports["clk"].posedge
            take = (draw["advance"] and ready > 0 and not draw["empties"] and not closing
                    and (not visiting or draw["at_end"] and not last))
            over = closing and quiet and draw["idle"]
            assert (ports["take"], ports["over"]) == (take, over)
            assert ports["step_on"] == (draw["advance"] and visiting)
            for name, happens in dict(take=take, step_on=ports["step_on"], over=over, turned=take and visiting,
                                      cleared=draw["clear"] and (visiting or closing)).items():
                seen[name] += bool(happens)
            seen["waits for candidates"] += closing and not over
            yield ports["clk"].negedge
            quiet = not (visiting or draw["under_way"] or draw["given"])
            if take:
                visiting, last, facts = draw["some"] and spikes > 0, bool(ends), (step, end)
                closing = last and not visiting
            elif draw["advance"] and visiting and draw["at_end"]:
                visiting, closing = False, last
            elif draw["advance"] and over:
                closing = False
            if draw["clear"]:
                visiting = closing = False
            assert (ports["visiting"], ports["closing"]) == (visiting, closing)
            if visiting or closing:
                assert (ports["step"], ports["image_end"]) == facts

    run(step_order, ports, stimulus())
    assert min(seen.values()) > 10, seen
