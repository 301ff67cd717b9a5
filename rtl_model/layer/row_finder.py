"""From the positions of a visit to their words, in each bank, and to their window."""

from myhdl import ConcatSignal, Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.streams import bits_for


@block
def group_of_bank(group, top, own, *, bank):
    """The banks behind that of the last column have the group before.

    Outputs: own
    """
    if bank == 0:

        @always_comb
        def find():
            """None is before it."""
            own.next = group

    else:

        @always_comb
        def find():
            """The last column lies behind theirs."""
            if top < bank:
                own.next = group - 1
            else:
                own.next = group

    return find


@block
def window_column(group, column, *, columns):
    """Column of the window of a position of a bank, from its group.

    Outputs: column
    """

    @always_comb
    def look_up():
        """A table, since pools need not divide."""
        column.next = columns[int(group)]

    return look_up


@block
def window_row(y, row, *, rows):
    """Row of the window of a position.

    Outputs: row
    """

    @always_comb
    def look_up():
        """A table as well."""
        row.next = rows[int(y)]

    return look_up


@block
def row_finder(entry, half, word, *, shape):
    """`word` = what travels through the pipeline, as in RowShape.place_of, from {row, group of the last column, its
    bank, fold of channels, mask of banks}. Combinational.

    Outputs: word
    """
    banks, group_bits = shape.banks, shape.group_bits
    column_bits = len_of_window_column(shape)
    places = shape.place_of
    groups = [Signal(modbv(0)[group_bits:]) for _ in range(banks)]  # they wrap where a bank has no part
    columns = [Signal(intbv(0)[column_bits:]) for _ in range(banks)]
    row = Signal(intbv(0)[len_of_window_row(shape):])
    column = Signal(intbv(0)[column_bits:])
    group, top, y, fold = (entry(*places[name]) for name in ("group", "top", "y", "fold"))
    found = [inlined(f"group_{bank}", group_of_bank(group, top, groups[bank], bank=bank)) for bank in range(banks)]
    found += [inlined(f"column_{bank}", window_column(groups[bank], columns[bank], columns=columns_of(shape, bank)))
              for bank in range(banks)]
    found.append(inlined("row", window_row(y, row, rows=rows_of(shape))))
    together = ConcatSignal(*reversed(groups))
    all_columns = ConcatSignal(*reversed(columns))

    @always_comb
    def choose():
        """A test has one bank, whose window counts."""
        chosen = intbv(0)[column_bits:]
        for bank in range(banks):
            for k in range(column_bits):
                if entry[bank] and all_columns[bank * column_bits + k]:
                    chosen[k] = 1
        column.next = chosen

    if shape.channel_folds > 1:

        @always_comb
        def join():
            """All of it."""
            word.next = concat(half, row, column, fold, together, entry)

    else:

        @always_comb
        def join():
            """All of it; there are no folds."""
            word.next = concat(half, row, column, together, entry)

    return found, choose, join


def len_of_window_row(shape):
    """Width of the row of a window."""
    return bits_for(shape.windows[0])


def len_of_window_column(shape):
    """Width of the column of a window."""
    return bits_for(shape.windows[1])


def rows_of(shape):
    """The row of the window of each row of positions; what there is not has any."""
    return tuple(min(y // shape.pool[0], shape.windows[0] - 1) for y in range(1 << shape.y_bits))


def columns_of(shape, bank):
    """The same of the columns of a bank, for each group."""
    return tuple(min((group * shape.banks + bank) // shape.pool[1], shape.windows[1] - 1)
                 for group in range(1 << shape.group_bits))


@block
def window_number(clk, word, number, *, shape):
    """Windows count row by row, and the folds of channels within each.

    Ports:
        word: what travels through the pipeline, as in RowShape.place_of, of a test
        number: one cycle later: of its window and fold
    Outputs: number
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
