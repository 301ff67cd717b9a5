"""The neurons that fired in a step become spikes, a few a cycle."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.golden.contract.limits import SCAN_WORD
from first_spike.rtl_model.layer.way_scanner import way_scanner
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array
from first_spike.rtl_model.parts.queue import queue
from first_spike.rtl_model.parts.streams import bits_for


@block
def sent_transfer(clk, clear, m_spike, sends, to_send, gives, places, tail, final_transfer, sent, *, step_bits, folds):
    """The last stage of a serializer: the transfer, kept until it is taken.

    Ports:
        m_spike: the transfers
        sends: the stage is free
        to_send: there is a transfer for it
        gives: which ways carry a spike
        places: of each way: the place of its lane
        tail: what was queued beside the spikes: step, end of the image, and with several folds the fold and whether it
            is the last of the step
        final_transfer: no spike of the vector is left behind it
        sent: a transfer waits on `m_spike`
    Outputs: m_spike, sent
    Parameters:
        step_bits: of the number of a step
        folds: of the layer
    """
    ways = m_spike.ways
    place_bits = len(places) // ways
    fold_bits = bits_for(folds)
    fold_bit = step_bits + 1
    closes_bit = fold_bit + fold_bits

    @always(clk.posedge)
    def send():
        """The transfer, which waits until it is taken."""
        if sends:
            sent.next = to_send
            m_spike.mask.next = gives
            m_spike.step.next = tail[step_bits:]
            m_spike.end.next = tail[step_bits]
        if clear:
            sent.next = 0

    @always_comb
    def show():
        """It goes out."""
        m_spike.valid.next = sent

    if folds == 1:

        @always(clk.posedge)
        def send_rows():
            """Its rows are the places."""
            if sends:
                m_spike.rows.next = places
                m_spike.last.next = final_transfer

    else:
        row_bits = fold_bits + place_bits

        @always(clk.posedge)
        def send_rows():
            """Its rows are {fold, place}."""
            if sends:
                for way in range(ways):
                    for b in range(place_bits):
                        m_spike.rows.next[way * row_bits + b] = places[way * place_bits + b]
                    for b in range(fold_bits):
                        m_spike.rows.next[way * row_bits + place_bits + b] = tail[fold_bit + b]
                m_spike.last.next = final_transfer and tail[closes_bit]

    return send, show, send_rows


@block
def spike_serializer(clk, clear, s_fire, m_spike, hold=None, *, depth, margin, prefix):
    """Takes what a layer says at each step's end, gives the spikes of its neurons, one a way and cycle, in order of
    steps.

    Each way carries the spikes of as many lanes, way 0 those of the lowest; a spike's row is {fold, place of the lane
    within its way}, without the fold where there is only one. A vector without spikes gives a transfer only if it must
    say that a step or the image is over; with several folds it is not even queued.

    Stages: queue, `load`, `seek`, `loaded`, `scanning`, `sent`. Latency: from `s_fire` to the first transfer on
    `m_spike` 5 cycles when idle; then a transfer every cycle, for as many cycles as the way with most spikes needs, and
    a step at most every third cycle.
    Back-pressure: `m_spike` waits for its `ready`; hold, where it is a port, asks the layer to wait.

    Ports:
        clear: a new image begins: what is queued is dropped
        s_fire: which neurons fire
        m_spike: their spikes
        hold: few places are left in the queue (`margin`): no more transfers into the layer
    Outputs: hold
    Parameters:
        depth: steps and folds that can wait in the queue
        margin: places of the queue that are kept for what is in the layer's pipeline
    """
    ways, folds, lanes = m_spike.ways, s_fire.folds, s_fire.lanes
    step_bits = len(s_fire.step)
    way_lanes = -(-lanes // ways)
    words = -(-way_lanes // SCAN_WORD)
    way_bits = words * SCAN_WORD
    place_bits = bits_for(words) + bits_for(SCAN_WORD)
    all_ways = 2 ** ways - 1
    fold_bits = bits_for(folds)
    entry_bits = lanes + step_bits + 1 + (fold_bits + 1 if folds > 1 else 0)

    filled = Signal(bool(0))
    entry = Signal(intbv(0)[entry_bits:])
    push = Signal(bool(0))
    to_send = Signal(bool(0))
    load = Signal(bool(0))
    head = Signal(intbv(0)[entry_bits:])
    incoming = Signal(intbv(0)[ways * way_bits:])
    seek = Signal(bool(0))
    loaded = Signal(bool(0))
    loaded_tail = Signal(intbv(0)[entry_bits - lanes:])
    current_tail = Signal(intbv(0)[entry_bits - lanes:])
    start = Signal(bool(0))
    scanning = Signal(bool(0))
    advance = Signal(bool(0))
    final_transfer = Signal(bool(0))
    sends, sent = Signal(bool(0)), Signal(bool(0))
    spent = Signal(intbv(0)[ways:])
    finished = Signal(intbv(0)[ways:])
    ends_word = Signal(intbv(0)[ways:])
    gives = Signal(intbv(0)[ways:])
    places = Signal(intbv(0)[ways * place_bits:])

    waiting = submodule("queue", queue, module=f"{prefix}_queue", clk=clk, clear=clear, push=push, entry=entry,
                        pop=load, head=head, filled=filled, almost_full=hold, depth=depth, margin=margin)
    scanners = submodule_array(
        "scanner", way_scanner, ways, module=f"{prefix}_scanner",
        shared=dict(clk=clk, clear=clear, load=load, seek=seek, loaded=loaded, start=start, advance=advance),
        sliced=dict(incoming=[(incoming, way_bits)]), constant={},
        gathered=dict(spent=(spent, Signal(bool(0))), finished=(finished, Signal(bool(0))),
                      ends_word=(ends_word, Signal(bool(0))), gives=(gives, Signal(bool(0))),
                      place=(places, Signal(intbv(0)[place_bits:]))),
        word_bits=SCAN_WORD, words=words)

    if folds == 1:

        @always_comb
        def describe():
            """What is queued of a step."""
            push.next = s_fire.valid
            entry.next = concat(s_fire.end, s_fire.step, s_fire.fires)

        @always_comb
        def judge():
            """A step without spikes is sent only if it is the image's last."""
            to_send.next = scanning and (gives != 0 or current_tail[step_bits])

        describing = describe, judge
    else:
        step_pushed = Signal(bool(0))

        @always_comb
        def describe():
            """What is queued of a fold: its spikes, and that the step or the image is over, if it must be said."""
            push.next = s_fire.valid and (s_fire.fires != 0 or (s_fire.last_fold and (s_fire.end or step_pushed)))
            entry.next = concat(s_fire.last_fold, s_fire.fold, s_fire.end, s_fire.step, s_fire.fires)

        @always(clk.posedge)
        def follow_step():
            """Whether anything of this step was queued, so that its end has to be."""
            if s_fire.valid:
                step_pushed.next = (step_pushed or s_fire.fires != 0) and not s_fire.last_fold
            if clear:
                step_pushed.next = 0

        @always_comb
        def judge():
            """All that was queued is sent."""
            to_send.next = scanning

        describing = describe, follow_step, judge

    @always_comb
    def spread():
        """The lanes of each way, filled up to whole words."""
        padded = intbv(0)[ways * way_bits:]
        for way in range(ways):
            for place in range(way_lanes):
                if way * way_lanes + place < lanes:
                    padded[way * way_bits + place] = head[way * way_lanes + place]
        incoming.next = padded

    @always_comb
    def control_scan():
        """The next vector is loaded when every way has begun with its last word, so that none waits for it."""
        load.next = filled and spent == all_ways and not seek and not loaded
        sends.next = not sent or m_spike.ready
        final_transfer.next = scanning and finished == all_ways

    @always_comb
    def control_start():
        """A loaded vector begins when no way has a word of the one before left."""
        advance.next = scanning and sends
        start.next = loaded and (not scanning or (sends and ends_word == all_ways))

    @always(clk.posedge)
    def move():
        """A vector moves from `load` over `seek` and `loaded` to `scanning`."""
        seek.next = load and not clear
        if load:
            loaded_tail.next = head[:lanes]
        if seek:
            loaded.next = 1
        elif start:
            loaded.next = 0
        if start:
            scanning.next = 1
            current_tail.next = loaded_tail
        elif advance and final_transfer:
            scanning.next = 0
        if clear:
            loaded.next = 0
            scanning.next = 0

    sending = inlined("transfer", sent_transfer(clk, clear, m_spike, sends, to_send, gives, places, current_tail,
                                                final_transfer, sent, step_bits=step_bits, folds=folds))
    return waiting, scanners, describing, spread, control_scan, control_start, move, sending
