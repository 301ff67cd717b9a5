"""Vectors that are assigned bit by bit, as concatenations."""

from first_spike.rtl_model.printer.folding import value_of
from first_spike.rtl_model.printer.trees import Assign, Index, Joined, Range


def merged(items, scope):
    """The items of a module, where assignments of all bits of a vector that follow each other, from the highest bit
    down, are one."""
    made, at = [], 0
    while at < len(items):
        count = _slices(items[at:], scope)
        if count > 1:
            parts = items[at:at + count]
            made.append(Assign(parts[0].target.of, Joined(tuple(part.value for part in parts))))
        else:
            made.append(items[at])
        at += max(count, 1)
    return made


def _slices(items, scope):
    """How many of the first items assign all bits of one vector, 0 if they do not."""
    of = items[0].target.of if _limits(items[0], scope) else None
    next_bit = scope.bits(of) - 1 if of else None
    for count, item in enumerate(items):
        limits = _limits(item, scope)
        if limits is None or item.target.of != of or limits[0] != next_bit:
            return 0
        next_bit = limits[1] - 1
        if next_bit < 0:
            return count + 1
    return 0


def _limits(item, scope):
    """(highest, lowest) bit of the vector to which something as wide is assigned, None for any other item."""
    match item:
        case Assign(Index(_, at), value) if scope.bits(item.target) == scope.bits(value) == 1:
            found = value_of(at), value_of(at)
        case Assign(Range(_, high, low, None), value) if scope.bits(item.target) == scope.bits(value):
            found = value_of(high), value_of(low)
        case _:
            return None
    return None if None in found else found
