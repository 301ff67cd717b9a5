"""The class is the output neuron with the earliest spike."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.golden.contract.limits import PROMPT_CYCLES
from first_spike.rtl_model.parts.bits import at_most_one
from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.readout.largest import largest, largest_of_folds, tree_levels
from first_spike.rtl_model.readout.result_sender import result_sender


@block
def verdict(clk, rst, s_fire, s_control, fired, tied, winning_class, push, entry, joining=None, *, delay_bits,
            step_bits):
    """What is said of an image beside its class, and the entry of the queue when the class has joined it.

    Ports:
        s_fire: the steps
        s_control: the decision
        fired: an output neuron fires in this step
        tied: two or more do
        winning_class: of the largest potential, `delay_bits` cycles after the decision
        push: the entry is whole
        entry: {bad frame, tie, silent, decision time, class}
        joining: a verdict waits for its class; where the next image could overtake it
    Outputs: push, entry, joining
    Parameters:
        delay_bits: cycles from the decision to the class
        step_bits: log2 of the time steps
    """
    steps = 1 << step_bits

    decision_time = Signal(intbv(0)[9:])
    step = Signal(intbv(0)[step_bits:])
    silent = Signal(bool(0))
    tie = Signal(bool(0))
    bad = Signal(bool(0))
    delay = Signal(intbv(0)[delay_bits:])

    @always(clk.posedge)
    def wait_for_class():
        """The class comes out of the tree some cycles after the decision."""
        delay.next[0] = s_control.decide
        for k in range(1, delay_bits):
            delay.next[k] = delay[k - 1]
        if rst:
            delay.next = 0

    if hasattr(s_control, "bad_step"):

        @always(clk.posedge)
        def record():
            """Of every step up to the decision, not of that alone, since `decide` is late in the cycle."""
            if s_fire.valid and not s_control.clear:
                silent.next = not fired
                tie.next = tied
                bad.next = s_control.bad_frame and s_fire.step >= s_control.bad_step
                step.next = s_fire.step

    else:

        @always(clk.posedge)
        def record():
            """Of every step up to the decision, not of that alone, since `decide` is late in the cycle."""
            if s_fire.valid and not s_control.clear:
                silent.next = not fired
                tie.next = tied
                bad.next = s_control.bad_frame
                step.next = s_fire.step

    @always_comb
    def tell_time():
        """Silent: decided after the last step."""
        decision_time.next = step
        if silent:
            decision_time.next = steps

    @always_comb
    def enqueue():
        """The verdict with its class."""
        push.next = delay[delay_bits - 1]
        entry.next = concat(bad, tie, silent, decision_time, winning_class)

    if joining is None:
        joined = ()
    else:

        @always_comb
        def joined():
            """A verdict waits for its class."""
            joining.next = delay != 0

    return wait_for_class, record, tell_time, enqueue, joined


@block
def readout(clk, rst, s_fire, m_axis, s_control, potentials, *, step_bits):
    """Names the class of each image: the output neuron that fires first, and sends the result.

    Decided at the first step in which a neuron fires, or at the end of the image: the largest potential, the lowest
    neuron on equality. (All output neurons have the same threshold, so those that fired lie above those that did not.)

    Result word: [15:0] class, [24:16] decision time (the number of steps if silent), [29] silent, [30] tie: two or more
    neurons fired in the decision step, [31] bad frame.

    Ports:
        s_fire: which output neurons fire, step by step
        m_axis: one result word an image
        s_control: the decision, which the front end and the layers are told
        potentials: of the output neurons, relative to the threshold, beside `s_fire`; lane 0 in the lowest bits
    Parameters:
        step_bits: log2 of the time steps
    Latency: from the decision (last fold) to `m_axis` one cycle, one for each level of the tree over the lanes, and one
        more with several folds.
    Back-pressure: up to two results wait; then no image may begin.
    """
    lanes, folds = s_fire.lanes, s_fire.folds
    potential_bits = len(potentials) // lanes
    levels = tree_levels(lanes)
    delay_bits = levels + (1 if folds > 1 else 0)
    index_bits = bits_for(lanes)
    class_bits = bits_for(folds * lanes)
    entry_bits = class_bits + 9 + 3

    s_fire_fires = s_fire.fires
    some = Signal(bool(0))
    lone = Signal(bool(0))
    several = Signal(bool(0))
    fired = Signal(bool(0))
    tied = Signal(bool(0))
    winner = Signal(intbv(0)[potential_bits:])
    index = Signal(intbv(0)[index_bits:])
    winning_class = Signal(intbv(0)[class_bits:])
    push = Signal(bool(0))
    entry = Signal(intbv(0)[entry_bits:])
    # Behind a deep tree the next image could be decided before this verdict has joined its class: then it has to wait.
    joining = Signal(bool(0)) if delay_bits > PROMPT_CYCLES else None

    sender = submodule("sender", result_sender, clk=clk, rst=rst, push=push, entry=entry, decided=s_control.flush,
                       m_axis=m_axis, space=s_control.space, joining=joining, class_bits=class_bits)
    tree = submodule("tree", largest, clk=clk, potentials=potentials, winner=winner, index=index, lanes=lanes,
                     potential_bits=potential_bits)

    count_to_one = inlined("fires", at_most_one(s_fire_fires, lone, count=lanes))

    @always_comb
    def count_fires():
        """One neuron that fires decides, a second one makes it a tie."""
        some.next = s_fire.fires != 0
        several.next = not lone

    if folds == 1:

        @always_comb
        def judge():
            """The decision falls with the first fire, or at the end.

            One step more may be on its way when it falls, or after a reset: `clear` meets it.
            """
            fired.next = some
            tied.next = several
            s_control.decide.next = s_fire.valid and not s_control.clear and (some or s_fire.end)

        @always_comb
        def name_class():
            """The lane is the neuron."""
            winning_class.next = index

        folding = judge, name_class
    else:
        fired_before = Signal(bool(0))
        tied_before = Signal(bool(0))
        judged = Signal(bool(0))
        s_fire.fold.read = True  # a port without use: the comparison comes later and counts for itself

        comparison = submodule("comparison", largest_of_folds, clk=clk, rst=rst, judged=judged,
                               last_fold=s_fire.last_fold, winner=winner, index=index, winning_class=winning_class,
                               lanes=lanes, levels=levels)

        @always_comb
        def judge():
            """As far as this fold, who fires in the step."""
            fired.next = fired_before or some
            tied.next = tied_before or several or (fired_before and some)

        @always_comb
        def conclude():
            """The decision falls with the last fold of a step.

            One step more may be on its way when it falls, or after a reset: `clear` meets it.
            """
            judged.next = s_fire.valid and not s_control.clear
            s_control.decide.next = s_fire.valid and not s_control.clear and s_fire.last_fold and (fired or s_fire.end)

        @always(clk.posedge)
        def gather_folds():
            """What the folds before said of this step."""
            if s_fire.valid:
                fired_before.next = fired and not s_fire.last_fold
                tied_before.next = tied and not s_fire.last_fold
            if s_control.clear:
                fired_before.next = 0
                tied_before.next = 0

        folding = comparison, judge, conclude, gather_folds

    @always(clk.posedge)
    def restart():
        """The image is over everywhere; a reset clears too, but ends no image."""
        s_control.flush.next = s_control.decide and not rst
        s_control.clear.next = s_control.decide or rst

    recorded = inlined("verdict", verdict(clk, rst, s_fire, s_control, fired, tied, winning_class, push, entry, joining,
                                          delay_bits=delay_bits, step_bits=step_bits))

    return sender, tree, count_to_one, count_fires, folding, restart, recorded
