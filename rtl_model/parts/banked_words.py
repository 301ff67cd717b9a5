"""A memory of two banks, one of which is read while the other is written."""

from myhdl import Signal, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.parts.hierarchy import inlined, submodule_array
from first_spike.rtl_model.parts.loaded_words import SPRAM, loaded_words


def words_of(s_write):
    """(block, {port: signal}): `loaded_words`, or, where the bundle that fills it says of two banks which one is read,
    `banked_words` and what it has more."""
    if "in_use" not in s_write.members:
        return loaded_words, {}
    return banked_words, dict(bank=s_write.bank, in_use=s_write.in_use)


@block
def banked_words(clk, write, place, part, data, address, word, bank, in_use, *, words, part_bits, style,
                 unit_bits=None):
    """Two banks of `words` words, as those of a memory that is written part by part; undefined until they are written.

    Block RAM has one above the other. SPRAM has one port, so each bank has an array of its own, which is read while the
    other one is written.

    Ports:
        write: `data` is written
        place: the word that it is for
        part: the part of that word; where it has several
        data: what is written
        address: the word that is read
        word: what it holds, one cycle later
        bank: the bank that is written
        in_use: the bank that is read
    Outputs: word
    Parameters:
        words: of a bank
        part_bits: bits of a part
        style: what it is made of
        unit_bits: width of its arrays
    """
    made = dict(part_bits=part_bits, style=style, unit_bits=unit_bits)

    if style == SPRAM:
        width = len(word)
        writes, both = Signal(intbv(0)[2:]), Signal(intbv(0)[2 * width:])
        cells = submodule_array(
            "half", loaded_words, 2, module="bank_words",
            shared=dict(clk=clk, place=place, part=part, data=data, address=address), sliced=dict(write=[(writes, 1)]),
            constant={}, gathered=dict(word=(both, Signal(intbv(0)[width:]))), words=words, **made)

        @always_comb
        def choose_bank():
            """One is written, one is read."""
            writes.next[0] = write and not bank
            writes.next[1] = write and bank
            word.next = both[width:]
            if in_use:
                word.next = both[2 * width:width]

        return cells, choose_bank

    bits = len(place)
    places, addresses = Signal(modbv(0)[bits + 1:]), Signal(modbv(0)[bits + 1:])
    cells = inlined("banks", loaded_words(clk, write, places, part, data, addresses, word,
                                          words=(1 << bits) + words, **made))

    @always_comb
    def choose_bank():
        """One is written, one is read."""
        places.next = concat(bank, place)
        addresses.next = concat(in_use, address)

    return cells, choose_bank
