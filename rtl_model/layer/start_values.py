"""What the potentials of a layer begin with: constants of each fold, or loaded."""

from myhdl import Signal, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.hierarchy import inlined, verilog
from first_spike.rtl_model.parts.loaded_words import LUTS, REGISTERS, loaded_words
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.parts.target import is_converting
from first_spike.rtl_model.printer.verilog_text import concatenation


@block
def initial_table(fold, initials, *, values, bits):
    """`initials` = what the potentials of all lanes begin with in this `fold`, lane 0 in the lowest `bits`.
    Combinational; `values`: of each fold one for each lane.

    Outputs: initials
    """
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
            f"reg [{bits * len(values[0]) - 1}:0] start;\nalways @* begin\n    case ({{fold}})\n{text}\n"
            f"    endcase\nend\nassign {{initials}} = start;")


@block
def start_values(clk, s_write, starts, fold=None, bank=None, *, lanes, folds, start_bits, potential_bits):
    """For each lane what its potential begins with: -threshold - 1, of which `start_bits` bits are written, with ones
    above them.

    Ports:
        s_write: a value at the address {fold, lane}
        starts: of every lane, lane 0 in the lowest bits; combinational
        fold: whose values these are; only where there are several
        bank: the bank that is read; only where there are two
    Outputs: starts
    Parameters:
        lanes: neurons that are worked on side by side
        folds: how often that is done for a transfer
        start_bits: that are written of a value
        potential_bits: of a potential
    """
    lane_bits = (lanes - 1).bit_length()
    write_bits = lane_bits + (folds - 1).bit_length()
    banks = 1 if bank is None else 2
    written = Signal(intbv(0)[lanes * start_bits:])
    part = s_write.address(lane_bits, 0) if lanes > 1 else None
    words = banks * (1 << (bits_for(folds) if folds > 1 else 0))
    joined = ()

    if folds == 1:
        place, address = (None, None) if bank is None else (s_write.bank, bank)
    elif bank is None:
        place, address = s_write.address(write_bits, lane_bits), fold
    else:
        bits = 1 + bits_for(folds)
        place, address = Signal(intbv(0)[bits:]), Signal(intbv(0)[bits:])

        @always_comb
        def join_bank():
            """The banks lie one above the other."""
            place.next = concat(s_write.bank, s_write.address[write_bits:lane_bits])
            address.next = concat(bank, fold)

        joined = join_bank

    cells = inlined("values", loaded_words(clk, s_write.select, place, part, s_write.data, address, written,
                                           words=words, part_bits=start_bits,
                                           style=REGISTERS if folds == 1 else LUTS))

    @always_comb
    def widen():
        """A threshold is positive, so all higher bits are ones."""
        values = intbv(0)[lanes * potential_bits:]
        for lane in range(lanes):
            for b in range(start_bits):
                values[lane * potential_bits + b] = written[lane * start_bits + b]
            for b in range(start_bits, potential_bits):
                values[lane * potential_bits + b] = 1
        starts.next = values

    return joined, cells, widen
