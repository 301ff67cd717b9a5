"""A device with registers at a serial line, whose streams nobody uses."""

from myhdl import always, block

from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.serial.serial_bridge import serial_bridge


@block
def resting_streams(clk, m_axis, s_axis, *, ready):
    """No frame comes, and results wait, or are dropped.

    Ports:
        m_axis: frames
        s_axis: results
    Parameters:
        ready: they are dropped
    """
    takes = int(ready)

    @always(clk.posedge)
    def rest():
        """Nothing is at the streams."""
        m_axis.tvalid.next = 0
        m_axis.tlast.next = 0
        m_axis.tdata.next = 0
        s_axis.tready.next = takes

    return rest


def at_serial_line(clk, rst, rx, tx, irq, device, axil, beat_bits, cycles_per_bit, ready, **parameters):
    """The parts of a top: the block `device` with these parameters, by name, whose beats have so many bits, and a
    bridge between the line and its registers, which are at the AxiLite `axil`; ready: results at its stream are
    dropped, else they wait."""
    no_pixels = AxiStream(beat_bits)
    no_results = AxiStream(32)
    bridge = submodule("bridge", serial_bridge, clk=clk, rst=rst, rx=rx, tx=tx, m_axil=axil,
                       cycles_per_bit=cycles_per_bit)
    core = submodule("device", device, clk=clk, rst=rst, s_axil=axil, s_axis=no_pixels, m_axis=no_results, irq=irq,
                     **parameters)
    return bridge, core, inlined("streams", resting_streams(clk, no_pixels, no_results, ready=ready))
