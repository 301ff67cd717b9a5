"""Running one block in MyHDL's own simulator."""

from myhdl import StopSimulation, always, block, delay, instance


def run(function, arguments, stimulus):
    """Clock the block `function(**arguments)` while the generator `stimulus` runs.

    It changes inputs and looks at outputs at falling edges, `yield clk.negedge`, so that a rising edge lies between the
    two.
    """

    @block
    def bench():
        clk = arguments["clk"]
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
