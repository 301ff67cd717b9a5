"""The designs that stand by themselves, each with its ports: accelerators of one network, and processors that load any.

Whatever makes, wraps or simulates one asks here.
"""

from collections.abc import Callable
from typing import NamedTuple

from myhdl import Signal, intbv

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.processor import Processor
from first_spike.golden.errors import UserError
from first_spike.rtl_model.accelerator import OF_EVENTS, accelerator
from first_spike.rtl_model.accelerator_axi import (
    AXI_OF_EVENTS,
    SERIAL_OF_EVENTS,
    accelerator_axi,
    accelerator_serial,
)
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream, BankSelect, LoadStream
from first_spike.rtl_model.processor.processor import processor
from first_spike.rtl_model.processor_axi import processor_axi, processor_serial
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.shape.frames import beat_bytes


class Top(NamedTuple):
    """A design that stands by itself.

    name: of its module, behind the name of a Design; chosen: Configuration or Processor, whose options it has; block;
    ports(hardware): {port: fresh signal or bundle} for a Design or Processor; meaning: what it is, for help; of_events:
    its docstring where the network of a Design takes events; outputs: those of the signals that the block drives,
    bundles say it themselves; parameters: {name: default} beside the hardware.
    """

    name: str
    chosen: type
    block: Callable
    ports: Callable
    meaning: str
    of_events: str = ""
    outputs: tuple = ()
    parameters: dict = {}

    @property
    def is_processor(self):
        """Whether it takes any network that fits, loaded at run time."""
        return self.chosen is Processor

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


def processor_ports(processor):
    return dict(_lines("clk", "rst"), s_load=AxiStream(32), s_axis=AxiStream(8 * processor.pixels),
                m_axis=AxiStream(32), present=Signal(bool(0)), error=Signal(intbv(0)[3:]))


def processor_axi_ports(processor):
    return dict(_lines("clk", "rst"), s_axil=AxiLite(ADDRESS_BITS), s_axis=AxiStream(8 * processor.pixels),
                m_axis=AxiStream(32), irq=Signal(bool(0)))


def serial_ports(hardware):
    return _lines("clk", "rst", "rx", "tx", "irq")


def _lines(*names):
    return {name: Signal(bool(0)) for name in names}


DEFAULT, AXI, SERIAL = "accelerator", "accelerator_axi", "accelerator_serial"
PROCESSOR, PROCESSOR_AXI, PROCESSOR_SERIAL = "processor", "processor_axi", "processor_serial"
AT_LINE = dict(outputs=("tx", "irq"), parameters={"cycles_per_bit": 8})
TOPS = {top.name: top for top in [
    Top(DEFAULT, Configuration, accelerator, accelerator_ports, "one network", OF_EVENTS),
    Top(AXI, Configuration, accelerator_axi, accelerator_axi_ports, "one network, with registers around it",
        AXI_OF_EVENTS, ("irq",)),
    Top(SERIAL, Configuration, accelerator_serial, serial_ports, "one network, at a serial line", SERIAL_OF_EVENTS,
        **AT_LINE),
    Top(PROCESSOR, Processor, processor, processor_ports, "any network that fits, loaded at run time",
        outputs=("present", "error")),
    Top(PROCESSOR_AXI, Processor, processor_axi, processor_axi_ports, "the same, with registers around it",
        outputs=("irq",)),
    Top(PROCESSOR_SERIAL, Processor, processor_serial, serial_ports, "the same, at a serial line", **AT_LINE),
]}
ACCELERATORS = tuple(top.name for top in TOPS.values() if not top.is_processor)
STREAMED = (DEFAULT, AXI)  # pixels in and results out by AXI4-Streams
