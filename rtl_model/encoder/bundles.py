"""What travels between the blocks of the spike encoder, as bundles."""

from myhdl import Signal, intbv, modbv

from rtl_model.parts.streams import Bundle


class BeatStream(Bundle):
    """Pixels on their way into the banks, as spike times; one beat a cycle, which cannot be stalled.

    Members:
        insert: this is a beat of an image
        scrub: for each buffer: instead, entry `steps` of its head table is emptied, in every bank
        buffer: the buffer that the image goes to
        row: number of the beat; all ones while `scrub`
        steps: for each bank a time step, bank 0 in the lowest bits
        lit: a bit for each bank: it has a spike, at its step
        final: the image is complete
        bad: with `final`: its frame ended early or late
        touch: for each buffer, one cycle ahead: `insert` or `scrub` may concern it
        early_steps: `steps`, one cycle ahead
        epoch0: number of the image in buffer 0, modulo the steps, which tells its entries from stale ones
        epoch1: the same of buffer 1
    """

    members = ("insert", "scrub", "buffer", "row", "steps", "lit", "final", "bad", "touch", "early_steps", "epoch0",
               "epoch1")

    def __init__(self, banks, row_bits, step_bits):
        self.banks, self.row_bits, self.step_bits = banks, row_bits, step_bits
        self.insert = Signal(bool(0))
        self.scrub = Signal(intbv(0)[2:])
        self.buffer = Signal(bool(0))
        self.row = Signal(intbv(0)[row_bits:])
        self.steps = Signal(intbv(0)[banks * step_bits:])
        self.lit = Signal(intbv(0)[banks:])
        self.final = Signal(bool(0))
        self.bad = Signal(bool(0))
        self.touch = Signal(intbv(0)[2:])
        self.early_steps = Signal(intbv(0)[banks * step_bits:])
        self.epoch0 = Signal(modbv(0)[step_bits:])
        self.epoch1 = Signal(modbv(0)[step_bits:])


class StepSet(Bundle):
    """The steps in which an image has spikes: of a loaded image, which waits until the one before is over.

    Members:
        complete: a pulse: the image in `buffer` is loaded
        buffer: with `complete`: where it lies
        first: with `complete`: its first step, 0 where it has no spike
        waiting: an image waits; from two cycles after `complete` until it is taken
        rest: a bit for each step but the first: the image that waits has a spike
        bad: the frame of the image that waits ended early or late
        take: the image is taken up
    """

    members = ("complete", "buffer", "first", "waiting", "rest", "bad", "take")
    inward = ("take",)

    def __init__(self, step_bits):
        self.step_bits = step_bits
        self.complete = Signal(bool(0))
        self.buffer = Signal(bool(0))
        self.first = Signal(intbv(0)[step_bits:])
        self.waiting = Signal(bool(0))
        self.rest = Signal(intbv(0)[1 << step_bits:])
        self.bad = Signal(bool(0))
        self.take = Signal(bool(0))


class DrainControl(Bundle):
    """How the banks come from one step's lists to the next one's, for the image that is drained.

    Members:
        buffer: the buffer that is drained
        open_step: a pulse: the banks turn to their lists of the step that was fetched
        take_heads: a pulse, one cycle after `open_step` or later: the heads of these lists are taken
        keep_heads: until then: what was fetched must stay
        fetch_step0: the step of buffer 0 that comes next; stable for two cycles before `open_step`
        fetch_step1: the same of buffer 1
    """

    members = ("buffer", "open_step", "take_heads", "keep_heads", "fetch_step0", "fetch_step1")

    def __init__(self, step_bits):
        self.step_bits = step_bits
        self.buffer = Signal(bool(0))
        self.open_step = Signal(bool(0))
        self.take_heads = Signal(bool(0))
        self.keep_heads = Signal(bool(0))
        self.fetch_step0 = Signal(intbv(0)[step_bits:])
        self.fetch_step1 = Signal(intbv(0)[step_bits:])


class OpenStep(Bundle):
    """The step whose events are leaving.

    Members:
        is_open: there is one
        step: its number
        closing: its last event leaves in this cycle
        final: it is the image's last
    """

    members = ("is_open", "step", "closing", "final")

    def __init__(self, step_bits):
        self.is_open = Signal(bool(0))
        self.step = Signal(intbv(0)[step_bits:])
        self.closing = Signal(bool(0))
        self.final = Signal(bool(0))
