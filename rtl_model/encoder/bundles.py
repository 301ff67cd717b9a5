"""What travels between the blocks of the spike encoder, as bundles."""

from myhdl import Signal, intbv, modbv

from first_spike.rtl_model.encoder.step_marks import halves
from first_spike.rtl_model.parts.streams import Bundle


class BeatStream(Bundle):
    """Pixels on their way into the lists and queues, as spike times; one beat a cycle, which cannot be stalled.

    Members:
        insert: this is a beat of an image
        buffer: the buffer that the image goes to
        row: number of the beat
        upper: for each bank that has a spike behind the first step, a bit for each value of the upper half of its step
        lower: the same of the lower half; it means nothing where there is none
        first: a bit for each bank: it has a spike in the first step; only with `insert`
        lit: a bit for each bank: it has one later; only with `insert`
        final: the image is complete; only with `insert`
        bad: with `final`: its frame ended early or late
        touch: for each buffer, one cycle ahead: `insert` may concern it
        early_steps: for each bank a time step, bank 0 in the lowest bits, one cycle ahead
    """

    members = ("insert", "buffer", "row", "upper", "lower", "first", "lit", "final", "bad", "touch", "early_steps")

    def __init__(self, banks, row_bits, step_bits):
        self.banks, self.row_bits, self.step_bits = banks, row_bits, step_bits
        self.insert = Signal(bool(0))
        self.buffer = Signal(bool(0))
        self.row = Signal(intbv(0)[row_bits:])
        upper_bits, lower_bits = halves(step_bits)
        self.upper = Signal(intbv(0)[banks << upper_bits:])
        self.lower = Signal(intbv(0)[banks << lower_bits:])
        self.first = Signal(intbv(0)[banks:])
        self.lit = Signal(intbv(0)[banks:])
        self.final = Signal(bool(0))
        self.bad = Signal(bool(0))
        self.touch = Signal(intbv(0)[2:])
        self.early_steps = Signal(intbv(0)[banks * step_bits:])


class TableSweep(Bundle):
    """Which entries of the head tables are emptied, and which are alive.

    Members:
        clearing: all entries are being emptied, in both buffers
        due: for each buffer: an entry is to be fetched, to be emptied
        step0: with `due`: which one of buffer 0
        step1: the same of buffer 1
        freed: the older buffer may be loaded from the next cycle on
        write: for each buffer: the entry that it shows is emptied
        epoch0: number of the image in buffer 0, modulo half of the steps, which tells its entries from stale ones
        epoch1: the same of buffer 1
    """

    members = ("clearing", "due", "step0", "step1", "freed", "write", "epoch0", "epoch1")

    def __init__(self, step_bits):
        self.step_bits, self.number_bits = step_bits, max(1, step_bits - 1)
        self.clearing = Signal(bool(0))
        self.due = Signal(intbv(0)[2:])
        self.step0 = Signal(intbv(0)[step_bits:])
        self.step1 = Signal(intbv(0)[step_bits:])
        self.freed = Signal(bool(0))
        self.write = Signal(intbv(0)[2:])
        self.epoch0 = Signal(modbv(0)[self.number_bits:])
        self.epoch1 = Signal(modbv(0)[self.number_bits:])


class StepSet(Bundle):
    """The steps behind the first in which an image has spikes: of a loaded image, which waits until the one before is
    over.

    Members:
        complete: a pulse: an image begins to wait
        buffer: with `complete`: where it lies
        lowest: with `complete`: the lowest of its steps, 0 where it has none
        waiting: an image waits; from `complete` until it is taken
        some: the image that waits has spikes behind the first step
        rest: a bit for each step but the lowest: the image that waits has a spike
        bad: the frame of the image that waits ended early or late
        take: the image is taken up
    """

    members = ("complete", "buffer", "lowest", "waiting", "some", "rest", "bad", "take")
    inward = ("take",)

    def __init__(self, step_bits):
        self.step_bits = step_bits
        self.complete = Signal(bool(0))
        self.buffer = Signal(bool(0))
        self.lowest = Signal(intbv(0)[step_bits:])
        self.waiting = Signal(bool(0))
        self.some = Signal(bool(0))
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
        fetch_step0: the step of buffer 0 that comes next, stable for two cycles before `open_step`; or the entry that
            is emptied two cycles later
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
        go: it is the first of its image, and its events may leave
        step: its number
        closing: its last event leaves in this cycle
        closing_first: the same, and it is the first
        final: it is the image's last
    """

    members = ("go", "step", "closing", "closing_first", "final")

    def __init__(self, step_bits):
        self.go = Signal(bool(0))
        self.step = Signal(intbv(0)[step_bits:])
        self.closing = Signal(bool(0))
        self.closing_first = Signal(bool(0))
        self.final = Signal(bool(0))
