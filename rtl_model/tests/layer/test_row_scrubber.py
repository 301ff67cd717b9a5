"""Both halves of the memories are empty when an image uses them, however short images are."""

import numpy as np
import pytest

from first_spike.golden.contract.limits import ROW_SETTLE
from first_spike.rtl_model.layer.row_scrubber import row_scrubber
from first_spike.rtl_model.tests.clocked import run, signals, vector

WORDS, DELAY = 16, 5  # cycles from `scrubs` to the memory


@pytest.mark.parametrize("busy", [0.0, 0.5, 0.9])
def test_an_image_never_sees_what_another_left(busy):
    ports = dict(**signals("clk", "rst", "clear", "free", "scrubs", "scrubbed_half", "half", "urgent"),
                 pointer=vector(4))
    rng = np.random.default_rng(1)
    dirty = [set(range(WORDS)), set(range(WORDS))]
    waited = 0

    def stimulus():
        nonlocal waited
        ports["rst"].next = 1
        yield ports["clk"].negedge
        ports["rst"].next = 0
        for _ in range(40):
            ports["clear"].next = 1
            yield ports["clk"].negedge
            ports["clear"].next = 0
            on_their_way, own = [], int(ports["half"])
            for _ in range(int(rng.integers(1, 80))):
                works = not ports["urgent"]
                waited += not works
                if works and not on_their_way:
                    assert not dirty[own]
                ports["free"].next = free = not works or bool(rng.random() >= busy)
                on_their_way = [(age + 1, *word) for age, *word in on_their_way]
                if on_their_way and on_their_way[0][0] > DELAY:
                    _, half, word = on_their_way.pop(0)
                    dirty[half].discard(word)
                if free and ports["scrubs"]:
                    on_their_way.append((0, int(ports["scrubbed_half"]), int(ports["pointer"])))
                    assert works == (ports["scrubbed_half"] != own)
                yield ports["clk"].negedge
            if works:
                assert not dirty[own]
                dirty[own] = set(range(WORDS))  # it was used; what was on its way is dropped

    run(row_scrubber, dict(**ports, words=WORDS), stimulus())
    assert waited > WORDS + ROW_SETTLE
