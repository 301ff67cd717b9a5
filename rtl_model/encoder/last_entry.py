"""When the last event of a time step leaves a way of the spike encoder."""

from myhdl import Signal, always, always_comb, block

from first_spike.rtl_model.parts.few_bits import at_most_one, at_most_two
from first_spike.rtl_model.parts.hierarchy import inlined


@block
def last_entry(clk, open_step, advance, first_live, first_more, ready, arriving, will_follow, finishing):
    """Says that no bank of the way will have an entry of this step when one more has been granted.

    A register, so that the next step can open in the cycle of the last grant: told one cycle ahead from what the banks
    know of their next cycle. At most one entry is arriving at a time.

    Ports:
        open_step: a pulse: the banks turn to their next lists
        advance: one entry is granted, if there is one
        first_live: for each bank: its next list has an entry
        first_more: and a second one
        ready: for each bank: it has an entry to grant
        arriving: for each bank: it will have one in the next cycle
        will_follow: for each bank: in the next cycle its list will go on
        finishing: at most one entry is left
    Latency: one cycle.
    """
    banks = len(ready)

    if banks == 1:
        # ports without use: there is never more than one
        advance.read = first_live.read = ready.read = arriving.read = True

        @always(clk.posedge)
        def foresee_only_bank():
            """One bank has an entry in a step or none: all that counts is whether its list goes on."""
            if open_step:
                finishing.next = not first_more
            else:
                finishing.next = not will_follow

        return foresee_only_bank

    first_one = Signal(bool(0))
    ready_one = Signal(bool(0))
    ready_two = Signal(bool(0))
    few = Signal(bool(0))

    count_first = inlined("first", at_most_one(first_live, first_one, count=banks))
    count_ready = inlined("ready", at_most_one(ready, ready_one, count=banks))
    count_more = inlined("more", at_most_two(ready, ready_two, count=banks))

    @always_comb
    def count_next():
        """At most one will be ready: what is ready now, less the one that is granted, with the one that arrives."""
        if advance:
            few.next = ready_one or (ready_two and arriving == 0)
        else:
            few.next = ready == 0 or (ready_one and arriving == 0)

    @always(clk.posedge)
    def foresee():
        """No list goes on, and at most one of them has an entry left."""
        if open_step:
            finishing.next = first_more == 0 and first_one
        else:
            finishing.next = will_follow == 0 and few

    return count_first, count_ready, count_more, count_next, foresee
