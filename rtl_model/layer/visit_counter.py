"""The visits of one spike, one a cycle."""

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
