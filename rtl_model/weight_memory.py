"""The weights of one way of a layer: a read-only memory with an output register."""

from myhdl import Signal, always, always_comb, block, intbv

from .hierarchy import is_converting, verilog, write_hex


def native_bits(depth):
    """Widest word of a block RAM (18 kbit, as in ECP5 and 7-series) that is `depth` deep; deeper ones are one bit wide."""
    for limit, bits in ((512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2)):
        if depth <= limit:
            return bits
    return 1


@block
def weight_memory(clk, clear, read, address, weights, *, contents, weight_bits, lanes, file, sliced):
    """Gives the weights of `lanes` lanes at `address` two cycles later, in two's complement; zeros if not `read`.

    `contents`: one word per address, lane 0 in the lowest `weight_bits`. One-bit weights, 1 for +1 and 0 for -1, come out as
    two bits. `clear` turns what is on its way into zeros. `sliced`: split the memory into arrays of the width that a block RAM
    has at this depth, which keeps deep memories free of multiplexers.
    """
    bits = weight_bits * lanes
    word = Signal(intbv(0)[bits:])
    found = Signal(bool(0))
    slice_lanes = max(1, native_bits(len(contents)) // weight_bits) if sliced else lanes

    rom = _words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file)

    @always(clk.posedge)
    def track():
        found.next = read and not clear

    if weight_bits == 1:

        @always(clk.posedge)
        def register_weights():
            for lane in range(lanes):
                weights.next[2 * lane] = found and not clear
                weights.next[2 * lane + 1] = found and not clear and not word[lane]

    else:

        @always(clk.posedge)
        def register_weights():
            if clear or not found:
                weights.next = 0
            else:
                weights.next = word

    return rom, track, register_weights


@block
def _words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file):
    if is_converting():
        return _verilog_words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file)

    @always(clk.posedge)
    def look_up():
        row = int(address)
        word.next = contents[row] if row < len(contents) else 0

    return look_up


def _verilog_words(clk, address, word, contents, weight_bits, lanes, slice_lanes, file):
    lines, parts = [], []
    for number, first in enumerate(range(0, lanes, slice_lanes)):
        bits = weight_bits * min(slice_lanes, lanes - first)
        hex_name = f"{file}_{number}.hex"
        write_hex(hex_name, [content >> (first * weight_bits) for content in contents], bits)
        lines += [f"reg [{bits - 1}:0] rom_{number} [0:{len(contents) - 1}];",
                  f"reg [{bits - 1}:0] word_{number};",
                  f'initial $readmemh("{hex_name}", rom_{number});',
                  f"always @(posedge {{clk}}) word_{number} <= rom_{number}[{{address}}];"]
        parts.insert(0, f"word_{number}")
    lines.append(f"assign {{word}} = {{{{{', '.join(parts)}}}}};")
    return verilog("rom", "\n".join(lines), dict(clk=clk, address=address), dict(word=word))
