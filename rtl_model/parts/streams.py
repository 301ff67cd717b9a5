"""The streams between blocks, as bundles that flatten to `<port>_<member>` in Verilog."""

from myhdl import Signal, intbv


class Bundle:
    """Signals that travel together; `members` gives their order at a port."""

    members = ()

    def signals(self):
        """(member name, signal) pairs."""
        return [(name, getattr(self, name)) for name in self.members]


class SpikeStream(Bundle):
    """Spikes on the way into a layer, in time order.

    A transfer (`valid` and `ready`) carries at most one spike on each of `ways` ways: way k has one where `mask[k]` is
    set, of the neuron in row `rows[k]` of that way. `step` is their time step; `last` marks the step's final transfer,
    and `end` together with it the image's (without `last`, `end` says nothing). A transfer without any spike occurs
    only to say `last` or `end`.
    """

    members = ("valid", "mask", "rows", "step", "last", "end", "ready")

    def __init__(self, ways, row_bits, step_bits):
        self.ways, self.row_bits, self.step_bits = ways, row_bits, step_bits
        self.valid = Signal(bool(0))
        self.mask = Signal(intbv(0)[ways:])
        self.rows = Signal(intbv(0)[ways * row_bits:])
        self.step = Signal(intbv(0)[step_bits:])
        self.last = Signal(bool(0))
        self.end = Signal(bool(0))
        self.ready = Signal(bool(0))


class FireStream(Bundle):
    """What a layer found at the end of a step, one fold a transfer; there is no `ready`.

    `fires` has a bit for each lane whose neuron fires in this `step`; `end` as in SpikeStream. Only with several folds:
    `fold` counts 0 .. folds-1, `last_fold` marks the final one.
    """

    def __init__(self, lanes, folds, step_bits):
        self.lanes, self.folds = lanes, folds
        self.valid = Signal(bool(0))
        self.fires = Signal(intbv(0)[lanes:])
        self.step = Signal(intbv(0)[step_bits:])
        self.end = Signal(bool(0))
        self.members = ("valid", "fires", "step", "end")
        if folds > 1:
            self.fold = Signal(intbv(0)[bits_for(folds):])
            self.last_fold = Signal(bool(0))
            self.members += ("fold", "last_fold")


def bits_for(count):
    """Width of an unsigned number below `count`, at least 1."""
    return max(1, (count - 1).bit_length())


class AxiStream(Bundle):
    """AXI4-Stream with `tdata`, `tvalid`, `tready`, `tlast`."""

    members = ("tdata", "tvalid", "tready", "tlast")

    def __init__(self, bits):
        self.tdata = Signal(intbv(0)[bits:])
        self.tvalid = Signal(bool(0))
        self.tready = Signal(bool(0))
        self.tlast = Signal(bool(0))


class BeatStream(Bundle):
    """Pixels on their way into the spike encoder's banks, as spike times; one beat a cycle, no `ready`.

    `insert`: this is a beat, number `row`, of the image in `buffer`; bank b has a spike at `steps[b]` where `lit[b]`.
    `scrub[x]`: instead, entry `steps[b]` of buffer x's head table is emptied, in every bank (`row` is all ones).
    `final`: the image is complete; `bad`: its TLAST came early or late. One cycle ahead come `early_steps` and
    `touch[x]`: one of both may concern buffer x.
    """

    members = ("insert", "scrub", "buffer", "row", "steps", "lit", "final", "bad", "touch", "early_steps")

    def __init__(self, banks, row_bits, step_bits):
        self.banks, self.row_bits, self.step_bits = banks, row_bits, step_bits
        self.insert = Signal(bool(0))
        self.scrub = Signal(intbv(0)[2:])
        self.touch = Signal(intbv(0)[2:])
        self.buffer = Signal(bool(0))
        self.row = Signal(intbv(0)[row_bits:])
        self.steps = Signal(intbv(0)[banks * step_bits:])
        self.early_steps = Signal(intbv(0)[banks * step_bits:])
        self.lit = Signal(intbv(0)[banks:])
        self.final = Signal(bool(0))
        self.bad = Signal(bool(0))
