"""The beats with spikes of the first time step, on their way past the lists."""

from myhdl import Signal, always, always_comb, block, intbv, modbv


@block
def first_step_queue(clk, rst, push, entry, take, head, filled, *, depth):
    """A first-in first-out memory in block RAM, whose register at the output is used too.

    An entry is at the head three cycles after its push at the earliest; then one follows a cycle.

    Ports:
        push: add `entry`; fewer than `depth` are there
        entry: what is added
        take: the head is taken, if there is one
        head: the oldest entry, while `filled`
        filled: there is one
    Parameters:
        depth: words of the memory, a power of two
    Back-pressure: waits for `take`.
    """
    width, place_bits = len(entry), (depth - 1).bit_length()

    entries = [Signal(intbv(0)[width:]) for _ in range(depth)]
    tail = Signal(modbv(0)[place_bits:])
    next_read = Signal(modbv(0)[place_bits:])
    word = Signal(intbv(0)[width:])
    has_word = Signal(bool(0))
    moves_word = Signal(bool(0))
    moves_head = Signal(bool(0))

    @always_comb
    def pace():
        """Each register takes what comes when it is empty or what it holds moves on."""
        moves_head.next = take or not filled
        moves_word.next = take or not filled or not has_word

    @always(clk.posedge)
    def read_and_write():
        """Written as a block RAM likes it: one address each way, nothing but registers behind."""
        if push:
            entries[tail].next = entry
        if moves_word:
            word.next = entries[next_read]
        if moves_head:
            head.next = word

    @always(clk.posedge)
    def move():
        """Where the next entry goes and the oldest one stands, and which of the two registers hold one."""
        if push:
            tail.next = tail + 1
        if moves_word:
            has_word.next = next_read != tail
            if next_read != tail:
                next_read.next = next_read + 1
        if moves_head:
            filled.next = has_word
        if rst:
            tail.next = 0
            next_read.next = 0
            has_word.next = 0
            filled.next = 0

    return pace, read_and_write, move
