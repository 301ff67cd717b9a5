"""How large a design will be on ECP5, without synthesizing it: a sum over the parts of its structure.

Block RAMs and distributed RAMs are those that yosys makes of its memories. Its other LUTs go with what a block is made
of, at the rates of `coefficients.py`, which `scripts/check_area.py --fit` finds; `scripts/check_area.py` says how far
off they are.
"""

import numpy as np

from first_spike.exploration.coefficients import COEFFICIENTS, ERRORS
from first_spike.exploration.convolution_parts import convolution_parts
from first_spike.exploration.front_parts import FRONT_ENDS
from first_spike.exploration.layer_parts import dense_parts, readout_part, serializer_part
from first_spike.exploration.memories import BLOCK, DISTRIBUTED, Memory
from first_spike.exploration.parts import part
from first_spike.rtl_model.layer.kinds import contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.load_map import load_map
from first_spike.rtl_model.shape.placement import layer_feeds
from first_spike.rtl_model.tops import DEFAULT

RAM_LUTS = 6  # of a distributed RAM, as nextpnr counts
SERIAL = "accelerator_serial"
FRAME, HASHES = Memory(256, 32), Memory(16, 32, DISTRIBUTED)  # of the serial bridge, and of what is loaded
# kind of a layer -> {name of an instance: Part} of its shape, contents and feed, and whether it is the last
LAYERS = {"dense": dense_parts, "convolution": convolution_parts}
NOISE = 0.03  # of all LUTs: what becomes of a whole moves them by so much, names of signals alone by a third of it


def estimate_area(design, top=DEFAULT):
    """{"lut": LUT4 of an ECP5 in all, "lut_error": by how many that may be off, "bram": block RAMs of 18 kbit} of the
    design of a network, with one of TOPS."""
    parts = [made for _, made in design_parts(design, top)]
    luts = [sum(COEFFICIENTS[made.block].get(what, 0) * amount for what, amount in made.amounts.items())
            for made in parts]
    lut = sum(luts) + RAM_LUTS * sum(made.count(DISTRIBUTED) for made in parts)
    errors = [ERRORS[made.block] * own for made, own in zip(parts, luts)]
    return {"lut": round(lut), "lut_error": round(2 * np.hypot(np.linalg.norm(errors), NOISE * lut)),
            "bram": sum(made.count(BLOCK) for made in parts)}


def design_parts(design, top=DEFAULT):
    """[(name of an instance, "" for what is no layer, its Part)] of a design."""
    network = design.network
    shapes, feeds = layer_shapes(design), layer_feeds(design)
    loaded, last = design.configuration.is_loadable, len(shapes) - 1
    contents = len(shapes) * [None] if loaded else contents_of_layers(design)
    parts = [("", made) for made in FRONT_ENDS[network.takes](design)]
    for k, (layer, shape, filling, feed) in enumerate(zip(network.layers, shapes, contents, feeds, strict=True)):
        parts += LAYERS[layer.kind](shape, filling, feed, k == last).items()
        if k < last:
            parts.append((f"{shape.name}_serializer", serializer_part(shape, feeds[k + 1], network.steps)))
    own = [FRAME] * (top == SERIAL) + [HASHES] * (loaded and top != DEFAULT)
    around = {"one": 1, top: 1, "region": len(load_map(design)) if loaded else 0,
              f"loaded {top}": loaded}
    return parts + [("", readout_part(shapes[-1], network.steps)), ("", part("around", own, around))]
