"""What the potentials of a folded layer begin with."""

from myhdl import always_comb, block

from first_spike.rtl_model.parts.hierarchy import verilog
from first_spike.rtl_model.parts.target import is_converting
from first_spike.rtl_model.printer.verilog_text import concatenation


@block
def initial_table(fold, initials, *, values, bits):
    """`initials` = what the potentials of all lanes begin with in this `fold`, lane 0 in the lowest `bits`.
    Combinational; `values`: of each fold one for each lane."""
    if is_converting():
        return verilog("initial_table", _case(values, bits), dict(fold=fold), dict(initials=initials))

    words = tuple(sum((value % (1 << bits)) << (lane * bits) for lane, value in enumerate(lanes)) for lanes in values)

    @always_comb
    def look_up():
        initials.next = words[int(fold)]

    return look_up


def _case(values, bits):
    """The table in Verilog, where a wide constant may be written by its parts."""
    lines = [f"        {fold}: start = {concatenation(lanes, bits)};" for fold, lanes in enumerate(values)]
    lines[-1] = lines[-1].replace(f"{len(values) - 1}:", "default:", 1)
    text = "\n".join(lines)
    return (f"// What the potentials of this fold begin with, lane 0 in the lowest bits.\n"
            f"reg [{bits * len(values[0]) - 1}:0] start;\nalways @({{fold}}) begin\n    case ({{fold}})\n{text}\n"
            f"    endcase\nend\nassign {{initials}} = start;")
