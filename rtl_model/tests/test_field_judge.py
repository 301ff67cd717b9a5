"""Words of a load against what the page of the processor says that their places have room for."""

import numpy as np
import pytest

from first_spike.golden.contract.processor import Processor
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.processor.field_judge import field_judge
from tb.helpers.clocked import run, signals, vector

DENSE = Processor(lanes=8, weight_words=64, inputs=36, steps=16, neurons=16, words=8, layers=2, pixels=4)
MAPS = Processor(lanes=8, weight_words=128, inputs=33, steps=4, neurons=256, words=64, layers=2, pixels=1, kinds="all")


def has_room(limits, place, word):
    """By plain arithmetic; of reaches and windows there are none where no convolutions are taken."""
    slot, field = divmod(place, limits.slot_words)
    if slot <= limits.layers:
        most = [*(limits.layer_most if slot else limits.header_most).values()]
        return word <= (most[field] if field < len(most) else 65535)
    place -= limits.slot_words * (1 + limits.layers)
    if place < limits.beats:
        return word < 2 ** limits.pixels
    place -= limits.beats
    low, high, words = word % 65536, word // 65536, limits.words * limits.takes_maps
    if place < 2 * words and place % 2 == 0:
        return low < limits.weight_words and high < limits.words
    if place < 2 * words:
        return low % 256 < 32 and low // 256 < 32 and high < 2
    if place < 3 * words:
        return low < limits.words and high < max(limits.folds, limits.words)
    return True


@pytest.mark.parametrize("limits", [DENSE, MAPS])
def test_each_word_of_the_tables_is_held_to_what_its_place_has_room_for(limits):
    rng = np.random.default_rng(limits.pixels)
    ports = signals("clk", "too_large") | dict(place=vector(bits_for(limits.most_words + 1)), data=vector(32))
    of_fields = {value for own in (limits.header_most, limits.layer_most) for most in own.values()
                 for value in (most, most + 1)}
    near = limits.words - 1 << 16 | limits.weight_words - 1
    window = max(limits.folds, limits.words) - 1 << 16 | limits.words - 1
    edges = of_fields | {0, (1 << 32) - 1, near, 0x11F1F, window, (1 << limits.pixels) - 1, 1 << limits.pixels}
    edges |= {right ^ 1 << bit for right in (near, 0x11F1F, window) for bit in range(32)}
    found = [0, 0]

    def stimulus():
        places = np.r_[0:limits.first_mask + 2, limits.first_mask + 2:limits.first_weight:5, limits.first_reach,
                       limits.first_reach - 1, limits.first_window, limits.first_window - 1, limits.first_weight - 1,
                       limits.first_weight, limits.most_words - 1]
        for place in map(int, places):
            ports["place"].next = place
            yield ports["clk"].negedge
            tried = of_fields if place < limits.first_mask else rng.permutation(sorted(edges))[:16]
            for word in [*tried, *rng.integers(0, 1 << 32, 2)]:
                ports["data"].next = int(word)
                yield ports["clk"].negedge
                right = has_room(limits, place, int(word))
                found[right] += 1
                assert ports["too_large"] != right, (place, hex(word))

    run(field_judge, {**ports, "limits": limits}, stimulus())
    assert min(found) > 100
