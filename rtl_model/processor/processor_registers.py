"""What software sees of a processor: the registers of a device, and those by which a network is loaded."""

from myhdl import block

from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.processor.load_sender import ERRORS, load_sender
from first_spike.rtl_model.registers.axi_lite import axi_lite
from first_spike.rtl_model.registers.bundles import LoadCommand, LoadState, RegisterBus
from first_spike.rtl_model.registers.constants import limit_words
from first_spike.rtl_model.registers.load_registers import load_registers
from first_spike.rtl_model.registers.register_file import register_file


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
