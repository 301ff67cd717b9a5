"""One neuron of each fold in turn: nibbles of weights add up to its potential."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.golden.contract.processor import NIBBLE, POTENTIAL_BITS


@block
def processor_lane(clk, visited, first, fresh, nothing, shift, negative, tests, nibble, stored, fires, written):
    """Adds up the visits of a fold, and says whether its neuron fires.

    A potential is relative to threshold + 1, so that a neuron is above its threshold while the sign bit is 0. It wraps
    around: nothing keeps a network that was not checked from that.

    Ports:
        visited: what was added up a cycle ago is a visit
        first: that one is its fold's first
        fresh: the fold's potential is 0, and it has not fired
        nothing: what is added is 0
        shift: the nibble moves to the left by so many nibbles
        negative: its highest bit is a sign
        tests: neurons above their thresholds fire
        nibble: of the weight
        stored: {fired, potential} of the fold, beside its first nibble
        fires: the neuron fires, two cycles after the last nibble, while `tests`
        written: {fired, potential} at the same time
    Latency: two cycles.
    Outputs: fires, written
    """
    sign = NIBBLE - 1
    membrane = Signal(modbv(0)[POTENTIAL_BITS:])
    operand = Signal(intbv(0)[POTENTIAL_BITS:])
    held = Signal(intbv(0)[POTENTIAL_BITS:])
    held_fired = Signal(bool(0))
    fired = Signal(bool(0))
    exceeds = Signal(bool(0))

    @always(clk.posedge)
    def prepare():
        """What is added, and what it may be added to."""
        value = intbv(0)[POTENTIAL_BITS:]
        for b in range(POTENTIAL_BITS):
            if not nothing:
                if shift == b // NIBBLE:
                    value[b] = nibble[b % NIBBLE]
                elif shift < b // NIBBLE:
                    value[b] = negative and nibble[sign]
        operand.next = value
        held.next = 0
        held_fired.next = 0
        if not fresh:
            held.next = stored[POTENTIAL_BITS:]
            held_fired.next = stored[POTENTIAL_BITS]

    @always(clk.posedge)
    def add():
        """The potential of the fold."""
        if visited:
            if first:
                membrane.next = held + operand
                fired.next = held_fired
            else:
                membrane.next = membrane + operand

    @always_comb
    def compare():
        """The sign says it."""
        exceeds.next = not fired and not membrane[POTENTIAL_BITS - 1]

    @always_comb
    def tell():
        """It fires once."""
        fires.next = exceeds
        written.next = concat(fired or (exceeds and tests), membrane)

    return prepare, add, compare, tell
