"""The weights of the visits of a convolution."""

from functools import partial

from myhdl import Signal, block, intbv

from first_spike.rtl_model.layer.visit_stage import delay_stage, join_address
from first_spike.rtl_model.layer.weight_memory import weight_file, weight_memory
from first_spike.rtl_model.parts.hierarchy import inlined, inlined_line, submodule

HELD = 3  # stages from the address to where a visit is issued


@block
def visit_weights(clk, advance, reads, address, weights, place=None, *, shape, contents, lanes):
    """The address of the weights of a visit goes along with it, as far as their memory wants it.

    Ports:
        advance: what is chosen, proposed and waiting moves on
        reads: the weights are asked for: from LUTs one cycle, from block RAM three cycles before they are added
        address: of the weights of the visit that is chosen next, without the place
        place: of its source, where the feed has such
        weights: those of all lanes, 0 where there is no visit
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
    memory = submodule(
        "way_0", weight_memory, module=f"{shape.name}_weights", clk=clk, read=reads, address=addresses[-1],
        weights=weights,
        hex_file=weight_file(f"{shape.name}_weights_0", contents.words[0], shape.weight_bits, lanes, sliced=True),
        weight_bits=shape.weight_bits, lanes=lanes)
    return joined, carried, memory
