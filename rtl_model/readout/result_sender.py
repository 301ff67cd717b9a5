"""Results wait for the sink, and the next image begins when there is room for one more."""

from myhdl import Signal, always, always_comb, block, intbv

from golden.contract.limits import RESULT_PLACES
from rtl_model.parts.hierarchy import submodule
from rtl_model.parts.queue import queue


@block
def result_sender(clk, rst, push, entry, decided, m_axis, space, joining=None, *, class_bits):
    """Sends {bad, tie, silent, decision time, class} as result words (see readout.py), one a `push`, TLAST always set.

    `decided` comes once for every image, before its `push`; from then on its place counts as taken. `space`, a
    register, says that
    one more image may begin: a place is left, and the last verdict is not `joining` its class any more, if that is
    given.
    Latency: from `push` to `m_axis.tvalid` one cycle. Back-pressure: up to `RESULT_PLACES` results wait.
    """
    head = Signal(intbv(0)[len(entry):])
    filled = Signal(bool(0))
    pop = Signal(bool(0))
    pending = Signal(intbv(0, min=0, max=RESULT_PLACES + 1))

    results = submodule("results", queue, module="result_queue", clk=clk, clear=rst, push=push, entry=entry, pop=pop,
                        head=head, filled=filled, depth=RESULT_PLACES, margin=0)

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

    @always(clk.posedge)
    def count_pending():
        if decided and not pop:
            pending.next = pending + 1
        elif pop and not decided:
            pending.next = pending - 1
        if rst:
            pending.next = 0

    if joining is None:

        @always(clk.posedge)
        def offer_space():
            space.next = pending != RESULT_PLACES and not (pending == RESULT_PLACES - 1 and decided)

    else:

        @always(clk.posedge)
        def offer_space():
            space.next = pending != RESULT_PLACES and not (pending == RESULT_PLACES - 1 and decided) and not joining

    return results, send, count_pending, offer_space
