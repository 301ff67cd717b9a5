"""Beats for the blocks of the spike encoder, given as the frame loader gives them: announced one cycle ahead."""

from tb.helpers.clocked import packed


class Beats:
    """Drives a BeatStream, a TableSweep, the fetched steps of a DrainControl and `early_steps`, `lit` of some banks;
    each method is a generator of clock edges."""

    def __init__(self, clk, stream, sweep, drain, early_steps, lit, banks):
        self.clk, self.stream, self.sweep, self.drain = clk, stream, sweep, drain
        self.early_steps, self.lit = early_steps, lit
        self.step_bits, self.banks = sweep.step_bits, banks
        self.epochs = [0, 0]
        self.look = lambda: None  # called at the clock edge that takes a beat

    def clear_tables(self):
        """Empty every entry of both buffers, as after a reset."""
        for step in range(1 << self.step_bits):
            yield from self._sweep(3, step)

    def open_image(self, buffer):
        """After the image before in this buffer: the entries that bear the number of the next are emptied."""
        half = 1 << self.sweep.number_bits
        self.epochs[buffer] = (self.epochs[buffer] + 1) % half
        for step in range(self.epochs[buffer], 1 << self.step_bits, half):
            yield from self._sweep(1 << buffer, step)

    def fetch(self, buffer, step):
        """The step whose heads come next in the buffer that is drained."""
        (self.drain.fetch_step1 if buffer else self.drain.fetch_step0).next = step
        for _ in range(3):
            yield self.clk.negedge

    def beat(self, buffer, row, steps):
        """One beat; steps: of each bank, None where it has no spike."""
        stream, steps_bits = self.stream, packed([step or 0 for step in steps], self.step_bits)
        stream.touch.next, self.early_steps.next = 1 << buffer, steps_bits
        yield self.clk.negedge
        stream.touch.next, stream.insert.next, stream.row.next, stream.buffer.next = 0, 1, row, buffer
        self.lit.next = sum(1 << bank for bank, step in enumerate(steps) if step is not None)
        yield self.clk.posedge
        self.look()
        yield self.clk.negedge
        stream.insert.next = self.lit.next = 0

    def _sweep(self, buffers, step):
        sweep = self.sweep
        self.drain.fetch_step0.next = self.drain.fetch_step1.next = step
        yield self.clk.negedge
        sweep.write.next, (sweep.epoch0.next, sweep.epoch1.next) = buffers, self.epochs
        yield self.clk.negedge
        sweep.write.next = 0
