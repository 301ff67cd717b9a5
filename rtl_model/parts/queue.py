"""A first-in first-out memory."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.streams import bits_for


@block
def queue(clk, clear, push, entry, pop, head, filled, almost_full=None, *, depth, margin):
    """A first-in first-out memory of `depth` entries. An entry is at its head one cycle after its push at the earliest.

    Ports:
        clear: forget everything
        push: add `entry`; not when it is full
        entry: what is added
        pop: take the head away; not when it is empty
        head: the oldest entry, while `filled`
        filled: there is one
        almost_full: there were `margin` places left in the cycle before, or fewer
    Outputs: head, filled, almost_full
    Parameters:
        depth: entries that it holds
        margin: places that are left when it is almost full
    """
    entries = [Signal(intbv(0)[len(entry):]) for _ in range(depth)]
    tail = Signal(intbv(0)[bits_for(depth):])
    read = Signal(intbv(0)[bits_for(depth):])
    count = Signal(intbv(0)[bits_for(depth + 1):])

    @always_comb
    def outputs():
        """The oldest entry."""
        head.next = entries[read]
        filled.next = count != 0

    @always(clk.posedge)
    def move():
        """Where the next entry goes, where the oldest one stands, and how many there are."""
        if push:
            entries[tail].next = entry
            if tail == depth - 1:
                tail.next = 0
            else:
                tail.next = tail + 1
        if pop:
            if read == depth - 1:
                read.next = 0
            else:
                read.next = read + 1
        if push and not pop:
            count.next = count + 1
        elif pop and not push:
            count.next = count - 1
        if clear:
            tail.next = 0
            read.next = 0
            count.next = 0

    if almost_full is None:
        return outputs, move

    @always(clk.posedge)
    def warn():
        """In time for those that are on their way."""
        almost_full.next = count >= depth - margin and not clear

    return outputs, move, warn
