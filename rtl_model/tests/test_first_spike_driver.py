"""The driver in C, compiled for this machine, against a toy of the registers in Python."""

import ctypes
import shutil
import subprocess
import zlib

import numpy as np
import pytest

from golden.files import ROOT
from rtl_model.registers.addresses import REGISTERS

BASE = 0x4000_0000  # of the registers
DRIVER = ROOT / "rtl_model" / "registers"
SHAPE = {"INPUTS": 6, "OUTPUTS": 3 | 16 << 16, "SHAPE": 4 | 2 << 8, "WEIGHT_BITS": 0x33}
HASH = tuple(range(100, 108))
NAMES = {4 * index: (name, number) for name, register in REGISTERS.items()
         for number, index in enumerate(register.indices)}
IMAGE = bytes([1, 2, 3, 4, 5, 6])


class CDevice(ctypes.Structure):
    _fields_ = [("address", ctypes.c_size_t), *((name, ctypes.c_uint32) for name in ("pixels", "classes", "steps",
                                                                                     "banks"))]


class CResult(ctypes.Structure):
    _fields_ = [("class_index", ctypes.c_uint32), ("decision_time", ctypes.c_uint32), ("silent", ctypes.c_bool),
                ("tie", ctypes.c_bool), ("bad_frame", ctypes.c_bool), ("cycles", ctypes.c_uint32)]


