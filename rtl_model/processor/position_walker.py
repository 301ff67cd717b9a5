"""The positions that the spikes of a list reach, one a cycle: fold after fold, row after row."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.parts.hierarchy import inlined

LOOKUP_CYCLES = 5  # from the place of a spike to what it reaches
INTERLOCK = 4  # visits behind one to a word, in which that is not back in memory


@block
def next_visit(clk, clear, goes, part, last, word, weight, m_step, moves, stands):
    """A visit stands ready in registers, and waits while one of those just ahead is still to write its word. For how
    many cycles it will is found when it comes.

    Ports:
        clear: forget it
        goes: the next one comes; only while it `moves`
        part: which nibble of a weight it adds; the first visit of a weight reads
        last: the last visit of a weight writes
        word: of the potentials
        weight: word of weights
        m_step: the visits
        moves: there is a place for the next one
        stands: there is one
    Outputs: moves, stands
    """
    entry_bits, word_bits = len(word) + 1, len(word)
    ahead = Signal(modbv(0)[(INTERLOCK - 1) * entry_bits:])
    writing = Signal(intbv(0)[INTERLOCK * entry_bits:])
    next_waiting, waiting = Signal(intbv(0)[INTERLOCK:]), Signal(intbv(0)[INTERLOCK:])
    writes = Signal(bool(0))

    @always_comb
    def show():
        """It is made unless it has to wait, and the next one takes its place."""
        m_step.valid.next = stands and not waiting[0]
        moves.next = not stands or not waiting[0]
        writes.next = stands and m_step.last and not waiting[0]

    @always_comb
    def list_words():
        """Its own word, and those of the visits ahead of it, each with a bit: it is written."""
        writing.next = concat(ahead, writes, m_step.word)

    @always_comb
    def compare():
        """A bit for each cycle that the next visit has to wait for one of them."""
        cycles = intbv(0)[INTERLOCK:]
        for k in range(INTERLOCK):
            same = intbv(1)[1:]
            for b in range(word_bits):
                if writing[k * entry_bits + b] != word[b]:
                    same[0] = 0
            for cycle in range(INTERLOCK):
                if same[0] and writing[k * entry_bits + word_bits] and cycle < INTERLOCK - k and not part:
                    cycles[cycle] = 1
        next_waiting.next = cycles

    @always(clk.posedge)
    def stand_ready():
        """The visit, and the words that are written soon."""
        ahead.next = writing[(INTERLOCK - 1) * entry_bits:]
        waiting.next = waiting >> 1
        if moves:
            stands.next = goes
            waiting.next = next_waiting
            m_step.first.next = not part
            m_step.last.next = last
            m_step.word.next = word
            m_step.weight.next = weight
        if clear:
            stands.next = 0

    return show, list_words, compare, stand_ready


@block
def position_walker(clk, rst, opens, s_layer, s_list, s_reach, m_step, read, over):
    """Walks from position to position, and from spike to spike while the list has more.

    A weight of two nibbles takes two visits.

    Ports:
        opens: with the first spike of a list
        s_layer: what is to be known of the layer
        s_list: the list
        s_reach: what the spike at `read` reaches, five cycles later
        m_step: the visits
        read: place in the list of a spike
        over: the list is complete, and all of it was visited
    Outputs: over, read
    """
    place_bits, word_bits, weight_bits = len(read) + 1, len(m_step.word), len(m_step.weight)
    side_bits, fold_bits = len(s_reach.rows), len(s_layer.folds)  # of what is left, where a bit more is its sign
    place = Signal(intbv(0)[place_bits:])
    age = Signal(intbv(0)[3:])
    ready, load, busy, goes, moves, stands, renew = (Signal(bool(0)) for _ in range(7))
    part, ends_part, ends_row, ends_fold, ends_spike = (Signal(bool(0)) for _ in range(5))
    columns, rows, first_columns, first_rows, column, row = (Signal(modbv(0)[side_bits + 1:]) for _ in range(6))
    folds, fold = (Signal(modbv(0)[fold_bits + 1:]) for _ in range(2))
    word, row_word, fold_word, next_word = (Signal(modbv(0)[word_bits:]) for _ in range(4))
    weight, row_weight, fold_weight, next_weight, step_weight = (Signal(modbv(0)[weight_bits:]) for _ in range(5))
    fold_step = Signal(modbv(0)[weight_bits:])

    interlock = inlined("interlock", next_visit(clk, renew, goes, part, ends_part, word, step_weight, m_step, moves,
                                                stands))

    @always_comb
    def look_at_list():
        """What the spike reaches is there some cycles after the spike."""
        ready.next = age == LOOKUP_CYCLES
        over.next = s_list.complete and s_list.count == place and not busy and not stands
        read.next = place[place_bits - 1:]
        renew.next = opens or rst

    @always_comb
    def find_end():
        """How far it has come."""
        goes.next = busy and moves
        ends_part.next = part == s_layer.parts
        ends_row.next = part == s_layer.parts and column[side_bits]
        ends_fold.next = part == s_layer.parts and column[side_bits] and row[side_bits]
        ends_spike.next = part == s_layer.parts and column[side_bits] and row[side_bits] and fold[fold_bits]

    @always_comb
    def count():
        """What is left behind the first column, row, fold: it is below zero with the last one."""
        first_columns.next = s_reach.columns - 1
        first_rows.next = s_reach.rows - 1
        folds.next = s_layer.folds - 1

    @always_comb
    def go_on():
        """The next spike follows at once where it is known."""
        load.next = ready and (not busy or (moves and ends_spike))

    @always_comb
    def look_ahead():
        """Where the next visit goes."""
        fold_step.next = s_layer.inputs[weight_bits:]
        if s_layer.parts:
            fold_step.next = s_layer.inputs[weight_bits:] << 1
        step_weight.next = weight
        if part:
            step_weight.next = weight + s_layer.inputs[weight_bits:]
        next_word.next = word + 1
        next_weight.next = weight - s_layer.column_weights
        if ends_row:
            next_word.next = row_word + s_layer.row_words
            next_weight.next = row_weight - s_layer.row_weights
        if ends_fold:
            next_word.next = fold_word + s_layer.positions
            next_weight.next = fold_weight + fold_step

    @always(clk.posedge)
    def walk():
        """From visit to visit."""
        if age != LOOKUP_CYCLES and s_list.count > place:
            age.next = age + 1
        if goes:
            part.next = not ends_part
            if ends_part:
                word.next = next_word
                weight.next = next_weight
                column.next = column - 1
                if ends_row:
                    column.next = columns
                    row.next = row - 1
                    row_word.next = next_word
                    row_weight.next = next_weight
                if ends_fold:
                    row.next = rows
                    fold.next = fold - 1
                    fold_word.next = next_word
                    fold_weight.next = next_weight
                if ends_spike:
                    busy.next = 0
        if load:
            busy.next = s_reach.some
            place.next = place + 1
            age.next = 0
            part.next = 0
            fold.next = folds
            word.next = s_reach.word
            row_word.next = s_reach.word
            fold_word.next = s_reach.word
            weight.next = s_reach.weight
            row_weight.next = s_reach.weight
            fold_weight.next = s_reach.weight
            columns.next = first_columns
            column.next = first_columns
            rows.next = first_rows
            row.next = first_rows
        if renew:
            busy.next = 0
            place.next = 0
            age.next = 0

    return interlock, look_at_list, find_end, count, go_on, look_ahead, walk
