"""Who fires in a map, and which of its words are candidates: what is remembered of its windows and words."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.banked_words import words_of
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM

GROUP_BIT = 16  # of a word of the table


@block
def window_judge(clk, s_write, early_word, middle_word, word, scatters, sweeps, pools, marks, exceeds, fires, push,
                 group_number, *, limits):
    """A neuron of a map fires when it is above its threshold at a test, and its window has not spiked. A word in which
    a visit finds one above is a candidate, once in a step.

    Two tests of one window may follow each other at once: the outcome of the latest four is kept beside the memory.

    Ports:
        s_write: the payload of a load: the table of windows
        early_word: the word of the visit that has its outcome five cycles later
        middle_word: two cycles later
        word: of the visit that has its outcome now
        scatters: it adds a spike to a map
        sweeps: it writes what potentials begin with
        pools: it tests a word of a map
        marks: there is no visit
        exceeds: who is above the threshold, and was not before
        fires: who fires
        push: the word becomes a candidate
        group_number: at a test: number of the neurons that fire, for who reads them
    Outputs: fires, group_number, push
    Parameters:
        limits: of the processor
    """
    lanes, word_bits, group_bits = limits.lanes, len(word), len(group_number)
    entry_bits, first, past = word_bits + group_bits, limits.first_window, limits.first_weight
    place = Signal(modbv(0)[len(s_write.place):])
    of_table, loads = Signal(bool(0)), Signal(bool(0))
    address = Signal(intbv(0)[word_bits:])
    loaded, entry = Signal(intbv(0)[entry_bits:]), Signal(intbv(0)[entry_bits:])
    window, next_window, coming_window, window_1, window_2 = (Signal(intbv(0)[word_bits:]) for _ in range(5))
    queued_word = Signal(intbv(0)[word_bits:])
    early_window, written_window = Signal(intbv(0)[word_bits:]), Signal(intbv(0)[word_bits:])
    next_group, coming_group, early_group = (Signal(intbv(0)[group_bits:]) for _ in range(3))
    pools_1, pools_2, follows, is_second, is_third, is_fourth, follows_later, writes_pool, writes = (
        Signal(bool(0)) for _ in range(9))
    spiked, pool, noted, noted_1, noted_2, recent, written = (Signal(intbv(0)[lanes:]) for _ in range(7))
    queued, queues = Signal(intbv(0)[1:]), Signal(intbv(0)[1:])

    words_block, banks = words_of(s_write)
    table = submodule("known", words_block, module="window_words", clk=clk, write=loads, place=address, part=None,
                      data=loaded, address=early_word, word=entry, words=limits.words, part_bits=entry_bits,
                      style=BLOCK_RAM, **banks)
    pool_memory = submodule("pool_memory", word_memory, module="pool_words_of_maps", clk=clk, write=writes_pool,
                            write_address=written_window, written=written, read_address=early_window, found=spiked,
                            depth=limits.words)
    queue_memory = submodule("queue_memory", word_memory, module="queued_words", clk=clk, write=writes,
                             write_address=queued_word, written=queues, read_address=middle_word, found=queued,
                             depth=limits.words)

    @always_comb
    def find_place():
        """The words of the table in a load."""
        place.next = s_write.place - first

    @always(clk.posedge)
    def find_word():
        """One is what is known of a word; in registers, since the memory may be far away."""
        address.next = place[word_bits:]
        of_table.next = s_write.place >= first and s_write.place < past

    @always_comb
    def pack():
        """What is kept of a word of a load."""
        loads.next = s_write.valid and of_table
        loaded.next = concat(s_write.data[GROUP_BIT + group_bits:GROUP_BIT], s_write.data[word_bits:])

    @always_comb
    def look_back():
        """The next visit tests the window of this one; the one behind that does, or that of a visit before."""
        follows.next = pools and window == next_window
        is_second.next = pools and window == coming_window
        is_third.next = pools_1 and window_1 == coming_window
        is_fourth.next = pools_2 and window_2 == coming_window

    @always(clk.posedge)
    def go_along():
        """Window and group, with the visit; and what a test ahead has found in the same window."""
        early_window.next = entry[word_bits:]
        early_group.next = entry[entry_bits:word_bits]
        coming_window.next = early_window
        coming_group.next = early_group
        next_window.next = coming_window
        next_group.next = coming_group
        window.next = next_window
        group_number.next = next_group
        window_1.next = window
        window_2.next = window_1
        pools_1.next = pools
        pools_2.next = pools_1
        follows_later.next = is_second or is_third or is_fourth
        noted_1.next = noted
        noted_2.next = noted_1
        recent.next = noted_2
        if is_second:
            recent.next = noted
        elif is_third:
            recent.next = noted_1

    @always(clk.posedge)
    def choose_pool():
        """Who has spiked in the window of the next visit; in a register, since the memory may be far away."""
        pool.next = spiked
        if follows:
            pool.next = noted
        elif follows_later:
            pool.next = recent

    @always_comb
    def note():
        """And who has from now on."""
        noted.next = pool | exceeds

    @always_comb
    def tell():
        """Of a map only those count that are new in their window."""
        told = intbv(0)[lanes:]
        for k in range(lanes):
            if exceeds[k] and not marks and not (pools and pool[k]):
                told[k] = 1
        fires.next = told

    @always(clk.posedge)
    def write_pool():
        """A test notes who has spiked, a sweep empties the word of the same number; from a register, too."""
        writes_pool.next = pools or sweeps
        written_window.next = window
        written.next = noted
        if sweeps:
            written_window.next = word
            written.next = 0

    @always_comb
    def find_candidate():
        """A word is none twice."""
        push.next = scatters and exceeds != 0 and queued == 0

    @always(clk.posedge)
    def write_queued():
        """A candidate is one until it is tested; from a register, too."""
        queued_word.next = word
        writes.next = scatters or sweeps or pools
        queues.next = 0
        if scatters and (queued != 0 or exceeds != 0):
            queues.next = 1

    return (table, pool_memory, queue_memory, find_place, find_word, pack, look_back, go_along, choose_pool, note, tell,
            write_pool, find_candidate, write_queued)
