"""The banks of columns of a convolution, side by side, and who fires in the one that is tested."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.row_bank import column_bank
from first_spike.rtl_model.layer.row_finder import (
    columns_of,
    len_of_window_column,
    len_of_window_row,
    rows_of,
    window_number,
    window_row,
)
from first_spike.rtl_model.layer.start_values import initial_table, start_values
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array


@block
def row_tests(clk, tests, mask, follows, exceeds, pool, fires, noted, *, banks, lanes):
    """One bank is tested at a time; what is above its threshold there and has not spiked in its window fires.

    Ports:
        tests: there is a test
        mask: a bit for each bank: it is tested
        follows: the window is that of the test one cycle before
        exceeds: of all banks, which potentials are above their threshold, bank 0 in the lowest bits
        pool: of all banks, which channels have spiked in the window
        fires: one cycle later: which channels fire
        noted: one cycle later: which have spiked in the window now; none without a test
    Outputs: fires, noted
    Parameters:
        banks: of columns
        lanes: channels of one position
    """
    is_above = Signal(intbv(0)[lanes:])
    in_pool = Signal(intbv(0)[lanes:])
    known = Signal(intbv(0)[lanes:])

    @always_comb
    def choose():
        """The bank that is tested."""
        own_above = intbv(0)[lanes:]
        own_pool = intbv(0)[lanes:]
        for lane in range(lanes):
            for bank in range(banks):
                if mask[bank] and exceeds[bank * lanes + lane]:
                    own_above[lane] = 1
                if mask[bank] and pool[bank * lanes + lane]:
                    own_pool[lane] = 1
        is_above.next = own_above
        in_pool.next = own_pool

    @always_comb
    def look_back():
        """What the test before found is not in memory yet."""
        if follows:
            known.next = noted
        else:
            known.next = in_pool

    @always(clk.posedge)
    def judge():
        """Once in a window."""
        fires.next = 0
        noted.next = 0
        if tests:
            fires.next = is_above & ~known
            noted.next = is_above | known

    return choose, look_back, judge


@block
def row_banks(clk, clear, s_issued, s_fetched, s_caught, s_added, s_leaving, follows, weights, push, pushed, m_fire,
              s_write=None, weight_bank=None, *, shape, contents):
    """The words of a visit are read, added to and written, one in each bank; of what becomes a candidate all goes into
    the queue together. One bank is tested at a time.

    Ports:
        clear: a new image begins
        s_issued: its words are read
        s_fetched: its windows of the pool are read
        s_caught: the words are there, and the weights
        s_added: what is added is tested
        s_leaving: its words are written
        follows: what is added has the window of the test one cycle ahead
        weights: of the visit that is caught, one for each lane, bank 0 in the lowest bits
        push: there are new candidates
        pushed: which, as they wait together
        m_fire: which channels fire in a window, in any order of windows; a transfer without says that a step is over
        s_write: what the potentials begin with; only where it is loaded
        weight_bank: the bank of weights in use; only where there are two
    Outputs: push, pushed
    """
    lanes, banks, places = shape.lanes, shape.banks, shape.place_of
    potential_bits, code_bits, entry_bits = shape.potential_bits, shape.code_bits, shape.entry_bits
    row_bits, groups_bits = shape.y_bits + 1, banks * shape.group_bits
    column_bits = len_of_window_column(shape)
    folded, sums = shape.channel_folds > 1, shape.often > 1

    y_fetched = s_fetched.word(*places["y"])
    window_row_read = y_fetched if sums else Signal(intbv(0)[len_of_window_row(shape):])
    noted = Signal(intbv(0)[lanes:])
    number = Signal(modbv(0)[len(m_fire.fold):])  # wraps only where nothing is tested
    is_write = Signal(bool(0))
    pool_writes = Signal(bool(0))
    read_row = Signal(intbv(0)[row_bits:])
    written_row = Signal(intbv(0)[row_bits:])
    window_row_of_half = Signal(intbv(0)[len(window_row_read) + 1:])
    read_groups = Signal(intbv(0)[groups_bits:])
    window_groups = Signal(intbv(0)[groups_bits:])
    written_groups = Signal(intbv(0)[groups_bits:])
    parts = Signal(intbv(0)[banks:])
    all_exceed = Signal(intbv(0)[banks * lanes:])
    all_pool = Signal(intbv(0)[banks * lanes:])
    new_candidates = Signal(intbv(0)[banks:])
    m_fire_fires, s_added_word = m_fire.fires, s_added.word
    half, y_high, y_low = places["half"][1], *places["y"]
    groups_high, groups_low = places["groups"]

    found_row = [] if sums else inlined("row_read", window_row(y_fetched, window_row_read, rows=rows_of(shape)))

    @always_comb
    def take_apart():
        """What all banks share, and what each has of its own."""
        read_row.next = concat(s_issued.word[half], s_issued.word[y_high:y_low])
        read_groups.next = s_issued.word[groups_high:groups_low]
        window_row_of_half.next = concat(s_fetched.word[half], window_row_read)
        window_groups.next = s_fetched.word[groups_high:groups_low]
        written_row.next = concat(s_leaving.word[half], s_leaving.word[y_high:y_low])
        written_groups.next = s_leaving.word[groups_high:groups_low]
        parts.next = s_leaving.word[banks:]
        is_write.next = s_leaving.visits or s_leaving.tests or s_leaving.scrubs
        pool_writes.next = s_leaving.tests or s_leaving.scrubs

    folds, begins, pool = {}, [], dict(shared={}, constant={}, parameters=dict(sums=True))
    if not sums:
        tables = [sum(column << place * column_bits for place, column in enumerate(columns_of(shape, bank)))
                  for bank in range(banks)]
        pool = dict(shared=dict(window=s_leaving.word(places["half"][0], places["window"][1])),
                    constant=dict(columns=(tables, Signal(intbv(0)[column_bits << shape.group_bits:]))), parameters={})
    starts = Signal(intbv(0)[lanes * potential_bits:])
    if shape.start_bits is not None:
        begins = submodule("start_values", start_values, module=f"{shape.name}_starts", clk=clk,
                           s_write=s_write, starts=starts,
                           **(dict(fold=s_caught.word(*places["fold"])) if folded else {}),
                           **({} if weight_bank is None else dict(bank=weight_bank)), lanes=lanes,
                           folds=shape.channel_folds, start_bits=shape.start_bits, potential_bits=potential_bits)
        folds = dict(starts=starts)
    elif folded:
        begins = inlined("starts_of_fold", initial_table(s_caught.word(*places["fold"]), starts,
                                                         values=contents.initials, bits=potential_bits))
    if folded:
        folds = dict(starts=starts, read_fold=s_issued.word(*places["fold"]),
                     window_fold=s_fetched.word(*places["fold"]), fold=s_leaving.word(*places["fold"]))
    group, bit = shape.group_bits, Signal(bool(0))
    all_banks = submodule_array(
        "bank", column_bank, banks, module=f"{shape.name}_column_bank",
        shared=dict(clk=clk, read_row=read_row, window_row=window_row_of_half, row=written_row,
                    is_visit=s_leaving.visits, is_write=is_write, empties=s_caught.scrubs, pool_writes=pool_writes,
                    noted=noted, **pool["shared"], **folds),
        sliced=dict(read_group=[(read_groups, group)], window_group=[(window_groups, group)],
                    write_group=[(written_groups, group)], has_part=[(parts, 1)],
                    weights=[(weights, lanes * code_bits)]),
        constant=pool["constant"],
        gathered=dict(exceeds=(all_exceed, Signal(intbv(0)[lanes:])), pool=(all_pool, Signal(intbv(0)[lanes:])),
                      candidate=(new_candidates, bit)),
        initials=None if folds else contents.initials[0], code_bits=code_bits, potential_bits=potential_bits,
        lanes=lanes, prefix=shape.name, **pool["parameters"], **shape.of_potentials)
    outcome = submodule(
        "outcome", row_tests, module=f"{shape.name}_row_tests", clk=clk, tests=s_added.tests,
        mask=s_added.word(banks, 0), follows=follows, exceeds=all_exceed, pool=all_pool, fires=m_fire_fires,
        noted=noted, banks=banks, lanes=lanes)
    window = inlined("window", window_number(clk, s_added_word, number, shape=shape))

    @always_comb
    def tell():
        """Who fires goes out; of a visit nobody hears yet."""
        m_fire.valid.next = s_leaving.tests or s_leaving.marks
        m_fire.step.next = s_leaving.step
        m_fire.end.next = s_leaving.end
        m_fire.fold.next = number
        m_fire.last_fold.next = s_leaving.marks

    @always(clk.posedge)
    def queue_up():
        """The words that became candidates side by side."""
        push.next = new_candidates != 0 and not clear
        pushed.next = concat(s_leaving.word[entry_bits:banks], new_candidates)

    return found_row, take_apart, begins, all_banks, outcome, window, tell, queue_up
