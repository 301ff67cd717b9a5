"""Which bank of weights an image uses."""

from myhdl import always, always_comb, block


@block
def bank_select(clk, s_bank, rst=None, bank=None, idle=None):
    """Keeps the bank of the image that is being classified.

    Ports:
        s_bank: the bank that is wanted, and the one in use
        rst: no image is being classified any more; only where there are two
        bank: the bank in use, for the memories; only where there are two
        idle: no image is being classified, and the next one may start in this cycle; only where there are two
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
