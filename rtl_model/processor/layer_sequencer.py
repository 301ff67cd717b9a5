"""Layers take turns, step by step, until an output neuron fires or the image is over."""

from myhdl import Signal, always, always_comb, block, concat, enum, intbv

from first_spike.rtl_model.parts.bits import at_most_one
from first_spike.rtl_model.parts.hierarchy import inlined

state = enum("IDLE", "RUN", "DRAIN", "VERDICT", "FIND", "SEND")


@block
def list_of_layer(s_input, s_hidden, of_input, skipped, m_list):
    """Layer 0 takes in input spikes, the others those of the layer before; an output layer that is passed over to takes
    in none.

    Ports:
        s_input: the list of input spikes
        s_hidden: the list of spikes of the layer before
        of_input: it is layer 0
        skipped: it is passed over to
        m_list: the one that is taken in
    Outputs: m_list
    """

    @always_comb
    def choose():
        """One of the two, or an empty one."""
        m_list.count.next = s_hidden.count
        m_list.some.next = s_hidden.some
        m_list.complete.next = s_hidden.complete
        if of_input:
            m_list.count.next = s_input.count
            m_list.some.next = s_input.some
            m_list.complete.next = s_input.complete
        elif skipped:
            m_list.count.next = 0
            m_list.some.next = 0
            m_list.complete.next = 1

    return choose


@block
def image_result(clk, rst, decides, fires, fired, step, step_shift, bad, decide, winner, push, some, entry, *, steps):
    """What is known of an image when it is decided.

    Ports:
        decides: a fold of the output layer is tested
        fires: of that fold
        fired: somebody of it does
        step: the one that layer 0 took in last
        step_shift: log2 of steps of the encoder that are one of the network
        bad: the frame is
        decide: a pulse: the image is decided
        winner: its class
        push: a pulse, some cycles later: the result is sent
        some: an output neuron fired in this step, of a fold before this one
        entry: {bad, tie, silent, decision time, class}, with `push`
    Outputs: entry, some
    Parameters:
        steps: of the encoder
    """
    several = Signal(bool(0))
    lone = Signal(bool(0))
    is_bad = Signal(bool(0))
    decision_time = Signal(intbv(0)[9:])

    count_fires = inlined("fires", at_most_one(fires, lone, count=len(fires)))

    @always_comb
    def make_entry():
        """The result."""
        entry.next = concat(is_bad, several, not some, decision_time, winner)

    @always(clk.posedge)
    def count():
        """Output neurons that fired in this step."""
        if decide:
            is_bad.next = bad
        if decides and fired:
            some.next = 1
            several.next = several or some or not lone
        if push or rst:
            some.next = 0
            several.next = 0

    @always(clk.posedge)
    def tell_time():
        """In steps of the network; silent: behind the last one."""
        if some:
            decision_time.next = step >> step_shift
        else:
            decision_time.next = steps >> step_shift

    return count_fires, make_entry, count, tell_time


