"""The class is the output neuron with the earliest spike."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from .few_bits import at_most_one
from .hierarchy import submodule
from .interfaces import bits_for
from .largest import largest, tree_levels
from .queue import queue

result_places = 2  # results that may wait for the sink
PROMPT = 4  # cycles from decision to class within which no other image can get here


@block
def readout(clk, rst, s_fire, potentials, m_axis, decide, flush, clear, space, bad_frame, *, step_bits):
    """Names the class of each image: the output neuron that fires first, and sends the result.

    Decided at the first step in which a neuron fires, or at the end of the image: the largest potential, the lowest neuron on
    equality. (All output neurons have the same threshold, so those that fired lie above those that did not.) `decide`
    says so, and one cycle later `flush` drops whatever the network still does for this image, as does
    `clear`, which follows a reset too.

    Result word: [15:0] class, [24:16] decision time (the number of steps if silent), [29] silent, [30] tie: two or more
    neurons fired in the decision step, [31] bad frame. `bad_frame` is that of the image being decided.
    Latency: from the decision (last fold) to `m_axis.tvalid` one cycle, one for each level of the tree over the lanes, and one
    more with several folds. Back-pressure: up to two results wait; `space` says that one more image may begin.
    """
    lanes, folds = s_fire.lanes, s_fire.folds
    potential_bits = len(potentials) // lanes
    levels = tree_levels(lanes)
    delay_bits = levels + (1 if folds > 1 else 0)
    index_bits = bits_for(lanes)
    class_bits = bits_for(folds * lanes)
    entry_bits = class_bits + 9 + 3
    steps = 1 << step_bits

    s_fire_fires = s_fire.fires
    some = Signal(bool(0))
    lone = Signal(bool(0))
    several = Signal(bool(0))
    fired = Signal(bool(0))
    tied = Signal(bool(0))
    winner = Signal(intbv(0)[potential_bits:])
    index = Signal(intbv(0)[index_bits:])
    winning_class = Signal(intbv(0)[class_bits:])
    decision_time = Signal(intbv(0)[9:])
    step = Signal(intbv(0)[step_bits:])
    silent = Signal(bool(0))
    tie = Signal(bool(0))
    bad = Signal(bool(0))
    delay = Signal(intbv(0)[delay_bits:])
    push = Signal(bool(0))
    entry = Signal(intbv(0)[entry_bits:])
    head = Signal(intbv(0)[entry_bits:])
    filled = Signal(bool(0))
    pop = Signal(bool(0))
    pending = Signal(intbv(0, min=0, max=result_places + 1))

    results = submodule("results", queue, module="result_queue", clk=clk, clear=rst, push=push, entry=entry, pop=pop, head=head,
                        filled=filled, depth=result_places, margin=0)
    tree = submodule("tree", largest, clk=clk, potentials=potentials, winner=winner, index=index, lanes=lanes, potential_bits=potential_bits)

    count_to_one = at_most_one(s_fire_fires, lone, count=lanes)

    @always_comb
    def count_fires():
        some.next = s_fire.fires != 0
        several.next = not lone

    if folds == 1:

        @always_comb
        def judge():
            fired.next = some
            tied.next = several
            # One step more may be on its way when the decision falls, or after a reset.
            decide.next = s_fire.valid and not clear and (some or s_fire.end)

        @always_comb
        def name_class():
            winning_class.next = index

        @always(clk.posedge)
        def wait_for_tree():
            delay.next[0] = decide
            for k in range(1, delay_bits):
                delay.next[k] = delay[k - 1]
            if rst:
                delay.next = 0

        folding = judge, name_class, wait_for_tree
    else:
        fired_before = Signal(bool(0))
        tied_before = Signal(bool(0))
        best = Signal(intbv(0)[potential_bits:])
        base = Signal(intbv(0)[class_bits:])
        came = Signal(intbv(0)[levels:])
        final_fold = Signal(intbv(0)[levels:])
        s_fire.fold.read = True  # a port without use: the comparison comes later and counts for itself

        @always_comb
        def judge():
            fired.next = fired_before or some
            tied.next = tied_before or several or (fired_before and some)

        @always_comb
        def conclude():
            decide.next = s_fire.valid and not clear and s_fire.last_fold and (fired or s_fire.end)

        @always(clk.posedge)
        def gather_folds():
            if s_fire.valid:
                fired_before.next = fired and not s_fire.last_fold
                tied_before.next = tied and not s_fire.last_fold
            if clear:
                fired_before.next = 0
                tied_before.next = 0

        @always(clk.posedge)
        def wait_for_tree():
            came.next[0] = s_fire.valid and not clear
            final_fold.next[0] = s_fire.last_fold
            for k in range(1, levels):
                came.next[k] = came[k - 1]
                final_fold.next[k] = final_fold[k - 1]
            delay.next[0] = decide
            for k in range(1, delay_bits):
                delay.next[k] = delay[k - 1]
            if rst:
                came.next = 0
                delay.next = 0

        @always(clk.posedge)
        def compare_folds():
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

        folding = judge, conclude, gather_folds, wait_for_tree, compare_folds
    @always(clk.posedge)
    def restart():
        flush.next = decide and not rst
        clear.next = decide or rst

    @always(clk.posedge)
    def record_verdict():
        # of every step before the decision and of the decision's, since `decide` is late in the cycle
        if s_fire.valid and not clear:
            silent.next = not fired
            tie.next = tied
            bad.next = bad_frame
            step.next = s_fire.step

    @always_comb
    def tell_time():
        decision_time.next = step
        if silent:
            decision_time.next = steps

    @always_comb
    def enqueue():
        push.next = delay[delay_bits - 1]
        entry.next = concat(bad, tie, silent, decision_time, winning_class)

    @always_comb
    def send():
        m_axis.tvalid.next = filled
        m_axis.tlast.next = filled
        pop.next = filled and m_axis.tready
        word = intbv(0)[32:]
        word[class_bits:] = head[class_bits:]
        word[25:16] = head[class_bits + 9:class_bits]
        word[32:29] = head[class_bits + 12:class_bits + 9]
        m_axis.tdata.next = word

    if delay_bits <= PROMPT:

        @always(clk.posedge)
        def offer_space():
            space.next = pending != result_places and not (pending == result_places - 1 and flush)

    else:

        @always(clk.posedge)
        def offer_space():
            # the next image could reach the readout before this verdict has joined its class
            space.next = pending != result_places and not (pending == result_places - 1 and flush) and delay == 0

    @always(clk.posedge)
    def count_pending():
        if flush and not pop:
            pending.next = pending + 1
        elif pop and not flush:
            pending.next = pending - 1
        if rst:
            pending.next = 0

    return results, tree, count_to_one, count_fires, folding, restart, record_verdict, tell_time, enqueue, send, offer_space, count_pending
