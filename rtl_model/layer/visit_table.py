"""The positions that a spike visits, and the table that they are read from."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import read_only_words
from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.streams import Bundle
from first_spike.rtl_model.parts.target import HexFiles


class VisitRange(Bundle):
    """Positions that are visited for a spike. Which members there are, beside `some`, a ConvolutionShape says.

    Members:
        some: there are such
        y: row that is visited first
        y_last: row that is visited last
        x: first column
        x_last: last column
        first: first row
        last: last row, behind which the first follows
        count: rows, less one
        group: of the last column
        top: bank of the last column
        mask: a bit for each bank: one of its columns is reached
        address: of the weights of the first visit
    """

    def __init__(self, shape):
        self.some = Signal(bool(0))
        for name, bits in shape.range_bits.items():
            setattr(self, name, Signal(intbv(0)[bits:]))
        self.members = ("some", *shape.range_bits)


def range_file(name, visits, shape):
    """HexFiles of the table with the entries `visits` (as in ConvolutionContents): the members of VisitRange, the last
    in the lowest bits but for `some`, which is bit 0."""
    widths = tuple(shape.range_bits.values())
    words = []
    for entry in visits:
        word = 0
        for value, bits in zip(entry or (0,) * len(widths), widths, strict=True):
            word = word << bits | value
        words.append(word << 1 | (entry is not None))
    return HexFiles(name, tuple(words), (sum(widths) + 1,))


@block
def field(word, part, high, low):
    """`part` is a part of a word.

    Outputs: part
    """

    @always_comb
    def show():
        """A slice."""
        part.next = word[high:low]

    return show


@block
def visit_table(clk, entry, m_range, *, hex_file):
    """What is reached from where, as a table of each position of the map before: read-only.

    Ports:
        HEX_FILE: the entries stand in HEX_FILE_0.hex: the parts of `m_range`, `some` in bit 0, the others above it, the
            last of them lowest
        entry: number of an entry
        m_range: what it says, two cycles later
    Back-pressure: none; an entry that is asked for goes on being given.
    """
    width = sum(hex_file.widths)
    word = Signal(intbv(0)[width:])
    found = Signal(intbv(0)[width:])
    shallow = len(hex_file.words) <= SHALLOW_WORDS

    rom = read_only_words(clk, entry, word, hex_file, shallow)

    @always(clk.posedge)
    def register_word():
        """A register beside the memory."""
        found.next = word

    if shallow:
        late = Signal(intbv(0)[width:])

        @always(clk.posedge)
        def register_late():
            """LUTs are quicker than block RAM by a cycle."""
            late.next = found

        whole, extra = late, register_late
    else:
        whole, extra = found, ()

    @always_comb
    def show_some():
        """Whether there are any."""
        m_range.some.next = whole[0]

    fields, high = [], width
    for name, signal in m_range.signals()[1:]:
        fields.append(inlined(f"show_{name}", field(whole, signal, high, high - len(signal))))
        high -= len(signal)
    return rom, register_word, extra, show_some, fields
