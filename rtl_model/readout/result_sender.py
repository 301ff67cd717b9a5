"""Results wait for the sink, and the next image begins when there is room for one more."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import RESULT_PLACES
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.queue import queue


@block
def result_sender(clk, rst, m_axis, push, entry, decided, space, joining=None, *, class_bits):
    """Sends result words, one a `push`, and says when the next image may begin.

    The word: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame; each is a frame of its own. A
    result has a place from the decision on, although it comes some cycles later, when its class is known.

    Ports:
        push: there is a result
        entry: {bad, tie, silent, decision time, class} of the result
        decided: a pulse for every image, before its `push`
        m_axis: the result words
        space: a register: one more image may begin
        joining: a result that was decided has not joined its class yet, so that no other may be decided
    Outputs: space
    Parameters:
        class_bits: width of the class
    Latency: from `push` to `m_axis` one cycle.
    Back-pressure: two results wait; then there is no `space`.
    """
    head = Signal(intbv(0)[len(entry):])
    filled = Signal(bool(0))
    pop = Signal(bool(0))
    pending = Signal(intbv(0, min=0, max=RESULT_PLACES + 1))

    results = submodule("results", queue, module="result_queue", clk=clk, clear=rst, push=push, entry=entry, pop=pop,
                        head=head, filled=filled, depth=RESULT_PLACES, margin=0)

    @always_comb
    def send():
        """The oldest result, spread over the fields of its word."""
        m_axis.tvalid.next = filled
        m_axis.tlast.next = filled
        pop.next = filled and m_axis.tready
        word = intbv(0)[32:]
        word[class_bits:] = head[class_bits:]
        word[25:16] = head[class_bits + 9:class_bits]
        word[32:29] = head[class_bits + 12:class_bits + 9]
        m_axis.tdata.next = word

    @always(clk.posedge)
    def count_pending():
        """Results that were decided and not yet taken."""
        if decided and not pop:
            pending.next = pending + 1
        elif pop and not decided:
            pending.next = pending - 1
        if rst:
            pending.next = 0

    if joining is None:

        @always(clk.posedge)
        def offer_space():
            """A place is left, also for what is decided in this cycle."""
            space.next = rst or (pending != RESULT_PLACES and not (pending == RESULT_PLACES - 1 and decided))

    else:

        @always(clk.posedge)
        def offer_space():
            """A place is left, also for what is decided in this cycle, and the last result has its class."""
            space.next = rst or (pending != RESULT_PLACES and not (pending == RESULT_PLACES - 1 and decided)
                                 and not joining)

    return results, send, count_pending, offer_space
