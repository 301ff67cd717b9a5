"""The network of a processor, from the load that brings it to the tables that the others read."""

from myhdl import Signal, block

from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.processor.bundles import BankState
from first_spike.rtl_model.processor.load_receiver import load_receiver
from first_spike.rtl_model.processor.network_tables import network_tables
from first_spike.rtl_model.processor.resident_networks import frame_banks, resident_networks


@block
def network_store(clk, rst, s_load, m_write, m_facts, m_mask, m_layer, fetch, layer, fetched, present, error,
                  core_rst=None, s_axis=None, m_axis=None, push=None, runs=None, m_banks=None, *, limits):
    """Takes loads, checks them, keeps the tables of what was loaded, and hands on the rest of its words.

    With two banks frames pass through here, so that each meets the network that it is for.

    Ports:
        s_load: a frame a network, in words of 32 bits
        m_write: the payload, for who keeps a part of it
        m_facts: the header of the network in use
        m_mask: its masks
        m_layer: the slot of a layer, while `fetched`
        fetch: read the slot of `layer`
        layer: number of the layer
        fetched: its slot is complete
        present: there is a network for the next frame
        error: why the latest load was refused, if it was
        core_rst: frames are forgotten; this one and those below only where there are two networks
        s_axis: frames
        m_axis: the same for the network in use
        push: the result of a frame is there
        runs: there is a network, and it is the one that was there in the cycle before
        m_banks: what is known of both; only behind registers
    Outputs: error, fetched, present, runs
    Parameters:
        limits: of the processor
    """
    loads, complete, residents, changes = s_load, present, (), ()
    if runs is not None:
        loads, complete, banks = AxiStream(32), Signal(bool(0)), m_banks or BankState()
        residents = submodule("networks", resident_networks, clk=clk, rst=rst, s_load=s_load, m_load=loads,
                              complete=complete, in_use=m_write.in_use, bank=m_write.bank, m_banks=banks,
                              present=present)
        changes = submodule("frame_banks", frame_banks, clk=clk, rst=rst, core_rst=core_rst, s_axis=s_axis,
                            m_axis=m_axis, push=push, wanted=banks.wanted, present=present, in_use=m_write.in_use,
                            runs=runs)
    receiver = submodule("receiver", load_receiver, clk=clk, rst=rst, s_load=loads, m_write=m_write.only(
        "valid", "place", "data"), present=complete, error=error, limits=limits)
    tables = submodule("tables", network_tables, clk=clk, s_write=m_write, m_facts=m_facts, m_mask=m_mask, fetch=fetch,
                       layer=layer, m_layer=m_layer, fetched=fetched, slots=limits.layers, beats=limits.beats)
    return residents, changes, receiver, tables
