"""The weights of one way of a layer: a read-only memory with an output register."""

from myhdl import Signal, always, always_comb, block, intbv

from golden.contract.limits import SHALLOW_WORDS
from rtl_model.parts.hierarchy import is_converting, verilog, write_hex


def native_bits(depth):
    """Widest word of a block RAM (18 kbit, as in ECP5 and 7-series) that is `depth` deep; deeper ones are one bit
    wide."""
    for limit, bits in ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2)):
        if depth <= limit:
            return bits
    return 1


@block
def weight_memory(clk, clear, read, address, weights, *, contents, weight_bits, lanes, file, sliced):
    """Gives the weights of `lanes` lanes at `address`, in two's complement; zeros if not `read`.

    They come three cycles later from block RAM, which is slow and lies far away: one register catches its word beside
    it, the next lies beside the lanes. One cycle later from a memory of at most SHALLOW_WORDS words, which is made of
    LUTs. `clear` stops what is on its way, but for what would come out one cycle later.

    `contents`: one word per address, lane 0 in the lowest `weight_bits`. One-bit weights, 1 for +1 and 0 for -1, come
    out as
    two bits. `sliced`: split the memory into arrays of the width that a block RAM has at this depth, which keeps deep
    memories free of multiplexers.
    """
    bits = weight_bits * lanes
    word = Signal(intbv(0)[bits:])
    caught = Signal(intbv(0)[bits:])
    found = Signal(bool(0))
    shallow = len(contents) <= SHALLOW_WORDS
    slice_lanes = max(1, native_bits(len(contents)) // weight_bits) if sliced and not shallow else lanes

    rom = _words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file, shallow)

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
def _words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file, shallow):
    if is_converting():
        return _verilog_words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file, shallow)

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


def _verilog_words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file, shallow):
    lines, parts = [], []
    for number, first in enumerate(range(0, lanes, slice_lanes)):
        bits = weight_bits * min(slice_lanes, lanes - first)
        hex_name = write_hex(f"{file}_{number}.hex", [content >> (first * weight_bits) for content in contents], bits)
        style = "" if shallow else '(* rom_style = "block" *) '
        lines += [f"{style}reg [{bits - 1}:0] rom_{number} [0:{len(contents) - 1}];",
                  f'initial $readmemh("{hex_name}", rom_{number});']
        if shallow:
            parts.insert(0, f"rom_{number}[{{address}}]")
        else:
            lines += [f"reg [{bits - 1}:0] word_{number};",
                      f"always @(posedge {{clk}}) word_{number} <= rom_{number}[{{address}}];"]
            parts.insert(0, f"word_{number}")
    lines.append(f"assign {{word}} = {{{{{', '.join(parts)}}}}};")
    return verilog("rom", "\n".join(lines), dict(clk=clk, address=address), dict(word=word))
