"""The ports of a core whose weights are loaded, for the tests of those who load."""

from myhdl import Signal

from rtl_model.parts.streams import Bundle
from rtl_model.registers.bundles import LOAD_ADDRESS_BITS
from rtl_model.tests.clocked import vector


class LoadStream(Bundle):
    """A word a cycle."""

    members = ("valid", "address", "data")

    def __init__(self):
        self.valid, self.address, self.data = Signal(bool(0)), vector(LOAD_ADDRESS_BITS), vector(16)


class BankSelect(Bundle):
    """The bank of the next image, and that of the one that is worked on."""

    members = ("next", "in_use")
    inward = ("in_use",)

    def __init__(self):
        self.next, self.in_use = Signal(bool(0)), Signal(bool(0))
