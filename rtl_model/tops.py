"""The designs that stand by themselves, each with its ports. Whatever makes, wraps or simulates one asks here."""

from collections.abc import Callable
from typing import NamedTuple

from myhdl import Signal

from first_spike.golden.errors import UserError
from first_spike.rtl_model.accelerator import OF_EVENTS, accelerator
from first_spike.rtl_model.accelerator_axi import (
    AXI_OF_EVENTS,
    SERIAL_OF_EVENTS,
    accelerator_axi,
    accelerator_serial,
)
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream, BankSelect, LoadStream
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.shape.frames import beat_bytes


class Top(NamedTuple):
    """name: of its module, behind the name of the design; block; ports(design): {port: fresh signal or bundle};
    outputs: those of the signals that the block drives, bundles say it themselves; parameters: {name: default}
    beside the Design; of_events: its docstring where the network takes events."""

    name: str
    block: Callable
    ports: Callable
    of_events: str
    outputs: tuple = ()
    parameters: dict = {}

    def require(self, design):
        """Raise UserError unless there are streams where these have options."""
        chosen = design.configuration.stream_options
        if self.name not in STREAMED and chosen:
            raise UserError(f"{self.name} has no streams: leave out {' and '.join(chosen)}")


def accelerator_ports(design):
    loading = dict(s_load=LoadStream(), s_bank=BankSelect()) if design.configuration.is_loadable else {}
    chosen = design.configuration
    tags = dict(tid_bits=chosen.tid_bits, tuser_bits=chosen.tuser_bits)
    return dict(clk=Signal(bool(0)), rst=Signal(bool(0)),
                s_axis=AxiStream(8 * beat_bytes(design), chosen.tkeep, **tags), m_axis=AxiStream(32, **tags), **loading)


def accelerator_axi_ports(design):
    streams = accelerator_ports(design)
    return dict(clk=streams["clk"], rst=streams["rst"], s_axil=AxiLite(ADDRESS_BITS), s_axis=streams["s_axis"],
                m_axis=streams["m_axis"], irq=Signal(bool(0)))


def accelerator_serial_ports(design):
    return {name: Signal(bool(0)) for name in ("clk", "rst", "rx", "tx", "irq")}


DEFAULT = "accelerator"
STREAMED = (DEFAULT, "accelerator_axi")  # pixels in and results out by AXI4-Streams
TOPS = {top.name: top for top in [
    Top("accelerator", accelerator, accelerator_ports, OF_EVENTS),
    Top("accelerator_axi", accelerator_axi, accelerator_axi_ports, AXI_OF_EVENTS, ("irq",)),
    Top("accelerator_serial", accelerator_serial, accelerator_serial_ports, SERIAL_OF_EVENTS, ("tx", "irq"),
        {"cycles_per_bit": 8}),
]}
