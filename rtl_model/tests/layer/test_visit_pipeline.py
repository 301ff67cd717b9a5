"""Where a visit is, cycle by cycle, and what makes it wait."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.rtl_model.layer.visit_pipeline import HELD, visit_pipeline
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.shape.kinds import layer_shapes
from tb.helpers.clocked import run, signals
from tb.helpers.random_networks import worded_network

WORD = 1  # of a bank's row it is the bank with a part
LATENCY = {1: 10, "row": 7}  # cycles from where a visit is chosen to where it leaves
WANTED = {(1, True): 6, (1, False): 4, ("row", True): 4, ("row", False): 2}  # to where its weights are asked for
ISSUED = 3


@pytest.fixture(params=[(1, True), ("row", False), *(
    pytest.param(case, marks=pytest.mark.thorough) for case in ((1, False), ("row", True)))])
def device(request):
    taps, shallow = request.param
    network = worded_network(np.random.default_rng(1), "conv 3 3x3, dense 2", (6, 5, 1 if shallow else 16), (3, 3), 8)
    shape = layer_shapes(Design(network, Configuration(pixels=1, taps=(taps, 1))))[0]
    assert shape.shallow == shallow
    ports = signals("clk", "clear", "advance", "reads", "follows", "under_way", "hold")
    of = shape.visit_bits if shape.by_rows else shape.word_bits, 3
    visit = Visit(*of)
    if shape.by_rows:
        visit = visit.only(*HELD)
        ports |= dict(**signals("free", "scrubs"), scrubbed=Visit(*of).word, fetched=Visit(*of))
    else:
        ports["tested"] = Visit(*of)
    ports |= dict(s_visit=visit, shape=shape, **{name: Visit(*of) for name in ("issued", "caught", "added", "leaving")})
    return ports, LATENCY[taps], WANTED[request.param]


def played(ports, plan, cycles, clear_at=None, hold_until=0):
    """{signal: cycles in which it is set} of a plan: {cycle: kind of what is chosen}; what is not taken waits."""
    seen = {name: [] for name in ("issued", "leaving", "reads", "under_way", "free")}

    def stimulus():
        waiting = [plan.get(cycle) for cycle in range(cycles)]
        ports["s_visit"].word.next = WORD
        for cycle in range(cycles):
            kind = waiting[0] if waiting else None
            for name in ("visits", "tests", "marks"):
                getattr(ports["s_visit"], name).next = name == kind
            ports["clear"].next, ports["hold"].next = cycle == clear_at, cycle < hold_until
            yield ports["clk"].posedge  # what is seen is of this cycle
            for name in ("issued", "leaving"):
                if any(getattr(ports[name], member) for member in ("visits", "tests", "marks")):
                    seen[name].append(cycle)
            for name in ("reads", "under_way", "free"):
                if name in ports and ports[name]:
                    seen[name].append(cycle)
            if ports["advance"] and waiting:
                waiting.pop(0)
            yield ports["clk"].negedge

    run(visit_pipeline, ports, stimulus())
    return seen


def test_a_visit_goes_through_all_stages(device):
    ports, latency, wanted = device
    seen = played(ports, {0: "visits"}, 20)
    assert (seen["issued"], seen["leaving"], seen["reads"]) == ([ISSUED], [latency], [wanted])
    assert seen["under_way"] == list(range(1, latency + 1))
    assert "free" not in ports or 2 not in seen["free"] and len(seen["free"]) == 19


def test_a_visit_waits_for_its_word(device):
    ports, latency, _ = device
    seen = played(ports, {0: "visits", 1: "visits"}, 40)
    assert seen["issued"] == [ISSUED, latency + 1]


def test_tests_wait_while_they_are_held(device):
    ports, *_ = device
    assert played(ports, {0: "tests"}, 40, hold_until=9)["issued"] == [10]


def test_nothing_is_left_behind_a_clear(device):
    ports, *_ = device
    seen = played(ports, {0: "visits"}, 30, clear_at=5)
    assert seen["leaving"] == [] and seen["under_way"] == list(range(1, 6))
