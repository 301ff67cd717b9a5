"""The accelerator as a device: registers, counters, an interrupt, and a path for pixels without a stream; the same at a
serial line, as a board without a processor holds it."""

from collections.abc import Callable
from typing import NamedTuple

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.contract.limits import BAD_BIT, SILENT_BIT
from first_spike.rtl_model.accelerator import accelerator, narrow_beats
from first_spike.rtl_model.encoder.beat_splitter import beat_splitter
from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream, BankSelect, LoadStream
from first_spike.rtl_model.readout.frame_tag import tag_parts
from first_spike.rtl_model.registers.axi_lite import axi_lite
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS, Counts, LoadCommand, LoadState, RegisterBus, Traffic
from first_spike.rtl_model.registers.constants import constant_words
from first_spike.rtl_model.registers.image_counters import image_counters
from first_spike.rtl_model.registers.load_registers import load_registers
from first_spike.rtl_model.registers.loader import loader
from first_spike.rtl_model.registers.pixel_writer import event_writer, pixel_writer
from first_spike.rtl_model.registers.register_file import register_file
from first_spike.rtl_model.registers.rest_dropper import without_rests
from first_spike.rtl_model.registers.stream_switch import stream_switch
from first_spike.rtl_model.serial.serial_bridge import at_serial_line
from first_spike.rtl_model.shape.frames import beat_bytes
from first_spike.rtl_model.shape.load_map import load_words, weight_map

AXI_OF_EVENTS = """First-spike classifier with registers, for recordings of events.

Events come and results go by the streams, as those of the accelerator inside, or by registers, as software chooses
between two recordings. The registers tell what the device is, count what happens, and raise the interrupt.

Ports:
    s_axil: the registers
    s_axis: a frame a recording, of events {step, input}; one of input 2**24 - 1 alone is an empty recording
    m_axis: a result word a recording
    irq: a cause that software has enabled has come; high until it is cleared
Outputs: irq
Back-pressure: all ends may stall at any time; of accesses only a write of an event waits, 255 cycles at the most.
"""  # what these are where the network takes events
SERIAL_OF_EVENTS = """First-spike classifier for recordings of events, at a serial line.

Its registers are read and written by frames.

Ports:
    rx: from the host, 8 bits without parity, high when idle
    tx: to the host, alike
    irq: a cause that the host has enabled has come; high until it is cleared
Outputs: tx, irq
Parameters:
    cycles_per_bit: clock frequency divided by the baud rate, 4 at least
"""


class Loading(NamedTuple):
    """What a design whose weights are loaded has room for. words: that a network is; banks: of weights, 1 or 2;
    weight_map: what those words are for."""

    words: int
    banks: int
    weight_map: int


class Writer(NamedTuple):
    """What makes frames of the words that software writes, of whatever the network is fed. block; parameters(design):
    beside the ports."""

    block: Callable
    parameters: Callable


WRITERS = {PIXELS: Writer(pixel_writer, lambda design: dict(inputs=design.network.inputs,
                                                            pixels=design.configuration.pixels)),
           EVENTS: Writer(event_writer, lambda design: {})}


