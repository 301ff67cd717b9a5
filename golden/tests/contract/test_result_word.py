"""The result word, bit by bit, against words written by hand."""

import numpy as np
import pytest

from first_spike.golden.contract.limits import pack, unpack

NAMES = ("classes", "decision_time", "silent", "tie", "bad")
WORDS = [  # class, decision time, silent, tie, bad, word
    (0, 0, False, False, False, 0x00000000),
    (9, 5, False, False, False, 0x00050009),
    (65535, 256, True, False, False, 0x2100FFFF),
    (3, 1, False, True, False, 0x40010003),
    (0, 16, True, False, True, 0xA0100000),
    (1, 511, False, True, True, 0xC1FF0001),
]


@pytest.mark.parametrize("fields", WORDS)
def test_by_hand(fields):
    *values, word = fields
    assert int(pack(*values)) == word
    found = unpack(word)
    assert [getattr(found, name) for name in NAMES] == values
    assert found.other == word & 0xFE000000


def test_many_at_once():
    *columns, words = (np.array(column) for column in zip(*WORDS))
    assert pack(*columns).tolist() == words.tolist()
    found = unpack(words.astype(np.uint32))
    assert [getattr(found, name).tolist() for name in NAMES] == [values.tolist() for values in columns]
    assert found.classes.dtype == np.int64


def test_bits_that_are_always_zero_are_seen():
    assert [int(unpack(1 << bit).other) for bit in (24, 25, 26, 27, 28)] == [0, 1 << 25, 1 << 26, 1 << 27, 1 << 28]
