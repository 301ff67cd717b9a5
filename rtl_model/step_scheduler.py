"""Which time step the encoder drains next, found without walking the empty ones."""

from myhdl import Signal, always, always_comb, block, intbv


@block
def step_scheduler(clk, rst, insert, scrub, steps, lit, final_beat, bad, flush, space, closing, step_is_open, open_step, fetch_step,
                   drain_buffer, drain_bad, step, final_step, *, banks, step_bits):
    """Keeps the set of steps that hold a spike, for the image being loaded, the one that waits and the one being drained.

    `flush` ends the image being drained, if any. As soon as one waits it is taken up: its earliest step is fetched
    (`fetch_step`, an address for the banks' head tables) and, once `space` says that its result will have a place, opened
    by the pulse `open_step`. `closing` says that the last event of the open step is leaving; the next step opens in that
    same cycle, or none is left (`final_step`). `step` is the open one. An image without spikes opens one step without events.
    Latency: four cycles from `final_beat` to `open_step`, two from `flush`.
    """
    count = 1 << step_bits

    hit = Signal(intbv(0)[count:])
    arrived = Signal(intbv(0)[count:])
    waiting = Signal(intbv(0)[count:])
    remaining = Signal(intbv(0)[count:])
    lowest = Signal(intbv(0)[count:])
    lowest_index = Signal(intbv(0)[step_bits:])
    complete = Signal(bool(0))
    complete_bad = Signal(bool(0))
    has_waiting = Signal(bool(0))
    waiting_bad = Signal(bool(0))
    draining = Signal(bool(0))
    start = Signal(bool(0))
    starting = Signal(bool(0))
    opening = Signal(bool(0))
    has_fetched = Signal(bool(0))

    @always_comb
    def find_hits():
        found = intbv(0)[count:]
        for t in range(count):
            for bank in range(banks):
                match = lit[bank]
                for b in range(step_bits):
                    if steps[bank * step_bits + b] != ((t >> b) & 1):
                        match = False
                if match:
                    found[t] = 1
        hit.next = found

    @always(clk.posedge)
    def collect():
        if insert:
            arrived.next = arrived | hit
        if scrub != 0:
            arrived.next = 0
        complete.next = final_beat
        complete_bad.next = bad
        if complete:
            waiting.next = arrived
            waiting_bad.next = complete_bad
            has_waiting.next = 1
        elif start:
            has_waiting.next = 0
        if rst:
            complete.next = 0
            has_waiting.next = 0

    @always_comb
    def find_lowest():
        # x & (x ^ (x - 1)): the lowest set b alone, zero if there is none
        lowest.next = remaining & (remaining ^ (remaining - 1))

    @always_comb
    def encode_lowest():
        index = intbv(0)[step_bits:]
        for t in range(count):
            if lowest[t]:
                index |= t
        lowest_index.next = index

    @always_comb
    def control():
        start.next = has_waiting and (flush or not draining)
        open_step.next = (opening and space) or (step_is_open and closing and has_fetched)
        final_step.next = not has_fetched

    @always(clk.posedge)
    def drain():
        starting.next = start
        if starting:
            opening.next = 1
        elif space:
            opening.next = 0
        if starting or open_step:
            fetch_step.next = lowest_index
            has_fetched.next = remaining != 0
            remaining.next = remaining ^ lowest
        if open_step:
            step.next = fetch_step
        if flush:
            draining.next = 0
        if start:
            draining.next = 1
            remaining.next = waiting
            drain_bad.next = waiting_bad
            drain_buffer.next = not drain_buffer
        if flush or start:
            step_is_open.next = 0
        elif open_step:
            step_is_open.next = 1
        elif closing:
            step_is_open.next = 0
        if rst:
            draining.next = 0
            starting.next = 0
            opening.next = 0
            step_is_open.next = 0
            drain_buffer.next = 1

    return find_hits, collect, find_lowest, encode_lowest, control, drain