@block
def accelerator_axi(clk, rst, s_axil, s_axis, m_axis, irq, *, design):
    """First-spike classifier with registers.

    Pixels come and results go by the streams, as those of the accelerator inside, or by registers, as software chooses
    between two images. The registers tell what the device is, count what happens, and raise the interrupt.

    Ports:
        s_axil: the registers
        s_axis: a frame an image, the first pixel of a beat in the lowest byte, the last beat padded with zeros
        m_axis: a result word an image
        irq: a cause that software has enabled has come; high until it is cleared
    Outputs: irq
    Back-pressure: all ends may stall at any time; of accesses only a write of pixels waits, 255 cycles at the most.
    """
    configuration, takes = design.configuration, design.network.takes
    loading, constants = None, constant_words(design)
    if configuration.is_loadable:
        loading = Loading(len(load_words(design)), configuration.weight_banks,
                          weight_map(design))
        constants = constant_words(design, loading.banks, loading.weight_map)

    bus = RegisterBus()
    own_bus = RegisterBus() if loading else bus
    traffic = Traffic()
    counts = Counts()
    frames = AxiStream(design.beat_bits, configuration.tkeep)
    written = AxiStream(design.beat_bits)
    results = AxiStream(32)
    results_tdata = results.tdata
    room = Signal(bool(0))
    writer_room = Signal(bool(0))
    by_registers = Signal(bool(0))
    restart = Signal(bool(0))
    core_rst = Signal(bool(0))
    push = Signal(bool(0))
    take = Signal(bool(0))
    flags = Signal(intbv(0)[3:])

    core_ports, switch_ports, load_blocks, settling = {}, {}, (), ()
    if loading:
        command, state, load, bank = LoadCommand(), LoadState(), LoadStream(), BankSelect()
        bank_next = bank.next  # `next` of a bundle cannot be converted
        core_ports, switch_ports = dict(s_load=load, s_bank=bank), dict(hold=state.hold)
        load_blocks = (
            submodule("load_registers", load_registers, clk=clk, rst=rst, s_bus=bus, m_others=own_bus,
                      m_command=command, s_state=state.only("loaded", "bank", "errors"), bank=bank_next),
            submodule("loader", loader, clk=clk, rst=rst, s_command=command, m_state=state, m_load=load, m_bank=bank,
                      busy=traffic.busy, **loading._asdict()))

    elif takes == EVENTS:
        was_rst = Signal(bool(0))
        switch_ports = dict(hold=was_rst)

        @always(clk.posedge)
        def settling():
            """No recording begins in the cycle behind a reset, in which the switch takes its way."""
            was_rst.next = core_rst

    slave = submodule("slave", axi_lite, clk=clk, rst=rst, s_axil=s_axil, m_bus=bus)
    registers = submodule("registers", register_file, clk=clk, rst=rst, s_bus=own_bus,
                          s_traffic=traffic.only("busy", "by_registers", "waiting"), s_counts=counts,
                          result=results_tdata, room=room, by_registers=by_registers, restart=restart, push=push,
                          take=take, irq=irq, constants=constants)
    writer = submodule("writer", WRITERS[takes].block, clk=clk, rst=core_rst, push=push, word=bus.data,
                       room=writer_room, m_axis=written, **WRITERS[takes].parameters(design))
    beats, splitter = narrow_beats(s_axis, design), ()
    if beats is not s_axis:  # its beat waits while the way of the pixels is another, and in a restart
        splitter = submodule("splitter", beat_splitter, clk=clk, rst=rst, s_axis=s_axis, m_axis=beats,
                             beats=design.beats or 0)
    kept, dropping = without_rests(clk, rst, restart, beats)
    own_frames, own_results, tagging = tag_parts(clk, core_rst, kept, m_axis)
    around = [submodule(**one) for one in (dropping, *tagging)]
    switch = submodule("switch", stream_switch, clk=clk, rst=core_rst, wanted=by_registers, take=take,
                       s_axis=own_frames, s_pixels=written, m_frames=frames, s_results=results, m_axis=own_results,
                       m_traffic=traffic, **switch_ports)
    counters = submodule("counters", image_counters, clk=clk, rst=rst, restart=restart, flags=flags, m_counts=counts,
                         s_traffic=traffic.only("closed", "offered", "taken", "source_waits", "sink_waits"),
                         before_end=takes == EVENTS)
    core = submodule("core", accelerator, clk=clk, rst=core_rst, s_axis=frames, m_axis=results, design=design,
                     whole=True, **core_ports)

    @always_comb
    def connect():
        """A restart is a reset of all but the registers and the counters."""
        core_rst.next = rst or restart
        room.next = writer_room and traffic.by_registers
        flags.next = results_tdata[BAD_BIT + 1:SILENT_BIT]

    assertions = [handshake_assertions(clk, rst, s_axis=s_axis), handshake_assertions(clk, core_rst, m_axis=m_axis)]
    return (slave, registers, writer, splitter, around, switch, counters, core, load_blocks, settling, connect,
            assertions)


@block
def accelerator_serial(clk, rst, rx, tx, irq, *, design, cycles_per_bit):
    """First-spike classifier at a serial line: its registers are read and written by frames.

    Ports:
        rx: from the host, 8 bits without parity, high when idle
        tx: to the host, alike
        irq: a cause that the host has enabled has come; high until it is cleared
    Outputs: tx, irq
    Parameters:
        cycles_per_bit: clock frequency divided by the baud rate, 4 at least
    """
    axil = AxiLite(ADDRESS_BITS)
    return at_serial_line(clk, rst, rx, tx, irq, accelerator_axi, axil, 8 * beat_bytes(design), cycles_per_bit,
                          ready=False, design=design)
