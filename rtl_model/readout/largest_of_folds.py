"""The largest potential of a layer whose neurons come in several folds."""

from myhdl import Signal, always, block, intbv


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
