"""Distances at which a visit may follow another, found by trying all of them."""

import itertools
from functools import partial

from first_spike.golden.contract.limits import WINDOW_DISTANCE, WORD_DISTANCE
from first_spike.rtl_model.layer.interlocks import visit_interlock
from first_spike.rtl_model.tests.interlock_bench import KINDS, waits_of

SAME, NEAR = (4, 4), (4, 5)  # words of one window


def waits(words, gaps):
    """Of every two kinds, so many cycles from each other."""
    cases = [(*kinds, gap, *words) for kinds in itertools.product(KINDS, KINDS) for gap in gaps]
    return waits_of(partial(visit_interlock, window_bits=1), 4, cases)


def test_waits_until_the_word_is_back():
    for (first, second, gap, *_), (wait, _) in waits(SAME, range(1, 10)).items():
        reads, writes = second in ("visits", "tests"), first != "marks"
        expected = max(0, WORD_DISTANCE + 1 - gap) if reads and writes else 0
        assert wait == expected, (first, second, gap)


def test_waits_until_the_window_is_back_unless_it_is_handed_over():
    for (first, second, gap, *_), (wait, follows) in waits(NEAR, range(1, 6)).items():
        reads = second in ("visits", "tests")
        handed = first == "tests" and gap == 1 and reads
        needs = reads and first in ("tests", "scrubs") and not handed
        assert wait == (max(0, WINDOW_DISTANCE + 1 - gap) if needs else 0), (first, second, gap)
        if reads:
            assert follows == handed, (first, second, gap)
