"""The weights of one way of a layer: a read-only memory with an output register."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_stages import weight_stages
from first_spike.rtl_model.parts.hierarchy import inlined, verilog
from first_spike.rtl_model.parts.target import HexFiles, is_converting, macro

FOLDER_MACRO = "FIRST_SPIKE_HEX"  # what is put before the name of a hex file: a folder with its slash


def native_bits(depth):
    """Widest word of a block RAM (18 kbit, as in ECP5 and 7-series) that is `depth` deep; deeper ones are one bit
    wide."""
    for limit, bits in ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2)):
        if depth <= limit:
            return bits
    return 1


def weight_file(name, contents, weight_bits, lanes, sliced):
    """HexFiles of a weight memory with the words `contents`, lane 0 in the lowest `weight_bits`.

    sliced: split into arrays of the width that a block RAM has at this depth, which keeps deep memories free of
    multiplexers.
    """
    depth = len(contents)
    slice_lanes = max(1, native_bits(depth) // weight_bits) if sliced and depth > SHALLOW_WORDS else lanes
    widths = [weight_bits * min(slice_lanes, lanes - first) for first in range(0, lanes, slice_lanes)]
    return HexFiles(name, contents, tuple(widths))


@block
def weight_memory(clk, read, address, weights, clear=None, *, hex_file, weight_bits, lanes):
    """The weights of one way of a layer: a word for each neuron that feeds it, and fold; read-only.

    From block RAM they come three cycles after their address, since it is slow and lies far away: one register catches
    the word beside it, the next lies beside the lanes. A small memory is made of LUTs, and they come one cycle after.
    In the files a weight of one bit is 1 for +1 and 0 for -1; it comes out as two bits.

    Ports:
        HEX_FILE: the words stand in HEX_FILE_0.hex, HEX_FILE_1.hex, ..., lane 0 in the lowest bits of the first
        read: these weights are wanted; without, zeros come
        address: of the word, which is fold * rows + row
        weights: of each lane one, in two's complement, lane 0 in the lowest bits
        clear: stops what is on its way, but for what would come out one cycle later; a port only of block RAM, and only
            where all that comes out counts
    Parameters:
        lanes: weights in a word
        weight_bits: of a weight in the files
    """
    bits = weight_bits * lanes
    word = Signal(intbv(0)[bits:])
    shallow = len(hex_file.words) <= SHALLOW_WORDS

    rom = read_only_words(clk, address, word, hex_file, shallow)

    stages = inlined("stages", weight_stages(clk, read, word, weights, clear, weight_bits=weight_bits, lanes=lanes,
                                             shallow=shallow))

    return rom, stages


@block
def read_only_words(clk, address, word, file, shallow):
    """The words of a HexFiles: one cycle after their address, or, where they are shallow, in the same cycle."""
    if is_converting():
        return verilog("rom", _verilog_words(file, shallow), dict(clk=clk, address=address), dict(word=word))

    contents = file.words

    def content(row):
        return contents[row] if row < len(contents) else 0

    if shallow:

        @always_comb
        def look_up():
            word.next = content(int(address))

    else:

        @always(clk.posedge)
        def look_up():
            word.next = content(int(address))

    return look_up


def _verilog_words(file, shallow):
    """Arrays that are read together, one for each of the files."""
    numbers = range(len(file.widths))
    style = "" if shallow else '(* rom_style = "block" *) '
    arrays, parts = [], []
    for number, bits in enumerate(file.widths):
        arrays.append(f"{style}reg [{bits - 1}:0] rom_{number} [0:{len(file.words) - 1}];")
        if shallow:
            parts.insert(0, f"rom_{number}[{{address}}]")
        else:
            arrays += [f"reg [{bits - 1}:0] word_{number};",
                       f"always @(posedge {{clk}}) word_{number} <= rom_{number}[{{address}}];"]
            parts.insert(0, f"word_{number}")
    together = parts[0] if len(parts) == 1 else f"{{{', '.join(parts)}}}"
    checks = [line for number in numbers for line in (
        f'    handle = $fopen({{PATH, "_{number}.hex"}}, "r");',
        f'    if (handle == 0) $fatal(1, "cannot read the weights %0s_{number}.hex", PATH);', "    $fclose(handle);")]
    reads = [f'    $readmemh({{PATH, "_{number}.hex"}}, rom_{number});' for number in numbers]
    return "\n".join([*_path(macro(FOLDER_MACRO)), "", *arrays, f"assign {{word}} = {together};", "",
                      "// Without its files a simulator would warn and go on, with weights of zero: this ends it.",
                      "initial begin : fill", "`ifndef SYNTHESIS", "    // synthesis translate_off",
                      "    integer handle;", *checks, "    // synthesis translate_on", "`endif", *reads, "end"])


def _path(folder):
    """Declares PATH, where the files are and how their names begin; `folder`: the macro."""
    return ["// The files lie where the simulator or the synthesis runs, or in the folder that a macro names.",
            f"`ifdef {folder}", f"localparam PATH = {{`{folder}, HEX_FILE}};", "`else", "localparam PATH = HEX_FILE;",
            "`endif"]
