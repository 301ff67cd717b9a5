"""Where the words of a network go in a design with loaded weights: what `LoadStream` addresses.

A word is 16 bits. Each memory has a region, which begins at a multiple of its size, a power of two, so that a part of
the address finds the memory and the rest its place: the lowest bits count the parts of a wide word, those above them
its words. So there are gaps, whose words do nothing. The second bank has the same map, with bit 23 of the address set.
"""

import json
import zlib
from typing import NamedTuple

import numpy as np

from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.geometry import by
from first_spike.golden.contract.limits import LISTENED_BEATS
from first_spike.golden.errors import UserError
from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS, LOAD_DATA_BITS, bits_for
from first_spike.rtl_model.shape.frames import listened_pixels
from first_spike.rtl_model.shape.kinds import as_built, contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.layer_shape import needed_bits

MASK = "pixel_mask"  # the last Region, where there is one


class Region(NamedTuple):
    """The addresses of one memory.

    name; first: the first of them; words: from the first to the last that has an effect; bits: of a word that count,
    the lowest; part_bits: of an address, the lowest, count the parts of a wide word; address_bits: all that count.
    """

    name: str
    first: int
    words: int
    bits: int
    part_bits: int
    address_bits: int


def load_map(design):
    """The Regions of a design with loaded weights: of each layer the weights of each way and the starts, then the mask
    of pixels where there is one.

    Raises UserError where a design cannot be loaded: its map or a start value is too large.
    """
    found = []
    for shape in _shapes(design):
        found += [_region(f"{shape.name}_weights_{way}", shape.weight_words, shape.write_parts,
                          shape.write_bits, shape.part_bits) for way in range(shape.ways)]
        found.append(_region(f"{shape.name}_starts", shape.start_folds, shape.lanes, shape.start_address_bits,
                             shape.start_bits))
    if has_mask(design):
        found.append(_region(MASK, design.beats, 1, bits_for(design.beats), design.configuration.pixels))
    first, end = {}, 0
    for region in sorted(found, key=lambda region: -region.address_bits):
        first[region.name] = end
        end += 1 << region.address_bits
    if end > 1 << LOAD_ADDRESS_BITS - 1:
        raise UserError(f"the weights need {end:,} addresses, and there are {1 << LOAD_ADDRESS_BITS - 1:,} to load to: "
                        f"choose constants")
    return [region._replace(first=first[region.name]) for region in found]


def has_mask(design):
    """Whether the mask of the pixels is a memory of its own. A long image has none, as with constants; nor have two
    banks, since an image is loaded before it is known which of them it takes: every pixel is listened to. Events have
    none."""
    return (design.network.takes == PIXELS and design.configuration.weight_banks == 1
            and design.beats <= LISTENED_BEATS)


def load_words(design):
    """uint16 [end of the map]: the words of a network for a design with loaded weights that it fits; element i goes to
    address i. Raises UserError as `load_map` does."""
    regions = {region.name: region for region in load_map(design)}
    words = np.zeros(max(region.first + region.words for region in regions.values()), np.uint16)
    for shape, contents in zip(_shapes(design), contents_of_layers(design), strict=True):
        parts = shape.write_parts
        for way, own in enumerate(contents.words):
            cut = b"".join(word.to_bytes(2 * parts, "little") for word in own)
            _put(words, regions[f"{shape.name}_weights_{way}"], np.frombuffer(cut, "<u2").reshape(-1, parts))
        _put(words, regions[f"{shape.name}_starts"], np.array(contents.initials[:shape.start_folds]) & 0xFFFF)
    if MASK in regions:
        _put(words, regions[MASK], np.array([listened_pixels(design.network.used_inputs,
                                                             design.configuration.pixels)]).T)
    return words


def weight_map(design):
    """A number of 32 bits that is the same for designs into which the same networks can be loaded by the same words: a
    CRC-32 of all that decides it. Raises UserError as `load_map` does."""
    network = design.network
    shapes = _shapes(design)
    decides = [network.steps, network.image_shape, network.sizes, design.configuration.weight_banks,
               [[shape.weight_bits, shape.potential_bits, shape.start_bits] for shape in shapes],
               load_map(design)]
    decides += [facts for layer in network.layers if (facts := as_built(layer).facts())]
    decides += [] if network.takes == PIXELS else [network.most_events]
    decides += [design.configuration.pixels] if design.ways[0] > 1 else []  # which way an input comes
    return zlib.crc32(json.dumps(decides).encode())


def fits(network, design):
    """None where a network can be loaded into a design, else one sentence that names what does not fit.

    design: what `describe` of the manifest gives, or the manifest itself, of a design with loaded weights.
    """
    layers = design["layers"]
    if network.most_events != design.get("most_events"):
        return f"the network takes {_taken(network.most_events)}, the design {_taken(design.get('most_events'))}"
    pairs = [("steps", network.steps, design["steps"]),
             ("an image shape of", list(network.image_shape), list(design["image_shape"])),
             ("layers of", list(network.sizes), [layer["neurons"] for layer in layers]),
             ("weight bits of", [as_built(layer).weight_bits for layer in network.layers],
              [layer["weight_bits"] for layer in layers])]
    for what, found, wanted in pairs:
        if found != wanted:
            return f"the network has {_said(what, found)}, the design {_said(what, wanted)}"
    for number, (layer, made) in enumerate(zip(map(as_built, network.layers), layers, strict=True)):
        found, wanted = layer.facts(), made.get("convolution", {})
        if found != wanted:
            return f"layer {number} of the network is {_kind_said(found)}, that of the design {_kind_said(wanted)}"
        often = network.layers[number - 1].often if number else 1
        needed = needed_bits(layer, made["lanes"], None if number else network.most_events, often)
        for what, bits, room in (("potentials", needed.potential, made["potential_bits"]),
                                 ("thresholds", needed.start, made["start_bits"])):
            if bits > room:
                return (f"layer {number} of the network needs {what} of {bits} bits, the design has {room}: "
                        f"--potential-margin gives it more")
    return None


def _taken(most_events):
    return "images" if most_events is None else f"recordings of up to {most_events} events"


def _kind_said(facts):
    said = ", ".join(f"{name} {value if isinstance(value, str) else by(value)}" for name, value in facts.items())
    return f"a convolution of {said}" if facts else "dense"


def _said(what, value):
    shown = " x ".join(map(str, value)) if "shape" in what else ", ".join(map(str, value)) if isinstance(
        value, list) else value
    return f"{shown} {what}" if what == "steps" else f"{what} {shown}"


def _shapes(design):
    shapes = layer_shapes(design)
    for number, shape in enumerate(shapes):
        if shape.start_bits > LOAD_DATA_BITS:
            raise UserError(f"layer {number} needs thresholds of {shape.start_bits} bits, and {LOAD_DATA_BITS} can be "
                            f"loaded: choose fewer bits, lanes that divide its {design.network.widths[number]} "
                            f"{design.network.layers[number].column}s, or constants")
    return shapes


def _region(name, words, parts, address_bits, bits):
    """A Region without its place, of `words` words of `parts` parts each."""
    part_bits = (parts - 1).bit_length()
    return Region(name, 0, (words - 1 << part_bits) + parts, bits, part_bits, address_bits)


def _put(words, region, values):
    """Write values [words, parts] of a memory into its region."""
    first = region.first + (np.arange(len(values))[:, None] << region.part_bits)
    words[first + np.arange(values.shape[1])] = values
