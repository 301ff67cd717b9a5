"""A toy of the registers in Python, and the driver in C at it."""

import ctypes
import zlib

import numpy as np

from first_spike.rtl_model.registers.addresses import REGISTERS

BASE = 0x4000_0000  # of the registers
SHAPE = {"INPUTS": 6, "OUTPUTS": 3 | 16 << 16, "SHAPE": 4 | 2 << 8, "WEIGHT_BITS": 0x33}
HASH = tuple(range(100, 108))
NAMES = {4 * index: (name, number) for name, register in REGISTERS.items()
         for number, index in enumerate(register.indices)}
IMAGE = bytes([1, 2, 3, 4, 5, 6])

ONES = 0xFFFF_FFFF
# What registers of a design of one network may say, and what they may not; the others are as SHAPE has them.
POSSIBLE = [dict(INPUTS=1), dict(INPUTS=1 << 30), dict(INPUTS=0xFF_FFFF, SHAPE=1 << 8), dict(OUTPUTS=1 | 2 << 16),
            dict(OUTPUTS=0xFFFF | 256 << 16), dict(SHAPE=1 | 1 << 8), dict(SHAPE=2 | 2 << 8),
            dict(SHAPE=16 | 255 << 8, WEIGHT_BITS=0x7777_7777), dict(SHAPE=8 | 2 << 8, WEIGHT_BITS=0xFFFF_FF77)]
IMPOSSIBLE = [dict(INPUTS=0), dict(INPUTS=ONES), dict(INPUTS=(1 << 30) + 1), dict(INPUTS=1 << 24, SHAPE=1 << 8),
              dict(INPUTS=0, SHAPE=1 << 8), dict(OUTPUTS=16 << 16), dict(OUTPUTS=3), dict(OUTPUTS=3 | 1 << 16),
              dict(OUTPUTS=3 | 24 << 16), dict(OUTPUTS=3 | 257 << 16), dict(OUTPUTS=3 | 511 << 16), dict(SHAPE=4),
              dict(SHAPE=3 | 2 << 8), dict(SHAPE=32 | 2 << 8), dict(SHAPE=255 | 2 << 8), dict(WEIGHT_BITS=0x38),
              dict(WEIGHT_BITS=0x83), dict(SHAPE=4 | 9 << 8, WEIGHT_BITS=0x8000_0000), dict.fromkeys(SHAPE, 0),
              dict.fromkeys(SHAPE, ONES)]
# The same of a processor.
PROCESSOR = {"IDENTIFICATION": 0x4653_5050, "INPUTS": 1000, "OUTPUTS": 512 | 256 << 16, "SHAPE": 8 | 8 << 8}
POSSIBLE_PROCESSORS = [dict(INPUTS=32), dict(INPUTS=0xFFF8), dict(INPUTS=65535, SHAPE=1 | 2 << 8),
                       dict(OUTPUTS=16 | 2 << 16), dict(OUTPUTS=1 << 14 | 64 << 16), dict(SHAPE=2 | 16 << 8),
                       dict(SHAPE=16 | 8 << 8, INPUTS=64)]
IMPOSSIBLE_PROCESSORS = [dict(INPUTS=0), dict(INPUTS=24), dict(INPUTS=1001), dict(INPUTS=1 << 16), dict(INPUTS=ONES),
                         dict(OUTPUTS=256 << 16), dict(OUTPUTS=8 | 16 << 16), dict(OUTPUTS=513 | 16 << 16),
                         dict(OUTPUTS=1 << 15 | 16 << 16), dict(OUTPUTS=512), dict(OUTPUTS=512 | 1 << 16),
                         dict(OUTPUTS=512 | 24 << 16), dict(OUTPUTS=512 | 511 << 16), dict(SHAPE=8 << 8),
                         dict(SHAPE=3 | 8 << 8, INPUTS=999), dict(SHAPE=32 | 8 << 8, INPUTS=1024), dict(SHAPE=8),
                         dict(SHAPE=8 | 1 << 8), dict(SHAPE=8 | 6 << 8), dict(SHAPE=8 | 32 << 8),
                         dict.fromkeys(SHAPE, 0), dict.fromkeys(SHAPE, ONES)]


