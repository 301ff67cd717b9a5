"""The number that a window is known by behind a convolution of a kernel row a cycle."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.layer.row_finder import len_of_window_row


@block
def window_number(clk, word, number, *, shape):
    """Windows count row by row, and the folds of channels within each.

    Ports:
        word: what travels through the pipeline, as in RowShape.place_of, of a test
        number: one cycle later: of its window and fold
    """
    row_bits, columns, folds = len_of_window_row(shape), shape.windows[1], shape.channel_folds
    high, low = shape.place_of["window"]
    row_low, fold_high = high - row_bits, low + shape.number_bits
    row = word(high, row_low)
    base = Signal(intbv(0)[len(number):])
    bases = tuple(place * columns * folds for place in range(shape.windows[0]))
    bases += (0,) * ((1 << row_bits) - len(bases))

    @always_comb
    def look_up():
        """Where the windows of a row begin."""
        base.next = bases[int(row)]

    if folds > 1:

        @always(clk.posedge)
        def add():
            """The number of the window and fold that is tested."""
            number.next = base + word[row_low:fold_high] * folds + word[fold_high:low]

    else:

        @always(clk.posedge)
        def add():
            """The number of the window that is tested."""
            number.next = base + word[row_low:low]

    return look_up, add
