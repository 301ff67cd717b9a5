"""A layer takes a list of spikes in: fold after fold, in each of them spike after spike."""

from myhdl import Signal, always, always_comb, block, enum, intbv, modbv

from first_spike.rtl_model.processor.limits import START_ROWS

state = enum("IDLE", "STARTS", "SPIKES", "NOTHING")


@block
def fold_sequencer(clk, rst, start, fresh, at_output, closes, s_layer, s_list, hold, m_visit, read, ends, *, places):
    """Makes the visits of a layer to a list of spikes.

    A fold that is fresh begins with four visits to what its potentials begin with; then come the spikes of the list,
    once for each part of the weights; a fold with neither has one visit that adds nothing. The first fold goes along
    while the list still grows, but for the latest spike, which is the last one if the list is complete.

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
    now = Signal(state.IDLE)
    is_fresh = Signal(bool(0))
    is_output = Signal(bool(0))
    part = Signal(bool(0))
    begins = Signal(bool(0))
    fold = Signal(modbv(0)[len(m_visit.fold):])
    word = Signal(modbv(0)[len(m_visit.word):])
    weights = Signal(modbv(0)[address_bits:])
    starts = Signal(modbv(0)[address_bits:])
    row = Signal(modbv(0)[2:])
    place = Signal(intbv(0)[place_bits:])
    empty = Signal(bool(0))
    goes = Signal(bool(0))
    last_spike = Signal(bool(0))
    fold_ends = Signal(bool(0))
    last_fold = Signal(bool(0))
    next_count = Signal(intbv(0)[place_bits + 1:])

    @always_comb
    def look_at_list():
        """The spike at hand is the last one, or there is none."""
        empty.next = s_list.complete and s_list.count == 0
        next_count.next = place + 1
        last_spike.next = s_list.complete and s_list.count == next_count
        last_fold.next = fold == s_layer.folds

    @always_comb
    def go():
        """A visit is made, unless the list has to grow first, or a fold has to wait."""
        goes.next = not (begins and hold)
        if now == state.IDLE:
            goes.next = 0
        if now == state.SPIKES and not s_list.complete and s_list.count <= next_count:
            goes.next = 0

    @always_comb
    def end():
        """The visit is the last one of the fold, of the layer."""
        fold_ends.next = (now == state.NOTHING or (now == state.STARTS and row == last_row and empty)
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
            is_fresh.next = fresh
            is_output.next = at_output
            weights.next = s_layer.weights[address_bits:]
            starts.next = s_layer.starts[address_bits:]
            word.next = s_layer.word
            fold.next = 0
            part.next = 0
            place.next = 0
            row.next = 0
            begins.next = 1
            if fresh:
                now.next = state.STARTS
            elif empty:
                now.next = state.NOTHING
            else:
                now.next = state.SPIKES
        elif goes:
            begins.next = 0
            if now == state.STARTS:
                row.next = row + 1
                starts.next = starts + 1
                if row == last_row and not empty:
                    now.next = state.SPIKES
            if now == state.SPIKES:
                place.next = next_count[place_bits:]
                if last_spike:
                    place.next = 0
                    part.next = not part and s_layer.parts
                    weights.next = weights + s_layer.inputs
            if fold_ends:
                begins.next = 1
                fold.next = fold + 1
                word.next = word + 1
                if is_fresh:
                    now.next = state.STARTS
                if last_fold:
                    now.next = state.IDLE
        if rst:
            now.next = state.IDLE

    return look_at_list, go, end, end_layer, visit, visit_fold, walk
