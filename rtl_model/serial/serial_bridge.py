"""A serial line in, AXI4-Lite out; and a device with registers at such a line."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.serial.bridge import bridge
from first_spike.rtl_model.serial.bundles import LENGTH_BITS, ByteStream, ReceivedBytes, Reply, Request
from first_spike.rtl_model.serial.frame_receiver import frame_receiver
from first_spike.rtl_model.serial.frame_sender import frame_buffer, frame_sender
from first_spike.rtl_model.serial.uart import uart_rx, uart_tx


@block
def serial_bridge(clk, rst, rx, tx, m_axil, *, cycles_per_bit):
    """Reads and writes registers for whoever is at the other end of a serial line.

    Frames are checked by a CRC-32 before anything is done, every write is done once however often it comes, and every
    END byte on the line is a place to begin anew.

    Ports:
        rx: from the other end, high when idle
        tx: to the other end, high when idle
        m_axil: the registers
    Outputs: tx
    Parameters:
        cycles_per_bit: clock frequency divided by the baud rate, 4 at least
    Back-pressure: one frame at a time; what comes before it was answered is dropped.
    """
    received = ReceivedBytes()
    sent = ByteStream()
    request = Request()
    reply = Reply()
    arriving_write = Signal(bool(0))
    arriving_address = Signal(intbv(0)[LENGTH_BITS:])
    arriving_word = Signal(intbv(0)[32:])
    found_write = Signal(bool(0))
    found_address = Signal(intbv(0)[LENGTH_BITS:])
    found_word = Signal(intbv(0)[32:])
    working_address = Signal(intbv(0)[LENGTH_BITS:])
    sending_address = Signal(intbv(0)[LENGTH_BITS:])
    sending = Signal(bool(0))
    write = Signal(bool(0))
    write_address = Signal(intbv(0)[LENGTH_BITS:])
    write_word = Signal(intbv(0)[32:])
    read_address = Signal(intbv(0)[LENGTH_BITS:])
    read_word = Signal(intbv(0)[32:])

    receiver = submodule("uart_receiver", uart_rx, clk=clk, rst=rst, rx=rx, m_byte=received,
                         cycles_per_bit=cycles_per_bit)
    transmitter = submodule("uart_transmitter", uart_tx, clk=clk, rst=rst, s_byte=sent, tx=tx,
                            cycles_per_bit=cycles_per_bit)
    arriving = submodule("receiver", frame_receiver, clk=clk, rst=rst, s_byte=received, m_request=request,
                         write=arriving_write, write_address=arriving_address, write_word=arriving_word)
    worker = submodule("worker", bridge, clk=clk, rst=rst, s_request=request, m_reply=reply, m_axil=m_axil,
                       write=found_write, write_address=found_address, write_word=found_word,
                       read_address=working_address, read_word=read_word, sending=sending)
    leaving = submodule("sender", frame_sender, clk=clk, rst=rst, s_reply=reply, m_byte=sent,
                        read_address=sending_address, read_word=read_word)
    kept = submodule("kept", frame_buffer, clk=clk, write=write, write_address=write_address, write_word=write_word,
                      read_address=read_address, read_word=read_word)

    @always_comb
    def share_buffer():
        """Its ports have two users each, one after the other."""
        write.next = arriving_write or found_write
        write_address.next = arriving_address
        write_word.next = arriving_word
        if found_write:
            write_address.next = found_address
            write_word.next = found_word
        read_address.next = working_address
        if sending:
            read_address.next = sending_address

    return receiver, transmitter, arriving, worker, leaving, kept, share_buffer


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
