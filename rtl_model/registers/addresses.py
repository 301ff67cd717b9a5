"""The registers. Made from accelerator.rdl by scripts/registers.py; do not edit."""

from typing import NamedTuple


class Field(NamedTuple):
    """low: its lowest bit; width in bits; access of software: "r", "rw", "w", or "w1c", where a 1 clears; reset: its
    value then, None where the design or its state says it."""

    low: int
    width: int
    access: str
    reset: int | None

    @property
    def mask(self):
        return ((1 << self.width) - 1) << self.low

    def of(self, word):
        """Its value in a word of the register."""
        return (word & self.mask) >> self.low


class Register(NamedTuple):
    """offset: its address in bytes; count: of such registers one after the other; fields: {name: Field}."""

    offset: int
    count: int
    fields: dict

    @property
    def index(self):
        return self.offset // 4

    @property
    def indices(self):
        return range(self.index, self.index + self.count)

    def mask(self, *accesses):
        """The bits of fields of these accesses."""
        return sum(field.mask for field in self.fields.values() if field.access in accesses)


REGISTERS = {
    "CONTROL": Register(0x00, 1, {
        "by_registers": Field(0, 1, "rw", 0x0),
        "restart": Field(1, 1, "w", 0x0),
    }),
    "GLOBAL_INTERRUPT_ENABLE": Register(0x04, 1, {
        "enable": Field(0, 1, "rw", 0x0),
    }),
    "INTERRUPT_ENABLE": Register(0x08, 1, {
        "done": Field(0, 1, "rw", 0x0),
        "error": Field(1, 1, "rw", 0x0),
    }),
    "INTERRUPT_STATUS": Register(0x0C, 1, {
        "done": Field(0, 1, "w1c", 0x0),
        "error": Field(1, 1, "w1c", 0x0),
    }),
    "IDENTIFICATION": Register(0x10, 1, {
        "magic": Field(0, 32, "r", 0x4653504b),
    }),
    "VERSION": Register(0x14, 1, {
        "minor": Field(0, 16, "r", 0x0),
        "major": Field(16, 16, "r", 0x1),
    }),
    "STATUS": Register(0x18, 1, {
        "busy": Field(0, 1, "r", None),
        "room": Field(1, 1, "r", None),
        "waiting": Field(2, 1, "r", None),
        "by_registers": Field(3, 1, "r", None),
    }),
    "ERRORS": Register(0x1C, 1, {
        "bad_frame": Field(0, 1, "w1c", 0x0),
        "pixels_refused": Field(1, 1, "w1c", 0x0),
        "nothing_to_take": Field(2, 1, "w1c", 0x0),
    }),
    "INPUTS": Register(0x20, 1, {
        "pixels": Field(0, 32, "r", None),
    }),
    "OUTPUTS": Register(0x24, 1, {
        "classes": Field(0, 16, "r", None),
        "steps": Field(16, 9, "r", None),
    }),
    "SHAPE": Register(0x28, 1, {
        "beat": Field(0, 8, "r", None),
        "layers": Field(8, 8, "r", None),
    }),
    "CAPABILITIES": Register(0x2C, 1, {
        "loadable": Field(0, 1, "r", None),
        "banks": Field(1, 1, "r", None),
        "maps": Field(2, 1, "r", None),
    }),
    "WEIGHT_BITS": Register(0x30, 1, {
        "bits": Field(0, 32, "r", None),
    }),
    "WEIGHT_MAP": Register(0x34, 1, {
        "code": Field(0, 32, "r", None),
    }),
    "NETWORK_HASH": Register(0x40, 8, {
        "word": Field(0, 32, "r", None),
    }),
    "LIMIT_LANES": Register(0x60, 1, {
        "most": Field(0, 32, "r", None),
    }),
    "LIMIT_WORDS": Register(0x64, 1, {
        "most": Field(0, 32, "r", None),
    }),
    "LIMIT_WEIGHT_WORDS": Register(0x68, 1, {
        "most": Field(0, 32, "r", None),
    }),
    "FRAME": Register(0x7C, 1, {
        "beats": Field(0, 16, "w", 0x0),
        "events": Field(16, 1, "w", 0x0),
    }),
    "PIXELS": Register(0x80, 1, {
        "four": Field(0, 32, "w", 0x0),
    }),
    "RESULT_TAKE": Register(0x84, 1, {
        "take": Field(0, 1, "w", 0x0),
    }),
    "RESULT_STATUS": Register(0x88, 1, {
        "waiting": Field(0, 1, "r", None),
    }),
    "RESULT": Register(0x8C, 1, {
        "class_index": Field(0, 16, "r", None),
        "decision_time": Field(16, 9, "r", None),
        "silent": Field(29, 1, "r", None),
        "tie": Field(30, 1, "r", None),
        "bad_frame": Field(31, 1, "r", None),
    }),
    "LATENCY": Register(0x90, 1, {
        "cycles": Field(0, 24, "r", None),
    }),
    "IMAGES": Register(0x94, 1, {
        "count": Field(0, 32, "r", None),
    }),
    "CYCLES": Register(0x98, 1, {
        "count": Field(0, 32, "r", None),
    }),
    "SOURCE_STALLS": Register(0x9C, 1, {
        "count": Field(0, 24, "r", None),
    }),
    "SINK_STALLS": Register(0xA0, 1, {
        "count": Field(0, 24, "r", None),
    }),
    "SILENT": Register(0xA4, 1, {
        "count": Field(0, 24, "r", None),
    }),
    "TIES": Register(0xA8, 1, {
        "count": Field(0, 24, "r", None),
    }),
    "BAD_FRAMES": Register(0xAC, 1, {
        "count": Field(0, 24, "r", None),
    }),
    "LOAD_STATUS": Register(0xC0, 1, {
        "bank": Field(0, 1, "r", None),
        "loaded": Field(1, 2, "r", None),
        "not_begun": Field(8, 1, "w1c", 0x0),
        "too_long": Field(9, 1, "w1c", 0x0),
        "wrong_count": Field(10, 1, "w1c", 0x0),
        "wrong_crc": Field(11, 1, "w1c", 0x0),
        "wrong_bank": Field(12, 1, "w1c", 0x0),
        "other_processor": Field(13, 1, "w1c", 0x0),
        "field_too_large": Field(14, 1, "w1c", 0x0),
        "wrong_form": Field(15, 1, "w1c", 0x0),
    }),
    "LOAD_BEGIN": Register(0xC4, 1, {
        "bank": Field(0, 32, "w", 0x0),
    }),
    "LOAD_WORDS": Register(0xC8, 1, {
        "words": Field(0, 32, "w", 0x0),
    }),
    "LOAD_COUNT": Register(0xCC, 1, {
        "count": Field(0, 24, "rw", 0x0),
    }),
    "LOAD_COMMIT": Register(0xD0, 1, {
        "crc": Field(0, 32, "w", 0x0),
    }),
    "LOAD_HASH": Register(0xE0, 8, {
        "word": Field(0, 32, "rw", None),
    }),
}
