"""The way of loaded words to their memories."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.hierarchy import submodule_array
from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS


@block
def load_region(clk, valid, address, first, field, words, chosen):
    """Whether a word that is loaded belongs to one memory.

    Ports:
        valid: there is a word
        address: where it goes
        first: the first address of the memory
        field: a bit for each bit of the address that has to be that of `first`; the others count the words
        words: so many of them are in the memory
        chosen: one cycle later: the word is for this memory
    Outputs: chosen
    """

    every = (1 << len(address)) - 1
    place = Signal(intbv(0)[len(address):])

    @always_comb
    def leave_place():
        """The low bits alone."""
        place.next = address & (field ^ every)

    @always(clk.posedge)
    def compare():
        """The high bits name the memory, the low ones a word in it."""
        chosen.next = valid and ((address ^ first) & field) == 0 and place < words

    return leave_place, compare


@block
def load_port(clk, s_load, m_write, *, firsts, sizes, words):
    """Takes the words that are loaded, and tells each to the memory that it is for, if there is one.

    Ports:
        s_load: the words
        m_write: the same for the memories, one cycle later
    Parameters:
        firsts: of each memory the first address, a multiple of its size
        sizes: of each memory its addresses, a power of two
        words: of each memory how many of them have an effect, the lowest
    Back-pressure: none.
    """
    count, address_bits = len(firsts), len(m_write.address)
    banks = "bank" in m_write.members
    high = LOAD_ADDRESS_BITS - 1
    bits = high if banks else LOAD_ADDRESS_BITS  # with one bank there is none but the first
    fields = [(1 << bits) - size for size in sizes]
    example = Signal(intbv(0)[bits:])

    regions = submodule_array(
        "region", load_region, count, shared=dict(clk=clk, valid=s_load.valid, address=s_load.address(bits, 0)),
        sliced={},
        constant=dict(first=(firsts, example), field=(fields, example), words=(words, example)),
        gathered=dict(chosen=(m_write.select, Signal(bool(0)))))

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


@block
def bank_select(clk, s_bank, rst=None, bank=None, idle=None):
    """Keeps the bank of the image that is being classified.

    Ports:
        s_bank: the bank that is wanted, and the one in use
        rst: no image is being classified any more; only where there are two
        bank: the bank in use, for the memories; only where there are two
        idle: no image is being classified, and the next one may start in this cycle; only where there are two
    Outputs: bank
    Latency: one cycle from `idle` to the bank that was wanted meanwhile.
    """
    wanted, in_use = s_bank.next, s_bank.in_use

    if bank is None:
        wanted.read = True  # a port without use

        @always(clk.posedge)
        def keep_bank():
            """There is one."""
            in_use.next = 0

        return keep_bank

    @always(clk.posedge)
    def keep_bank():
        """What is wanted when an image starts holds until the next one may."""
        if idle or rst:
            bank.next = wanted

    @always_comb
    def show_bank():
        """The same for who loads."""
        in_use.next = bank

    return keep_bank, show_bank
