"""A layer takes a list of spikes in: fold after fold, in each of them spike after spike."""

from myhdl import Signal, always, always_comb, block, enum, intbv, modbv

from first_spike.golden.contract.processor import START_ROWS
from first_spike.rtl_model.parts.hierarchy import inlined

state = enum("IDLE", "STARTS", "SPIKES", "NOTHING")


@block
def spike_at_hand(clk, rst, s_list, walks, place, known, last_spike):
    """Which spike of a list is visited next: one after the other, and the first one again behind the last.

    Ports:
        s_list: the list
        walks: the spike at hand is visited
        place: of the spike at hand; 0 while there is no layer
        known: it is there, and so is whether it is the last one, as far as the list was known in the cycle before
        last_spike: it is the last one
    Outputs: known, last_spike, place
    """
    place_bits = len(place)
    next_place = Signal(modbv(1)[place_bits + 1:])
    place_behind = Signal(modbv(2)[place_bits + 1:])
    is_latest = Signal(bool(0))
    alone = Signal(bool(0))

    @always_comb
    def compare():
        """The spike that is at hand in the coming cycle is the latest one that the list has; it has it."""
        is_latest.next = s_list.count == next_place
        if walks:
            is_latest.next = s_list.count == place_behind
            if last_spike:
                is_latest.next = alone

    @always(clk.posedge)
    def look_at_list():
        """A spike that is not the latest is not the last one."""
        known.next = s_list.complete or not is_latest
        last_spike.next = s_list.complete and is_latest
        alone.next = s_list.count == 1

    @always(clk.posedge)
    def follow():
        """From spike to spike."""
        if walks:
            place.next = next_place[place_bits:]
            next_place.next = place_behind
            place_behind.next = place_behind + 1
        if rst or (walks and last_spike):
            place.next = 0
            next_place.next = 1
            place_behind.next = 2

    return compare, look_at_list, follow


@block
def fold_sequencer(clk, rst, start, fresh, at_output, closes, s_layer, s_list, hold, m_visit, read, ends, *, places):
    """Makes the visits of a layer to a list of spikes.

    A fold that is fresh begins with four visits to what its potentials begin with; then come the spikes of the list,
    once for each part of the weights; a fold with neither has one visit that adds nothing. The first fold goes along
    while the list still grows, a cycle behind, but for the latest spike, which is the last one if the list is complete.

    Ports:
        start: begin with this layer; only when the list has a spike or is complete, and what is to be known of the
            layer is there
        fresh: with `start`: nothing of it has been worked on in this image
        at_output: with `start`: it is the last layer
        closes: with a complete list: the step is over with it
        s_layer: what is to be known of it, until `ends`
        s_list: the list
        hold: no fold is begun
        m_visit: the visits
        read: the place in the list of the spike that is visited
        ends: the last visit of the layer is made in this cycle
    Outputs: ends, read
    Parameters:
        places: of a list
    """
    last_row = START_ROWS - 1
    address_bits, place_bits = len(m_visit.base), len(read)
    inputs_bits = min(len(s_layer.inputs), address_bits)
    now = Signal(state.IDLE)
    is_fresh = Signal(bool(0))
    is_output = Signal(bool(0))
    is_empty = Signal(bool(0))
    part = Signal(bool(0))
    begins = Signal(bool(0))
    fold = Signal(modbv(0)[len(m_visit.fold):])
    next_fold = Signal(modbv(1)[len(m_visit.fold):])
    last_fold = Signal(bool(0))
    word = Signal(modbv(0)[len(m_visit.word):])
    weights = Signal(modbv(0)[address_bits:])
    starts = Signal(modbv(0)[address_bits:])
    row = Signal(modbv(0)[2:])
    place = Signal(intbv(0)[place_bits:])
    known = Signal(bool(0))
    last_spike = Signal(bool(0))
    goes = Signal(bool(0))
    walks = Signal(bool(0))
    fold_ends = Signal(bool(0))

    at_hand = inlined("spike", spike_at_hand(clk, rst, s_list, walks, place, known, last_spike))

    @always_comb
    def go():
        """A visit is made, unless the list has to grow first, or a fold has to wait."""
        goes.next = not (begins and hold)
        if now == state.IDLE:
            goes.next = 0
        if now == state.SPIKES and not known:
            goes.next = 0

    @always_comb
    def end():
        """The visit is the last one of the fold, of the layer."""
        walks.next = goes and now == state.SPIKES
        fold_ends.next = (now == state.NOTHING or (now == state.STARTS and row == last_row and is_empty)
                          or (now == state.SPIKES and last_spike and part == s_layer.parts))

    @always_comb
    def end_layer():
        """The visit is the last one of the layer."""
        ends.next = goes and fold_ends and last_fold

    @always_comb
    def visit():
        """What is visited."""
        m_visit.valid.next = goes
        m_visit.first.next = begins
        m_visit.last.next = goes and fold_ends
        m_visit.nothing.next = now == state.NOTHING
        m_visit.fresh.next = is_fresh
        m_visit.of_start.next = now == state.STARTS
        m_visit.base.next = weights
        m_visit.shift.next = 0
        m_visit.negative.next = part == s_layer.parts
        if now == state.STARTS:
            m_visit.base.next = starts
            m_visit.shift.next = row
            m_visit.negative.next = row == last_row
        elif part:
            m_visit.shift.next = 1

    @always_comb
    def visit_fold():
        """Where, and what becomes of it."""
        m_visit.word.next = word
        m_visit.fold.next = fold
        m_visit.last_fold.next = last_fold
        m_visit.tests.next = closes
        m_visit.output.next = is_output
        read.next = place

    @always(clk.posedge)
    def walk():
        """From visit to visit, from part to part, from fold to fold."""
        if start:
            begins.next = 1
            if fresh:
                now.next = state.STARTS
            elif s_list.some:
                now.next = state.SPIKES
            else:
                now.next = state.NOTHING
        elif goes:
            begins.next = fold_ends
            if now == state.STARTS and row == last_row and not is_empty:
                now.next = state.SPIKES
            if fold_ends:
                if is_fresh:
                    now.next = state.STARTS
                if last_fold:
                    now.next = state.IDLE
        if rst:
            now.next = state.IDLE

    @always(clk.posedge)
    def follow_layer():
        """Its facts are taken until it has begun, from fold to fold they go on."""
        if now == state.IDLE:
            is_fresh.next = fresh
            is_output.next = at_output
            is_empty.next = not s_list.some
            weights.next = s_layer.weights[address_bits:]
            starts.next = s_layer.starts[address_bits:]
            word.next = s_layer.word
            fold.next = 0
            next_fold.next = 1
            last_fold.next = s_layer.folds == 0
            part.next = 0
            row.next = 0
        elif goes:
            if now == state.STARTS:
                row.next = row + 1
                starts.next = starts + 1
            if walks and last_spike:
                part.next = not part and s_layer.parts
                weights.next = weights + s_layer.inputs[inputs_bits:]
            if fold_ends:
                fold.next = next_fold
                next_fold.next = next_fold + 1
                last_fold.next = next_fold == s_layer.folds
                word.next = word + 1

    return at_hand, go, end, end_layer, visit, visit_fold, walk, follow_layer
