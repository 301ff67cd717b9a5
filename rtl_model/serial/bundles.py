"""What the blocks of the serial bridge tell each other, and the numbers of its protocol (docs/reference/serial.md)."""

from myhdl import Signal, intbv

from first_spike.rtl_model.parts.streams import Bundle

END_BYTE, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE = 0xC0, 0xDB, 0xDC, 0xDD
SYNC, READ, WRITE, PUSH = 0, 1, 2, 3  # what is asked for
DONE, NOT_SYNCED, REFUSED, WRONG = 0, 1, 2, 3  # how it went, in an answer:
ANSWER = 0x80  # added to it, so that an echo of a request is no answer
MOST_WORDS = 252  # of a frame, beside its header and its CRC
LENGTH_BITS = 8
LEAST_CYCLES = 4  # per bit: the line is sampled in its middle


class ByteStream(Bundle):
    """Bytes; a transfer happens where `valid` and `ready` meet.

    Members:
        valid: there is a byte
        data: the byte
        ready: the byte is taken
    """

    members = ("valid", "data", "ready")
    inward = ("ready",)

    def __init__(self):
        self.valid = Signal(bool(0))
        self.data = Signal(intbv(0)[8:])
        self.ready = Signal(bool(0))


class ReceivedBytes(Bundle):
    """Bytes from the line, which cannot be stalled.

    Members:
        valid: a pulse: a byte has come
        data: the byte
        broken: a pulse: something came that is no byte
    """

    members = ("valid", "data", "broken")

    def __init__(self):
        self.valid = Signal(bool(0))
        self.data = Signal(intbv(0)[8:])
        self.broken = Signal(bool(0))


class Request(Bundle):
    """A frame that has come whole.

    Members:
        arrived: a pulse: there is one; the others hold still until `release`
        header: {count, address, what is asked for, sequence number}, a byte each
        length: words between header and CRC, which lie in the buffer
        release: the next frame may come
    """

    members = ("arrived", "header", "length", "release")
    inward = ("release",)

    def __init__(self):
        self.arrived = Signal(bool(0))
        self.header = Signal(intbv(0)[32:])
        self.length = Signal(intbv(0)[LENGTH_BITS:])
        self.release = Signal(bool(0))


class Reply(Bundle):
    """A frame that shall be sent.

    Members:
        send: a pulse: there is one; the others hold still until `sent`
        header: {count, address, how it went, sequence number}, a byte each
        length: words between header and CRC, from the buffer
        sent: a pulse: the last byte is on its way
    """

    members = ("send", "header", "length", "sent")
    inward = ("sent",)

    def __init__(self):
        self.send = Signal(bool(0))
        self.header = Signal(intbv(0)[32:])
        self.length = Signal(intbv(0)[LENGTH_BITS:])
        self.sent = Signal(bool(0))
