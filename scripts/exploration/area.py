"""How large a design will be on ECP5, without synthesizing it: a sum over the parts of its structure.

A carry cell is two LUT4 and adds two bits, a distributed RAM of 16 words of 4 bits is six. Block RAMs, adders and
distributed RAMs follow exactly from the widths; what else the parts need was measured once, per module, with yosys 0.52
on the MNIST networks.
`scripts/explore.py --synth` prints how far the sum is off.
"""

from math import ceil

from golden.contract.base_network import EVENTS, PIXELS
from golden.contract.limits import QUEUE_DEPTH, SHALLOW_WORDS
from rtl_model.encoder.bundles import TableSweep
from rtl_model.encoder.first_step_way import queue_depth
from rtl_model.layer.kinds import contents_of_layers, layer_shapes
from rtl_model.layer.loaded_weight_memory import unit_bits
from rtl_model.layer.weight_memory import native_bits
from rtl_model.parts.streams import bits_for
from rtl_model.readout.largest import tree_levels
from rtl_model.shape.load_map import has_mask, load_map
from rtl_model.shape.placement import bank_row_bits
from rtl_model.tops import DEFAULT

SMALL_BLOCKS = 20  # of distributed RAM, below which yosys takes no block RAM for a memory of a convolution
DEEPEST = 16384  # words of a block RAM, one bit wide
FIXED = 125  # result queue, read-out and glue
LOADER = 25  # LUTs of the event loader that look whether a beat is an event
ROW_LANE, ROW_BANK, ROW_CONTROL = 2.4, 10, 420  # LUTs of a convolution of a kernel row a cycle, beside its adders
REGION = 8  # LUTs that find whether a word that is loaded is for a memory
AROUND = {"accelerator": (0, 0), "accelerator_axi": (620, 0), "accelerator_serial": (1105, 1)}  # (LUTs, block RAMs)
LOADER = 330  # LUTs, beside the other registers
PART = 1.4  # LUTs that find whether it is for a part of the memory, or a lane


def estimate_area(network, configuration, top=DEFAULT):
    """{"lut": LUT4 of an ECP5 in all, "bram": block RAMs of 18 kbit} of the design of a network, with one of TOPS."""
    shapes = layer_shapes(network, configuration)
    lut, bram = FRONT_ENDS[network.takes](network, configuration)
    lut += FIXED + readout_luts(shapes[-1])
    for layer, shape, contents in zip(network.layers, shapes, contents_of_layers(network, configuration), strict=True):
        layer_lut, layer_bram = LAYERS[layer.kind](layer, shape, contents)
        lut += layer_lut
        bram += layer_bram
    lut += sum(serializer_luts(shape, network.steps) for shape in shapes[:-1])
    if configuration.is_loadable:
        lut += REGION * len(load_map(network, configuration))
        bram += has_mask(network, configuration)
    around_lut, around_bram = AROUND[top]
    lut += around_lut + (LOADER if configuration.is_loadable and top != DEFAULT else 0)
    bram += around_bram
    return {"lut": round(lut), "bram": bram}


def dense_area(layer, shape, contents):
    """(LUT4, block RAMs) of a dense layer: its lanes, its weights, and what makes visits of its spikes."""
    lut = lane_luts(shape, contents) * shape.lanes + (28 if shape.folds > 1 else 10)
    if shape.banks is not None:
        loaded_lut, bram = loaded_memories(shape)
        return lut + loaded_lut, bram
    return lut + weight_luts(shape, layer.inputs), weight_brams(shape)


def loaded_memories(shape):
    """(LUT4, block RAMs) of what is loaded: weights in block RAM of the width that it has at this depth, shallow ones
    in distributed RAM; for each lane a start value, in registers or distributed RAM, unless it lies beside the
    potential of a folded lane."""
    second = shape.banks - 1
    depth, folds = (second << shape.address_bits) + shape.words, (second << bits_for(shape.folds)) + shape.folds
    bits = shape.lanes * shape.weight_bits
    if shape.folds > 1:
        starts = distributed(shape.start_bits, folds) if second else 0
    else:
        starts = shape.start_bits * (1 + second)
    lut = shape.lanes * (starts + PART) + PART * shape.write_parts * shape.ways
    if shape.words <= SHALLOW_WORDS:
        return lut + shape.ways * distributed(bits, depth), 0
    return lut, shape.ways * ceil(bits / unit_bits(depth, shape.part_bits)) * ceil(depth / DEEPEST)


