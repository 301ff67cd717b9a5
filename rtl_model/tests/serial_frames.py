"""The frames of the serial line in plain Python."""

import zlib

from rtl_model.serial.bundles import END, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE


def encode(header, words):
    """The bytes of a frame of this header (32 bits) and these words."""
    body = b"".join(word.to_bytes(4, "little") for word in (header, *words))
    body += zlib.crc32(body).to_bytes(4, "little")
    escapes = {END: bytes([ESCAPE, ESCAPED_END]), ESCAPE: bytes([ESCAPE, ESCAPED_ESCAPE])}
    return bytes([END]) + b"".join(escapes.get(byte, bytes([byte])) for byte in body) + bytes([END])


def header(number, kind, address, count):
    """The word of these four bytes."""
    return number | kind << 8 | address << 16 | count << 24
