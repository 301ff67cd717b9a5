"""A convolution: positions of a map that share weights, one visit after the other."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from first_spike.rtl_model.layer.map_words import map_words
from first_spike.rtl_model.layer.sequencers import visit_sequencer
from first_spike.rtl_model.layer.visit_pipeline import visit_pipeline
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.layer.visit_table import VisitRange, range_file, visit_table
from first_spike.rtl_model.layer.visit_weights import visit_weights
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import bits_for


@block
def if_layer_map(clk, rst, clear, s_spike, m_fire, hold=None, s_write=None, bank=None, *, shape, contents):
    """A convolution of integrate-and-fire neurons, with a pool behind: `lanes` channels of one position at a time.

    A spike visits the positions whose kernel reaches it, row by row, one word of potentials a cycle. A word in which a
    potential crosses its threshold is a candidate, and waits in a queue, once. At the end of a step the candidates are
    tested: what is still above its threshold, and whose window has not spiked in this image, fires. The mark that
    follows says on `m_fire` that the step is over. Visits, tests, marks, and words that are emptied all go through one
    pipeline: found, compared with those ahead, issued, read (two cycles), tagged, taken, added, tested, kept, written.

    Nothing is cleared when an image is over: words carry its number, and stale ones count as empty.

    Ports:
        clear: a new image begins: what is in the pipeline is dropped, and potentials start again
        s_spike: spikes of the map before
        m_fire: which channels fire in a window, in any order of windows; a transfer without says that a step is over
        hold: no more tests and marks
        s_write: weights, and what the potentials begin with; only where they are loaded
        bank: the bank of weights in use; only where there are two
    Parameters:
        lanes: neurons that are worked on side by side
        folds: windows, times folds of channels
        ways: spikes in a transfer
        rows: of the feed
        row_bits: of the number of a row
        weight_bits: of a weight
        potential_bits: of a potential, which cannot leave them whatever spikes
        channel_folds: folds of channels at each position
    Back-pressure: `s_spike` waits for the visits of the spikes before; tests wait while hold is set.
    """
    name, word_bits, step_bits = shape.name, shape.word_bits, len(s_spike.step)

    advance = Signal(bool(0))
    under_way = Signal(bool(0))
    reads_weights = Signal(bool(0))
    follows = Signal(bool(0))
    y = Signal(intbv(0)[shape.y_bits:])
    x = Signal(intbv(0)[shape.x_bits:])
    fold = Signal(intbv(0)[bits_for(shape.channel_folds):])
    address = Signal(intbv(0)[shape.address_bits:])
    place = Signal(intbv(0)[shape.place_bits:]) if shape.place_bits else None
    entry = Signal(intbv(0)[shape.table_bits:])
    reached = VisitRange(shape)
    head = Signal(intbv(0)[word_bits:])
    head_filled = Signal(bool(0))
    idle = Signal(bool(0))
    pop = Signal(bool(0))
    push = Signal(bool(0))
    weights = Signal(intbv(0)[shape.lanes * shape.code_bits:])
    chosen = Visit(word_bits, step_bits)
    located = Visit(word_bits, step_bits)
    issued = Visit(word_bits, step_bits).only("word")
    caught = Visit(word_bits, step_bits).only("word")
    added = Visit(word_bits, step_bits).only("visits", "tests", "scrubs", "word")
    tested = Visit(word_bits, step_bits).only("tests", "word", "marks", "step", "end")
    leaving = Visit(word_bits, step_bits).only("visits", "tests", "scrubs", "word")
    folded = dict(advance=advance, fold=fold) if shape.channel_folds > 1 else {}
    loaded, starting = {}, {}
    if shape.start_bits is not None:
        second = {} if bank is None else dict(bank=bank)
        loaded = dict(s_write=shape.write_of_way(s_write, 0), **second)
        starting = dict(s_write=shape.write_of_starts(s_write), **second)

    sequencer = submodule(
        "sequencer", visit_sequencer, module=f"{name}_visit_sequencer", clk=clk, rst=rst, clear=clear,
        s_spike=s_spike, advance=advance, under_way=under_way, head=head, head_filled=head_filled, idle=idle, pop=pop,
        m_visit=chosen, entry=entry, s_range=reached, y=y, x=x, fold=fold, address=address, place=place, shape=shape)
    table = submodule("ranges", visit_table, module=f"{name}_visit_table", clk=clk, entry=entry, m_range=reached,
                      hex_file=range_file(f"{name}_visits", contents.visits, shape))
    candidates = submodule(
        "candidates", candidate_queue, module=f"{name}_candidates", clk=clk, clear=clear, push=push,
        word=leaving.word, pop=pop, head=head, filled=head_filled, idle=idle, depth=shape.words,
        prefix=f"{name}_candidates")
    finder = submodule(
        "finder", word_finder, module=f"{name}_word_finder", clk=clk, advance=advance, visits=chosen.visits, y=y,
        x=x, fold=fold, former_word=chosen.word, word=located.word, row_words=shape.row_words,
        column_words=shape.column_words, window_bits=shape.window_bits)
    pipeline = submodule(
        "pipeline", visit_pipeline, module=f"{name}_visit_pipeline", clk=clk, clear=clear, s_visit=located,
        advance=advance, reads=reads_weights, follows=follows, under_way=under_way, issued=issued, caught=caught,
        added=added, leaving=leaving, tested=tested, hold=hold, shape=shape)
    weight_words = submodule(
        "weight_words", visit_weights, module=f"{name}_visit_weights", clk=clk, advance=advance, reads=reads_weights,
        address=address, weights=weights, place=place, **loaded, shape=shape, contents=contents,
        lanes=shape.lanes)
    words = submodule(
        "words", map_words, module=f"{name}_map_words", clk=clk, rst=rst, clear=clear, s_issued=issued,
        s_caught=caught, s_added=added, s_tested=tested, s_leaving=leaving, follows=follows, weights=weights, push=push,
        m_fire=m_fire, **folded, **starting, shape=shape, contents=contents)

    @always_comb
    def locate():
        """What is chosen, with its word."""
        located.visits.next = chosen.visits
        located.tests.next = chosen.tests
        located.scrubs.next = chosen.scrubs
        located.marks.next = chosen.marks
        located.step.next = chosen.step
        located.end.next = chosen.end

    return sequencer, table, candidates, finder, pipeline, weight_words, words, locate


@block
def word_finder(clk, advance, visits, y, x, fold, former_word, word, *, row_words, column_words, window_bits):
    """The word of a position is the sum of a part of its row, one of its column, and one of the fold of channels.

    Ports:
        advance: everything moves on
        y: row of the position
        x: its column
        fold: of channels
        visits: one cycle later: it is a visit; else the word is known already
        former_word: one cycle later: that word
        word: one cycle later: the word
    Outputs: word
    Parameters:
        window_bits: of the place of a position in its window, below the fold
    """
    bits = len(word)
    row_part = Signal(intbv(0)[bits:])
    column_part = Signal(intbv(0)[bits:])
    of_row = Signal(intbv(0)[bits:])
    of_column = Signal(intbv(0)[bits:])
    of_fold = Signal(intbv(0)[len(fold) + window_bits:])
    total = Signal(modbv(0)[bits:])  # wraps only where it is no visit

    @always_comb
    def look_up_row():
        """Where the words of the row begin."""
        row_part.next = row_words[int(y)]

    @always_comb
    def look_up_column():
        """Where the words of the column are in each row."""
        column_part.next = column_words[int(x)]

    @always(clk.posedge)
    def hold_parts():
        """The two lie in LUTs, with a register behind."""
        if advance:
            of_row.next = row_part
            of_column.next = column_part
            of_fold.next = fold << window_bits

    @always_comb
    def add():
        """The word of the position."""
        total.next = of_row + of_column + of_fold

    @always_comb
    def choose():
        """Only visits have a position."""
        if visits:
            word.next = total
        else:
            word.next = former_word

    return look_up_row, look_up_column, hold_parts, add, choose
