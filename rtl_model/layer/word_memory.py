"""Memories for words that are read and written all the time."""

import random

from myhdl import Signal, always, block, intbv

from first_spike.rtl_model.layer.weight_memory import native_bits
from first_spike.rtl_model.parts.hierarchy import verilog
from first_spike.rtl_model.parts.loaded_words import LUTS, NOISE
from first_spike.rtl_model.parts.target import is_converting


@block
def word_memory(clk, write, write_address, written, read_address, found, *, depth, distributed=False):
    """A memory of `depth` words with a port for each direction and a register behind.

    What is read in the cycle in which it is written is undefined, as in block RAM. Simulations give garbage then, so
    that nobody comes to rely on it.

    Ports:
        write: `written` goes to `write_address`
        write_address: of the word that is written
        written: its new value
        read_address: of the word that is read
        found: the word, two cycles later
    Outputs: found
    Parameters:
        depth: words
        distributed: it is made of distributed RAM
    Back-pressure: none.
    """
    width = len(written)
    word = Signal(intbv(0)[width:])

    words = _words(clk, write, write_address, written, read_address, word, depth, distributed)

    @always(clk.posedge)
    def register_word():
        """The register behind the memory, which a block RAM has inside."""
        found.next = word

    return words, register_word


@block
def _words(clk, write, write_address, written, read_address, word, depth, distributed):
    """Its words.

    Outputs: word
    """
    if is_converting():
        return verilog("words", _verilog_words(len(written), depth, distributed),
                       dict(clk=clk, write=write, write_address=write_address, written=written,
                            read_address=read_address), dict(word=word))

    chance, every = random.Random(depth), (1 << len(written)) - 1
    contents = [chance.getrandbits(len(written)) for _ in range(1 << len(write_address))]

    @always(clk.posedge)
    def read_and_write():
        word.next = contents[int(read_address)]
        if write:
            contents[int(write_address)] = int(written)
            if read_address == write_address:
                word.next = chance.choice([0, every, int(written), every ^ int(written)])

    return read_and_write


def _verilog_words(width, depth, distributed):
    """Arrays as wide as a block RAM of this depth, read and written together: a deep and wide one would be cut by
    depth, with multiplexers behind; of distributed RAM one."""
    native, style = (width, f'(* ram_style = "{LUTS}" *) ') if distributed else (native_bits(depth), "")
    lines, parts = [], []
    for first in range(0, width, native):
        number, own = len(parts), f"{min(first + native, width) - 1}:{first}"
        bits = min(native, width - first)
        lines += [f"{style}reg [{bits - 1}:0] words_{number} [0:{depth - 1}];", f"reg [{bits - 1}:0] word_{number};",
                  "always @(posedge {clk}) begin",
                  f"    if ({{write}}) words_{number}[{{write_address}}] <= {{written}}[{own}];",
                  f"    word_{number} <= words_{number}[{{read_address}}];",
                  "`ifndef SYNTHESIS", "    // synthesis translate_off",
                  "    if ({write} && {write_address} == {read_address})",
                  f"        word_{number} <= {{{{{bits}{{noise[0]}}}}}} ^",
                  f"            ({{{{{bits}{{noise[1]}}}}}} & {{written}}[{own}]);",
                  "    // synthesis translate_on", "`endif", "end"]
        parts.insert(0, f"word_{number}")
    together = parts[0] if len(parts) == 1 else f"{{{', '.join(parts)}}}"
    return "\n".join([*NOISE, "", *lines, f"assign {{word}} = {together};"])
