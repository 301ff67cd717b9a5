"""What the blocks around the core tell each other."""

from myhdl import Signal, intbv

from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS, Bundle

ADDRESS_BITS = 12  # of a byte; the least that AXI4 gives to a device
INDEX_BITS = ADDRESS_BITS - 2  # of a register
COUNT_BITS = 32  # of images and of cycles
EVENT_BITS = 24  # of what is rarer, and of a latency


class RegisterBus(Bundle):
    """Writes and reads of registers, at most one of each at a time.

    Members:
        write: a register is to be written, held until `written`
        write_index: number of the register
        data: what is written
        strobes: a bit for each byte of it: that byte is written
        written: the write is over
        write_refused: with `written`: nothing was written
        read: a register is to be read, for one cycle
        read_index: number of the register
        read_data: its content, from the cycle after `read` to the next
        read_refused: beside `read_data`: there is no such register
    """

    members = ("write", "write_index", "data", "strobes", "written", "write_refused", "read", "read_index", "read_data",
               "read_refused")
    inward = ("written", "write_refused", "read_data", "read_refused")

    def __init__(self):
        widths = {"write_index": INDEX_BITS, "read_index": INDEX_BITS, "data": 32, "read_data": 32, "strobes": 4}
        for name in self.members:
            setattr(self, name, Signal(intbv(0)[widths[name]:] if name in widths else bool(0)))


class LoadCommand(Bundle):
    """What software writes to the registers of the loader.

    Members:
        begin: begin to load a bank, held until `ready`
        push: take a pair of words, held until `ready`
        commit: end the load, held until `ready`
        data: the bank, the pair of words, or their CRC
        count: number of words, for the commit
        ready: it is done
        refused: with `ready`: it was not done
    """

    members = ("begin", "push", "commit", "data", "count", "ready", "refused")
    inward = ("ready", "refused")

    def __init__(self):
        widths = {"data": 32, "count": LOAD_ADDRESS_BITS}
        for name in self.members:
            setattr(self, name, Signal(intbv(0)[widths[name]:] if name in widths else bool(0)))


class LoadState(Bundle):
    """What the registers show of the loader.

    Members:
        loaded: a bit for each bank: it holds a network
        bank: the one that is being loaded, or was the last
        errors: a pulse for each: {wrong bank, wrong CRC, wrong number, too many words, not begun}, of a processor
            {wrong form, field too large, for another processor} above them
        hold: no image may begin
    """

    members = ("loaded", "bank", "errors", "hold")

    def __init__(self, errors=5):
        self.loaded = Signal(intbv(0)[2:])
        self.bank = Signal(bool(0))
        self.errors = Signal(intbv(0)[errors:])
        self.hold = Signal(bool(0))


class Traffic(Bundle):
    """What happens at both ends of the core.

    Members:
        busy: an image is under way: its first beat was taken, its result was not
        by_registers: pixels and results go by registers, not by streams
        waiting: a result waits to be taken by the register
        closed: the last beat of a frame is taken
        offered: a result is offered, be it taken or not
        taken: a result is taken
        source_waits: a beat waits on the stream of pixels
        sink_waits: a result waits on its stream
    """

    members = ("busy", "by_registers", "waiting", "closed", "offered", "taken", "source_waits", "sink_waits")

    def __init__(self):
        for name in self.members:
            setattr(self, name, Signal(bool(0)))


class Counts(Bundle):
    """What was counted since the reset.

    Members:
        images: results that were taken
        cycles: all of them
        source_stalls: cycles in which a beat waited on the stream of pixels
        sink_stalls: cycles in which a result waited on its stream
        silent: results without an output spike
        ties: results with a tie
        bad_frames: results of bad frames
        latency: cycles from the last beat of a frame to the offer of a result, of the latest
        came: a pulse: a result has come, it is offered for the first time
        came_bad: a pulse: it is that of a bad frame
    """

    members = ("images", "cycles", "source_stalls", "sink_stalls", "silent", "ties", "bad_frames", "latency", "came",
               "came_bad")

    def __init__(self):
        for name in self.members[:-2]:
            setattr(self, name, Signal(intbv(0)[COUNT_BITS if name in ("images", "cycles") else EVENT_BITS:]))
        self.came = Signal(bool(0))
        self.came_bad = Signal(bool(0))
