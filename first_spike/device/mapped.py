"""An accelerator in the memory of this machine: behind a UIO device of Linux, or at PYNQ's MMIO, with or without a DMA.

`Device(Mapped(Uio("/dev/uio0")))` is a device as one at a serial line. On a board with PYNQ, whose overlay was made by
block_design.tcl:

    overlay = pynq.Overlay("system.bit")
    accelerator = DmaAccelerator(overlay.classifier, overlay.dma, pynq.allocate)
    words = accelerator.classify(images)
"""

import mmap
import os
import select
import struct
import time

import numpy as np

from first_spike.device.device import PATIENCE, RESTART, Device, flat_images
from first_spike.device.identity import field, read_identity
from first_spike.device.line import LineError
from first_spike.device.link import Link
from first_spike.golden.errors import UserError
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS

UNDER_WAY = REGISTERS["STATUS"].fields["busy"].mask | REGISTERS["STATUS"].fields["by_registers"].mask


class Uio:
    """The registers and the interrupt of a UIO device. Raises UserError where it cannot be opened or mapped."""

    def __init__(self, path):
        try:
            self._file = os.open(path, os.O_RDWR | os.O_SYNC)
        except OSError as error:
            raise UserError(f"cannot open {path}: {error.strerror}") from error
        try:
            self._memory = mmap.mmap(self._file, 1 << ADDRESS_BITS)
        except (OSError, ValueError) as error:
            os.close(self._file)
            raise UserError(f"cannot map {path}: it is no UIO device of this accelerator") from error
        self._words = np.frombuffer(self._memory, np.uint32)  # one access of 32 bits for an element

    def read(self, offset):
        """The register at a multiple of four bytes."""
        return int(self._words[offset // 4])

    def write(self, offset, word):
        self._words[offset // 4] = word

    def wait(self, seconds=None):
        """Wait for an interrupt; whether one came. The kernel keeps it off until the next wait: clear what raised it
        meanwhile."""
        os.write(self._file, struct.pack("=I", 1))
        if not select.select([self._file], [], [], seconds)[0]:
            return False
        os.read(self._file, 4)
        return True

    def close(self):
        self._words = None
        self._memory.close()
        os.close(self._file)


class Mapped(Link):
    """Registers in memory as a Link. registers: an object with `read(offset)` and `write(offset, word)`, such as a Uio,
    a `pynq.MMIO` or an IP of an overlay; name: for what is said of it; patience: seconds within which anything is done,
    or LineError is raised."""

    def __init__(self, registers, name="the accelerator", patience=PATIENCE):
        self.name = name
        self._registers, self._patience, self._deadline = registers, patience, 0

    def close(self):
        """Give the registers back, where they are somebody's."""
        getattr(self._registers, "close", lambda: None)()

    def begin(self, size=0):
        """The clock starts."""
        self._deadline = time.monotonic() + self._patience

    def synchronize(self):
        """There is no session: nothing is lost on this way."""

    def read(self, name, count=1):
        """Words of registers that lie side by side: [count] ints."""
        return [self._registers.read(REGISTERS[name].offset + 4 * number) for number in range(count)]

    def write(self, name, words):
        """Write words to registers that lie side by side."""
        for number, word in enumerate(words):
            self._registers.write(REGISTERS[name].offset + 4 * number, int(word))

    def push_in_time(self, name, words):
        """As `push`, which waits for room here."""
        self.push(name, words)

    def push(self, name, words):
        """Write words to one register, pixels only where there is room: the bus would answer with an error."""
        for word in words:
            while name == "PIXELS" and not field("STATUS", "room", self.read("STATUS")[0]):
                self.require_time(f"{self.name} takes no more pixels")
            self.write(name, [word])


class DmaAccelerator:
    """An accelerator whose streams are at a DMA, as PYNQ has it.

    registers: as for `Mapped`; dma: an object with `sendchannel` and `recvchannel`, each with `transfer(buffer)` and
    `wait()`; allocate: `allocate(shape, dtype)` gives a buffer that the DMA reaches. Raises LineError where there is no
    accelerator, or one that takes events, whose recordings are frames of any length.
    """

    def __init__(self, registers, dma, allocate):
        self._link = Mapped(registers)
        self.identity = Device(self._link).identify()
        if not self.identity.pixels:
            raise LineError("the accelerator takes recordings of events: give them to its registers, by Mapped")
        self._dma = dma
        size = -(-self.identity.inputs // self.identity.pixels) * self.identity.pixels
        self._image, self._result = allocate((size,), np.uint8), allocate((1,), np.uint32)
        self._image[:] = 0  # what the last beat has too many stays black

    def classify(self, images):
        """The result words, int64 [n], of `images`, uint8 [n, rows, columns]. UserError for images of another type or
        size, and where no network is loaded, LineError where the accelerator does not turn to its streams, or gives
        what is no result. Images and results of before are forgotten."""
        images = flat_images(images, self.identity.inputs)
        read_identity(self._link).require_network(self._link.name)
        self._link.begin()
        self._link.write("CONTROL", [RESTART])
        while self._link.read("STATUS")[0] & UNDER_WAY:
            self._link.require_time(f"{self._link.name} does not turn to its streams")
        words = np.zeros(len(images), np.int64)
        for number, image in enumerate(images):
            self._image[:images.shape[1]] = image
            self._dma.recvchannel.transfer(self._result)
            self._dma.sendchannel.transfer(self._image)
            self._dma.sendchannel.wait()
            self._dma.recvchannel.wait()
            words[number] = word = int(self._result[0])
            if not self.identity.is_believable(word):
                raise LineError(f"{self._link.name} gives {word:#010x}, which is no result of an image")
        return words
