"""One bank of columns: potentials of every banks-th column of a map, and a copy of the pool."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array


@block
def row_lane(clk, stored, empties, start, weights, pool, exceeds, fresh, kept, *, code_bits, potential_bits):
    """The potential of one neuron after the other on its way from the memory and back, in two stages: it is added to,
    and kept. Potentials are relative to the threshold: above it is what is not negative.

    Ports:
        stored: the potential as the memory gives it
        empties: it is replaced by what it begins with
        start: that, -threshold - 1
        weights: the weight to be added, 0 where there is none
        pool: one cycle later: the window of this position and channel has spiked
        exceeds: one cycle later: it is above its threshold
        fresh: one cycle later: and its window has not spiked
        kept: two cycles later: the new potential
    Outputs: exceeds, fresh, kept
    Parameters:
        code_bits: of a weight, in two's complement
        potential_bits: of a potential, in two's complement
    Back-pressure: none.
    """
    half = 2 ** (potential_bits - 1)
    now = Signal(modbv(0, min=-half, max=half))  # wraps only where nobody asks what becomes of it

    @always(clk.posedge)
    def add():
        """The potential after this visit."""
        if empties:
            now.next = start.signed()
        else:
            now.next = stored.signed() + weights.signed()

    @always_comb
    def show():
        """Above the threshold, by its sign."""
        exceeds.next = not now[potential_bits - 1]
        fresh.next = not now[potential_bits - 1] and not pool

    @always(clk.posedge)
    def keep():
        """Back into the memory."""
        kept.next = now[potential_bits:]

    return add, show, keep


@block
def row_bank(clk, read_word, read_window, empties, weights, visits, write, word, pool_writes, window, noted, exceeds,
             pool, candidate, starts=None, *, initials, code_bits, potential_bits, lanes, prefix, distributed=False):
    """A position's potentials are read, added to and written, in four cycles: in the fifth its word is back in memory.

    Ports:
        read_word: which word is read
        read_window: one cycle later: which window of the pool
        empties: two cycles later: potentials begin anew
        weights: two cycles later: one for each lane
        starts: two cycles later: what potentials begin with, where there are folds of channels
        visits: four cycles later: it was a visit
        write: four cycles later: it is written
        word: four cycles later: where
        pool_writes: four cycles later: the pool is written, in all banks alike
        window: four cycles later: where
        noted: four cycles later: with what
        exceeds: three cycles later: which potentials are above their threshold
        pool: three cycles later: which channels have spiked in the window
        candidate: four cycles later: the word is one, for the first time in this step
    Outputs: exceeds, pool, candidate
    Parameters:
        initials: what the potentials of all lanes begin with, where there are no folds
        code_bits: of a weight
        potential_bits: of a potential
        lanes: channels of one position
        distributed: whether potentials are in distributed RAM
    """
    stored_bits = lanes * potential_bits
    found = Signal(intbv(0)[stored_bits + 1:])
    written = Signal(intbv(0)[stored_bits + 1:])
    kept = Signal(intbv(0)[stored_bits:])
    fresh = Signal(intbv(0)[lanes:])
    was_queued = Signal(bool(0))
    queued = Signal(bool(0))
    some = Signal(bool(0))

    memory = submodule("potentials", word_memory, module=f"{prefix}_potentials", clk=clk, write=write,
                       write_address=word, written=written, read_address=read_word, found=found,
                       depth=1 << len(word), **({"distributed": True} if distributed else {}))
    windows = submodule("windows", word_memory, module=f"{prefix}_pool_memory", clk=clk, write=pool_writes,
                        write_address=window, written=noted, read_address=read_window, found=pool,
                        depth=1 << len(window))
    if starts is None:
        begins = dict(constant=dict(start=(initials, Signal(intbv(0)[potential_bits:]))))
        start_slices = {}
    else:
        begins, start_slices = dict(constant={}), dict(start=[(starts, potential_bits)])
    lane_array = submodule_array(
        "lane", row_lane, lanes, module=f"{prefix}_lane", shared=dict(clk=clk, empties=empties),
        sliced=dict(stored=[(found, potential_bits)], weights=[(weights, code_bits)], pool=[(pool, 1)],
                    **start_slices),
        gathered=dict(exceeds=(exceeds, Signal(bool(0))), fresh=(fresh, Signal(bool(0))),
                      kept=(kept, Signal(intbv(0)[potential_bits:]))),
        code_bits=code_bits, potential_bits=potential_bits, **begins)

    @always(clk.posedge)
    def gather():
        """Whether a potential is above its threshold, and whether the word waits to be tested already."""
        some.next = fresh != 0
        was_queued.next = found[stored_bits]
        queued.next = was_queued

    @always_comb
    def show():
        """A candidate is one once."""
        candidate.next = visits and some and not queued

    @always_comb
    def pack():
        """What is kept."""
        written.next = concat(visits and (some or queued), kept)

    return memory, windows, lane_array, gather, show, pack


@block
def join_word(row, group, fold, word):
    """`word` = {row, group, fold}, without a fold where that is None: a word of a bank of the row {half, row of
    positions} and the group of columns, or of the pool. Combinational.

    Outputs: word
    """
    if fold is None:

        @always_comb
        def join():
            """Side by side."""
            word.next = concat(row, group)

    else:

        @always_comb
        def join():
            """Side by side."""
            word.next = concat(row, group, fold)

    return join


@block
def own_column(group, columns, column):
    """Column of the window of a position of a bank, from its group; columns: of each group one, the first lowest.

    Outputs: column
    """
    bits, groups = len(column), 1 << len(group)

    @always_comb
    def look_up():
        """A table, since pools need not divide."""
        found = intbv(0)[bits:]
        for place in range(groups):
            for k in range(bits):
                if group == place and columns[place * bits + k]:
                    found[k] = 1
        column.next = found

    return look_up


@block
def column_bank(clk, read_row, read_group, window_row, window_group, row, write_group, has_part, is_visit, is_write,
                empties, weights, pool_writes, noted, exceeds, pool, candidate, columns=None, window=None,
                read_fold=None, window_fold=None, fold=None, starts=None, *, initials, code_bits, potential_bits, lanes,
                prefix, distributed=False, sums=False):
    """One bank with what says which of its words a visit means.

    Ports:
        read_row: half and row of positions that are read
        read_group: group of columns of this bank that is read
        read_fold: fold of channels that is read, where there are such
        window_row: one cycle later: half and row of the window
        window_group: one cycle later: the group again
        window_fold: one cycle later: the fold again
        columns: a constant: the column of the window of each group, the first lowest
        row: four cycles later: half and row again
        write_group: four cycles later: the group again
        fold: four cycles later: the fold again
        has_part: four cycles later: this bank has a part in it
        is_visit: four cycles later: it is a visit
        is_write: four cycles later: words are written
        empties: two cycles later: potentials begin anew
        weights: two cycles later: one for each lane
        starts: two cycles later: what potentials begin with, where there are folds of channels
        pool_writes: four cycles later: the pool is written, in all banks alike
        window: four cycles later: where
        noted: four cycles later: with what
        exceeds: three cycles later: which potentials are above their threshold
        pool: three cycles later: which channels have spiked in the window
        candidate: four cycles later: the word is one, for the first time in this step
    Outputs: exceeds, pool, candidate
    Parameters:
        sums: the pool sums: a bank has words of it of its own, and only these are written; columns, window: not there
    """
    groups = len(read_group)
    word_bits = len(read_row) + groups + (len(read_fold) if read_fold is not None else 0)
    read_word = Signal(intbv(0)[word_bits:])
    word = Signal(intbv(0)[word_bits:])
    read_window = Signal(intbv(0)[word_bits if sums else len(window):])
    visits = Signal(bool(0))
    write = Signal(bool(0))

    if sums:
        column, window, notes, found = window_group, word, Signal(bool(0)), []
    else:
        column, notes = Signal(intbv(0)[len(columns) >> groups:]), pool_writes
        found = inlined("column", own_column(window_group, columns, column))
    joined = [inlined("read", join_word(read_row, read_group, read_fold, read_word)),
              inlined("asked", join_word(window_row, column, window_fold, read_window)),
              inlined("written", join_word(row, write_group, fold, word))]

    if sums:

        @always_comb
        def choose():
            """Only the banks that have a part."""
            visits.next = is_visit and has_part
            write.next = is_write and has_part
            notes.next = pool_writes and has_part

    else:

        @always_comb
        def choose():
            """Only the banks that have a part."""
            visits.next = is_visit and has_part
            write.next = is_write and has_part

    bank = submodule("bank", row_bank, module=f"{prefix}_bank", clk=clk, read_word=read_word, read_window=read_window,
                     empties=empties, weights=weights, visits=visits, write=write, word=word, pool_writes=notes,
                     window=window, noted=noted, exceeds=exceeds, pool=pool, candidate=candidate, starts=starts,
                     initials=initials, code_bits=code_bits, potential_bits=potential_bits, lanes=lanes, prefix=prefix,
                     **({"distributed": True} if distributed else {}))
    return found, joined, choose, bank
