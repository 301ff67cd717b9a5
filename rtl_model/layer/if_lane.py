"""One integrate-and-fire neuron, and the same hardware shared by several neurons in turn."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv


@block
def way_sum(clk, clear, weights, total, *, ways, code_bits):
    """`total` = the signed sum of the weights of 1, 2 or 4 ways, `code_bits` each; one cycle later if
    `sum_is_registered`."""
    two, three, four = 2 * code_bits, 3 * code_bits, 4 * code_bits

    if ways == 1:

        @always_comb
        def add_ways():
            total.next = weights[code_bits:].signed()

    elif ways == 2:

        @always_comb
        def add_ways():
            total.next = weights[code_bits:].signed() + weights[two:code_bits].signed()

    else:

        @always(clk.posedge)
        def add_ways():
            if clear:
                total.next = 0
            else:
                total.next = (weights[code_bits:].signed() + weights[two:code_bits].signed()
                              + weights[three:two].signed() + weights[four:three].signed())

    return add_ways


@block
def if_lane(clk, clear, test, weights, start, fires, potential=None, *, ways, code_bits, potential_bits):
    """A non-leaky integrate-and-fire neuron that fires once.

    The potential is kept relative to the threshold: it starts at `start` = -threshold - 1, so that it is above the
    threshold exactly when it is not negative. `weights`, one of each way, are added every cycle (zeros when there is
    nothing to add). `fires` answers `test` in the same cycle: above the threshold, and never before. `clear` begins a
    new image. `potential` is a port only where somebody reads it.
    """
    half = 2 ** (potential_bits - 1)
    reach = ways * 2 ** (code_bits - 1)
    now = Signal(intbv(0, min=-half, max=half))
    total = Signal(intbv(0, min=-reach, max=reach))
    fired = Signal(bool(0))
    firing = Signal(bool(0))

    summing = way_sum(clk, clear, weights, total, ways=ways, code_bits=code_bits)

    @always_comb
    def outputs():
        firing.next = test and not fired and not now[potential_bits - 1]

    @always_comb
    def show():
        fires.next = firing

    @always(clk.posedge)
    def integrate():
        now.next = now + total
        if firing:  # a clock enable, where `fired or firing` would be a LUT in every lane
            fired.next = 1
        if clear:
            now.next = start.signed()
            fired.next = 0

    if potential is None:
        return summing, outputs, show, integrate

    @always_comb
    def show_potential():
        potential.next = now[potential_bits:]

    return summing, outputs, show, integrate, show_potential


@block
def if_lane_folded(clk, early_fold, early_fresh, integrate, fold, test, weights, start, fires, potential=None,
                   clear=None, *, ways, code_bits, potential_bits, folds):
    """The lane of `folds` neurons, of which number `fold` has its turn when `integrate` is set.

    As `if_lane`, but `test` comes with `integrate` and `fires`, `potential` follow one cycle later. One cycle ahead
    comes the
    `early_fold`, with `start` = -threshold - 1 of its neuron; `early_fresh` says that this is the neuron's first turn
    in the image, which makes a sweep over the stored potentials unnecessary. `clear` is a port only where the sum over
    the ways is registered, `potential` only where somebody reads it.
    """
    half = 2 ** (potential_bits - 1)
    reach = ways * 2 ** (code_bits - 1)
    entry_bits = potential_bits + 1
    entries = [Signal(intbv(0)[entry_bits:]) for _ in range(folds)]
    entry = Signal(intbv(0)[entry_bits:])
    former = Signal(intbv(0, min=-half, max=half))
    # wraps only while its operands settle within a cycle
    now = Signal(modbv(0, min=-half, max=half))
    total = Signal(intbv(0, min=-reach, max=reach))
    fired = Signal(bool(0))
    firing = Signal(bool(0))
    new_entry = Signal(intbv(0)[entry_bits:])

    summing = way_sum(clk, clear, weights, total, ways=ways, code_bits=code_bits)

    @always_comb
    def read():
        entry.next = entries[early_fold]

    @always(clk.posedge)
    def take_former():
        # With two folds or more the neuron's last turn has been stored by now.
        former.next = entry[potential_bits:].signed()
        fired.next = entry[potential_bits]
        if early_fresh:
            former.next = start.signed()
            fired.next = 0

    @always_comb
    def add():
        now.next = former + total

    @always_comb
    def compare():
        firing.next = test and not fired and not now[potential_bits - 1]

    @always_comb
    def pack():
        new_entry.next = concat(fired or firing, now[potential_bits:])

    @always(clk.posedge)
    def store():
        if integrate:
            entries[fold].next = new_entry
        fires.next = firing

    if potential is None:
        return summing, read, take_former, add, compare, pack, store

    @always(clk.posedge)
    def show_potential():
        potential.next = now[potential_bits:]

    return summing, read, take_former, add, compare, pack, store, show_potential
