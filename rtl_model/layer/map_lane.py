"""One lane of a convolution: an integrate-and-fire neuron of every position, one after the other."""

from myhdl import Signal, always, always_comb, block, intbv, modbv


@block
def map_lane(clk, stored, stale, start, weights, pool, asks, exceeds, fires, kept, *, code_bits, potential_bits):
    """The potential of one neuron after the other on its way from the memory and back, in five stages.

    It is compared (whether it is of this image is found out meanwhile), taken or replaced by what it starts with, added
    to, tested, and kept. Potentials are relative to the threshold: above it is what is not negative.

    Ports:
        stored: the potential as the memory gives it
        stale: one cycle later: it is of another image
        start: one cycle later: what a potential begins with, -threshold - 1
        weights: two cycles later: the weight to be added, 0 where there is none
        pool: three cycles later: the window of this position and channel has spiked
        asks: three cycles later: does the neuron cross its threshold?
        exceeds: three cycles later: it is above its threshold, whatever `pool` and `asks` say
        fires: four cycles later: the answer
        kept: five cycles later: the new potential
    Outputs: exceeds, fires, kept
    Parameters:
        code_bits: of a weight, in two's complement
        potential_bits: of a potential, in two's complement
    Back-pressure: none.
    """
    half = 2 ** (potential_bits - 1)
    compared = Signal(intbv(0)[potential_bits:])
    former = Signal(intbv(0, min=-half, max=half))
    now = Signal(modbv(0, min=-half, max=half))  # wraps only where nobody asks what becomes of it
    tested = Signal(intbv(0)[potential_bits:])

    @always(clk.posedge)
    def compare():
        """Meanwhile it is found out whether the word is stale."""
        compared.next = stored

    @always(clk.posedge)
    def take_former():
        """The first visit in an image begins anew."""
        if stale:
            former.next = start.signed()
        else:
            former.next = compared.signed()

    @always(clk.posedge)
    def add():
        """The potential after this visit."""
        now.next = former + weights.signed()

    @always_comb
    def show():
        """Above the threshold, by its sign."""
        exceeds.next = not now[potential_bits - 1]

    @always(clk.posedge)
    def test():
        """Only what is new in its window counts."""
        fires.next = asks and not now[potential_bits - 1] and not pool
        tested.next = now[potential_bits:]

    @always(clk.posedge)
    def keep():
        """Back into the memory."""
        kept.next = tested

    return compare, take_former, add, show, test, keep
