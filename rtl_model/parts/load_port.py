"""The way of loaded words to their memories."""

from myhdl import Signal, always, block, intbv

from rtl_model.parts.hierarchy import submodule_array
from rtl_model.parts.streams import LOAD_ADDRESS_BITS


@block
def load_region(clk, valid, address, first, field, select):
    """Whether a word that is loaded belongs to one memory.

    Ports:
        valid: there is a word
        address: where it goes
        first: the first address of the memory
        field: a bit for each bit of the address that has to be that of `first`
        select: one cycle later: the word is for this memory
    """

    @always(clk.posedge)
    def compare():
        """The high bits name the memory."""
        select.next = valid and ((address ^ first) & field) == 0

    return compare


@block
def load_port(clk, s_load, m_write, *, firsts, sizes):
    """Takes the words that are loaded, and tells each to the memory that it is for, if there is one.

    Ports:
        s_load: the words
        m_write: the same for the memories, one cycle later
    Parameters:
        firsts: of each memory the first address, a multiple of its size
        sizes: of each memory its addresses, a power of two
    Back-pressure: none.
    """
    count, address_bits = len(firsts), len(m_write.address)
    banks = "bank" in m_write.members
    high = LOAD_ADDRESS_BITS - 1
    fields = [(1 << high + (not banks)) - size for size in sizes]
    example = Signal(intbv(0)[LOAD_ADDRESS_BITS:])

    regions = submodule_array(
        "region", load_region, count, shared=dict(clk=clk, valid=s_load.valid, address=s_load.address), sliced={},
        constant=dict(first=(firsts, example), field=(fields, example)),
        gathered=dict(select=(m_write.select, Signal(bool(0)))))

    if banks:

        @always(clk.posedge)
        def register_word():
            """The word goes along with what it is for."""
            m_write.bank.next = s_load.address[high]
            m_write.address.next = s_load.address[address_bits:]
            m_write.data.next = s_load.data

    else:

        @always(clk.posedge)
        def register_word():
            """The word goes along with what it is for."""
            m_write.address.next = s_load.address[address_bits:]
            m_write.data.next = s_load.data

    return regions, register_word
