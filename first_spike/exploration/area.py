"""How large a design will be on ECP5, without synthesizing it: a sum over the parts of its structure.

Block RAMs and distributed RAMs are those that yosys makes of its memories. Its other LUTs go with what a block is made
of, at the rates of `coefficients.py`, which `scripts/check_area.py --fit` finds; `scripts/check_area.py` says how far
off they are.
"""

from math import ceil

import numpy as np

from first_spike.exploration.coefficients import COEFFICIENTS, ERRORS
from first_spike.exploration.memories import BLOCK, DISTRIBUTED, SHADOWED, Memory, sliced, tables
from first_spike.exploration.parts import (
    dense_parts,
    is_block,
    loaded_memories,
    luts_of_table,
    part,
    readout_part,
    serializer_part,
    starts,
    table_luts,
)
from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.contract.limits import CANDIDATES_AHEAD
from first_spike.golden.errors import UserError
from first_spike.rtl_model.encoder.bundles import TableSweep
from first_spike.rtl_model.encoder.first_step_way import queue_depth
from first_spike.rtl_model.encoder.step_marks import halves
from first_spike.rtl_model.layer.visit_table import range_file
from first_spike.rtl_model.layer.weight_memory import weight_file
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.frames import listened_pixels
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.load_map import has_mask, load_map
from first_spike.rtl_model.shape.placement import bank_row_bits, layer_feeds
from first_spike.rtl_model.tops import DEFAULT, SERIAL


def convolution_parts(shape, contents, feed, last):
    """Of a convolution that works on a place or on a row of its kernel in a cycle: what finds and orders visits, and
    the lanes; at one position it is a dense layer."""
    if not shape.is_map:
        return dense_parts(shape, contents, feed, last)
    if shape.by_rows:
        banks, tag, candidates, entry_bits = shape.banks, 0, shape.most_candidates, shape.entry_bits
        own = {"visit bit": shape.visit_bits, "scrub bit": shape.scrub_bits}
    else:
        banks, tag, candidates, entry_bits = 1, shape.epoch_bits, shape.words, shape.word_bits
        own = {"word bit": shape.word_bits, "range bit": sum(shape.range_bits.values())}
    lanes, bits = banks * shape.lanes, shape.potential_bits
    visits = range_file("", contents.visits, shape)
    waiting = [Memory(CANDIDATES_AHEAD, entry_bits, charges=SHADOWED), *sliced(1 << bits_for(candidates), entry_bits)]
    words, kept = shape.potential_words, shape.lanes * bits + 1 + tag
    potentials = [Memory(words, kept, DISTRIBUTED)] if shape.of_potentials else sliced(words, kept)
    pools = banks * (potentials + sliced(shape.pool_words, shape.lanes + tag))
    in_lanes, files = {"lane": lanes, "carry": lanes * ceil(bits / 2)}, {"visit": visits}
    if shape.weight_banks is None:
        file = files["weight"] = weight_file("", contents.words[0], shape.weight_bits, lanes, sliced=True,
                                             whole=False)
        weights = tables(file)
        if shape.channel_folds > 1:
            in_lanes |= starts(contents.initials, bits, banks)
    else:
        weights, in_lanes["start bit"] = loaded_memories(shape), lanes * shape.start_bits
        if shape.channel_folds > 1:
            weights.append(Memory(shape.weight_banks << bits_for(shape.channel_folds), shape.lanes * shape.start_bits,
                                  DISTRIBUTED, parts=shape.lanes))
    amounts = own | {"one": 1} | {f"{name} table": luts_of_table(tables(found)[0], found.words, sum(found.widths))
                                  for name, found in files.items()}
    block = "rows" if shape.by_rows else "places"
    return {shape.name: part(block, waiting + pools + tables(visits) + weights, amounts),
            f"{shape.name}_lane": part(f"lanes of {block}", [], in_lanes)}


def encoder_parts(design):
    """The spike encoder: banks with head tables, the search for steps, the loader, and what gives spikes."""
    pixels, ways, steps = design.configuration.pixels, design.ways[0], design.network.steps
    beats, step_bits, places = design.beats, bits_for(steps), pixels // ways
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
    pixels, beats = configuration.pixels, design.beats
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


RAM_LUTS = 6  # of a distributed RAM, as nextpnr counts
FRAME, HASHES = Memory(256, 32), Memory(16, 32, DISTRIBUTED)  # of the serial bridge, and of what is loaded
# kind of a layer -> {name of an instance: Part} of its shape, contents and feed, and whether it is the last
LAYERS = {"dense": dense_parts, "convolution": convolution_parts}
NOISE = 0.03  # of all LUTs: what becomes of a whole moves them by so much, names of signals alone by a third of it


def require_known_area(design):
    """Raise UserError for a Design with parts that the model does not know."""
    odd = design.configuration.stream_options
    if odd:
        raise UserError(f"the area of {' and '.join(odd)} is not known: leave {'it' if len(odd) == 1 else 'them'} out")
    if design.configuration.in_spram:
        raise UserError("areas and boards here are of an ECP5, which has no SPRAM: choose --weight-memory block")


def estimate_area(design, top=DEFAULT):
    """{"lut": LUT4 of an ECP5 in all, "lut_error": by how many that may be off, "bram": block RAMs of 18 kbit} of the
    design of a network, with one of TOPS."""
    parts = [made for _, made in design_parts(design, top)]
    luts = [logic_of(made) for made in parts]
    lut = sum(luts) + RAM_LUTS * sum(made.count(DISTRIBUTED) for made in parts)
    errors = [ERRORS[made.block] * own for made, own in zip(parts, luts)]
    return {"lut": round(lut), "lut_error": round(2 * np.hypot(np.linalg.norm(errors), NOISE * lut)),
            "bram": sum(made.count(BLOCK) for made in parts)}


def logic_of(made):
    """LUT4 of a Part, apart from those that are distributed RAM."""
    return sum(COEFFICIENTS[made.block].get(what, 0) * amount for what, amount in made.amounts.items())


def design_parts(design, top=DEFAULT):
    """[(name of an instance, "" for what is no layer, its Part)] of a design; UserError as `require_known_area`."""
    require_known_area(design)
    network = design.network
    shapes, feeds = layer_shapes(design), layer_feeds(design)
    loaded, last = design.configuration.is_loadable, len(shapes) - 1
    contents = contents_of_layers(design)
    parts = [("", made) for made in FRONT_ENDS[network.takes](design)]
    for k, (layer, shape, filling, feed) in enumerate(zip(network.layers, shapes, contents, feeds, strict=True)):
        parts += LAYERS[layer.kind](shape, filling, feed, k == last).items()
        if k < last:
            parts.append((f"{shape.name}_serializer", serializer_part(shape, feeds[k + 1], network.steps)))
    own = [FRAME] * (top == SERIAL) + [HASHES] * (loaded and top != DEFAULT)
    around = {"one": 1, top: 1, "region": len(load_map(design)) if loaded else 0,
              f"loaded {top}": loaded}
    return parts + [("", readout_part(shapes[-1], network.steps)), ("", part("around", own, around))]
