"""The weights of the visits of a convolution."""

from functools import partial

from myhdl import Signal, block, intbv

from first_spike.rtl_model.layer.visit_stage import delay_stage, join_address
from first_spike.rtl_model.layer.weight_memory import loaded_weight_memory, weight_file, weight_memory
from first_spike.rtl_model.parts.hierarchy import inlined, inlined_line, submodule

HELD = 3  # stages from the address to where a visit is issued


@block
def visit_weights(clk, advance, reads, address, weights, place=None, s_write=None, bank=None, *, shape, lanes,
                  contents=None):
    """The address of the weights of a visit goes along with it, as far as their memory wants it.

    Ports:
        advance: what is chosen, proposed and waiting moves on
        reads: the weights are asked for: from LUTs one cycle, from block RAM three cycles before they are added
        address: of the weights of the visit that is chosen next, without the place
        place: of its source, where the feed has such
        weights: those of all lanes, 0 where there is no visit
        s_write: weights; only where they are loaded, without contents
        bank: the bank of weights in use; only where there are two
    Outputs: weights
    Parameters:
        lanes: that weights are for
    """
    joined_bits = shape.address_bits + shape.place_bits
    whole_address = Signal(intbv(0)[joined_bits:])
    moved = (4 if shape.shallow else 2) - (2 if shape.by_rows else 0)  # stages from there to the memory
    addresses = (whole_address, *(Signal(intbv(0)[joined_bits:]) for _ in range(HELD + moved)))
    joined = inlined("whole", join_address(address, place, whole_address))
    carried = inlined_line("held_address", partial(delay_stage, clk, advance), addresses[:HELD + 1])
    carried += inlined_line("address", partial(delay_stage, clk, None), addresses[HELD:])
    if shape.start_bits is None:
        memory = submodule(
            "way_0", weight_memory, module=f"{shape.name}_weights", clk=clk, read=reads, address=addresses[-1],
            weights=weights,
            hex_file=weight_file(f"{shape.name}_weights_0", contents.words[0], shape.weight_bits, lanes, sliced=True,
                                 whole=False),
            weight_bits=shape.weight_bits, lanes=lanes)
    else:
        second = {} if bank is None else dict(bank=bank)
        memory = submodule(
            "way_0", loaded_weight_memory, module=f"{shape.name}_weights", clk=clk,
            s_write=s_write, read=reads, address=addresses[-1], weights=weights, **second,
            words=shape.weight_words, weight_bits=shape.weight_bits, lanes=lanes, spram=shape.spram)
    return joined, carried, memory
