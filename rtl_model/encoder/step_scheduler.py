"""Which time step the encoder drains next, found without walking the empty ones."""

from myhdl import Signal, always, always_comb, block, intbv

from rtl_model.parts.lowest_bit import lowest_bit


@block
def lowest_step(steps, lowest, index, *, count, step_bits):
    """The lowest set bit of `steps`, alone and as a number; zero if there is none. Combinational."""

    isolate = lowest_bit(steps, lowest, count=count)

    @always_comb
    def encode():
        number = intbv(0)[step_bits:]
        for t in range(count):
            if lowest[t]:
                number |= t
        index.next = number

    return isolate, encode


@block
def step_scheduler(clk, rst, insert, scrub, buffer, steps, lit, final_beat, bad, decide, flush, space, advance, closing,
                   step_is_open, open_step, opened, fetch_step0, fetch_step1, drain_buffer, drain_bad, step, final_step,
                   *, banks, step_bits):
    """Keeps the set of steps that hold a spike, for the image being loaded, the one that waits and the one being
    drained.

    `fetch_step0`, `fetch_step1`: for each buffer the step that comes next, an address for the banks' head tables.
    `decide` ends the image being drained, `flush` follows one cycle later. As soon as no image is drained the waiting
    one is taken up, and its first step opened by the pulse `open_step` (`opened` follows, until the first `advance`),
    once `space` says that the result will have a place. `closing` says that the last event of the open step is leaving;
    the next step opens in that same cycle, but three cycles after the step before at the earliest, since its heads have
    to be fetched, or none is left (`final_step`). `step` is the open one. An image without spikes opens one step
    without events. Latency: four cycles from `final_beat` to `open_step`, two from `decide`.
    """
    count = 1 << step_bits

    hit = Signal(intbv(0)[count:])
    arrived = Signal(intbv(0)[count:])
    arrived_lowest = Signal(intbv(0)[count:])
    arrived_index = Signal(intbv(0)[step_bits:])
    complete = Signal(bool(0))
    completed = Signal(bool(0))
    complete_bad = Signal(bool(0))
    complete_buffer = Signal(bool(0))
    has_waiting = Signal(bool(0))
    waiting_bad = Signal(bool(0))
    waiting_rest = Signal(intbv(0)[count:])
    remaining = Signal(intbv(0)[count:])
    remaining_lowest = Signal(intbv(0)[count:])
    remaining_index = Signal(intbv(0)[step_bits:])
    draining = Signal(bool(0))
    start = Signal(bool(0))
    opening = Signal(bool(0))
    has_next = Signal(bool(0))
    fetching = Signal(bool(0))
    blocked = Signal(bool(0))
    may_open = Signal(bool(0))

    find_arrived = lowest_step(arrived, arrived_lowest, arrived_index, count=count, step_bits=step_bits)
    find_remaining = lowest_step(remaining, remaining_lowest, remaining_index, count=count, step_bits=step_bits)

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
        complete_buffer.next = buffer
        if complete:
            waiting_rest.next = arrived ^ arrived_lowest
            waiting_bad.next = complete_bad
        completed.next = complete
        if completed:
            has_waiting.next = 1
        elif start:
            has_waiting.next = 0
        if rst:
            complete.next = 0
            completed.next = 0
            has_waiting.next = 0

    @always_comb
    def control():
        start.next = has_waiting and not draining
        may_open.next = has_next and not flush
        final_step.next = not has_next

    @always_comb
    def open_now():
        open_step.next = not blocked and ((opening and space and not flush) or (closing and may_open))

    @always(clk.posedge)
    def fetch():
        # A completed image lies in the other buffer than the one being drained.
        if complete and not complete_buffer:
            fetch_step0.next = arrived_index
        elif open_step and not drain_buffer:
            fetch_step0.next = remaining_index
        if complete and complete_buffer:
            fetch_step1.next = arrived_index
        elif open_step and drain_buffer:
            fetch_step1.next = remaining_index

    @always(clk.posedge)
    def drain():
        fetching.next = open_step
        opened.next = open_step or (opened and not advance)
        blocked.next = open_step or fetching or opened
        opening.next = start or (opening and not flush and (blocked or not space)) or (closing and may_open and blocked)
        step_is_open.next = open_step or (step_is_open and not closing and not flush)
        if open_step:
            has_next.next = remaining != 0
            if drain_buffer:
                step.next = fetch_step1
            else:
                step.next = fetch_step0
        if fetching:
            remaining.next = remaining ^ remaining_lowest
        if start:
            draining.next = 1
            remaining.next = waiting_rest
            drain_bad.next = waiting_bad
            drain_buffer.next = not drain_buffer
        elif decide:
            draining.next = 0
        if rst:
            draining.next = 0
            opening.next = 0
            step_is_open.next = 0
            drain_buffer.next = 1

    return find_arrived, find_remaining, find_hits, collect, control, open_now, fetch, drain
