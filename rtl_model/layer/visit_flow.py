"""What holds the visits of a convolution back, and the whole address of their weights."""

from myhdl import always_comb, block, concat


@block
def visit_flow(advance, clash, waiting, hold=None):
    """`advance` = what is `waiting` is issued. Combinational."""
    if hold is None:

        @always_comb
        def flow():
            """What waits is issued unless it would read what is about to be written."""
            advance.next = not clash

    else:

        @always_comb
        def flow():
            """What waits is issued unless it would read what is about to be written, or lead to a vector for which
            there is no room."""
            advance.next = not (clash or (hold and (waiting.tests or waiting.marks)))

    return flow


@block
def join_address(address, place, whole_address):
    """`whole_address` = {address, place}, or the address alone where it is no wider. Combinational."""
    if len(whole_address) > len(address):

        @always_comb
        def join():
            """The place is the lowest part."""
            whole_address.next = concat(address, place)

    else:

        @always_comb
        def join():
            """There are no places."""
            whole_address.next = address

    return join
