"""The network of a processor, from the load that brings it to the tables that the others read; or two networks: one is
loaded while the other one works, and takes over between two frames."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import MOST_FRAMES
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.processor.bundles import BankState
from first_spike.rtl_model.processor.load_receiver import load_receiver
from first_spike.rtl_model.processor.network_tables import network_tables


@block
def resident_networks(clk, rst, s_load, m_load, complete, in_use, bank, m_banks, present):
    """Keeps which bank the next frame uses, which is the one that was loaded last and was right, and loads the other.

    From the first word of a load on its bank holds no network; if the load is refused the other one works on. A load
    waits while frames still use the bank that it is for.

    Ports:
        s_load: loads
        m_load: the same for the receiver
        complete: what the receiver took last is a whole network, until the next load begins
        in_use: the bank that is read
        bank: the bank that is loaded
        m_banks: what is known of both
        present: there is a network for the next frame
    Outputs: bank, present
    Back-pressure: `s_load` waits as said.
    """
    known = Signal(bool(0))
    comes = Signal(bool(0))
    wanted = Signal(bool(0))
    loaded = Signal(intbv(0)[2:])
    waits = Signal(bool(0))

    @always_comb
    def look():
        """A network is complete, and is wanted from this cycle on."""
        comes.next = complete and not known
        m_banks.wanted.next = wanted != (complete and not known)
        waits.next = wanted != in_use or (complete and not known)

    @always_comb
    def pass_load():
        """A load begins when its bank is nobody's."""
        m_load.tdata.next = s_load.tdata
        m_load.tlast.next = s_load.tlast
        m_load.tvalid.next = s_load.tvalid and not waits
        s_load.tready.next = m_load.tready and not waits

    @always_comb
    def tell():
        """Which is which."""
        bank.next = not wanted
        m_banks.pending.next = waits
        m_banks.loaded.next = loaded
        present.next = loaded[0]
        if wanted:
            present.next = loaded[1]

    @always(clk.posedge)
    def follow():
        """From load to load."""
        known.next = complete
        if comes:
            wanted.next = not wanted
        if comes or (known and not complete):
            if wanted:
                loaded.next[0] = comes
            else:
                loaded.next[1] = comes
        if rst:
            known.next = 0
            wanted.next = 0
            loaded.next = 0

    return look, pass_load, tell, follow


@block
def frame_banks(clk, rst, core_rst, s_axis, m_axis, push, wanted, present, in_use, runs):
    """Changes the bank that is read when no frame is under way, and lets none begin before that.

    Ports:
        core_rst: frames are forgotten
        s_axis: frames
        m_axis: the same for the network in use
        push: the result of a frame is there
        wanted: the bank that the next frame uses
        present: that holds a network
        in_use: the bank that is read
        runs: there is a network, and it is the one that was there in the cycle before
    Outputs: in_use, runs
    Back-pressure: `s_axis` waits between two frames until all have their results.
    """
    in_frame = Signal(bool(0))
    closed = Signal(bool(0))
    accepted = Signal(bool(0))
    begun = Signal(bool(0))
    changes = Signal(bool(0))
    under_way = Signal(intbv(0, min=0, max=MOST_FRAMES + 1))

    @always_comb
    def close():
        """No frame begins now."""
        closed.next = core_rst or (wanted != in_use and not in_frame)

    @always_comb
    def pass_frames():
        """Or goes on."""
        m_axis.tdata.next = s_axis.tdata
        m_axis.tlast.next = s_axis.tlast
        m_axis.tvalid.next = s_axis.tvalid and not closed
        s_axis.tready.next = m_axis.tready and not closed
        accepted.next = s_axis.tvalid and m_axis.tready and not closed
        begun.next = s_axis.tvalid and m_axis.tready and not closed and not in_frame

    @always_comb
    def change():
        """All that was begun is over."""
        changes.next = wanted != in_use and not in_frame and under_way == 0
        runs.next = present and not (wanted != in_use and not in_frame and under_way == 0)

    @always(clk.posedge)
    def follow():
        """Frames that have begun and have no result."""
        if accepted:
            in_frame.next = not s_axis.tlast
        if begun and not push:
            under_way.next = under_way + 1
        elif push and not begun:
            under_way.next = under_way - 1
        if core_rst:
            in_frame.next = 0
            under_way.next = 0
        if changes:
            in_use.next = wanted
        if rst:
            in_use.next = 0

    return close, pass_frames, change, follow


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
