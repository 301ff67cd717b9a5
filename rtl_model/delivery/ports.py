"""The ports of an accelerator as its users see them."""

from typing import NamedTuple


class Port(NamedTuple):
    """name, direction ("input" or "output"), width in bits, meaning in a line."""

    name: str
    direction: str
    width: int
    meaning: str


def ports(pixels):
    """The Ports of an accelerator that takes `pixels` a beat, in the order of its module's."""
    first = "a pixel of one byte" if pixels == 1 else f"{pixels} pixels of one byte in raster order, the first in [7:0]"
    return [
        Port("clk", "input", 1, "clock, rising edge; everything is synchronous to it"),
        Port("rst", "input", 1, "reset, active high, for at least one cycle"),
        Port("s_axis_tdata", "input", 8 * pixels, f"{first}; what a last beat has too many is 0"),
        Port("s_axis_tvalid", "input", 1, "there is a beat of an image"),
        Port("s_axis_tready", "output", 1, "the beat is taken"),
        Port("s_axis_tlast", "input", 1, "the last beat of its image"),
        Port("m_axis_tdata", "output", 32, "the result of an image, see result_word"),
        Port("m_axis_tvalid", "output", 1, "there is a result"),
        Port("m_axis_tready", "input", 1, "the result is taken"),
        Port("m_axis_tlast", "output", 1, "always 1 with a result: it is a frame of one word"),
    ]


RESULT_WORD = {
    "15:0": "class, as a number that counts from 0",
    "24:16": "time step of the decision; the number of steps if no output neuron fired",
    "29": "silent: no output neuron fired, the class is that of the largest potential",
    "30": "tie: several output neurons fired in the step of the decision",
    "31": "bad frame: TLAST came early or late, the class says nothing",
}
