"""One way of the spike encoder: the banks that share a place in each transfer."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.encoder.bank_heads import bank_heads
from first_spike.rtl_model.encoder.bank_list import bank_list, successor_memory
from first_spike.rtl_model.encoder.way_arbiter import way_arbiter
from first_spike.rtl_model.parts.bits import at_most_one, at_most_two
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array


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
    Outputs: finishing
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


def bit_of_each(count):
    """A signal with a bit for each of `count`: a plain bit if it is one, for MyHDL takes no vector as condition."""
    return Signal(intbv(0)[count:] if count > 1 else bool(0))


@block
def encoder_way(clk, s_beat, s_sweep, s_drain, clear, advance, early_steps, lit, gives, row, finishing):
    """Puts the spikes of a beat into the lists of its banks and gives those of the open step, one a cycle.

    A bank has a list for each step and buffer: a chain of the numbers of beats, newest first, for a bank has at most
    one spike in a beat. Where a list begins stands in the bank's head tables, the way from each beat to the one before
    it in one memory for all banks.

    Ports:
        s_beat: what every bank does with a beat
        s_sweep: which entries of the head tables are emptied, and which are alive
        s_drain: which lists are drained, and when the next ones begin
        clear: drops the lists that are drained; not together with `open_step`
        advance: what was given moves on, and the next event may follow
        early_steps: for each bank the step of its spike, one cycle ahead of the beat
        lit: for each bank: it has a spike in this beat
        gives: there is an event; combinational
        row: {beat, bank} of the event given at the last `advance`
        finishing: no event will be left in this step when one more has been given
    Outputs: gives, row, finishing
    Latency: from `advance` to the `row` of the event then given one cycle.
    Back-pressure: nothing moves without `advance`; beats cannot be stalled.
    """
    banks, row_bits, step_bits, way_row_bits = len(lit), len(s_beat.row), len(s_drain.fetch_step0), len(row)
    entry_bits = row_bits + 1  # {penultimate, row}: the beat, and whether it is the last but one of its list
    bank_bits = way_row_bits - row_bits

    replaced = Signal(intbv(0)[banks * entry_bits:])
    first = Signal(intbv(0)[banks * entry_bits:])
    first_live = bit_of_each(banks)
    first_more = bit_of_each(banks)
    found = Signal(intbv(0)[banks * entry_bits:])
    grant = bit_of_each(banks)
    ready = bit_of_each(banks)
    more = bit_of_each(banks)
    arriving = bit_of_each(banks)
    will_follow = bit_of_each(banks)
    rows = Signal(intbv(0)[banks * row_bits:])
    write_address = Signal(intbv(0)[1 + row_bits:])
    read_address = Signal(intbv(0)[1 + row_bits:])

    heads = submodule_array(
        "heads", bank_heads, banks,
        shared=dict(clk=clk, s_beat=s_beat.only("buffer", "row", "touch"),
                    s_sweep=s_sweep, s_drain=s_drain.only("buffer", "keep_heads", "fetch_step0", "fetch_step1")),
        sliced=dict(early_step=[(early_steps, step_bits)], lit=[(lit, 1)]), constant={},
        gathered=dict(replaced=(replaced, Signal(intbv(0)[entry_bits:])), first=(first, Signal(intbv(0)[entry_bits:])),
                      first_live=(first_live, Signal(bool(0))), first_more=(first_more, Signal(bool(0)))))
    lists = submodule_array(
        "list", bank_list, banks,
        shared=dict(clk=clk, s_drain=s_drain.only("open_step", "take_heads"), clear=clear, advance=advance),
        sliced=dict(first=[(first, entry_bits)], first_live=[(first_live, 1)], first_more=[(first_more, 1)],
                    found=[(found, entry_bits)], grant=[(grant, 1)]),
        constant={},
        gathered=dict(ready=(ready, Signal(bool(0))), more=(more, Signal(bool(0))),
                      arriving=(arriving, Signal(bool(0))), will_follow=(will_follow, Signal(bool(0))),
                      row=(rows, Signal(intbv(0)[row_bits:]))))
    arbiter = submodule("arbiter", way_arbiter, clk=clk, advance=advance, ready=ready, more=more, rows=rows,
                        grant=grant, gives=gives, row=row)
    last = submodule("last", last_entry, clk=clk, open_step=s_drain.open_step, advance=advance, first_live=first_live,
                     first_more=first_more, ready=ready, arriving=arriving, will_follow=will_follow,
                     finishing=finishing)
    successors = submodule("successors", successor_memory, clk=clk, write=s_beat.insert, write_address=write_address,
                           replaced=replaced, read_address=read_address, found=found)

    @always_comb
    def address_successors():
        """A beat's successors are written in its own row, and read in the row of what was granted."""
        write_address.next = concat(s_beat.buffer, s_beat.row)
        read_address.next = concat(s_drain.buffer, row[way_row_bits:bank_bits])

    return heads, lists, arbiter, last, successors, address_successors
