"""The ports of an accelerator as its users see them."""

from typing import NamedTuple

from first_spike.golden.contract.base_network import EVENTS
from first_spike.rtl_model.parts.descriptions import lines_of
from first_spike.rtl_model.parts.streams import AxiLite, Bundle
from first_spike.rtl_model.tops import TOPS

MEANINGS = {
    "clk": "clock, rising edge; everything is synchronous to it",
    "rst": "reset, active high, for at least one cycle",
    **{f"s_axil_{member}": text for member, text in lines_of(AxiLite.__doc__, "Members").items()},
    "s_axis_tdata": "pixels of one byte in raster order, the first in [7:0]; what a last beat has too many is 0",
    "s_axis_tvalid": "there is a beat of an image",
    "s_axis_tready": "the beat is taken",
    "s_axis_tlast": "the last beat of its image",
    "m_axis_tdata": "the result of an image, see the result word",
    "m_axis_tvalid": "there is a result",
    "m_axis_tready": "the result is taken",
    "m_axis_tlast": "1 with every result, which is a frame of one word",
    "s_load_valid": "there is a word of weights, thresholds or mask; it is always taken",
    "s_load_address": "where it goes: [23] the bank, [22:0] the place in `load_map` of manifest.json",
    "s_load_data": "the word",
    "s_bank_next": "the bank that the next image uses",
    "s_bank_in_use": "the bank of the image that is being classified",
    "rx": "from the host, 8 bits without parity, high when idle",
    "tx": "to the host, alike",
    "irq": "a cause that software has enabled has come; high until it is cleared",
}
OF_EVENTS = {  # meanings where the network takes events
    "s_axis_tdata": "an event, [23:0] its input, [31:24] its step; all ones in [23:0] of the only beat: there is none",
    "s_axis_tvalid": "there is an event of a recording",
    "s_axis_tlast": "the last event of its recording",
    "m_axis_tdata": "the result of a recording, see the result word",
}
RESULT_WORD = {
    "15:0": "class, as a number that counts from 0",
    "24:16": "time step of the decision; the number of steps if no output neuron fired",
    "29": "silent: no output neuron fired, the class is that of the largest potential",
    "30": "tie: several output neurons fired in the step of the decision",
    "31": "bad frame: TLAST came early (what is missing counts as black) or late (the rest is dropped)",
}


BAD_OF_EVENTS = {
    "31": "bad frame: up to the end of the decision step an event was out of order or range, or too many, and dropped",
}


class Port(NamedTuple):
    """name, direction ("input" or "output"), width in bits, meaning in a line."""

    name: str
    direction: str
    width: int
    meaning: str


def ports(design, top):
    """The Ports of an accelerator of this network and Configuration whose top is one of TOPS, in the order of its
    module's."""
    meanings = MEANINGS | (OF_EVENTS if design.network.takes == EVENTS else {})
    return [Port(name, direction, len(signal), meanings[name])
            for name, direction, signal in _flat(TOPS[top].ports(design), TOPS[top].outputs)]


def result_word(network):
    """What the bits of the result word of a network's hardware mean."""
    return RESULT_WORD | (BAD_OF_EVENTS if network.takes == EVENTS else {})


def _flat(ports, outputs):
    """(name, direction, signal) of every port; a bundle at `s_...` is received."""
    for name, value in ports.items():
        if not isinstance(value, Bundle):
            yield name, "output" if name in outputs else "input", value
            continue
        for member, signal in value.signals():
            received = name.startswith("s_") != (member in value.inward)
            yield f"{name}_{member}", "input" if received else "output", signal
