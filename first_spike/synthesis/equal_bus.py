"""Published classifiers behind the same bus: the time that remains when every image comes over a stream of 64 bits."""

from first_spike.synthesis.rivals import RIVALS, microseconds

BUS_BITS = 64
HEAD = ("accelerator", "an image needs", "beats of 64 bits", "bus alone", "own interval", "own latency",
        "interval behind the bus", "latency behind the bus")


def need_of(pixels, pixel_bits):
    """Return (what an image needs, as text, and the beats of the bus that carry it)."""
    return f"{pixels} pixels of {pixel_bits} bit{'s'[:pixel_bits > 1]}", -(-pixels * pixel_bits // BUS_BITS)


def equal_bus_rows(mhz, interval, idle):
    """Return the rows of text under HEAD: ours, then each rival whose latency is known.

    Behind the bus an image arrives while the image before it is classified, so the interval is the longer of the two
    times, and it is unknown if the source gives no interval. The latency counts from the first beat: the bus, then the
    accelerator's own time. Others are assumed to need no time for their encoding of pixels.

    Args:
        mhz: clock of the bus, and of our accelerator.
        interval: our cycles from one result to the next.
        idle: our cycles from the last beat to the result, on an idle core.
    """
    need, beats = need_of(784, 8)
    rows = [("this generator", need, str(beats), microseconds(beats / mhz), microseconds(interval / mhz),
             microseconds(idle / mhz), microseconds(max(beats, interval) / mhz), microseconds((beats + idle) / mhz))]
    for rival in RIVALS:
        if rival.latency is not None:
            need, beats = need_of(rival.pixels, rival.pixel_bits)
            bus = beats / mhz
            rows.append((rival.name, need, str(beats), microseconds(bus), microseconds(rival.interval),
                         microseconds(rival.latency), microseconds(rival.interval and max(bus, rival.interval)),
                         microseconds(bus + rival.latency)))
    return rows


def equal_bus_table(mhz, interval, idle):
    """Return the same rows as a table of Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *equal_bus_rows(mhz, interval, idle)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
