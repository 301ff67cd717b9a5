"""The registers that never change: their content, and the table that they are read from."""

from myhdl import always_comb, block

from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.errors import UserError
from first_spike.rtl_model.parts.hierarchy import verilog
from first_spike.rtl_model.parts.target import is_converting
from first_spike.rtl_model.printer.verilog_text import constant
from first_spike.rtl_model.registers.addresses import REGISTERS

WORDS = 64  # registers that there are room for
HASH_DIGITS = 8  # of a word
LISTED_LAYERS = 8  # in WEIGHT_BITS


def constant_words(design, banks=0, weight_map=0):
    """The words of a design's registers by their index, 0 for those that change; a tuple of WORDS. banks, weight_map:
    of weights that are loaded, 0 where they are constants."""
    network = design.network
    values = {
        "IDENTIFICATION": dict(magic=_reset("IDENTIFICATION", "magic")),
        "VERSION": dict(minor=_reset("VERSION", "minor"), major=_reset("VERSION", "major")),
        "INPUTS": dict(pixels=network.inputs),
        "OUTPUTS": dict(classes=len(network.classes), steps=network.steps),
        "SHAPE": dict(beat=design.configuration.pixels if network.takes == PIXELS else 0, layers=len(network.layers)),
        "CAPABILITIES": dict(loadable=int(banks > 0), banks=max(0, banks - 1)),
        "WEIGHT_BITS": dict(bits=sum((layer.weight_bits - 1) << 4 * number
                                     for number, layer in enumerate(network.layers[:LISTED_LAYERS]))),
        "WEIGHT_MAP": dict(code=weight_map),
    }
    words = list(_words(values))
    for number, index in enumerate(REGISTERS["NETWORK_HASH"].indices):
        words[index] = int(network.sha256[HASH_DIGITS * number:HASH_DIGITS * (number + 1)], 16)
    return tuple(words)


PROCESSOR = 0x46535050  # IDENTIFICATION of a processor: FSPP
LIMITS = "LIMIT_"  # begins the names of its registers that are called as a limit


def limit_words(limits):
    """The same of a Processor."""
    values = {
        "IDENTIFICATION": dict(magic=PROCESSOR),
        "VERSION": dict(minor=_reset("VERSION", "minor"), major=_reset("VERSION", "major")),
        "INPUTS": dict(pixels=limits.inputs),
        "OUTPUTS": dict(classes=limits.neurons, steps=limits.steps),
        "SHAPE": dict(beat=limits.pixels, layers=limits.layers),
        "CAPABILITIES": dict(loadable=1, banks=limits.weight_banks - 1, maps=int(limits.takes_maps)),
        "WEIGHT_MAP": dict(code=limits.identity),
        **{name: dict(most=getattr(limits, name.removeprefix(LIMITS).lower())) for name in REGISTERS
           if name.startswith(LIMITS)},
    }
    return _words(values)


def _words(values):
    """WORDS words, from {register: {field: value}}. Raises UserError for what a field has no room for."""
    words = [0] * WORDS
    for name, contents in values.items():
        for field, value in contents.items():
            there = REGISTERS[name].fields[field]
            if value >= 1 << there.width:
                raise UserError(f"registers tell up to {(1 << there.width) - 1:,} {field}, found {value:,}: choose the "
                                f"top without registers")
            words[REGISTERS[name].index] |= value << there.low
    return tuple(words)


def _reset(register, field):
    return REGISTERS[register].fields[field].reset


@block
def constant_table(row, word, *, words):
    """The entry of a table.

    Ports:
        row: number of the entry
        word: the entry
    Outputs: word
    Parameters:
        words: the entries, as many as `row` can count
    Latency: none, combinational.
    """
    if is_converting():
        # a constant for each bit: a table of words would be taken for a memory and get a register
        columns = [sum((entry >> bit & 1) << number for number, entry in enumerate(words)) for bit in range(len(word))]
        lines = [line for bit, column in enumerate(columns) for line in (
            f"localparam [{len(words) - 1}:0] BIT_{bit} = {constant(column, len(words))};",
            f"assign {{word}}[{bit}] = BIT_{bit}[{{row}}];")]
        if len(word) == 1:
            lines[-1] = "assign {word} = BIT_0[{row}];"
        return verilog("entries", "\n".join(lines), dict(row=row), dict(word=word))

    @always_comb
    def look_up():
        """The table itself; Verilog has it as constants."""
        word.next = words[int(row)]

    return look_up
