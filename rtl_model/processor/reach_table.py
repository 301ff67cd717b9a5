"""What each spike of a map reaches: a table that the load fills."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.parts.banked_words import words_of
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM
from first_spike.rtl_model.parts.streams import bits_for

ROWS_BIT, SOME_BIT = 8, 16  # of the second word of an entry


@block
def reach_table(clk, s_write, row, of_input, m_reach, *, limits):
    """Finds the positions that read a spike. An input has an entry of its own, the neurons of a group share one.

    Ports:
        s_write: the payload of a load
        row: the number of an input, or {group, lane}
        of_input: it is that of an input
        m_reach: what it reaches, three cycles later; the row stays until then
    Parameters:
        limits: of the processor
    """
    entry_bits, lane_bits = bits_for(limits.words), bits_for(limits.lanes)
    word_bits, weight_bits, side_bits = len(m_reach.word), len(m_reach.weight), len(m_reach.rows)
    near_bits, far_bits = word_bits + weight_bits, 2 * side_bits + 1
    first, past = limits.first_reach, limits.first_window
    place = Signal(modbv(0)[len(s_write.place):])
    entry = Signal(intbv(0)[entry_bits:])
    address = Signal(intbv(0)[entry_bits:])
    lane, weight = Signal(intbv(0)[lane_bits:]), Signal(modbv(0)[weight_bits:])
    is_near, is_far, writes_near, writes_far = (Signal(bool(0)) for _ in range(4))
    near, far = Signal(intbv(0)[near_bits:]), Signal(intbv(0)[far_bits:])
    near_word, far_word = Signal(intbv(0)[near_bits:]), Signal(intbv(0)[far_bits:])

    words_block, banks = words_of(s_write)
    near_words = submodule("near_memory", words_block, module="reach_near", clk=clk, write=writes_near, place=entry,
                           part=None, data=near, address=address, word=near_word, words=limits.words,
                           part_bits=near_bits, style=BLOCK_RAM, **banks)
    far_words = submodule("far_memory", words_block, module="reach_far", clk=clk, write=writes_far, place=entry,
                          part=None, data=far, address=address, word=far_word, words=limits.words,
                          part_bits=far_bits, style=BLOCK_RAM, **banks)

    @always_comb
    def find_place():
        """The words of the table in a load."""
        place.next = s_write.place - first

    @always(clk.posedge)
    def find_entry():
        """Two words of a load are an entry; in registers, since the memory may be far away."""
        entry.next = place[entry_bits + 1:1]
        is_near.next = s_write.place >= first and s_write.place < past and not place[0]
        is_far.next = s_write.place >= first and s_write.place < past and place[0]

    @always_comb
    def pack():
        """What is kept of them."""
        writes_near.next = s_write.valid and is_near
        writes_far.next = s_write.valid and is_far
        near.next = concat(s_write.data[16 + word_bits:16], s_write.data[weight_bits:])
        far.next = concat(s_write.data[SOME_BIT], s_write.data[ROWS_BIT + side_bits:ROWS_BIT],
                          s_write.data[side_bits:])

    @always_comb
    def choose():
        """The entry of a row, and its lane, 0 of an input."""
        address.next = row[lane_bits + entry_bits:lane_bits]
        lane.next = row[lane_bits:]
        if of_input:
            address.next = row[entry_bits:]
            lane.next = 0

    @always(clk.posedge)
    def show():
        """A register behind the memory."""
        m_reach.word.next = near_word[near_bits:weight_bits]
        weight.next = near_word[weight_bits:]
        m_reach.columns.next = far_word[side_bits:]
        m_reach.rows.next = far_word[2 * side_bits:side_bits]
        m_reach.some.next = far_word[2 * side_bits]

    @always(clk.posedge)
    def add_lane():
        """The neurons of a group have one weight behind the other."""
        m_reach.weight.next = weight + lane

    return near_words, far_words, find_place, find_entry, pack, choose, show, add_lane
