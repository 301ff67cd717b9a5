"""From the range of a spike to its visits, one a cycle: positions, or rows of positions."""

from myhdl import Signal, always, always_comb, block, intbv, modbv


@block
def visit_counter(clk, load, step_on, s_range, y, x, fold, address, at_end, *, folds, fold_stride, column_stride,
                  row_stride):
    """Counts through folds of channels, then columns, then rows of a range of positions, and adds up the addresses of
    their weights.

    Ports:
        load: the range is `s_range` from now on
        step_on: the visit is made: the next one
        s_range: where the visits of a spike begin and end
        y: row of the position that is visited
        x: its column
        fold: of channels
        address: of the weights
        at_end: this is the last visit of the spike
    Outputs: y, x, fold, address, at_end
    Parameters:
        folds: of channels
        fold_stride: what the address grows by from fold to fold
        column_stride: from column to column
        row_stride: from row to row
    """
    address_bits = len(address)
    y_last = Signal(intbv(0)[len(y):])
    x_first = Signal(intbv(0)[len(x):])
    x_last = Signal(intbv(0)[len(x):])
    row_address = Signal(intbv(0)[address_bits:])
    next_row = Signal(modbv(0)[address_bits:])  # wraps behind the last row
    next_column = Signal(modbv(0)[address_bits:])
    next_fold = Signal(modbv(0)[address_bits:])
    last_fold = Signal(bool(0))
    span = 1 << address_bits
    to_row, to_fold = row_stride % span, fold_stride % span
    to_column = (column_stride - (folds - 1) * fold_stride) % span

    @always_comb
    def look_ahead():
        """Where the address goes from here."""
        next_row.next = row_address + to_row
        next_column.next = address + to_column
        next_fold.next = address + to_fold
        last_fold.next = fold == folds - 1
        at_end.next = fold == folds - 1 and x == x_last and y == y_last

    @always(clk.posedge)
    def count():
        """Columns within rows."""
        if load:
            y.next = s_range.y
            y_last.next = s_range.y_last
            x.next = s_range.x
            x_first.next = s_range.x
            x_last.next = s_range.x_last
            fold.next = 0
            address.next = s_range.address
            row_address.next = s_range.address
        elif step_on:
            if last_fold:
                fold.next = 0
                if x == x_last:
                    x.next = x_first
                    if y != y_last:
                        y.next = y + 1
                    address.next = next_row
                    row_address.next = next_row
                else:
                    x.next = x + 1
                    address.next = next_column
            else:
                fold.next = fold + 1
                address.next = next_fold

    return look_ahead, count


@block
def row_counter(clk, load, step_on, s_range, y, column_group, top, mask, fold, address, at_end, *, folds, fold_stride,
                row_stride):
    """Counts through folds of channels, then rows, from the last on to the first, and adds up the addresses of their
    weights.

    Ports:
        load: the range is `s_range` from now on
        step_on: the visit is made: the next one
        s_range: where the visits of a spike begin and end
        y: row of the positions that are visited
        column_group: of their last column
        top: the bank of that
        mask: a bit for each bank: it has one of the columns
        fold: of channels
        address: of the weights
        at_end: this is the last visit of the spike
    Outputs: y, column_group, top, mask, fold, address, at_end
    Parameters:
        folds: of channels
        fold_stride: what the address grows by from fold to fold
        row_stride: from row to row
    """
    address_bits, span = len(address), 1 << len(address)
    first = Signal(intbv(0)[len(y):])
    last = Signal(intbv(0)[len(y):])
    left = Signal(intbv(0)[len(s_range.count):])
    rows = Signal(intbv(0)[len(s_range.count):])
    last_fold = Signal(bool(0))
    next_row = Signal(modbv(0)[address_bits:])
    first_row = Signal(modbv(0)[address_bits:])
    next_fold = Signal(modbv(0)[address_bits:])
    back = Signal(intbv(0)[address_bits:])
    to_row, to_fold = (row_stride - (folds - 1) * fold_stride) % span, fold_stride % span
    steps_back = tuple(((folds - 1) * fold_stride + count * row_stride) % span for count in range(1 << len(rows)))

    @always_comb
    def look_up():
        """How far back the first row is."""
        back.next = steps_back[int(rows)]

    @always_comb
    def look_ahead():
        """Where the address goes from here."""
        next_row.next = address + to_row
        first_row.next = address - back
        next_fold.next = address + to_fold
        last_fold.next = fold == folds - 1
        at_end.next = fold == folds - 1 and left == 0

    @always(clk.posedge)
    def count():
        """Folds within rows."""
        if load:
            y.next = s_range.y
            first.next = s_range.first
            last.next = s_range.last
            left.next = s_range.count
            rows.next = s_range.count
            column_group.next = s_range.group
            top.next = s_range.top
            mask.next = s_range.mask
            fold.next = 0
            address.next = s_range.address
        elif step_on:
            if last_fold:
                fold.next = 0
                if left != 0:
                    left.next = left - 1
                if y == last:
                    y.next = first
                    address.next = first_row
                else:
                    y.next = y + 1
                    address.next = next_row
            else:
                fold.next = fold + 1
                address.next = next_fold

    return look_up, look_ahead, count
