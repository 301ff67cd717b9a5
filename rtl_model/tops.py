"""The designs that stand by themselves, each with its ports. Whatever makes, wraps or simulates one asks here."""

from collections.abc import Callable
from typing import NamedTuple

from myhdl import Signal

from first_spike.golden.errors import UserError
from first_spike.rtl_model.accelerator import OF_EVENTS, accelerator
from first_spike.rtl_model.accelerator_axi import accelerator_axi, accelerator_serial
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream, BankSelect, LoadStream
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.shape.frames import beat_bytes


class Top(NamedTuple):
    """name: of its module, behind the name of the design; block; ports(design): {port: fresh signal or bundle};
    outputs: those of the signals that the block drives, bundles say it themselves; parameters: {name: default}
    beside the Design; of_events: its docstring where the network takes events, None where there is no
    such hardware."""

    name: str
    block: Callable
    ports: Callable
    outputs: tuple = ()
    parameters: dict = {}
    of_events: str | None = None

    def require(self, design):
        """Raise UserError unless there is hardware for what the network is fed, and streams where they have options."""
        if self.of_events is None:
            design.network.require_images(f"design {self.name}")
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
    Top("accelerator", accelerator, accelerator_ports, of_events=OF_EVENTS),
    Top("accelerator_axi", accelerator_axi, accelerator_axi_ports, ("irq",)),
    Top("accelerator_serial", accelerator_serial, accelerator_serial_ports, ("tx", "irq"), {"cycles_per_bit": 8}),
]}
