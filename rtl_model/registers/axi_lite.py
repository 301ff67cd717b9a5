"""AXI4-Lite becomes reads and writes of registers."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS, INDEX_BITS

REFUSED = 2  # SLVERR


@block
def axi_lite(clk, rst, s_axil, m_bus):
    """A slave on AXI4-Lite: one write and one read at a time, side by side.

    Address and data of a write may come in any order. The two lowest bits of an address say nothing: registers are
    words. Every kind of access is served alike, whatever AxPROT says. A refused access is answered SLVERR.

    Ports:
        s_axil: the slave
        m_bus: the registers
    Latency: a write is answered two cycles after the later of its address and its data, a read two cycles after its
        address; more where a register makes a write wait.
    Back-pressure: answers wait for ever; the next address and data are taken meanwhile, and wait.
    """
    addressed = Signal(bool(0))
    filled = Signal(bool(0))
    answered = Signal(bool(0))
    write_refused = Signal(bool(0))
    reading = Signal(bool(0))
    read = Signal(bool(0))
    read_index = Signal(intbv(0)[INDEX_BITS:])
    s_axil.awprot.read = s_axil.arprot.read = True  # ports without use

    @always_comb
    def accept():
        """Address and data have a place each, and so has the address of a read."""
        s_axil.awready.next = not addressed
        s_axil.wready.next = not filled
        s_axil.arready.next = not read and not reading
        m_bus.write.next = addressed and filled and not answered
        m_bus.read.next = read
        m_bus.read_index.next = read_index

    @always_comb
    def answer():
        """Okay or slave error."""
        s_axil.bvalid.next = answered
        s_axil.bresp.next = 0
        if write_refused:
            s_axil.bresp.next = REFUSED
        s_axil.rvalid.next = reading
        s_axil.rdata.next = m_bus.read_data
        s_axil.rresp.next = 0
        if m_bus.read_refused:
            s_axil.rresp.next = REFUSED

    @always(clk.posedge)
    def write():
        """From address and data to the answer."""
        if s_axil.awvalid and not addressed:
            addressed.next = 1
            m_bus.write_index.next = s_axil.awaddr[ADDRESS_BITS:2]
        if s_axil.wvalid and not filled:
            filled.next = 1
            m_bus.data.next = s_axil.wdata
            m_bus.strobes.next = s_axil.wstrb
        if m_bus.written:
            addressed.next = 0
            filled.next = 0
            answered.next = 1
            write_refused.next = m_bus.write_refused
        elif answered and s_axil.bready:
            answered.next = 0
        if rst:
            addressed.next = 0
            filled.next = 0
            answered.next = 0

    @always(clk.posedge)
    def fetch():
        """From the address to the answer."""
        read.next = s_axil.arvalid and not read and not reading
        if s_axil.arvalid and not read and not reading:
            read_index.next = s_axil.araddr[ADDRESS_BITS:2]
        if read:
            reading.next = 1
        elif s_axil.rready:
            reading.next = 0
        if rst:
            read.next = 0
            reading.next = 0

    return accept, answer, write, fetch, handshake_assertions(clk, rst, s_axil=s_axil)
