"""CRC-32 as Ethernet and zlib have it."""

from myhdl import Signal, always, always_comb, block, concat, intbv

HIGH, LOW = 0xEDB8, 0x8320  # the polynomial, its bits in reverse, since bytes come lowest bit first
ONES = 0xFFFF
RESIDUE = 0xDEBB20E3  # what is left after bytes and their CRC, the lowest byte first


@block
def crc32(clk, clear, push, octet, free, left):
    """Takes in a byte in eight cycles, a bit a cycle.

    Ports:
        clear: begin anew
        push: take in `octet`; not unless `free`
        octet: the next byte
        free: all bytes are in
        left: the complement of the CRC of the bytes so far, while `free`
    Outputs: free, left
    Latency: eight cycles.
    """
    value = Signal(intbv(0)[32:])
    bits = Signal(intbv(0)[4:])

    @always_comb
    def tell():
        """All eight bits are in."""
        free.next = bits == 0
        left.next = value

    @always(clk.posedge)
    def divide():
        """The byte is added to the lowest bits at once, and then the division goes on a bit at a time."""
        if push:
            value.next = value ^ octet
            bits.next = 8
        elif bits != 0:
            bits.next = bits - 1
            if value[0]:
                value.next = (value >> 1) ^ concat(intbv(HIGH)[16:], intbv(LOW)[16:])
            else:
                value.next = value >> 1
        if clear:
            value.next = concat(intbv(ONES)[16:], intbv(ONES)[16:])
            bits.next = 0

    return tell, divide
