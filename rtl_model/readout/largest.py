"""Which of several potentials is the largest: a tree with a register at each level."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.hierarchy import submodule_array
from first_spike.rtl_model.parts.streams import bits_for


@block
def larger(clk, potentials, indices, membrane, index, *, potential_bits, index_bits):
    """The larger of two signed potentials and its index; the first wins when they are equal.

    Ports:
        potentials: two in two's complement, the first in the lowest bits
        indices: those of their lanes, the first in the lowest bits
        membrane: the larger one
        index: its lane
    Outputs: membrane, index
    Parameters:
        potential_bits: width of a potential
        index_bits: width of an index
    Latency: one cycle.
    """
    two_potentials, two_indices = 2 * potential_bits, 2 * index_bits
    sign, second_sign = potential_bits - 1, two_potentials - 1
    first_rank = Signal(intbv(0)[potential_bits:])
    second_rank = Signal(intbv(0)[potential_bits:])

    @always_comb
    def rank():
        """The order of the potentials in numbers that are not negative: one carry chain compares them."""
        first_rank.next = concat(not potentials[sign], potentials[sign:])
        second_rank.next = concat(not potentials[second_sign], potentials[second_sign:potential_bits])

    @always(clk.posedge)
    def compare():
        """The second wins only if it is larger."""
        if second_rank > first_rank:
            membrane.next = potentials[two_potentials:potential_bits]
            index.next = indices[two_indices:index_bits]
        else:
            membrane.next = potentials[potential_bits:]
            index.next = indices[index_bits:]

    return rank, compare


def tree_levels(lanes):
    """Pipeline stages of `largest`."""
    return max(1, (lanes - 1).bit_length())


@block
def largest(clk, potentials, winner, index, *, lanes, potential_bits):
    """The largest of several signed potentials and its lane, the lowest on equality: a tree of comparisons.

    Ports:
        potentials: one of each lane in two's complement, lane 0 in the lowest bits
        winner: the largest
        index: its lane
    Outputs: winner, index
    Parameters:
        lanes: potentials
        potential_bits: width of a potential
    Latency: a cycle for each level of the tree.
    """
    levels = tree_levels(lanes)
    index_bits = bits_for(lanes)
    leaves = 2 ** levels
    padded = Signal(intbv(0)[leaves * potential_bits:])
    level_potentials = [padded] + [Signal(intbv(0)[(leaves >> k) * potential_bits:])
                                   for k in range(1, levels)] + [winner]
    level_indices = [None] + [Signal(intbv(0)[(leaves >> k) * index_bits:]) for k in range(1, levels)] + [index]

    @always_comb
    def pad():
        """The places that no lane has hold the lowest potential; as the last they never win."""
        value = intbv(0)[leaves * potential_bits:]
        for b in range(lanes * potential_bits):
            value[b] = potentials[b]
        for lane in range(lanes, leaves):
            value[(lane + 1) * potential_bits - 1] = 1
        padded.next = value

    tree = []
    for k in range(levels):
        count = leaves >> (k + 1)
        pairs = {"sliced": dict(potentials=[(level_potentials[k], 2 * potential_bits)]), "constant": {}}
        if k == 0:
            numbers = [(2 * i) | ((2 * i + 1) << index_bits) for i in range(count)]
            pairs["constant"] = dict(indices=(numbers, Signal(intbv(0)[2 * index_bits:])))
        else:
            pairs["sliced"]["indices"] = [(level_indices[k], 2 * index_bits)]
        tree.append(submodule_array(
            f"level_{k}", larger, count, module="larger", shared=dict(clk=clk), **pairs,
            gathered=dict(membrane=(level_potentials[k + 1], Signal(intbv(0)[potential_bits:])),
                          index=(level_indices[k + 1], Signal(intbv(0)[index_bits:]))),
            potential_bits=potential_bits, index_bits=index_bits))
    return pad, tree


@block
def largest_of_folds(clk, rst, judged, last_fold, winner, index, winning_class, *, lanes, levels):
    """Compares the folds of a step, one after the other, for the neuron with the largest potential, the lowest on
    equality.

    Ports:
        judged: a fold comes
        last_fold: with `judged`: the last of its step
        winner: the largest potential of a fold, `levels` cycles after it came
        index: its lane
        winning_class: the neuron with the largest potential so far
    Outputs: winning_class
    Parameters:
        lanes: neurons of a fold
        levels: cycles from a fold to its `winner`
    Latency: `winning_class` is complete one cycle after the `winner` of the last fold.
    """
    best = Signal(intbv(0)[len(winner):])
    base = Signal(intbv(0)[len(winning_class):])
    came = Signal(intbv(0)[levels:])
    final_fold = Signal(intbv(0)[levels:])

    @always(clk.posedge)
    def wait_for_tree():
        """What came with a fold, until its `winner` is there."""
        came.next[0] = judged
        final_fold.next[0] = last_fold
        for k in range(1, levels):
            came.next[k] = came[k - 1]
            final_fold.next[k] = final_fold[k - 1]
        if rst:
            came.next = 0

    @always(clk.posedge)
    def compare_folds():
        """The first fold of a step always wins, a later one only with a larger potential."""
        if came[levels - 1]:
            if base == 0 or winner.signed() > best.signed():
                best.next = winner
                winning_class.next = base + index
            if final_fold[levels - 1]:
                base.next = 0
            else:
                base.next = base + lanes
        if rst:
            base.next = 0

    return wait_for_tree, compare_folds
