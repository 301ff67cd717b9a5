"""The positions that the spikes of a list reach, one a cycle: fold after fold, row after row."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

LOOKUP_CYCLES = 4  # from the place of a spike to what it reaches
INTERLOCK = 4  # visits behind one to a word, in which that is not back in memory


@block
def position_walker(clk, rst, opens, s_layer, s_list, s_reach, lane, m_step, read, over):
    """Walks from position to position, and from spike to spike while the list has more.

    A visit waits while one of those just ahead is still to write its word. A weight of two nibbles takes two visits.

    Ports:
        opens: with the first spike of a list
        s_layer: what is to be known of the layer
        s_list: the list
        s_reach: what the spike at `read` reaches, four cycles later
        lane: its lane
        m_step: the visits
        read: place in the list of a spike
        over: the list is complete, and all of it was visited
    Outputs: over, read
    """
    place_bits, word_bits, weight_bits = len(read) + 1, len(m_step.word), len(m_step.weight)
    side_bits = len(s_reach.rows)
    place = Signal(intbv(0)[place_bits:])
    age = Signal(intbv(0)[3:])
    ready, load, busy, clash, goes = (Signal(bool(0)) for _ in range(5))
    part, ends_part, ends_row, ends_fold, ends_spike = (Signal(bool(0)) for _ in range(5))
    ahead = Signal(modbv(0)[INTERLOCK * (word_bits + 1):])
    columns, rows, column, row = (Signal(modbv(0)[side_bits:]) for _ in range(4))
    fold = Signal(modbv(0)[len(s_layer.folds):])
    word, row_word, fold_word, next_word = (Signal(modbv(0)[word_bits:]) for _ in range(4))
    weight, row_weight, fold_weight, next_weight, part_weight = (Signal(modbv(0)[weight_bits:]) for _ in range(5))
    fold_step = Signal(modbv(0)[weight_bits:])

    @always_comb
    def look_at_list():
        """What the spike reaches is there some cycles after the spike."""
        ready.next = age == LOOKUP_CYCLES
        over.next = s_list.complete and s_list.count == place and not busy
        read.next = place[place_bits - 1:]

    @always_comb
    def compare():
        """With the words that the visits ahead write; of two parts it is the first that reads."""
        found = intbv(0)[1:]
        for k in range(INTERLOCK):
            same = intbv(1)[1:]
            for b in range(word_bits):
                if ahead[k * (word_bits + 1) + b] != word[b]:
                    same[0] = 0
            if same[0] and ahead[k * (word_bits + 1) + word_bits]:
                found[0] = 1
        clash.next = found[0] and not part

    @always_comb
    def find_end():
        """How far it has come."""
        goes.next = busy and not clash
        ends_part.next = part == s_layer.parts
        ends_row.next = part == s_layer.parts and column == 0
        ends_fold.next = part == s_layer.parts and column == 0 and row == 0
        ends_spike.next = part == s_layer.parts and column == 0 and row == 0 and fold == s_layer.folds

    @always_comb
    def go_on():
        """The next spike follows at once where it is known."""
        load.next = ready and (not busy or (not clash and ends_spike))

    @always_comb
    def look_ahead():
        """Where the next visit goes."""
        fold_step.next = s_layer.inputs[weight_bits:]
        if s_layer.parts:
            fold_step.next = s_layer.inputs[weight_bits:] << 1
        part_weight.next = weight + s_layer.inputs[weight_bits:]
        next_word.next = word + 1
        next_weight.next = weight - s_layer.column_weights
        if ends_row:
            next_word.next = row_word + s_layer.row_words
            next_weight.next = row_weight - s_layer.row_weights
        if ends_fold:
            next_word.next = fold_word + s_layer.positions
            next_weight.next = fold_weight + fold_step

    @always_comb
    def visit():
        """The visit of this cycle."""
        m_step.valid.next = goes
        m_step.first.next = not part
        m_step.last.next = ends_part
        m_step.word.next = word
        m_step.weight.next = weight
        if part:
            m_step.weight.next = part_weight

    @always(clk.posedge)
    def follow():
        """The words that are written soon."""
        ahead.next = (ahead << (word_bits + 1)) | concat(goes and ends_part, word)

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
                    fold.next = fold + 1
                    fold_word.next = next_word
                    fold_weight.next = next_weight
                if ends_spike:
                    busy.next = 0
        if load:
            busy.next = s_reach.some
            place.next = place + 1
            age.next = 0
            part.next = 0
            fold.next = 0
            word.next = s_reach.word
            row_word.next = s_reach.word
            fold_word.next = s_reach.word
            weight.next = s_reach.weight + lane
            row_weight.next = s_reach.weight + lane
            fold_weight.next = s_reach.weight + lane
            columns.next = s_reach.columns
            column.next = s_reach.columns
            rows.next = s_reach.rows
            row.next = s_reach.rows
        if opens or rst:
            busy.next = 0
            place.next = 0
            age.next = 0

    return look_at_list, compare, find_end, go_on, look_ahead, visit, follow, walk