@block
def layer_sequencer(clk, rst, s_facts, s_input, s_hidden, fetch, layer, fetched, start, fresh, at_output, closes,
                    m_list, ends, release_input, release_hidden, done, decides, fires, fired, last_fold, step, bad,
                    decide, found, winner, space, push, entry, *, steps):
    """Layer 0 takes the input spikes of a step in, fires, layer 1 takes those in within the same step, and so on.

    The first step in which an output neuron fires, or the last of the image, decides. A layer that no spike reaches is
    passed over, and all behind it, but at the end of the image for the output layer. An input step of more spikes than
    a list holds is taken in list by list, and tested with the last of them.

    Ports:
        s_facts: of the network
        s_input: the list of input spikes
        s_hidden: the list of spikes of the layer before
        fetch: what is to be known of `layer` is wanted
        layer: the one whose turn it is
        fetched: it is there
        start: the layer begins to take in its list
        fresh: with `start`: for the first time in this image
        at_output: with `start`: it is the last layer
        closes: with a complete list: the step is over with it
        m_list: the list that it takes in
        ends: its last visit is made
        release_input: the list of input spikes is over, since the cycle before
        release_hidden: the other one is
        done: the last visit of a layer to a list is through
        decides: a fold of the output layer is tested
        fires: of that fold
        fired: somebody of it does
        last_fold: it is the last one
        step: the one that layer 0 took in last
        bad: the frame of this image is
        decide: a pulse: the image is decided and over
        found: its class is known
        winner: the class
        space: a place for a result is left
        push: there is a result
        entry: {bad, tie, silent, decision time, class} of it
    Outputs: at_output, closes, decide, entry, fetch, fresh, layer, push, release_hidden, release_input, start, step
    Parameters:
        steps: of the encoder
    Latency: a cycle from a list and its layer's facts to `start`.
    """
    now = Signal(state.IDLE)
    slots = 1 << len(layer)
    touched = Signal(intbv(0)[slots:])
    untouched = Signal(bool(0))
    skipped = Signal(bool(0))
    of_input = Signal(bool(0))
    is_last = Signal(bool(0))
    goes = Signal(bool(0))
    passes = Signal(bool(0))
    is_final = Signal(bool(0))
    some = Signal(bool(0))
    judges = Signal(bool(0))

    chosen = inlined("list", list_of_layer(s_input, s_hidden, of_input, skipped, m_list))
    result = inlined("result", image_result(clk, rst, decides, fires, fired, step, s_facts.step_shift, bad, decide,
                                            winner, push, some, entry, steps=steps))

    @always(clk.posedge)
    def look_at_layer():
        """Which one it is; in registers, since it begins some cycles after it was named."""
        of_input.next = layer == 0
        is_last.next = layer == s_facts.layers
        untouched.next = not touched[layer]

    @always_comb
    def look_at_list():
        """Whether the layer may begin, or is passed over."""
        goes.next = (now == state.IDLE and fetched and not fetch
                     and (m_list.some or (m_list.complete and (of_input or skipped))))
        passes.next = (now == state.IDLE and fetched and not fetch and m_list.complete and not m_list.some
                       and not of_input and not skipped)

    @always_comb
    def begin():
        """It begins."""
        start.next = goes
        fresh.next = untouched
        at_output.next = is_last
        closes.next = s_input.closes or not of_input

    @always(clk.posedge)
    def leave():
        """The list is over; nobody looks at the next one before a few cycles have gone."""
        release_input.next = ends and of_input and not rst
        release_hidden.next = ((ends and not of_input and not skipped) or passes) and not rst

    @always_comb
    def conclude():
        """The decision falls with the last fold of the output layer."""
        judges.next = now == state.VERDICT and decides and last_fold
        decide.next = now == state.VERDICT and decides and last_fold and (some or fired or is_final)
        push.next = now == state.SEND and space

    @always(clk.posedge)
    def walk():
        """From layer to layer, from step to step, from image to image."""
        fetch.next = 0
        if now == state.IDLE:
            if goes:
                now.next = state.RUN
            elif passes:
                fetch.next = 1
                if is_final:
                    layer.next = s_facts.layers
                    skipped.next = 1
                else:
                    layer.next = 0
        elif now == state.RUN:
            if ends:
                touched.next[layer] = 1
                if of_input:
                    is_final.next = s_input.final
                    step.next = s_input.step
                if of_input and not s_input.closes:
                    now.next = state.DRAIN
                elif is_last:
                    now.next = state.VERDICT
                    layer.next = 0
                    skipped.next = 0
                    fetch.next = 1
                else:
                    now.next = state.IDLE
                    layer.next = layer + 1
                    fetch.next = 1
        elif now == state.DRAIN:
            if done:
                now.next = state.IDLE
        elif now == state.VERDICT:
            if judges:
                now.next = state.IDLE
            if decide:
                now.next = state.FIND
                touched.next = 0
        elif now == state.FIND:
            if found:
                now.next = state.SEND
        else:
            if space:
                now.next = state.IDLE
        if rst:
            now.next = state.IDLE
            layer.next = 0
            skipped.next = 0
            touched.next = 0
            fetch.next = 1

    return chosen, result, look_at_layer, look_at_list, begin, leave, conclude, walk