class ToyRegisters:
    """What `accelerator_axi` does with accesses, as far as the driver can tell; a result's class is the sum of its
    image's pixels. words: of a network; `refused` counts what was answered SLVERR."""

    def __init__(self, banks, words=5):
        self.values = {"IDENTIFICATION": 0x4653504B, "VERSION": 1 << 16, "ERRORS": 0, "INTERRUPT_STATUS": 0, **SHAPE,
                       "CAPABILITIES": (banks > 0) | (banks == 2) << 1, "LATENCY": 123, "IMAGES": 0, "CYCLES": 99,
                       "SOURCE_STALLS": 5, "SINK_STALLS": 6, "SILENT": 7, "TIES": 8, "BAD_FRAMES": 9}
        self.banks, self.words = banks, words
        self.bank, self.loaded, self.loading, self.came, self.hashes = 0, [False, False], None, b"", {}
        self.load_errors, self.refused = 0, 0
        self.pixels, self.results, self.by_registers, self.stuck = b"", [], False, False

    def read(self, address):
        name, number = NAMES[address - BASE]
        if name == "STATUS":
            return (bool(self.pixels or self.results) | (not self.stuck) << 1 | bool(self.results) << 2
                    | self.by_registers << 3)
        if name == "LOAD_STATUS":
            return self.bank | self.loaded[0] << 1 | self.loaded[1] << 2 | self.load_errors
        if name == "RESULT":
            return self.results[0] if self.results else 0
        return self.values[name]

    def write(self, address, value):
        name, number = NAMES[address - BASE]
        if name == "CONTROL":
            self.by_registers = bool(value & 1) and not self.stuck
            if value & 2:
                self.pixels, self.results = b"", []
        elif name in ("ERRORS", "INTERRUPT_STATUS"):
            self.values[name] &= ~value
        elif name == "PIXELS":
            self.pixels += value.to_bytes(4, "little")
            if len(self.pixels) >= SHAPE["INPUTS"]:
                self.results.append(sum(self.pixels[:SHAPE["INPUTS"]]) | 9 << 16 | 1 << 30)
                self.pixels = b""
                self.values["INTERRUPT_STATUS"] |= 1
        elif name == "RESULT_TAKE":
            self.refused += not self.results
            del self.results[:1]
        elif name.startswith("LOAD_"):
            self.load(name, number, value)
        else:
            self.values[name] = value

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


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The driver, compiled with every warning an error."""
    compiler = shutil.which("cc") or shutil.which("g++")
    path = tmp_path_factory.mktemp("driver") / "driver.so"
    source = ROOT / "rtl_model" / "tests" / "toy_registers.c"
    subprocess.run([compiler, "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{DRIVER}", source,
                    "-o", path], check=True)
    made = ctypes.CDLL(str(path))
    made.first_spike_sentence.restype = ctypes.c_char_p
    made.first_spike_interrupt.restype = ctypes.c_bool
    return made


class Driver:
    """The driver at a ToyRegisters; methods return the sentence of the error, "no error" if there is none."""

    def __init__(self, library, toy):
        self.toy, self.library, self.device = toy, library, CDevice()
        self._callbacks = (ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32)(toy.read),
                           ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32)(toy.write))
        library.toy_connect(*self._callbacks)

    def call(self, name, *arguments):
        error = getattr(self.library, f"first_spike_{name}")(ctypes.byref(self.device), *arguments)
        return self.library.first_spike_sentence(error).decode()

    def identify(self):
        return self.call("identify", ctypes.c_size_t(BASE))

    def load(self, words=(1, 2, 3, 4, 5), crc=None, **shape):
        """Load 16-bit words."""
        pairs = np.array([*words, *[0] * (len(words) % 2)], "<u2").tobytes()
        values = {**SHAPE, **shape}
        head = [*values.values(), *HASH, len(words), zlib.crc32(pairs) if crc is None else crc]
        return self.call("load", np.array(head, "<u4").tobytes() + pairs)

    def take(self):
        result = CResult()
        error = self.call("take", ctypes.byref(result))
        return error if error != "no error" else result


def ready(library, banks=1):
    driver = Driver(library, ToyRegisters(banks))
    assert driver.identify() == driver.call("start", True) == "no error"
    return driver


def test_the_device_says_what_it_is(library):
    driver = Driver(library, ToyRegisters(2))
    assert driver.identify() == "no error"
    device = driver.device
    assert (device.pixels, device.classes, device.steps, device.banks) == (6, 3, 16, 2)
    driver = Driver(library, ToyRegisters(0))
    assert driver.identify() == "no error" and driver.device.banks == 0


@pytest.mark.parametrize("register, value, sentence", [
    ("IDENTIFICATION", 0xFFFF_FFFF, "there is no first-spike accelerator at this address"),
    ("VERSION", 2 << 16, "the accelerator has registers of another version"),
    ("VERSION", 1 << 16 | 7, "no error"),
])
def test_what_is_no_such_device_is_not_believed(library, register, value, sentence):
    driver = Driver(library, ToyRegisters(1))
    driver.toy.values[register] = value
    assert driver.identify() == sentence


@pytest.mark.parametrize("banks", [1, 2])
def test_networks_are_loaded_one_after_the_other(library, banks):
    """With two banks each goes into the one that does not work."""
    driver = ready(library, banks)
    for turn in range(3):
        assert driver.load() == "no error"
        assert driver.toy.bank == ((turn + 1) % 2 if banks == 2 else 0)
        assert driver.toy.came == np.array([1, 2, 3, 4, 5, 0], "<u2").tobytes()
        assert driver.toy.hashes == dict(enumerate(HASH))
    assert driver.toy.refused == 0


@pytest.mark.parametrize("network, sentence", [
    (dict(words=(1, 2, 3, 4)), "the network has another number of words than the memories need"),
    (dict(words=range(8)), "the network has more words than the memories hold"),
    (dict(crc=7), "the words of the network have another CRC-32 than it says, or are for another design"),
    (dict(OUTPUTS=4), "the network is for a design of another shape"),
    (dict(WEIGHT_BITS=0x77), "the network is for a design of another shape"),
])
def test_wrong_networks_are_refused_and_the_other_bank_works_on(library, network, sentence):
    driver = ready(library, 2)
    assert driver.load() == "no error"
    assert driver.load(**network) == sentence
    assert driver.toy.bank == 1 and driver.toy.loaded[1]
    assert driver.load() == "no error" and driver.toy.bank == 0


def test_what_cannot_be_loaded(library):
    assert ready(library, 0).load() == "the weights of this accelerator are constants"
    driver = ready(library)
    assert driver.load() == driver.call("send", IMAGE) == "no error"
    assert driver.load() == "images are under way, or results were not taken"


def test_images_are_classified_by_interrupt_and_without(library):
    driver = ready(library)
    assert driver.call("send", IMAGE) == "no network is loaded"
    assert driver.load() == "no error"
    assert driver.take() == "there is no result"
    assert not driver.library.first_spike_interrupt(ctypes.byref(driver.device))
    for image in (IMAGE, bytes([0, 0, 1, 0, 0, 0])):
        assert driver.call("send", image + b"\xff\xff") == "no error"  # what lies behind the image is not read
    assert driver.library.first_spike_interrupt(ctypes.byref(driver.device))
    assert driver.toy.values["INTERRUPT_STATUS"] == 0
    result = driver.take()
    assert (result.class_index, result.decision_time, result.cycles) == (21, 9, 123)
    assert (result.silent, result.tie, result.bad_frame) == (False, True, False)
    assert driver.take().class_index == 1
    result = CResult()
    assert driver.call("classify", IMAGE, ctypes.byref(result)) == "no error" and result.class_index == 21
    assert driver.toy.refused == 0
    counters = (ctypes.c_uint32 * 7)()
    driver.library.first_spike_count(ctypes.byref(driver.device), counters)
    assert list(counters) == [0, 99, 5, 6, 7, 8, 9]


def test_a_device_that_does_nothing_is_given_up(library):
    driver = ready(library, 0)
    driver.toy.stuck = True
    assert driver.call("send", IMAGE) == "the accelerator takes no more pixels"
    assert driver.call("start", False) == "the accelerator does not begin to take pixels by registers"


def test_every_error_has_a_sentence_of_its_own(library):
    sentences = [library.first_spike_sentence(error) for error in range(17)]
    assert len(set(sentences)) == 17 and sentences[16] == b"no such error"


def test_a_program_in_cpp_uses_it(tmp_path):
    """The driver is C, the program C++: they are linked."""
    warnings = ("-Wall", "-Wextra", "-Werror", f"-I{DRIVER}")
    for line in (("cc", "-std=c99", *warnings, "-c", DRIVER / "first_spike_driver.c", "-o", "driver.o"),
                 ("c++", "-std=c++11", *warnings, ROOT / "rtl_model" / "tests" / "own_program.cpp", "driver.o", "-o",
                  "program")):
        done = subprocess.run(line, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0, done.stderr
    said = subprocess.run([tmp_path / "program"], check=True, capture_output=True, text=True).stdout.splitlines()
    assert said == ["no error", "no error", "the weights of this accelerator are constants",
                    "the accelerator takes no more pixels", "there is no result",
                    "the accelerator takes no more pixels", "784 pixels, 10 classes, interrupt 1"]
