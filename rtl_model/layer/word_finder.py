"""From the position of a visit to its word."""

from myhdl import Signal, always, always_comb, block, intbv, modbv


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
