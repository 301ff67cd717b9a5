"""Where the visits of a spike begin and end."""

from myhdl import Signal, always, always_comb, block, intbv

from golden.contract.limits import SHALLOW_WORDS
from rtl_model.layer.weight_memory import read_only_words
from rtl_model.parts.streams import Bundle
from rtl_model.parts.target import HexFiles


class VisitRange(Bundle):
    """Positions that are visited for a spike.

    Members:
        some: there are such
        y: row of the first
        y_last: row of the last
        x: column of the first
        x_last: column of the last
        address: of the weights of the first
    """

    members = ("some", "y", "y_last", "x", "x_last", "address")

    def __init__(self, y_bits, x_bits, address_bits):
        self.some = Signal(bool(0))
        self.y = Signal(intbv(0)[y_bits:])
        self.y_last = Signal(intbv(0)[y_bits:])
        self.x = Signal(intbv(0)[x_bits:])
        self.x_last = Signal(intbv(0)[x_bits:])
        self.address = Signal(intbv(0)[address_bits:])


def table_file(name, visits, shape):
    """HexFiles of the table with the entries `visits` (as in MapContents)."""
    fields = (shape.y_bits, shape.y_bits, shape.x_bits, shape.x_bits, shape.address_bits)
    words = []
    for entry in visits:
        word = 0
        for value, bits in zip(entry or (0,) * len(fields), fields):
            word = word << bits | value
        words.append(word << 1 | (entry is not None))
    return HexFiles(name, tuple(words), (sum(fields) + 1,))


@block
def visit_table(clk, entry, m_range, *, file):
    """What is reached from where, as a table of each position of the map before: read-only.

    Ports:
        FILE: the entries stand in the file FILE_0.hex: {y, y_last, x, x_last, address, some}
        entry: number of an entry
        m_range: what it says, two cycles later
    Back-pressure: none; an entry that is asked for goes on being given.
    """
    y_bits, x_bits, address_bits = len(m_range.y), len(m_range.x), len(m_range.address)
    at_x_last = 1 + address_bits
    at_x = at_x_last + x_bits
    at_y_last = at_x + x_bits
    at_y = at_y_last + y_bits
    width = at_y + y_bits
    word = Signal(intbv(0)[width:])
    found = Signal(intbv(0)[width:])
    shallow = len(file.words) <= SHALLOW_WORDS

    rom = read_only_words(clk, entry, word, file, shallow)

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
    def show():
        """The parts of it."""
        m_range.some.next = whole[0]
        m_range.address.next = whole[at_x_last:1]
        m_range.x_last.next = whole[at_x:at_x_last]
        m_range.x.next = whole[at_y_last:at_x]
        m_range.y_last.next = whole[at_y:at_y_last]
        m_range.y.next = whole[width:at_y]

    return rom, register_word, extra, show

