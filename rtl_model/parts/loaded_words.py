"""A memory of wide words that is written part by part."""

import random

from myhdl import Signal, always, block, delay, instance

from first_spike.rtl_model.parts.hierarchy import verilog
from first_spike.rtl_model.parts.target import is_converting

# What it is made of, as yosys and Vivado call it; the last is iCE40's SPRAM, which has one port
REGISTERS, LUTS, BLOCK_RAM, SPRAM = "registers", "distributed", "block", "huge"
NOISE = ("`ifndef SYNTHESIS", "// synthesis translate_off", "// What is read while it is written is undefined.",
         "integer chance;", "always @(posedge {clk}) chance <= $random;",
         "wire [1:0] noise = {^chance, ^chance[15:0]};", "// synthesis translate_on", "`endif")


@block
def loaded_words(clk, write, place, part, data, address, word, *, words, part_bits, style, unit_bits=None):
    """`words` words of the width of `word`, each of parts of `part_bits`, the first in the lowest bits; undefined until
    they are written.

    With `write`, part number `part` (None where there is one) of the word at `place` becomes the lowest bits of `data`;
    a place beyond the words is not to be written.
    `word` is that at `address`, in the same cycle, or one cycle later from block RAM and SPRAM; SPRAM reads nothing
    while it is written, and what block RAM reads of a part while that is written is garbage. place, address: None where
    there is one word. style: what it is made of. unit_bits: width of its arrays, a divisor of `part_bits`; the parts as
    a whole if not given.

    Outputs: word
    """
    if is_converting():
        reads = {name: signal for name, signal in dict(clk=clk, write=write, place=place, part=part, data=data,
                                                       address=address).items() if signal is not None}
        text = _verilog(len(word), words, part_bits, style, unit_bits or part_bits, part, place)
        return verilog("cells", text, reads, dict(word=word))

    width, contents, chance = len(word), [0] * words, random.Random(words)
    written = Signal(bool(0))

    def changed(content, value):
        """A word of which the part that is written has another value."""
        shift = part_bits * (0 if part is None else int(part))
        mask = (1 << max(0, min(part_bits, width - shift))) - 1
        return content & ~(mask << shift) | (value & mask) << shift

    @always(clk.posedge)
    def store():
        at = 0 if place is None else int(place)
        if write:
            contents[at] = changed(contents[at], int(data))
            written.next = not written

    def content():
        at = 0 if address is None else int(address)
        return contents[at] if at < words else 0

    if style == BLOCK_RAM:

        @always(clk.posedge)
        def look_up():
            word.next = content()
            if write and place == address:
                every = (1 << part_bits) - 1
                word.next = changed(content(), chance.choice([0, every, int(data), every ^ int(data) & every]))

    elif style == SPRAM:

        @always(clk.posedge)
        def look_up():
            if not write:
                word.next = content()

    else:
        changes = (written,) if address is None else (written, address)

        @instance
        def look_up():
            yield delay(0)
            while True:
                word.next = content()
                yield changes

    return store, look_up


def _verilog(width, words, part_bits, style, unit_bits, part, place):
    """Arrays side by side, each `unit_bits` wide but for the last; of SPRAM each has one address."""
    count, per_part = -(-width // unit_bits), part_bits // unit_bits
    rest = width - unit_bits * (count - 1)
    alone = count == 1
    bits = rest if alone else "BITS"
    number, low = ("unit", "") if per_part == 1 else (f"unit / {per_part}", f"unit % {per_part} * {unit_bits}")
    wanted = "{write}" if part is None else f"{{write}} && {{part}} == {number}"
    source = f"{{data}}[{low} +: {bits}]" if low else f"{{data}}[{bits}-1:0]"
    at, of = ("0", "0") if place is None else ("{place}", "{address}")
    target = "{word}" if alone else f"{{word}}[unit*{unit_bits} +: BITS]"
    said = "// What is written in parts and read as a whole."
    if style == SPRAM:
        said += f"\nwire [{len(place) - 1}:0] at = {{write}} ? {{place}} : {{address}};"
        at = of = "at"
    lines = [f'(* ram_style = "{style}", no_rw_check *) reg [{bits}-1:0] cells [0:{words - 1}];',
             f"always @(posedge {{clk}}) if ({wanted}) cells[{at}] <= {source};"]
    if style == BLOCK_RAM:
        said = "\n".join([*NOISE, said])
        lines += [f"reg [{bits}-1:0] at_address;", "always @(posedge {clk}) begin", f"    at_address <= cells[{of}];",
                  "`ifndef SYNTHESIS", "    // synthesis translate_off", f"    if ({wanted} && {at} == {of})",
                  f"        at_address <= {{{bits}{{noise[0]}}}} ^ ({{{bits}{{noise[1]}}}} & {source});",
                  "    // synthesis translate_on", "`endif", "end", f"assign {target} = at_address;"]
    elif style == SPRAM:
        lines += [f"reg [{bits}-1:0] at_address;", "always @(posedge {clk}) if (!{write}) at_address <= cells[at];",
                  f"assign {target} = at_address;"]
    else:
        lines.append(f"assign {target} = cells[{of}];")
    if alone:
        return "\n".join([said, *lines])
    last = str(rest) if rest == unit_bits else f"unit == {count - 1} ? {rest} : {unit_bits}"
    return "\n".join([said, "genvar unit;",
                      f"generate for (unit = 0; unit < {count}; unit = unit + 1) begin : arrays",
                      *(f"    {line}" for line in (f"localparam BITS = {last};", *lines)), "end endgenerate"])