def convolution_area(layer, shape, contents):
    """(LUT4, block RAMs) of a convolution: its lanes, with a LUT each for the pool; 430 LUTs that find and order
    visits, and watch over them; the memories of potentials, pool, candidates and ranges of visits, and the weights."""
    if not shape.is_map:
        return dense_area(layer.dense(), shape, contents)
    if shape.by_rows:
        return rows_area(shape, contents)
    bits, tag = shape.potential_bits, shape.epoch_bits
    memories = [(shape.words, shape.lanes * bits + 1 + tag), (shape.folds, shape.lanes + tag),
                (1 << shape.word_bits, shape.word_bits), table_of_ranges(shape, contents)]
    if not shape.shallow:
        memories.append((shape.weight_words, shape.lanes * shape.weight_bits))
    lut = shape.lanes * (2 * ceil(bits / 2) + 2.3) + 430
    if shape.shallow:
        lut += 0.06 * shape.weight_words * shape.lanes * shape.weight_bits
    memory_lut, bram = all_memories(memories)
    return lut + memory_lut, bram


def rows_area(shape, contents):
    """The same where a row of the kernel is worked on in a cycle: banks of lanes, each with potentials and a copy of
    the pool; LUTs that find and order visits, and for each bank those that find its words."""
    bits, banks = shape.potential_bits, shape.banks
    memories = banks * [(2 << shape.word_bits, shape.lanes * bits + 1), (2 << shape.window_bits, shape.lanes)]
    memories += [(1 << bits_for(shape.most_candidates), shape.entry_bits), table_of_ranges(shape, contents)]
    if not shape.shallow:
        memories.append((shape.weight_words, banks * shape.lanes * shape.weight_bits))
    lut = banks * (shape.lanes * (2 * ceil(bits / 2) + ROW_LANE) + ROW_BANK) + ROW_CONTROL
    if shape.shallow:
        lut += 0.06 * shape.weight_words * banks * shape.lanes * shape.weight_bits
    memory_lut, bram = all_memories(memories)
    return lut + memory_lut, bram


def table_of_ranges(shape, contents):
    """(words, bits) of the table that says which positions a spike visits."""
    return len(contents.visits), sum(shape.range_bits.values()) + 1


def all_memories(memories):
    """(LUT4, block RAMs) of memories, each (words, bits)."""
    lut = bram = 0
    for words, width in memories:
        memory_lut, memory_bram = sliced_memory(words, width)
        lut += memory_lut
        bram += memory_bram
    return lut, bram


def sliced_memory(words, bits):
    """(LUT4, block RAMs) of a memory in slices as wide as a block RAM of this depth; slices that are small go into
    LUTs."""
    native, lut, bram = native_bits(words), 0, 0
    for first in range(0, bits, native):
        width = min(native, bits - first)
        if ceil(width / 4) * ceil(words / 16) < SMALL_BLOCKS:
            lut += distributed(width, words)
        else:
            bram += ceil(words / DEEPEST)
    return lut, bram


# kind of a layer -> (LUT4, block RAMs) of a layer in a shape with contents
LAYERS = {"dense": dense_area, "convolution": convolution_area}


def distributed(bits, words):
    """LUT4 of a distributed RAM, with the multiplexers behind more than 16 words."""
    blocks = ceil(words / 16)
    return 6 * ceil(bits / 4) * blocks + bits * (blocks - 1)


def encoder_area(network, configuration):
    """(LUT4, block RAMs) of the spike encoder."""
    ways = configuration.layer_ways(network)[0]
    lut, bram = successor_memories(network.inputs, configuration.pixels, ways)
    queue_lut, queue_bram = first_step_queues(network.inputs, configuration.pixels, ways)
    return (lut + queue_lut + encoder_luts(network.inputs, configuration.pixels, network.steps, ways),
            bram + queue_bram)


def loader_area(network, configuration):
    """(LUT4, block RAMs) of the event loader: what checks an event, and a counter."""
    return LOADER + bits_for(network.most_events + 1), 0


FRONT_ENDS = {PIXELS: encoder_area, EVENTS: loader_area}


