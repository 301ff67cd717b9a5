"""The Parts of the front ends."""

from math import ceil

from first_spike.exploration.memories import BLOCK, SHADOWED, Memory
from first_spike.exploration.parts import is_block, part
from first_spike.exploration.tables import table_luts
from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.rtl_model.encoder.bundles import TableSweep
from first_spike.rtl_model.encoder.first_step_way import queue_depth
from first_spike.rtl_model.encoder.step_marks import halves
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.listened import listened_pixels
from first_spike.rtl_model.shape.load_map import has_mask
from first_spike.rtl_model.shape.placement import bank_row_bits


def encoder_parts(design):
    """The spike encoder: banks with head tables, the search for steps, the loader, and what gives spikes."""
    pixels, ways, steps = design.configuration.pixels, design.ways[0], design.network.steps
    beats, step_bits, places = ceil(design.network.inputs / pixels), bits_for(steps), pixels // ways
    row_bits = bank_row_bits(beats)
    head = Memory(steps, row_bits + 2 + TableSweep(step_bits).number_bits, charges=SHADOWED)
    heads = {"pixel": pixels, "entry bit": pixels * head.bits}
    if is_block(head):
        heads |= {"block": pixels}
    several = pixels if places > 1 else 0
    successors = Memory(2 << row_bits, places * (row_bits + 1))
    first = Memory(queue_depth(beats), row_bits + places + 1)
    return [
        part("heads", 2 * pixels * [head], heads),
        steps_part(design),
        part("ways", ways * [successors, first], {
            "one": 1, "way": ways, "way row bit": ways * row_bits, "several": several,
            "several row bit": several * row_bits})]


def steps_part(design):
    """The loader of pixels, with their mask, and what finds the steps in which there are some, which is a table of
    measured LUTs: no formula is close for 2 to 256 steps."""
    network, configuration = design.network, design.configuration
    pixels, beats = configuration.pixels, ceil(network.inputs / configuration.pixels)
    row_bits = bank_row_bits(beats)
    marks = sum(1 << half for half in halves(bits_for(network.steps)))
    amounts = {f"of {network.steps}": 1, "pixel step": pixels * network.steps, "pixel": pixels, "row bit": row_bits,
               "mark": pixels * marks}
    if configuration.is_loadable:
        mask = [Memory(beats, pixels, BLOCK)] if has_mask(design) else []
        return part("steps", mask, amounts | {"mask": len(mask), "mask row bit": len(mask) * row_bits})
    masks = listened_pixels(network.used_inputs, pixels)
    return part("steps", [], amounts | {"table": table_luts(masks[1:] + masks[:1], pixels)})


def event_parts(design):
    """The event loader: what checks an event, and a counter."""
    network = design.network
    return [part("events", [], {"one": 1, "bit": bits_for(network.inputs) + bits_for(network.steps)
                                + bits_for(network.most_events + 1)})]


FRONT_ENDS = {PIXELS: encoder_parts, EVENTS: event_parts}
