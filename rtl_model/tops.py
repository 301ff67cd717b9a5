"""The designs that stand by themselves, each with its ports. Whatever makes, wraps or simulates one asks here."""

from collections.abc import Callable
from typing import NamedTuple

from myhdl import Signal

from rtl_model.accelerator import accelerator
from rtl_model.parts.streams import AxiStream, BankSelect, LoadStream


class Top(NamedTuple):
    """name: of its module, behind the name of the design; block; ports(configuration): {port: fresh signal or
    bundle}."""

    name: str
    block: Callable
    ports: Callable


def accelerator_ports(configuration):
    loading = dict(s_load=LoadStream(), s_bank=BankSelect()) if configuration.is_loadable else {}
    return dict(clk=Signal(bool(0)), rst=Signal(bool(0)), s_axis=AxiStream(8 * configuration.pixels),
                m_axis=AxiStream(32), **loading)


TOPS = {top.name: top for top in [Top("accelerator", accelerator, accelerator_ports)]}
