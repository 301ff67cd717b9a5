"""A table of constants, as LUTs."""

from myhdl import always_comb, block

from first_spike.rtl_model.parts.hierarchy import verilog
from first_spike.rtl_model.parts.target import is_converting
from first_spike.rtl_model.printer.verilog_text import constant


@block
def constant_table(row, word, *, words):
    """The entry of a table.

    Ports:
        row: number of the entry
        word: the entry
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
