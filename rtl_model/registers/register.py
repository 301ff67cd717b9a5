"""What a register is, for those who read the map in `registers.addresses`."""

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
