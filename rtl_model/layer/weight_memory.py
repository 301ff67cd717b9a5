"""The weights of one way of a layer: constants from a hex file, or loaded."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.parts.hierarchy import inlined, verilog
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, LUTS, SPRAM, loaded_words
from first_spike.rtl_model.parts.target import HexFiles, is_converting, macro

FOLDER_MACRO = "FIRST_SPIKE_HEX"  # what is put before the name of a hex file: a folder with its slash


@block
def weight_stages(clk, read, word, weights, clear=None, *, weight_bits, lanes, shallow):
    """The registers behind a memory of weights: `word` becomes `weights` where it was wanted, and zeros elsewhere.

    read: the word that is addressed in this cycle is wanted, of which `word` comes at once from a `shallow` memory,
    which is made of LUTs, and one cycle later from block RAM. clear: as in `weight_memory`, if there is such a signal.
    Latency: from `read` one cycle, or three with block RAM.

    Outputs: weights
    """
    caught = Signal(intbv(0)[len(word):])
    found = Signal(bool(0))

    if shallow:

        @always_comb
        def track():
            """No stages: LUTs are quick and near."""
            caught.next = word
            found.next = read

    elif clear is None:
        reading = Signal(bool(0))

        @always(clk.posedge)
        def track():
            """A register catches the word beside the memory; `found` goes along with it: it is wanted."""
            reading.next = read
            caught.next = word
            found.next = reading

    else:
        reading = Signal(bool(0))

        @always(clk.posedge)
        def track():
            """A register catches the word beside the memory; `found` goes along with it: it is wanted."""
            reading.next = read and not clear
            caught.next = word
            found.next = reading and not clear

    if weight_bits == 1:

        @always(clk.posedge)
        def register_weights():
            """The weights beside the lanes: 01 for +1, 11 for -1, 00 where none is wanted."""
            for lane in range(lanes):
                weights.next[2 * lane] = found
                weights.next[2 * lane + 1] = found and not caught[lane]

    else:

        @always(clk.posedge)
        def register_weights():
            """The weights beside the lanes, zeros where none are wanted."""
            if found:
                weights.next = caught
            else:
                weights.next = 0

    return track, register_weights


def native_bits(depth):
    """Widest word of a block RAM (18 kbit, as in ECP5 and 7-series) that is `depth` deep; deeper ones are one bit
    wide."""
    for limit, bits in ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2)):
        if depth <= limit:
            return bits
    return 1


def weight_file(name, contents, weight_bits, lanes, sliced, whole=True):
    """HexFiles of a weight memory with the words `contents`, lane 0 in the lowest `weight_bits`.

    sliced: split into arrays of the width that a block RAM has at this depth, which keeps deep memories free of
    multiplexers. whole: no weight is cut in two; a few block RAMs more.
    """
    depth, bits = len(contents), weight_bits * lanes
    unit = native_bits(depth) if sliced and depth > SHALLOW_WORDS else bits
    if whole:
        unit = max(1, unit // weight_bits) * weight_bits
    return HexFiles(name, contents, tuple(min(unit, bits - first) for first in range(0, bits, unit)))


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
    Outputs: weights
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
    """The words of a HexFiles: one cycle after their address, or, where they are shallow, in the same cycle.

    Outputs: word
    """
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
        f'    if (handle == 0) $fatal(1, "cannot read the weights %0s_{number}.hex", PATH);',
        f"    for (place = 0; place < {len(file.words)}; place = place + 1)",
        f'        if ($fscanf(handle, "%h", rom_{number}[place]) != 1)',
        f'            $fatal(1, "%0s_{number}.hex holds %0d words, expected {len(file.words)}", PATH, place);',
        "    $fclose(handle);")]
    reads = [f'    $readmemh({{PATH, "_{number}.hex"}}, rom_{number});' for number in numbers]
    return "\n".join([*_path(macro(FOLDER_MACRO)), "", *arrays, f"assign {{word}} = {together};", "",
                      "// Without all words a simulator would warn and go on, with weights of zero: this ends it.",
                      "initial begin : fill", "`ifndef SYNTHESIS", "    // synthesis translate_off",
                      "    integer handle, place;", *checks, "    // synthesis translate_on", "`endif", *reads, "end"])


def _path(folder):
    """Declares PATH, where the files are and how their names begin; `folder`: the macro."""
    return ["// The files lie where the simulator or the synthesis runs, or in the folder that a macro names.",
            f"`ifdef {folder}", f"localparam PATH = {{`{folder}, HEX_FILE}};", "`else", "localparam PATH = HEX_FILE;",
            "`endif"]


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
    Outputs: weights
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
