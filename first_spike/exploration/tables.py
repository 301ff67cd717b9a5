"""How many LUTs a table of constants takes."""

LEAF = 4  # inputs of a LUT; what has one more is two, and needs no LUT to choose between them


def table_luts(words, bits):
    """LUT4 of a table of `words`, integers of so many `bits`, one of which is looked up: a LUT for each function of up
    to four bits of its number, shared by what is equal, and multiplexers. What lies beyond the words does not
    matter."""
    columns = [sum((word >> bit & 1) << number for number, word in enumerate(words)) for bit in range(bits)]
    seen = set()
    return sum(_luts(column, len(words), seen) for column in columns)


def _luts(column, count, seen):
    """LUT4 of what is not `seen` yet of the function whose `count` values are the bits of `column`."""
    inputs = (count - 1).bit_length()
    support = sum(_depends(column, count, bit) for bit in range(inputs))
    if support <= 1 or (column, inputs) in seen:
        return 0
    seen.add((column, inputs))
    if support <= LEAF + 1:
        return 2 if support > LEAF else 1
    half = 1 << inputs - 1
    low, high, rest = column & (1 << half) - 1, column >> half, count - half
    if low & (1 << rest) - 1 == high:
        return _luts(low, half, seen)
    return _luts(low, half, seen) + _luts(high, rest, seen) + 1


def _depends(column, count, bit):
    """Whether such a function depends on a bit of the number."""
    step, every = 1 << bit, (1 << count) - 1
    pairs = sum(((1 << step) - 1) << place for place in range(0, count, 2 * step))
    return (column ^ column >> step) & pairs & every >> step != 0
