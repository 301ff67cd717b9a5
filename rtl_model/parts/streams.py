"""The streams between blocks, as bundles that flatten to `<port>_<member>` in Verilog."""

import copy

from myhdl import Signal, intbv

LOAD_ADDRESS_BITS, LOAD_DATA_BITS = 24, 16  # of a word that is loaded; the highest bit of its address is the bank


class Bundle:
    """Signals that travel together; `members` gives their order at a port.

    `inward` names the members that run against the others. A block with a bundle at a port `s_...` is its receiver: it
    drives the inward members and reads the others. At any other port it drives the others and reads the inward ones.
    """

    members = ()
    inward = ()

    def signals(self):
        """(member name, signal) pairs."""
        return [(name, getattr(self, name)) for name in self.members]

    def directions(self, port):
        """{member: "input" | "output"} of a block that has this bundle at `port`."""
        receives = port.startswith("s_")
        return {name: "output" if (name in self.inward) == receives else "input" for name in self.members}

    def copy(self, change):
        """The same bundle with `change(signal)` in place of each signal."""
        other = copy.copy(self)
        for name, signal in self.signals():
            setattr(other, name, change(signal))
        return other

    def only(self, *names):
        """The same bundle with the members `names` alone, in this order, for a block that has no use for the others."""
        part = copy.copy(self)
        for name in set(self.members) - set(names):
            delattr(part, name)
        part.members = names
        part.inward = tuple(name for name in self.inward if name in names)
        return part


