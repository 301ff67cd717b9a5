"""The weights of one way of a layer where they are loaded: a memory with an output register."""

from myhdl import Signal, always_comb, block, concat, intbv

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import native_bits
from first_spike.rtl_model.layer.weight_stages import weight_stages
from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, LUTS, SPRAM, loaded_words


@block
def loaded_weight_memory(clk, s_write, read, address, weights, bank=None, clear=None, *, words, weight_bits, lanes,
                         spram=False):
    """The weights of one way of a layer: a word for each neuron that feeds it, and fold, written in parts of 16 bits.

    From block RAM and SPRAM they come three cycles after their address, since it is slow and lies far away: one
    register catches the word beside it, the next lies beside the lanes. A small memory is made of LUTs, and they come
    one cycle after.
    A stored weight of one bit is 1 for +1 and 0 for -1; it comes out as two bits.

    Ports:
        s_write: a part of a word at the address {word, part}, the part with the lowest lanes first
        read: these weights are wanted; without, zeros come
        address: of the word, which is fold * rows + row
        weights: of each lane one, in two's complement, lane 0 in the lowest bits
        bank: the bank that is read; only where there are two
        clear: stops what is on its way, but for what would come out one cycle later; not with folds, nor with LUTs
    Parameters:
        words: for each neuron that feeds it, and fold
        lanes: weights in a word
        weight_bits: of a weight in the memory
        spram: it is made of SPRAM, which reads nothing while it is written
    """
    bits, address_bits, write_bits = weight_bits * lanes, len(address), len(s_write.address)
    part_bits = write_bits - address_bits
    word = Signal(intbv(0)[bits:])
    shallow = words <= SHALLOW_WORDS
    style = LUTS if shallow else SPRAM if spram else BLOCK_RAM
    part = s_write.address(part_bits, 0) if part_bits else None
    place, source, depth, joined = s_write.address(write_bits, part_bits), address, words, ()

    if bank is not None:
        place, source = Signal(intbv(0)[1 + address_bits:]), Signal(intbv(0)[1 + address_bits:])
        depth = (1 << address_bits) + words

        @always_comb
        def join_bank():
            """The banks lie one above the other."""
            place.next = concat(s_write.bank, s_write.address[write_bits:part_bits])
            source.next = concat(bank, address)

        joined = join_bank

    ram = inlined("ram", loaded_words(clk, s_write.select, place, part, s_write.data, source, word, words=depth,
                                      part_bits=len(s_write.data), style=style,
                                      unit_bits=unit_bits(depth, len(s_write.data)) if style == BLOCK_RAM else None))
    stages = inlined("stages", weight_stages(clk, read, word, weights, clear, weight_bits=weight_bits, lanes=lanes,
                                             shallow=shallow))

    return joined, ram, stages


def unit_bits(depth, part_bits):
    """Width of the arrays of a memory that is written in parts: as a block RAM has it at this depth, or less, so that
    several make a part. So a deep memory needs no multiplexers."""
    return max(bits for bits in range(1, part_bits + 1) if part_bits % bits == 0 and bits <= native_bits(depth))
