"""Accelerators behind the same bus: what is left of a published time when the image has to come over it."""

from first_spike.synthesis.rivals import RIVALS

BUS_BITS = 64
HEAD = ("accelerator", "an image needs", "beats of 64 bits", "bus alone, us", "its own time, us",
        "side by side, us", "one after the other, us")


def need_of(pixels, pixel_bits):
    """(what an image needs, in words, and in beats of the bus)."""
    return f"{pixels} pixels of {pixel_bits} bit{'s'[:pixel_bits > 1]}", -(-pixels * pixel_bits // BUS_BITS)


def equal_bus_rows(mhz, steady, idle):
    """Texts of the rows under HEAD: ours, then each rival that has hardware.

    mhz: clock of the bus, and ours; steady: our cycles from result to result, idle: from the last beat to the result of
    an idle core. Side by side an image arrives while the one before is worked on, so that the longer of the two times
    is what an image takes; one after the other is what it takes from its first beat to its result, at the least, when
    nothing is worked on before it is complete.
    """
    need, beats = need_of(784, 8)
    rows = [("this generator", need, str(beats), f"{beats / mhz:.2f}", f"{steady / mhz:.2f}",
             f"{max(beats, steady) / mhz:.2f}", f"{(beats + idle) / mhz:.2f}")]
    for rival in RIVALS:
        if rival.microseconds is not None:
            need, beats = need_of(rival.pixels, rival.pixel_bits)
            bus = beats / mhz
            rows.append((rival.name, need, str(beats), f"{bus:.2f}", rival.time(),
                         f"{max(bus, rival.microseconds):,.4g}", f"{bus + rival.microseconds:,.4g}"))
    return rows


def equal_bus_table(mhz, steady, idle):
    """The same as a table of Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *equal_bus_rows(mhz, steady, idle)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
