"""The weights of one way of a layer: a read-only memory with an output register."""

from myhdl import Signal, always, always_comb, block, intbv

from golden.contract.limits import SHALLOW_WORDS
from rtl_model.parts.hierarchy import verilog
from rtl_model.parts.target import HexFiles, is_converting, macro

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
def weight_memory(clk, clear, read, address, weights, *, file, weight_bits, lanes):
    """Gives the weights of `lanes` lanes at `address`, in two's complement; zeros if not `read`.

    They come three cycles later from block RAM, which is slow and lies far away: one register catches its word beside
    it, the next lies beside the lanes. One cycle later from a memory of at most SHALLOW_WORDS words, which is made of
    LUTs. `clear` stops what is on its way, but for what would come out one cycle later.

    `file`: the words, see `weight_file`. One-bit weights, 1 for +1 and 0 for -1, come out as two bits.
    """
    bits = weight_bits * lanes
    word = Signal(intbv(0)[bits:])
    caught = Signal(intbv(0)[bits:])
    found = Signal(bool(0))
    shallow = len(file.words) <= SHALLOW_WORDS

    rom = _words(clk, address, word, file, shallow)

    if shallow:

        @always_comb
        def track():
            caught.next = word
            found.next = read and not clear

    else:
        reading = Signal(bool(0))

        @always(clk.posedge)
        def track():
            reading.next = read and not clear
            caught.next = word
            found.next = reading and not clear

    if weight_bits == 1:

        @always(clk.posedge)
        def register_weights():
            for lane in range(lanes):
                weights.next[2 * lane] = found
                weights.next[2 * lane + 1] = found and not caught[lane]

    else:

        @always(clk.posedge)
        def register_weights():
            if found:
                weights.next = caught
            else:
                weights.next = 0

    return rom, track, register_weights


@block
def _words(clk, address, word, file, shallow):
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
    """An array for each of the files, read together."""
    folder, depth, numbers = macro(FOLDER_MACRO), len(file.words), range(len(file.widths))
    style = "" if shallow else '(* rom_style = "block" *) '
    lines = [f"`ifdef {folder}", f"localparam PATH = {{{{`{folder}, FILE}}}};", "`else", "localparam PATH = FILE;",
             "`endif"]
    for number, bits in enumerate(file.widths):
        lines.append(f"{style}reg [{bits - 1}:0] rom_{number} [0:{depth - 1}];")
        if not shallow:
            lines += [f"reg [{bits - 1}:0] word_{number};",
                      f"always @(posedge {{clk}}) word_{number} <= rom_{number}[{{address}}];"]
    parts = [f"rom_{number}[{{address}}]" if shallow else f"word_{number}" for number in reversed(numbers)]
    lines += [f"assign {{word}} = {{{{{', '.join(parts)}}}}};", "", "initial begin : fill", *_checks(numbers),
              *(f'    $readmemh({{{{PATH, "_{number}.hex"}}}}, rom_{number});' for number in numbers), "end"]
    return "\n".join(lines)


def _checks(numbers):
    """Statements that end a simulation without one of the files, where simulators warn and go on."""
    lines = ["`ifndef SYNTHESIS", "    // synthesis translate_off", "    integer file;"]
    for number in numbers:
        lines += [f'    file = $fopen({{{{PATH, "_{number}.hex"}}}}, "r");',
                  f'    if (file == 0) $fatal(1, "cannot read the weights %0s_{number}.hex", PATH);',
                  "    $fclose(file);"]
    return [*lines, "    // synthesis translate_on", "`endif"]
