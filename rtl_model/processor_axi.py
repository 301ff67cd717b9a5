"""The processor as a device: the registers of the accelerator, by which networks are loaded and images classified; the
same at a serial line, as a board holds it."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import BAD_BIT, SILENT_BIT
from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream, bits_for
from first_spike.rtl_model.processor.bundles import BankState
from first_spike.rtl_model.processor.load_sender import ERRORS, load_sender
from first_spike.rtl_model.processor.processor import processor
from first_spike.rtl_model.registers.axi_lite import axi_lite
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS, Counts, LoadCommand, LoadState, RegisterBus, Traffic
from first_spike.rtl_model.registers.constants import limit_words
from first_spike.rtl_model.registers.image_counters import image_counters
from first_spike.rtl_model.registers.load_registers import load_registers
from first_spike.rtl_model.registers.pixel_writer import FOUR, pixel_writer
from first_spike.rtl_model.registers.register_file import register_file
from first_spike.rtl_model.registers.stream_switch import stream_switch
from first_spike.rtl_model.serial.serial_bridge import serial_bridge

EVENTS_BIT = 16  # of FRAME


@block
def processor_axi(clk, rst, s_axil, s_axis, m_axis, irq, *, limits):
    """First-spike processor with registers, by which a network is loaded.

    Frames come and results go by the streams, as those of the processor inside, or by registers, as software chooses
    between two images. The registers tell the limits, count what happens, and raise the interrupt. A load forgets the
    images that are under way, but with two banks.

    Ports:
        s_axil: the registers
        s_axis: a frame an image, the first pixel of a beat in the lowest byte, the last beat padded with zeros; or a
            frame a recording, as the processor takes it
        m_axis: a result word an image
        irq: a cause that software has enabled has come; high until it is cleared
    Outputs: irq
    Parameters:
        limits: of the networks that it takes
    Back-pressure: all ends may stall at any time; writes of pixels and of words wait, 255 cycles at the most.
    """
    pixels = limits.pixels
    bus, own_bus = RegisterBus(), RegisterBus()
    traffic = Traffic()
    counts = Counts()
    command = LoadCommand().only("begin", "push", "commit", "data", "ready", "refused")
    state, load = LoadState(ERRORS), AxiStream(32)
    frames = AxiStream(8 * pixels)
    written = AxiStream(8 * pixels)
    results = AxiStream(32)
    results_tdata = results.tdata
    error = Signal(intbv(0)[3:])
    flags = Signal(intbv(0)[3:])
    row_bits = EVENTS_BIT if limits.takes_events else bits_for(limits.beats)
    frame = Signal(intbv(0)[row_bits + limits.takes_events:])
    last_row = frame(row_bits, 0)
    of_events = dict(events=frame(EVENTS_BIT)) if pixels > FOUR else {}
    (room, writer_room, by_registers, restart, begins, forget, path_rst, push, take,
     present) = (Signal(bool(0)) for _ in range(10))

    if limits.weight_banks == 2:
        banks = BankState()
        for_loader, for_core, worked = dict(s_banks=banks), dict(m_banks=banks), dict(bank=banks.wanted)
    else:
        for_loader, for_core, worked = dict(forget=begins), {}, dict(bank=state.bank)
    slave = submodule("slave", axi_lite, clk=clk, rst=rst, s_axil=s_axil, m_bus=bus)
    load_page = submodule("load_registers", load_registers, clk=clk, rst=rst, s_bus=bus, m_others=own_bus,
                          m_command=command, s_state=state.only("loaded", "bank", "errors"), **worked)
    loader = submodule("loader", load_sender, clk=clk, rst=rst, s_command=command, m_state=state, m_load=load,
                       present=present, error=error, **for_loader)
    registers = submodule("registers", register_file, clk=clk, rst=rst, s_bus=own_bus,
                          s_traffic=traffic.only("busy", "by_registers", "waiting"), s_counts=counts,
                          result=results_tdata, room=room, by_registers=by_registers, restart=restart, push=push,
                          take=take, irq=irq, frame=frame, constants=limit_words(limits))
    writer = submodule("writer", pixel_writer, clk=clk, rst=path_rst, push=push, word=bus.data, room=writer_room,
                       m_axis=written, last_row=last_row, **of_events, pixels=pixels)
    switch = submodule("switch", stream_switch, clk=clk, rst=path_rst, wanted=by_registers, take=take, s_axis=s_axis,
                       s_pixels=written, m_frames=frames, s_results=results, m_axis=m_axis, m_traffic=traffic,
                       hold=state.hold)
    counters = submodule("counters", image_counters, clk=clk, rst=rst, restart=forget, flags=flags, m_counts=counts,
                         s_traffic=traffic.only("closed", "offered", "taken", "source_waits", "sink_waits"))
    core = submodule("core", processor, clk=clk, rst=rst, s_load=load, s_axis=frames, m_axis=results, present=present,
                     error=error, forget=forget, **for_core, limits=limits, whole=True)

    if limits.weight_banks == 1:

        @always_comb
        def connect():
            """A restart, and the begin of a load, is a reset of the way of images."""
            forget.next = restart or begins
            path_rst.next = rst or restart or begins
            room.next = writer_room and traffic.by_registers
            flags.next = results_tdata[BAD_BIT + 1:SILENT_BIT]

    else:

        @always_comb
        def connect():
            """A restart is a reset of the way of images."""
            forget.next = restart
            path_rst.next = rst or restart
            room.next = writer_room and traffic.by_registers
            flags.next = results_tdata[BAD_BIT + 1:SILENT_BIT]

    assertions = handshake_assertions(clk, rst, s_axis=s_axis, m_axis=m_axis)
    return slave, load_page, loader, registers, writer, switch, counters, core, connect, assertions


@block
def processor_serial(clk, rst, rx, tx, irq, *, limits, cycles_per_bit):
    """First-spike processor at a serial line: its registers are read and written by frames.

    Ports:
        rx: from the host, 8 bits without parity, high when idle
        tx: to the host, alike
        irq: a cause that the host has enabled has come; high until it is cleared
    Outputs: tx, irq
    Parameters:
        limits: of the networks that it takes
        cycles_per_bit: clock frequency divided by the baud rate, 4 at least
    """
    axil = AxiLite(ADDRESS_BITS)
    no_pixels = AxiStream(8 * limits.pixels)
    no_results = AxiStream(32)

    bridge = submodule("bridge", serial_bridge, clk=clk, rst=rst, rx=rx, tx=tx, m_axil=axil,
                       cycles_per_bit=cycles_per_bit)
    device = submodule("device", processor_axi, clk=clk, rst=rst, s_axil=axil, s_axis=no_pixels, m_axis=no_results,
                       irq=irq, limits=limits)

    @always(clk.posedge)
    def rest():
        """Nothing is at the streams, and nothing waits there."""
        no_pixels.tvalid.next = 0
        no_pixels.tlast.next = 0
        no_pixels.tdata.next = 0
        no_results.tready.next = 1

    return bridge, device, rest