class SpikeStream(Bundle):
    """Spikes on the way into a layer, in time order, at most one on each of `ways` ways a transfer.

    A transfer happens where `valid` and `ready` meet. One without any spike occurs only to say `last` or `end`.

    Members:
        valid: there is a transfer
        mask: a bit for each way: it carries a spike
        rows: for each way the row of the neuron that spikes, way 0 in the lowest bits
        step: the time step of these spikes
        last: the final transfer of its step
        end: with `last`: the final transfer of the image; without, it says nothing
        ready: the transfer is taken
    """

    members = ("valid", "mask", "rows", "step", "last", "end", "ready")
    inward = ("ready",)

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
    """What a layer found at the end of a step, one fold a transfer, the first fold first; it cannot be stalled.

    Members:
        valid: there is a transfer
        fires: a bit for each lane: its neuron fires in this step
        step: the time step
        end: the final step of the image
        fold: number of the fold; only where there are several
        last_fold: the final fold of the step; only where there are several
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


class AxiStream(Bundle):
    """AXI4-Stream; a transfer happens where `tvalid` and `tready` meet. All but the first four only where it is wanted.

    Members:
        tdata: data, the first byte in the lowest bits
        tvalid: there is a transfer
        tready: the transfer is taken
        tlast: the final transfer of its frame
        tkeep: a bit for each byte of the data: it is one; without, it is a null byte
        tid: whose frame it is
        tuser: anything about the frame
    """

    members = ("tdata", "tvalid", "tready", "tlast")
    inward = ("tready",)

    def __init__(self, bits, tkeep=False, tid_bits=0, tuser_bits=0):
        self.tdata = Signal(intbv(0)[bits:])
        self.tvalid = Signal(bool(0))
        self.tready = Signal(bool(0))
        self.tlast = Signal(bool(0))
        for name, width in (("tkeep", tkeep and bits // 8), ("tid", tid_bits), ("tuser", tuser_bits)):
            if width:
                setattr(self, name, Signal(intbv(0)[width:]))
                self.members += (name,)

    def of_width(self, bits):
        """A new stream of the same members, whose data has so many bits."""
        return AxiStream(bits, hasattr(self, "tkeep"), *(len(getattr(self, name, ())) for name in ("tid", "tuser")))


class LoadStream(Bundle):
    """Words that are loaded into a design with `weights` loaded, one a cycle; each is always taken.

    A word whose address lies outside of the map of the design has no effect. With one bank of weights nothing keeps an
    image from being classified meanwhile: whoever loads holds images back until the last word was taken.

    Members:
        valid: there is a word
        address: where it goes: [23] the bank, [22:0] the place in the map of the design
        data: the word
    """

    members = ("valid", "address", "data")

    def __init__(self):
        self.valid = Signal(bool(0))
        self.address = Signal(intbv(0)[LOAD_ADDRESS_BITS:])
        self.data = Signal(intbv(0)[LOAD_DATA_BITS:])


class BankSelect(Bundle):
    """Which of two banks of weights is used. An image takes the bank in the moment it starts to be classified, and
    keeps it to its end. With one bank `next` is ignored.

    A bank may be loaded while it is neither `next` nor `in_use`.

    Members:
        next: the bank that the next image uses
        in_use: the bank of the image that is being classified; while there is none, `next` of the cycle before
    """

    members = ("next", "in_use")
    inward = ("in_use",)

    def __init__(self):
        self.next = Signal(bool(0))
        self.in_use = Signal(bool(0))


class MemoryWrite(Bundle):
    """Words on their way into memories; one a cycle, which is always taken.

    Members:
        select: a bit for each memory: the word is for it
        bank: the bank that it goes to; only where there are two
        address: the place in the memory: the lowest bits count the parts of a word
        data: the word, or a part of one
    """

    def __init__(self, memories, address_bits, banks):
        self.select = Signal(intbv(0)[memories:])
        self.address = Signal(intbv(0)[address_bits:])
        self.data = Signal(intbv(0)[LOAD_DATA_BITS:])
        self.members = ("select", "address", "data")
        if banks > 1:
            self.bank = Signal(bool(0))
            self.members = ("select", "bank", "address", "data")

    def to(self, first, count, address_bits, data_bits=LOAD_DATA_BITS):
        """The same for `count` of the memories, from `first` on, with the lowest bits of the address and of the data
        alone; without an address where none of its bits counts. A single memory is selected by a plain bit."""
        part = copy.copy(self)
        part.select = self.select(first) if count == 1 else self.select(first + count, first)
        part.data = self.data(data_bits, 0)
        if not address_bits:
            return part.only(*(name for name in self.members if name != "address"))
        part.address = self.address(address_bits, 0)
        return part


class AxiLite(Bundle):
    """AXI4-Lite: reads and writes of words of 32 bits; on each of its five channels a transfer happens where valid and
    ready meet.

    Members:
        awaddr: address to write to, in bytes
        awprot: kind of access, as AXI has it
        awvalid: there is an address to write to
        awready: the address is taken
        wdata: word to be written
        wstrb: a bit for each byte of it: that byte is written
        wvalid: there is a word to be written
        wready: the word is taken
        bresp: 0: it was written, 2: it was not
        bvalid: there is an answer to a write
        bready: the answer is taken
        araddr: address to read from, in bytes
        arprot: kind of access, as AXI has it
        arvalid: there is an address to read from
        arready: the address is taken
        rdata: the word that was read
        rresp: 0: it was read, 2: there is none
        rvalid: there is an answer to a read
        rready: the answer is taken
    """

    members = ("awaddr", "awprot", "awvalid", "awready", "wdata", "wstrb", "wvalid", "wready", "bresp", "bvalid",
               "bready", "araddr", "arprot", "arvalid", "arready", "rdata", "rresp", "rvalid", "rready")
    inward = ("awready", "wready", "bresp", "bvalid", "arready", "rdata", "rresp", "rvalid")

    def __init__(self, address_bits):
        widths = {"awaddr": address_bits, "araddr": address_bits, "awprot": 3, "arprot": 3, "wdata": 32, "rdata": 32,
                  "wstrb": 4, "bresp": 2, "rresp": 2}
        for name in self.members:
            setattr(self, name, Signal(intbv(0)[widths[name]:] if name in widths else bool(0)))


class ImageControl(Bundle):
    """Where one image ends and the next begins: what a front end and the readout tell each other.

    A front end is a block with the ports (clk, rst, input, m_spike, control), which turns an input of its own kind into
    the spikes of one image after another. Whatever it is, it keeps these rules. It begins an image only while `space`
    is set. Every image that it begins is ended by one `decide`, behind a transfer that says `last`, be it the image's
    last one or not; then it drops what is left of that image, and gives no spike of it after `clear`. `flush` and
    `clear` follow `decide` by a cycle; `clear` follows a reset too. `bad_frame` is valid from the first transfer of an
    image that says `last` to its `decide`.

    Members:
        decide: a pulse: the image is decided and over
        flush: a pulse, one cycle after `decide`: the next image may begin
        clear: forget everything of the image; one cycle after `decide` or a reset
        space: the result of one more image will have a place
        bad_frame: the input of this image was not as it should be
        bad_step: that counts for a decision in this step or later; only where an image begins before all of it is there
    """

    members = ("decide", "flush", "clear", "space", "bad_frame")
    inward = ("decide", "flush", "clear", "space")

    def __init__(self, step_bits=None):
        for name in self.members:
            setattr(self, name, Signal(bool(0)))
        if step_bits is not None:
            self.bad_step = Signal(intbv(0)[step_bits:])
            self.members += ("bad_step",)


def bits_for(count):
    """Width of an unsigned number below `count`, at least 1."""
    return max(1, (count - 1).bit_length())
