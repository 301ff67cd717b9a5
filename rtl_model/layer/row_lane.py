"""One lane of a bank of columns: an integrate-and-fire neuron of every position of it, one after the other."""

from myhdl import Signal, always, always_comb, block, modbv


@block
def row_lane(clk, stored, empties, start, weights, pool, exceeds, fresh, kept, *, code_bits, potential_bits):
    """The potential of one neuron after the other on its way from the memory and back, in two stages: it is added to,
    and kept. Potentials are relative to the threshold: above it is what is not negative.

    Ports:
        stored: the potential as the memory gives it
        empties: it is replaced by what it begins with
        start: that, -threshold - 1
        weights: the weight to be added, 0 where there is none
        pool: one cycle later: the window of this position and channel has spiked
        exceeds: one cycle later: it is above its threshold
        fresh: one cycle later: and its window has not spiked
        kept: two cycles later: the new potential
    Parameters:
        code_bits: of a weight, in two's complement
        potential_bits: of a potential, in two's complement
    Back-pressure: none.
    """
    half = 2 ** (potential_bits - 1)
    now = Signal(modbv(0, min=-half, max=half))  # wraps only where nobody asks what becomes of it

    @always(clk.posedge)
    def add():
        """The potential after this visit."""
        if empties:
            now.next = start.signed()
        else:
            now.next = stored.signed() + weights.signed()

    @always_comb
    def show():
        """Above the threshold, by its sign."""
        exceeds.next = not now[potential_bits - 1]
        fresh.next = not now[potential_bits - 1] and not pool

    @always(clk.posedge)
    def keep():
        """Back into the memory."""
        kept.next = now[potential_bits:]

    return add, show, keep
