"""The range of positions that a spike visits, and the file of the table with all of them."""

from myhdl import Signal, intbv

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
