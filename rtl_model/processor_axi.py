"""The processor as a device: the registers of the accelerator, by which networks are loaded and images classified; the
same at a serial line, as a board holds it."""

from myhdl import Signal, always_comb, block, intbv

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
from first_spike.rtl_model.registers.rest_dropper import without_rests
from first_spike.rtl_model.registers.stream_switch import stream_switch
from first_spike.rtl_model.serial.serial_bridge import at_serial_line

EVENTS_BIT = 16  # of FRAME


@block
def processor_registers(clk, rst, s_axil, m_load, s_traffic, s_counts, present, error, hold, word, frame, room, push,
                        take, by_registers, restart, result, irq, forget=None, s_banks=None, *, limits):
    """Accesses become loads, frames, and what is told of both.

    Ports:
        s_axil: the registers
        m_load: the load of a network
        s_traffic: what happens at both ends of the core
        s_counts: what was counted
        present: there is a network
        error: why the latest load was refused, if it was
        hold: no image may begin
        word: what is written
        frame: how long the frame is that `word` is of
        room: a word of a frame can be taken
        push: `word` is one
        take: the result is read
        by_registers: images come by registers
        restart: a pulse: software wants all to begin anew
        result: the result that is next
        irq: a cause that software has enabled has come; high until it is cleared
        forget: a pulse: a load begins, images are forgotten; only with one bank
        s_banks: what is known of two networks; only with two
    Outputs: by_registers, forget, frame, hold, irq, push, restart, take, word
    Parameters:
        limits: of the networks that it takes
    Back-pressure: writes of pixels and of words wait, 255 cycles at the most.
    """
    bus, own_bus = RegisterBus(), RegisterBus()
    command = LoadCommand().only("begin", "push", "commit", "data", "ready", "refused")
    state = LoadState(ERRORS)
    bus.data, state.hold = word, hold
    for_loader = dict(forget=forget) if s_banks is None else dict(s_banks=s_banks)

    slave = submodule("slave", axi_lite, clk=clk, rst=rst, s_axil=s_axil, m_bus=bus)
    load_page = submodule("load_registers", load_registers, clk=clk, rst=rst, s_bus=bus, m_others=own_bus,
                          m_command=command, s_state=state.only("loaded", "bank", "errors"),
                          bank=state.bank if s_banks is None else s_banks.wanted)
    loader = submodule("loader", load_sender, clk=clk, rst=rst, s_command=command, m_state=state, m_load=m_load,
                       present=present, error=error, **for_loader)
    registers = submodule("registers", register_file, clk=clk, rst=rst, s_bus=own_bus, s_traffic=s_traffic,
                          s_counts=s_counts, result=result, room=room, by_registers=by_registers, restart=restart,
                          push=push, take=take, irq=irq, frame=frame, constants=limit_words(limits))
    return slave, load_page, loader, registers


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
    traffic, counts = Traffic(), Counts()
    load, frames, written, results = AxiStream(32), AxiStream(8 * pixels), AxiStream(8 * pixels), AxiStream(32)
    results_tdata = results.tdata
    error, flags, word = Signal(intbv(0)[3:]), Signal(intbv(0)[3:]), Signal(intbv(0)[32:])
    row_bits = EVENTS_BIT if limits.takes_events else bits_for(limits.beats)
    frame = Signal(intbv(0)[row_bits + limits.takes_events:])
    last_row = frame(row_bits, 0)
    of_events = dict(events=frame(EVENTS_BIT)) if pixels > FOUR else {}
    (room, writer_room, by_registers, restart, path_rst, push, take, present, hold) = (
        Signal(bool(0)) for _ in range(9))

    forget, joined = restart, ()
    if limits.weight_banks == 2:
        banks = BankState()
        for_registers, for_core = dict(s_banks=banks), dict(m_banks=banks)
    else:
        begins, forget = Signal(bool(0)), Signal(bool(0))
        for_registers, for_core = dict(forget=begins), {}

        @always_comb
        def joined():
            """Where there is one bank the begin of a load is a restart."""
            forget.next = restart or begins

    registers = submodule("registers", processor_registers, clk=clk, rst=rst, s_axil=s_axil, m_load=load,
                          s_traffic=traffic.only("busy", "by_registers", "waiting"), s_counts=counts, present=present,
                          error=error, hold=hold, word=word, frame=frame, room=room, push=push, take=take,
                          by_registers=by_registers, restart=restart, result=results_tdata, irq=irq, **for_registers,
                          limits=limits)
    writer = submodule("writer", pixel_writer, clk=clk, rst=path_rst, push=push, word=word, room=writer_room,
                       m_axis=written, last_row=last_row, **of_events, pixels=pixels)
    kept, dropping = without_rests(clk, rst, forget, s_axis)
    rests = submodule(**dropping)
    switch = submodule("switch", stream_switch, clk=clk, rst=path_rst, wanted=by_registers, take=take, s_axis=kept,
                       s_pixels=written, m_frames=frames, s_results=results, m_axis=m_axis, m_traffic=traffic,
                       hold=hold)
    counters = submodule("counters", image_counters, clk=clk, rst=rst, restart=forget, flags=flags, m_counts=counts,
                         s_traffic=traffic.only("closed", "offered", "taken", "source_waits", "sink_waits"),
                         before_end=limits.takes_events)
    core = submodule("core", processor, clk=clk, rst=rst, s_load=load, s_axis=frames, m_axis=results, present=present,
                     error=error, forget=forget, **for_core, limits=limits, whole=True)

    @always_comb
    def connect():
        """A restart is a reset of the way of images."""
        path_rst.next = rst or forget
        room.next = writer_room and traffic.by_registers
        flags.next = results_tdata[BAD_BIT + 1:SILENT_BIT]

    assertions = [handshake_assertions(clk, rst, s_axis=s_axis), handshake_assertions(clk, path_rst, m_axis=m_axis)]
    return registers, writer, rests, switch, counters, core, joined, connect, assertions


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
    return at_serial_line(clk, rst, rx, tx, irq, processor_axi, axil, 8 * limits.pixels, cycles_per_bit, ready=True,
                          limits=limits)
