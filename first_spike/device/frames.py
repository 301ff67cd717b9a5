"""The frames on the line between a host and a board (docs/reference/serial.md)."""

import zlib
from typing import NamedTuple

import numpy as np

from first_spike.rtl_model.serial.bundles import END_BYTE, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE, MOST_WORDS

LONGEST = 4096  # bytes between two END bytes; what is longer is noise
UNESCAPED = {ESCAPED_END: END_BYTE, ESCAPED_ESCAPE: ESCAPE}


class Frame(NamedTuple):
    """sequence, kind (what is asked for, or how it went), address, count: a byte each; words: uint32 [n]."""

    sequence: int
    kind: int
    address: int
    count: int
    words: np.ndarray = np.zeros(0, np.uint32)

    @staticmethod
    def array(words):
        """Words as they stand in a Frame."""
        return np.array(words, np.uint32)

    def encode(self):
        """The bytes on the line."""
        body = bytes([self.sequence, self.kind, self.address, self.count]) + self.words.astype("<u4").tobytes()
        body += zlib.crc32(body).to_bytes(4, "little")
        body = body.replace(bytes([ESCAPE]), bytes([ESCAPE, ESCAPED_ESCAPE]))
        body = body.replace(bytes([END_BYTE]), bytes([ESCAPE, ESCAPED_END]))
        return bytes([END_BYTE]) + body + bytes([END_BYTE])


class Decoder:
    """Finds the frames in what comes from a line; what is none is dropped."""

    def __init__(self):
        self._part = bytearray()

    def feed(self, data):
        """The Frames that `data` completes."""
        *whole, rest = (bytes(self._part) + data).split(bytes([END_BYTE]))
        self._part = bytearray(rest[-LONGEST:])
        return [frame for frame in map(decode, whole) if frame is not None]


def decode(escaped):
    """The Frame whose bytes between two ENDs are `escaped`; None if it is not whole."""
    body, parts = bytearray(), iter(escaped)
    for byte in parts:
        if byte == ESCAPE:
            byte = UNESCAPED.get(next(parts, None))
            if byte is None:
                return None
        body.append(byte)
    words, rest = divmod(len(body), 4)
    if rest or not 2 <= words <= MOST_WORDS + 2 or zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "little"):
        return None
    return Frame(*body[:4], np.frombuffer(bytes(body[4:-4]), "<u4"))
