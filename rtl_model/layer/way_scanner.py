"""Finds the neurons of one way that fired, one a cycle."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.bits import at_most_one, bit_number, lowest_bit
from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.streams import bits_for


@block
def way_scanner(clk, clear, load, incoming, seek, loaded, start, advance, spent, finished, ends_word, gives, place, *,
                word_bits, words):
    """Walks over the set bits of a vector, word by word, the lowest bit first; no cycle is lost on words of zeros.

    A vector comes with `load`, its first word with set bits is found in the cycle after, `seek`. Then it stays `loaded`
    until `start`, which makes that word the current one. From then on every `advance` takes a bit and, with the last
    bit of a word, the next word that has one.

    Ports:
        clear: forget everything
        load: take the vector `incoming`; only when `spent`
        incoming: the vector, `words` times `word_bits` bits
        seek: one cycle after `load`
        loaded: from the cycle after `seek` until `start`
        start: the first word of the loaded vector becomes the current one
        advance: take a bit
        spent: every word of the vector was the current one
        finished: this cycle's bit, if any, is the vector's last
        ends_word: this cycle's bit, if any, is its word's last
        gives: there is a bit in this cycle
        place: its number in the vector
    Outputs: spent, finished, ends_word, gives, place
    Parameters:
        words: of the vector
        word_bits: bits of a word
    """
    size = word_bits * words
    word_index_bits = bits_for(words)
    bit_index_bits = bits_for(word_bits)

    vector = Signal(intbv(0)[size:])
    incoming_flags = Signal(intbv(0)[words:])
    later_flags = Signal(intbv(0)[words:])
    later_flag = Signal(intbv(0)[words:])
    next_flag = Signal(intbv(0)[words:])
    next_word = Signal(intbv(0)[word_bits:])
    next_index = Signal(intbv(0)[word_index_bits:])
    word = Signal(intbv(0)[word_bits:])
    index = Signal(intbv(0)[word_index_bits:])
    lowest = Signal(intbv(0)[word_bits:])
    bit_index = Signal(intbv(0)[bit_index_bits:])
    empty = Signal(bool(0))
    refill = Signal(bool(0))

    @always_comb
    def flag_words():
        """Which words have set bits."""
        flagged = intbv(0)[words:]
        for w in range(words):
            for b in range(word_bits):
                if incoming[w * word_bits + b]:
                    flagged[w] = 1
        incoming_flags.next = flagged

    find_word = inlined("next_word", lowest_bit(later_flags, later_flag, count=words))
    find_bit = inlined("bit", lowest_bit(word, lowest, count=word_bits))
    encode_bit = inlined("bit_index", bit_number(lowest, bit_index, count=word_bits))
    end_word = inlined("word", at_most_one(word, ends_word, count=word_bits))

    @always_comb
    def select_word():
        """The word that is flagged as the next, and its number."""
        selected = intbv(0)[word_bits:]
        number = intbv(0)[word_index_bits:]
        for w in range(words):
            if next_flag[w]:
                number |= w
            for b in range(word_bits):
                if next_flag[w] and vector[w * word_bits + b]:
                    selected[b] = 1
        next_word.next = selected
        next_index.next = number

    @always_comb
    def control():
        """The bit of this cycle, and whether no word is left behind the next."""
        gives.next = word != 0
        empty.next = later_flags == 0
        place.next = concat(index, bit_index)

    @always_comb
    def finish():
        """Whether the word ends, and the next one comes."""
        finished.next = ends_word and (loaded or spent)
        refill.next = start or (advance and ends_word and not loaded)

    @always(clk.posedge)
    def scan():
        """Flags of the words to come lose the lowest, the current word loses its lowest bit."""
        if load:
            vector.next = incoming
            later_flags.next = incoming_flags
        elif seek or refill:
            later_flags.next = later_flags ^ later_flag
            next_flag.next = later_flag
            spent.next = empty
        if refill:
            word.next = next_word
            index.next = next_index
        elif advance:
            word.next = word ^ lowest
        if clear:
            later_flags.next = 0
            next_flag.next = 0
            spent.next = 1
            word.next = 0

    return flag_words, find_word, select_word, find_bit, encode_bit, end_word, control, finish, scan
