"""One integrate-and-fire neuron, and the same hardware shared by several neurons in turn."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.parts.hierarchy import inlined


@block
def way_sum(clk, clear, weights, total, *, ways, code_bits):
    """`total` = the signed sum of the weights of 1, 2 or 4 ways, `code_bits` each; one cycle later where it is a stage
    of its own (`sum_is_registered` of the shape).

    Outputs: total
    """
    two_ways, three_ways, four_ways = 2 * code_bits, 3 * code_bits, 4 * code_bits

    if ways == 1:

        @always_comb
        def add_ways():
            """The weight of the only way."""
            total.next = weights[code_bits:].signed()

    elif ways == 2:

        @always_comb
        def add_ways():
            """The weights of the two ways together."""
            total.next = weights[code_bits:].signed() + weights[two_ways:code_bits].signed()

    else:

        @always(clk.posedge)
        def add_ways():
            """The weights of the four ways together, a stage of its own."""
            if clear:
                total.next = 0
            else:
                total.next = (weights[code_bits:].signed() + weights[two_ways:code_bits].signed()
                              + weights[three_ways:two_ways].signed() + weights[four_ways:three_ways].signed())

    return add_ways


@block
def if_lane(clk, clear, weights, start, fires, test=None, membrane=None, *, ways, code_bits, potential_bits):
    """A non-leaky integrate-and-fire neuron that fires once.

    The potential is kept relative to the threshold: above the threshold is what is not negative. The last layer has a
    port `membrane` and none `test`: its lanes always say whether they are above their threshold, and forget that they
    fired, since the first fire is the image's end.

    Ports:
        clear: a new image begins
        weights: of each way one that is added to the potential, way 0 in the lowest bits; 0 where there is none
        start: what the potential begins with, -threshold - 1
        fires: the answer to `test` in the same cycle: above the threshold, and never before in this image
        test: the step is over: does the neuron fire?
        membrane: the potential
    Outputs: fires, membrane
    Parameters:
        ways: weights a cycle
        code_bits: of a weight, in two's complement
        potential_bits: of a potential, in two's complement
    """
    half = 2 ** (potential_bits - 1)
    reach = ways * 2 ** (code_bits - 1)
    now = Signal(intbv(0, min=-half, max=half))
    total = Signal(intbv(0, min=-reach, max=reach))

    summing = inlined("ways", way_sum(clk, clear, weights, total, ways=ways, code_bits=code_bits))

    if membrane is None:
        fired = Signal(bool(0))
        firing = Signal(bool(0))

        @always_comb
        def outputs():
            """Fires when the sign says so, once."""
            firing.next = test and not fired and not now[potential_bits - 1]

        @always_comb
        def show():
            """The answer goes out."""
            fires.next = firing

        @always(clk.posedge)
        def integrate():
            """Adds the weights of every cycle. That it fired is set through the clock enable of `fired`; (fired ||
            firing) would be a LUT in every lane."""
            now.next = now + total
            if firing:
                fired.next = 1
            if clear:
                now.next = start.signed()
                fired.next = 0

    else:

        @always_comb
        def outputs():
            """Fires when the sign says so."""
            fires.next = not now[potential_bits - 1]

        @always_comb
        def show():
            """The potential goes out as bits."""
            membrane.next = now[potential_bits:]

        @always(clk.posedge)
        def integrate():
            """Adds the weights of every cycle."""
            now.next = now + total
            if clear:
                now.next = start.signed()

    return summing, outputs, show, integrate


@block
def if_lane_folded(clk, early_fold, early_fresh, integrate, fold, weights, start, fires, test=None, membrane=None,
                   clear=None, entry=None, kept=None, *, ways, code_bits, potential_bits, folds):
    """A lane that several non-leaky integrate-and-fire neurons share, one for each fold; each fires once.

    A neuron has its turn in two cycles. In the first, `early_fold` fetches what the lane keeps of it; in the second its
    weights are added and the outcome is stored. Potentials are relative to the threshold: above the threshold is what
    is not negative.

    Ports:
        early_fold: the fold that has its turn in the next cycle
        early_fresh: with it: its first turn in this image, so that nothing that is stored has to be cleared
        integrate: this is a turn
        fold: of this neuron
        weights: of each way one that is added to the potential, way 0 in the lowest bits; 0 where there is none
        start: with `early_fold`: what its potential begins with, -threshold - 1
        fires: the answer one cycle after `test`: above the threshold, and never before in this image
        test: with `integrate`: the step is over: does the neuron fire? As in `if_lane`
        membrane: the potential one cycle after the turn; as in `if_lane`
        clear: a new image begins; a port only where the sum over the ways has a register
        entry: with `early_fold`: what a memory outside keeps of it, or what it begins with: {fired, potential}; then
            there is no `early_fold`, `early_fresh`, `integrate`, `fold` and `start`
        kept: what it is to keep, at the turn
    Outputs: fires, membrane, kept
    Parameters:
        folds: neurons that share the lane
        ways: weights a cycle
        code_bits: of a weight, in two's complement
        potential_bits: of a potential, in two's complement
    """
    half = 2 ** (potential_bits - 1)
    reach = ways * 2 ** (code_bits - 1)
    entry_bits = potential_bits + (membrane is None)
    former = Signal(intbv(0, min=-half, max=half))
    now = Signal(modbv(0, min=-half, max=half))  # wraps only while its operands settle within a cycle
    total = Signal(intbv(0, min=-reach, max=reach))
    firing = Signal(bool(0))
    new_entry = Signal(intbv(0)[entry_bits:])

    summing = inlined("ways", way_sum(clk, clear, weights, total, ways=ways, code_bits=code_bits))

    if kept is None:
        entries = [Signal(intbv(0)[entry_bits:]) for _ in range(folds)]
        entry = Signal(intbv(0)[entry_bits:])

        @always_comb
        def read():
            """What the lane keeps of the next neuron."""
            entry.next = entries[early_fold]

        @always(clk.posedge)
        def take_former():
            """It is there for the turn. With two folds or more the neuron's last turn has been stored by now."""
            former.next = entry[potential_bits:].signed()
            if early_fresh:
                former.next = start.signed()

        @always(clk.posedge)
        def store():
            """The end of the turn."""
            if integrate:
                entries[fold].next = new_entry
            fires.next = firing

        before, after = (read, take_former), store

    else:

        @always(clk.posedge)
        def take_former():
            """It is there for the turn. With two folds or more the neuron's last turn has been stored by now."""
            former.next = entry[potential_bits:].signed()

        @always_comb
        def send_kept():
            """The memory outside stores it."""
            kept.next = new_entry

        @always(clk.posedge)
        def register_answer():
            """The end of the turn."""
            fires.next = firing

        before, after = take_former, (send_kept, register_answer)

    @always_comb
    def add():
        """The potential after this turn."""
        now.next = former + total

    if membrane is not None:

        @always_comb
        def compare():
            """Fires when the sign says so."""
            firing.next = not now[potential_bits - 1]

        @always_comb
        def pack():
            """What is kept of the neuron from now on."""
            new_entry.next = now[potential_bits:]

        @always(clk.posedge)
        def show_potential():
            """The potential goes out beside the answer."""
            membrane.next = now[potential_bits:]

        return summing, before, add, compare, pack, after, show_potential

    fired = Signal(bool(0))

    if kept is None:

        @always(clk.posedge)
        def take_fired():
            """Whether it has fired in this image."""
            fired.next = entry[potential_bits] and not early_fresh

    else:

        @always(clk.posedge)
        def take_fired():
            """Whether it has fired in this image."""
            fired.next = entry[potential_bits]

    @always_comb
    def compare():
        """Fires when the sign says so, once."""
        firing.next = test and not fired and not now[potential_bits - 1]

    @always_comb
    def pack():
        """What is kept of the neuron from now on: {fired, potential}."""
        new_entry.next = concat(fired or firing, now[potential_bits:])

    return summing, before, take_fired, add, compare, pack, after
