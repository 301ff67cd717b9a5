"""Running one block in MyHDL's own simulator."""

from myhdl import Signal, StopSimulation, always, block, delay, instance, intbv


def run(function, arguments, stimulus, clk=None):
    """Clock the block `function(**arguments)` while the generator `stimulus` runs. clk: for a block without that port.

    It changes inputs and looks at outputs at falling edges, `yield clk.negedge`, so that a rising edge lies between the
    two.
    """

    clk = arguments["clk"] if clk is None else clk

    @block
    def bench():
        device = function(**arguments)

        @always(delay(5))
        def tick():
            clk.next = not clk

        @instance
        def drive():
            yield clk.negedge
            for event in stimulus:
                yield event
            raise StopSimulation

        return device, tick, drive

    simulation = bench()
    try:
        simulation.run_sim(quiet=1)
    finally:
        simulation.quit_sim()


def signals(*names):
    """Fresh one-bit signals by name."""
    return {name: Signal(bool(0)) for name in names}


def vector(bits):
    """A fresh signal of `bits` bits."""
    return Signal(intbv(0)[bits:])


def packed(values, bits):
    """One integer from signed values, the first in the lowest bits."""
    return sum((int(value) % (1 << bits)) << (i * bits) for i, value in enumerate(values))


def send_frame(clk, stream, words, last=True):
    """Words of a frame, TLAST with the final one if `last`."""
    for place, word in enumerate(words):
        stream.tvalid.next, stream.tdata.next = 1, int(word)
        stream.tlast.next = last and place == len(words) - 1
        taken = False
        while not taken:
            yield clk.negedge
            taken = bool(stream.tready)  # what the rising edge to come sees
            yield clk.posedge
    stream.tvalid.next = 0
    yield clk.negedge
