"""A convolution takes a list of spikes in: position after position, and who is above the threshold at the step's end
is tested."""

from myhdl import Signal, always, always_comb, block, enum, modbv

from first_spike.golden.contract.processor import START_ROWS

DRAIN_CYCLES = 7  # behind the last visit, until all candidates are known

state = enum("IDLE", "STARTS", "SWEEP", "SPIKES", "DRAIN", "TESTS", "MARK")


@block
def map_sequencer(clk, rst, start, fresh, at_output, closes, s_layer, hold, opens, s_step, over, candidate, filled,
                  idle, pop, m_visit, ends):
    """Makes the visits of a map to a list of spikes.

    A map that is fresh is swept: each fold adds up what its potentials begin with, which then is written position by
    position. Then come the visits of the spikes, and, if the step is over with the list, one to each candidate, where
    it is found who fires. A mark says that this was all.

    Ports:
        start: begin with this layer; what is to be known of it is there
        fresh: with `start`: nothing of it has been worked on in this image
        at_output: with `start`: it is the last layer
        closes: with a complete list: the step is over with it
        s_layer: what is to be known of it, until `ends`
        hold: no candidate is tested
        opens: with the first spike of the list
        s_step: the visits of the spikes
        over: all of them were made
        candidate: the word that is tested next
        filled: there is one
        idle: there is none, and none will come
        pop: it is tested
        m_visit: the visits
        ends: the mark is made in this cycle
    Outputs: opens, ends, pop
    """
    last_row, word_bits, weight_bits = START_ROWS - 1, len(m_visit.word), len(m_visit.base)
    now = Signal(state.IDLE)
    is_output = Signal(bool(0))
    row = Signal(modbv(0)[2:])
    fold = Signal(modbv(0)[len(s_layer.folds):])
    starts = Signal(modbv(0)[weight_bits:])
    word = Signal(modbv(0)[word_bits:])
    left = Signal(modbv(0)[word_bits:])
    rest = Signal(modbv(0)[3:])
    tests = Signal(bool(0))
    marks = Signal(bool(0))

    @always_comb
    def look():
        """A candidate is tested, or there were no more."""
        opens.next = (start and not fresh) or (now == state.SWEEP and left == 1 and fold == s_layer.folds)
        tests.next = now == state.TESTS and filled and not hold
        marks.next = now == state.MARK

    @always_comb
    def tell():
        """To whom it matters."""
        pop.next = tests
        ends.next = marks

    @always_comb
    def visit():
        """What is visited."""
        m_visit.valid.next = now == state.STARTS or tests or (now == state.SPIKES and s_step.valid)
        m_visit.first.next = tests
        m_visit.last.next = now == state.SWEEP or tests or (now == state.SPIKES and s_step.valid and s_step.last)
        m_visit.nothing.next = tests
        m_visit.fresh.next = now == state.STARTS
        m_visit.of_start.next = 1
        m_visit.base.next = s_step.weight
        m_visit.shift.next = 0
        m_visit.negative.next = s_step.last
        if now == state.STARTS:
            m_visit.first.next = row == 0
            m_visit.base.next = starts
            m_visit.shift.next = row
            m_visit.negative.next = row == last_row
        if now == state.SPIKES:
            m_visit.first.next = s_step.first
            if not s_step.first:
                m_visit.shift.next = 1

    @always_comb
    def visit_word():
        """Where, and what becomes of it."""
        m_visit.word.next = s_step.word
        if now == state.SWEEP:
            m_visit.word.next = word
        if now == state.TESTS:
            m_visit.word.next = candidate
        m_visit.last_fold.next = marks
        m_visit.tests.next = tests or (marks and closes)
        m_visit.output.next = is_output

    @always_comb
    def name_visit():
        """Why."""
        m_visit.scatters.next = now == state.SPIKES and s_step.valid and s_step.last
        m_visit.sweeps.next = now == state.SWEEP
        m_visit.pools.next = tests
        m_visit.marks.next = marks

    @always(clk.posedge)
    def walk():
        """From one to the next."""
        if start:
            is_output.next = at_output
            starts.next = s_layer.starts[weight_bits:]
            word.next = s_layer.word
            fold.next = 0
            row.next = 0
            now.next = state.SPIKES
            if fresh:
                now.next = state.STARTS
        elif now == state.STARTS:
            starts.next = starts + 1
            row.next = row + 1
            left.next = s_layer.positions
            if row == last_row:
                now.next = state.SWEEP
        elif now == state.SWEEP:
            word.next = word + 1
            left.next = left - 1
            if left == 1:
                fold.next = fold + 1
                now.next = state.STARTS
                if fold == s_layer.folds:
                    now.next = state.SPIKES
        elif now == state.SPIKES:
            rest.next = 1
            if over:
                now.next = state.MARK
                if closes:
                    now.next = state.DRAIN
        elif now == state.DRAIN:
            rest.next = rest + 1
            if rest == DRAIN_CYCLES:
                now.next = state.TESTS
        elif now == state.TESTS:
            if idle:
                now.next = state.MARK
        elif marks:
            now.next = state.IDLE
        if rst:
            now.next = state.IDLE

    return look, tell, visit, visit_word, name_visit, walk
