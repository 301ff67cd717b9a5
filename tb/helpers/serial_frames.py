"""The frames of the serial line in plain Python, and each single fault of one."""

import zlib

from first_spike.rtl_model.serial.bundles import END_BYTE, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE, MOST_WORDS

BROKEN = None  # among the bytes on a line: what is no byte
POLYNOMIAL = 0xEDB88320


def encode(header, words):
    """The bytes of a frame of this header (32 bits) and these words."""
    return _framed(_with_crc(_body(header, words)))


def header(number, kind, address, count):
    """The word of these four bytes."""
    return number | kind << 8 | address << 16 | count << 24


def single_faults(header, words):
    """A frame of this header and words, in which both escapes stand, with each single fault: pairs of a name and a list
    of bytes, or BROKEN, of which nothing is to be believed. Where more than bits are wrong, the CRC is right for
    whoever overlooks the fault, if it can be."""
    body = _body(header, words)
    whole, inside = _with_crc(body), list(encode(header, words)[1:-1])
    yield "nothing", [END_BYTE, END_BYTE]
    for bit in range(8 * len(whole)):
        changed = int.from_bytes(whole, "little") ^ 1 << bit
        yield f"bit {bit}", [*_framed(changed.to_bytes(len(whole), "little"))]
    for bit in range(32):
        yield f"bit {bit} of what is left of the CRC", [*_framed(whole[:-4] + _leaving(whole[-4:], 1 << bit))]
    for place in range(1, len(inside)):
        yield f"END at {place}", [END_BYTE, *inside[:place], END_BYTE, *inside[place:], END_BYTE]
    for place, byte in enumerate(inside):
        others = inside[:place], inside[place + 1:]
        yield f"no byte {place}", [END_BYTE, *others[0], *others[1], END_BYTE]
        yield f"END instead of byte {place}", [END_BYTE, *others[0], END_BYTE, *others[1], END_BYTE]
        if place < len(inside) - 1 and byte != inside[place + 1]:
            yield f"byte {place} behind the next", [END_BYTE, *others[0], others[1][0], byte, *others[1][1:], END_BYTE]
        yield f"byte {place} twice", [END_BYTE, *inside[:place], byte, *inside[place:], END_BYTE]
    for place in range(len(inside) + 1):
        yield f"broken at {place}", [END_BYTE, *inside[:place], BROKEN, *inside[place:], END_BYTE]
        yield f"escape at {place}", [END_BYTE, *inside[:place], ESCAPE, *inside[place:], END_BYTE]
    for right in (ESCAPED_END, ESCAPED_ESCAPE):
        place = next(place for place, pair in enumerate(zip(inside, inside[1:])) if pair == (ESCAPE, right)) + 1
        for code in range(256):
            if code not in (ESCAPED_END, ESCAPED_ESCAPE, END_BYTE):
                changed = [*inside[:place], code, *inside[place + 1:]]
                yield f"{code:02x} instead of {right:02x}", [END_BYTE, *changed, END_BYTE]
    for count in range(1, 4):
        yield f"only {count} bytes", [*_framed(whole[:count])]
    for count in range(len(body) + 4):
        if count % 4 or not count:
            yield f"{count} bytes and their CRC", [*_framed(_with_crc((body + body)[:count]))]


def too_long():
    """Frames of more words than there may be: [(how many, their bytes)]."""
    return [(count, encode(0x01020304, range(count))) for count in (MOST_WORDS + 1, MOST_WORDS + 2, MOST_WORDS + 3,
                                                                  MOST_WORDS + 4, 2 * MOST_WORDS + 8)]


def _body(header, words):
    return b"".join(word.to_bytes(4, "little") for word in (header, *words))


def _with_crc(body):
    return body + zlib.crc32(body).to_bytes(4, "little")


def _framed(whole):
    escapes = {END_BYTE: bytes([ESCAPE, ESCAPED_END]), ESCAPE: bytes([ESCAPE, ESCAPED_ESCAPE])}
    return bytes([END_BYTE]) + b"".join(escapes.get(byte, bytes([byte])) for byte in whole) + bytes([END_BYTE])


def _leaving(crc, difference):
    """A CRC (four bytes) that leaves what this one leaves, but for a difference: the division by the polynomial,
    backwards."""
    for _ in range(32):
        difference = ((difference ^ POLYNOMIAL) << 1 | 1) if difference >> 31 else difference << 1
    return (int.from_bytes(crc, "little") ^ difference).to_bytes(4, "little")