class CDevice(ctypes.Structure):
    _fields_ = [("address", ctypes.c_size_t), *((name, ctypes.c_uint32) for name in ("pixels", "classes", "steps",
                                                                                     "banks")),
                ("events", ctypes.c_bool), ("processor", ctypes.c_bool), ("beat", ctypes.c_uint32),
                ("loaded", ctypes.c_bool), ("ready", ctypes.c_bool)]


class CResult(ctypes.Structure):
    _fields_ = [("class_index", ctypes.c_uint32), ("decision_time", ctypes.c_uint32), ("silent", ctypes.c_bool),
                ("tie", ctypes.c_bool), ("bad_frame", ctypes.c_bool), ("cycles", ctypes.c_uint32)]


class ToyRegisters:
    """What `accelerator_axi` does with accesses, as far as the driver can tell; a result's class is the sum of its
    image's pixels, its latency one more than that of the result before. words: of a network; `refused` counts what was
    answered SLVERR; `accesses`: names of what was read and written, and what was written; `irq`: whether the interrupt
    was raised at any time; `change`, {name: function}: called once, behind the next read of a register."""

    def __init__(self, banks, words=5):
        self.values = {"IDENTIFICATION": 0x4653504B, "VERSION": 1 << 16, "ERRORS": 0, "INTERRUPT_STATUS": 0, **SHAPE,
                       "CAPABILITIES": (banks > 0) | (banks == 2) << 1, "IMAGES": 4, "CYCLES": 99, "SOURCE_STALLS": 5,
                       "SINK_STALLS": 6, "SILENT": 7, "TIES": 8, "BAD_FRAMES": 9, "GLOBAL_INTERRUPT_ENABLE": 0,
                       "INTERRUPT_ENABLE": 0}
        self.banks, self.words = banks, words
        self.bank, self.loaded, self.loading, self.came, self.hashes = 0, [False, False], None, b"", {}
        self.load_errors, self.refused = 0, 0
        self.pixels, self.results, self.latency, self.by_registers = b"", [], 122, False
        self.busy, self.stuck = 0, False  # looks after which a restart is done; whether nothing is ever done
        self.room = 1 << 40  # words of pixels that are taken
        self.accesses, self.irq, self.change = [], False, {}

    def read(self, address):
        name, number = NAMES[address - BASE]
        self.accesses.append(name)
        word = self.word(name)
        if name in self.change:
            self.change.pop(name)()
        self.look()
        return word

    def word(self, name):
        if name == "STATUS":
            self.busy = max(0, self.busy - 1)
            return (bool(self.pixels or self.results or self.busy) | (self.room > 0 and not self.stuck) << 1
                    | bool(self.results) << 2 | self.by_registers << 3)
        if name == "LOAD_STATUS":
            return self.bank | self.loaded[0] << 1 | self.loaded[1] << 2 | self.load_errors
        if name == "RESULT":
            return self.results[0] if self.results else 0
        if name == "LATENCY":
            return self.latency | 0xAB << 24  # what is no field is not to be shown
        return self.values[name]

    def look(self):
        values = self.values
        self.irq |= bool(values["GLOBAL_INTERRUPT_ENABLE"] and values["INTERRUPT_ENABLE"] & values["INTERRUPT_STATUS"])

    def write(self, address, value):
        name, number = NAMES[address - BASE]
        self.accesses.append((name, value))
        if name == "CONTROL":
            self.by_registers = bool(value & 1) and not self.stuck
            if value & 2:
                self.pixels, self.results = b"", []
        elif name in ("ERRORS", "INTERRUPT_STATUS"):
            self.values[name] &= ~value
        elif name == "PIXELS":
            self.room -= 1
            self.pixels += value.to_bytes(4, "little")
            if len(self.pixels) >= SHAPE["INPUTS"]:
                self.come(sum(self.pixels[:SHAPE["INPUTS"]]) | 9 << 16 | 1 << 30)
                self.pixels = b""
        elif name == "RESULT_TAKE":
            self.refused += not self.results
            del self.results[:1]
            self.latency += bool(self.results)  # the next one is offered
        elif name.startswith("LOAD_"):
            self.load(name, number, value)
        else:
            self.values[name] = value
        self.look()

    def come(self, word):
        """A result."""
        self.latency += not self.results
        self.results.append(word)
        self.values["INTERRUPT_STATUS"] |= 1

    def load(self, name, number, value):
        errors = {error: REGISTERS["LOAD_STATUS"].fields[error].mask for error in ("not_begun", "too_long",
                                                                                   "wrong_count", "wrong_crc",
                                                                                   "wrong_bank")}
        pairs = -(-self.words // 2)
        found = 0
        if name == "LOAD_STATUS":
            self.load_errors &= ~value
        elif name == "LOAD_HASH":
            self.hashes[number] = value
        elif name == "LOAD_BEGIN":
            if value >= self.banks or (self.loaded[self.bank] and value == self.bank and self.banks == 2):
                found = errors["wrong_bank"]
            else:
                self.loading, self.came, self.loaded[value] = value, b"", False
        elif name == "LOAD_WORDS":
            if self.loading is None:
                found = errors["not_begun"]
            elif len(self.came) == 4 * pairs:
                found = errors["too_long"]
            else:
                self.came += value.to_bytes(4, "little")
        elif name == "LOAD_COMMIT":
            if self.loading is None:
                found = errors["not_begun"]
            else:
                if len(self.came) != 4 * pairs or self.values["LOAD_COUNT"] != self.words:
                    found |= errors["wrong_count"]
                if zlib.crc32(self.came) != value:
                    found |= errors["wrong_crc"]
                if not found:
                    self.bank, self.loaded[self.loading] = self.loading, True
                self.loading = None
        else:
            self.values[name] = value
        self.refused += found != 0
        self.load_errors |= found


def exact(data):
    """The address of a copy of bytes, behind which there is nothing that may be read."""
    allocate = ctypes.CDLL(None).malloc
    allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    place = ctypes.c_void_p(allocate(len(data)))
    ctypes.memmove(place, data, len(data))
    return place


class Driver:
    """The driver at a ToyRegisters; methods return the sentence of the error, "no error" if there is none."""

    def __init__(self, library, toy):
        self.toy, self.library, self.device, self._raised = toy, library, CDevice(), []
        self._callbacks = (ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32)(self._keeping(toy.read)),
                           ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32)(self._keeping(toy.write)))
        library.toy_connect(*self._callbacks)

    def _keeping(self, access):
        """An access whose exception, which C cannot hand on, fails the call."""

        def kept(*arguments):
            try:
                return access(*arguments)
            except Exception as error:
                self._raised.append(error)
                return 0

        return kept

    def call(self, name, *arguments):
        error = getattr(self.library, f"first_spike_{name}")(ctypes.byref(self.device), *arguments)
        assert not self._raised, self._raised
        return self.library.first_spike_sentence(error).decode()

    def identify(self):
        return self.call("identify", ctypes.c_size_t(BASE))

    def load(self, words=(1, 2, 3, 4, 5), crc=None, **shape):
        """Load 16-bit words."""
        pairs = np.array([*words, *[0] * (len(words) % 2)], "<u2").tobytes()
        values = {**SHAPE, **shape}
        head = [*values.values(), *HASH, len(words), zlib.crc32(pairs) if crc is None else crc]
        return self.call("load", exact(np.array(head, "<u4").tobytes() + pairs))

    def send(self, image=IMAGE):
        return self.call("send", exact(image))

    def interrupt(self):
        return self.library.first_spike_interrupt(ctypes.byref(self.device))

    def take(self):
        result = CResult()
        error = self.call("take", ctypes.byref(result))
        return error if error != "no error" else result


def ready(library, banks=1):
    driver = Driver(library, ToyRegisters(banks))
    assert driver.identify() == driver.call("start", True) == "no error"
    return driver
