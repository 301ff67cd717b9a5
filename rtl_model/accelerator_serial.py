"""The accelerator at a serial line: what a board without a processor holds."""

from myhdl import always, block

from first_spike.rtl_model.accelerator_axi import accelerator_axi
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.serial.serial_bridge import serial_bridge


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
    no_pixels = AxiStream(8 * design.configuration.pixels)
    no_results = AxiStream(32)

    bridge = submodule("bridge", serial_bridge, clk=clk, rst=rst, rx=rx, tx=tx, m_axil=axil,
                       cycles_per_bit=cycles_per_bit)
    device = submodule("device", accelerator_axi, clk=clk, rst=rst, s_axil=axil, s_axis=no_pixels, m_axis=no_results,
                       irq=irq, design=design)

    @always(clk.posedge)
    def rest():
        """Nothing is at the streams."""
        no_pixels.tvalid.next = 0
        no_pixels.tlast.next = 0
        no_pixels.tdata.next = 0
        no_results.tready.next = 0

    return bridge, device, rest
