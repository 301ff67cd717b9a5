"""Beats for the blocks of the spike encoder, given as the frame loader gives them: announced one cycle ahead."""

from rtl_model.tests.clocked import packed


class Beats:
    """Drives a BeatStream and `early_steps`, `lit` of some banks; each method is a generator of clock edges."""

    def __init__(self, clk, stream, early_steps, lit, step_bits, banks):
        self.clk, self.stream, self.early_steps, self.lit = clk, stream, early_steps, lit
        self.step_bits, self.banks = step_bits, banks
        self.empty = (1 << len(stream.row)) - 1
        self.epochs = [0, 0]
        self.look = lambda: None  # called at the clock edge that takes a beat

    def clear_tables(self):
        """Empty every entry of both buffers, as after a reset."""
        for step in range(1 << self.step_bits):
            yield from self._move([0, 1], [step] * self.banks, scrub=3, row=self.empty)
        yield from self.idle()

    def open_image(self, buffer):
        """The gap before an image: the entry that bears its number is emptied."""
        self.epochs[buffer] = (self.epochs[buffer] + 1) % (1 << self.step_bits)
        yield from self._move([buffer], [self.epochs[buffer]] * self.banks, scrub=1 << buffer, row=self.empty,
                              buffer=buffer)

    def beat(self, buffer, row, steps):
        """One beat; steps: of each bank, None where it has no spike."""
        lit = sum(1 << bank for bank, step in enumerate(steps) if step is not None)
        yield from self._move([buffer], [step or 0 for step in steps], insert=1, row=row, buffer=buffer, lit=lit)

    def idle(self):
        """A cycle without anything."""
        yield from self._move([], [0] * self.banks)

    def _move(self, touched, steps, *, insert=0, scrub=0, row=0, buffer=0, lit=0):
        stream = self.stream
        stream.touch.next = sum(1 << number for number in touched)
        self.early_steps.next = packed(steps, self.step_bits)
        yield self.clk.negedge
        stream.touch.next = 0
        stream.insert.next, stream.scrub.next, stream.row.next, stream.buffer.next = insert, scrub, row, buffer
        stream.steps.next, self.lit.next = packed(steps, self.step_bits), lit
        stream.epoch0.next, stream.epoch1.next = self.epochs
        yield self.clk.posedge
        if insert:
            self.look()
        yield self.clk.negedge
        stream.insert.next, stream.scrub.next = 0, 0