def encoder_luts(inputs, pixels, steps, ways):
    """A bank for each pixel of the beat: two head tables of a row, an epoch and two marks for each step, and about 88
    LUTs that choose and hold rows (75 when there is nothing to choose from). Then the arbiter (6 a bank), the loader
    (75), the masks of the pixels (at most one for 16 beats of a pixel; they are counted among the 92), the search for
    the next step (11 a step), and what takes the spikes of the first step out of their queue (75 a way)."""
    table = distributed(TableSweep(bits_for(steps)).number_bits + 2 + bank_row_bits(-(-inputs // pixels)), steps)
    return pixels * (2 * table + (88 if pixels > 1 else 75)) + 6 * pixels + 75 + 11 * steps + 75 * ways


def successor_memories(inputs, pixels, ways):
    """(LUT4, block RAMs) of the memories of successors, one a way: a word of a row and a mark for each bank of the way,
    for each beat of both buffers."""
    row_bits = bank_row_bits(-(-inputs // pixels))
    return cheaper_memories(2 << row_bits, pixels // ways * (row_bits + 1), ways)


def first_step_queues(inputs, pixels, ways):
    """(LUT4, block RAMs) of the queues of the first step, one a way: a word of a row, a mark and a bit for each pixel
    of the way, for each beat of two images."""
    beats = -(-inputs // pixels)
    return cheaper_memories(queue_depth(beats), bank_row_bits(beats) + pixels // ways + 1, ways)


def cheaper_memories(words, bits, count):
    """(LUT4, block RAMs) of `count` memories, in LUTs or in block RAM, whichever yosys takes for cheaper: 16 words of 4
    bits, with what chooses between them, cost about a sixteenth of a block RAM."""
    blocks = ceil(bits / native_bits(words))
    if ceil(bits / 4) * ceil(words / 16) < 16 * blocks:
        return count * distributed(bits, words), 0
    return 0, count * blocks


def lane_luts(shape, contents):
    """The adder of the potential, a LUT that fires (two in a folded lane), and the sum over the ways: compressors of
    two LUTs a bit in front of the adder for two ways, an adder tree of weights for four. Folded lanes keep their
    potentials, and `fired`, in distributed RAM, and need a multiplexer for the first turn in an image where the neurons
    of a lane have several thresholds, or two banks of loaded ones. One bank of these lies beside the potentials, with a
    multiplexer for what is written."""
    bits = shape.potential_bits
    ways = {1: 0, 2: 2 * bits}.get(shape.ways, 5.5 * shape.code_bits)
    several = any(len(set(thresholds)) > 1 for thresholds in zip(*contents.initials))
    chosen = shape.start_bits or (bits if several else 0)
    if shape.folds == 1:
        stored = 0
    elif shape.banks == 1:
        stored = distributed(bits + 1, 2 * shape.folds) + bits + 1
    else:
        stored = distributed(bits + 1, shape.folds) + chosen
    return 2 * ceil(bits / 2) + (1 if shape.folds == 1 else 2) + ways + stored


def weight_luts(shape, sources):
    """A memory made of LUTs takes 0.06 of them for each bit of each weight: 16 bits of a table are one, with the masks
    and what is shared. One of block RAM takes none."""
    return 0 if weight_brams(shape) else 0.06 * sources * shape.lanes * shape.folds * shape.weight_bits


def weight_brams(shape):
    """As many block RAMs, of the width that they have at this depth, as a word needs; folded layers cut the word into
    slices first. None for a memory that is shallow by design."""
    depth = shape.folds * shape.rows
    if depth <= SHALLOW_WORDS:
        return 0
    native = native_bits(depth)
    lanes = max(1, native // shape.weight_bits) if shape.folds > 1 else shape.lanes
    slices = [min(lanes, shape.lanes - first) for first in range(0, shape.lanes, lanes)]
    blocks = ceil(depth / DEEPEST)
    count = sum(ceil(part * shape.weight_bits / native) * blocks for part in slices)
    return shape.ways * count


def serializer_luts(shape, steps):
    """The queue of fired vectors, in distributed RAM, with 50 LUTs of control; 2.1 a lane for the scanners that find
    the set bits."""
    bits = shape.lanes + bits_for(steps) + 1 + (bits_for(shape.folds) + 1 if shape.folds > 1 else 0)
    return distributed(bits, QUEUE_DEPTH) + 50 + 2.1 * shape.lanes


def readout_luts(shape):
    """The tree that finds the largest potential: a comparison and a multiplexer of 1.7 LUTs a bit in each of its nodes;
    with folds one more node, and counters."""
    nodes = (1 << tree_levels(shape.lanes)) - 1
    return 1.7 * shape.potential_bits * (nodes + (1 if shape.folds > 1 else 0)) + (40 if shape.folds > 1 else 0)
