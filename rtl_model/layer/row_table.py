"""Which rows and columns of positions a spike reaches."""

from myhdl import Signal, always, always_comb, block, intbv

from golden.contract.limits import SHALLOW_WORDS
from rtl_model.layer.weight_memory import read_only_words
from rtl_model.parts.hierarchy import inlined
from rtl_model.parts.streams import Bundle
from rtl_model.parts.target import HexFiles


class RowRange(Bundle):
    """Positions that are visited for a spike, a row at a time.

    Members:
        some: there are such
        y: row that is visited first
        first: first row
        last: last row, behind which the first follows
        count: rows, less one
        group: of the last column
        top: bank of the last column
        mask: a bit for each bank: one of its columns is reached
        address: of the weights of the row that is visited first
    """

    members = ("some", "y", "first", "last", "count", "group", "top", "mask", "address")

    def __init__(self, shape):
        widths = row_widths(shape)
        self.some = Signal(bool(0))
        for name, bits in widths.items():
            setattr(self, name, Signal(intbv(0)[bits:]))


def row_widths(shape):
    """{member of RowRange but for `some`: its bits} of a RowShape, in the order of RowContents.visits."""
    return dict(y=shape.y_bits, first=shape.y_bits, last=shape.y_bits, count=shape.count_bits, group=shape.group_bits,
                top=shape.top_bits, mask=shape.banks, address=shape.address_bits)


def row_table_file(name, visits, shape):
    """HexFiles of the table with the entries `visits` (as in RowContents)."""
    widths = tuple(row_widths(shape).values())
    words = []
    for entry in visits:
        word = 0
        for value, bits in zip(entry or (0,) * len(widths), widths, strict=True):
            word = word << bits | value
        words.append(word << 1 | (entry is not None))
    return HexFiles(name, tuple(words), (sum(widths) + 1,))


@block
def field(word, part, high, low):
    """`part` is a part of a word."""

    @always_comb
    def show():
        """A slice."""
        part.next = word[high:low]

    return show


@block
def row_table(clk, entry, m_range, *, file):
    """What is reached from where, as a table of each position of the map before: read-only.

    Ports:
        FILE: the entries stand in the file FILE_0.hex: {y, first, last, count, group, top, mask, address, some}
        entry: number of an entry
        m_range: what it says, two cycles later
    Back-pressure: none; an entry that is asked for goes on being given.
    """
    width = sum(file.widths)
    word = Signal(intbv(0)[width:])
    found = Signal(intbv(0)[width:])
    shallow = len(file.words) <= SHALLOW_WORDS

    rom = read_only_words(clk, entry, word, file, shallow)

    @always(clk.posedge)
    def register_word():
        """A register beside the memory."""
        found.next = word

    if shallow:
        whole = Signal(intbv(0)[width:])

        @always(clk.posedge)
        def register_late():
            """LUTs are quicker than block RAM by a cycle."""
            whole.next = found

        extra = register_late
    else:
        whole, extra = found, ()

    @always_comb
    def show_some():
        """Whether there are any."""
        m_range.some.next = whole[0]

    fields, high = [], width
    for name, signal in m_range.signals():
        if name != "some":
            fields.append(inlined(f"show_{name}", field(whole, signal, high, high - len(signal))))
            high -= len(signal)
    return rom, register_word, extra, show_some, fields
