"""The driver in C at a toy of a processor: limits, networks in place of words for a design, frames of told beats."""

import ctypes
import zlib

import numpy as np
import pytest

from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.tests.registers.test_first_spike_driver import library  # noqa: F401
from tb.helpers.toy_registers import HASH, CResult, Driver, ToyRegisters, exact

IDENTITY, BEAT, EVENTS = 0x12345678, 8, 1 << 16
ERRORS = {name: field.mask for name, field in REGISTERS["LOAD_STATUS"].fields.items()}


class ToyProcessor(ToyRegisters):
    """Registers of a processor with so many banks. A load whose first word is the name of an error has that one. Frames
    are kept as they are told and written: (FRAME, words); room: reads of STATUS until there is some."""

    def __init__(self, banks=1, beat=BEAT):
        super().__init__(banks)
        self.values.update(IDENTIFICATION=0x46535050, INPUTS=1000 // beat * beat, OUTPUTS=512 | 256 << 16,
                           SHAPE=beat | 8 << 8, WEIGHT_MAP=IDENTITY, FRAME=0)
        self.beat, self.frames, self.delay = beat, [], 0

    def word(self, name):
        if name == "STATUS" and self.delay:
            self.delay -= 1
            return super().word(name) & ~2
        return super().word(name)

    def write(self, address, value):
        before = len(self.accesses)
        if address & 0xFFF == REGISTERS["PIXELS"].offset:
            assert not self.delay, "there was no room"
            self.accesses.append(("PIXELS", value))
            self.frames[-1][1].append(value)
            frame, words = self.frames[-1]
            beats = (frame & 0xFFFF) + 1
            if len(words) == beats if frame & EVENTS else 4 * len(words) >= beats * self.beat:
                self.come(len(self.frames))
            return
        super().write(address, value)
        if self.accesses[before][0] == "FRAME":
            assert not self.delay, "the frame before is not gone"
            self.frames.append((value, []))

    def load(self, name, number, value):
        if name != "LOAD_COMMIT":
            self.words = 1 << 30  # as many as come
            return super().load(name, number, value)
        wrong = ERRORS.get(SAID.get(self.came[:4]))
        self.words = self.values["LOAD_COUNT"] = len(self.came) // 2
        super().load(name, number, zlib.crc32(self.came) if wrong is None else 1)
        if wrong:
            self.load_errors = wrong
        return None


SAID = {np.uint32(number).tobytes(): name for number, name in enumerate(ERRORS)}
SENTENCES = {"other_processor": "the network is packed for another processor",
             "field_too_large": "the network has a field that is larger than the processor allows",
             "wrong_form": "the words of the network are no load of a processor",
             "wrong_count": "the network has another number of words than the memories need"}


def packed(inputs, classes, steps, of_events=False, first=99, identity=IDENTITY):
    """The address of the image of a network of one layer."""
    words = [first, *range(20)]
    head = [inputs, classes | steps << 16, (0 if of_events else BEAT) | 1 << 8, identity, *HASH, 2 * len(words), 7]
    return exact(np.array(head + words, "<u4").tobytes())


def ready(library, banks=1, beat=BEAT):  # noqa: F811
    driver = Driver(library, ToyProcessor(banks, beat))
    assert driver.identify() == driver.call("start", True) == "no error"
    return driver


@pytest.mark.parametrize("banks", [1, 2])
def test_a_processor_says_its_limits_and_then_what_its_network_takes(library, banks):  # noqa: F811
    driver = ready(library, banks)
    device = driver.device
    assert (device.pixels, device.classes, device.steps, device.banks) == (1000, 512, 256, banks)
    assert device.processor and not device.events and device.beat == BEAT
    for inputs, classes, steps, of_events in ((9, 4, 16, False), (100, 3, 256, True), (17, 300, 2, False)):
        assert driver.call("load", packed(inputs, classes, steps, of_events)) == "no error"
        assert (device.pixels, device.classes, device.steps, device.events) == (inputs, classes, steps, of_events)
        assert device.banks == banks and device.beat == BEAT
    assert driver.toy.refused == 0 and driver.toy.hashes == dict(enumerate(HASH))
    assert driver.identify() == "no error", "what it holds is not known any more"
    driver.toy.accesses.clear()
    assert driver.send(bytes(17)) == driver.call("send_events", exact(bytes(4)), 1) == "no network is loaded"
    assert not driver.toy.accesses


@pytest.mark.parametrize("name", SENTENCES)
def test_what_a_processor_refuses_is_told_and_nothing_is_believed(library, name):  # noqa: F811
    driver = ready(library, 2)
    assert driver.call("load", packed(9, 4, 16)) == "no error"
    first = next(int.from_bytes(word, "little") for word, said in SAID.items() if said == name)
    assert driver.call("load", packed(50, 5, 32, first=first)) == SENTENCES[name]
    assert (driver.device.pixels, driver.device.classes, driver.device.steps) == (9, 4, 16)
    assert driver.send(bytes(9)) == "no error"
    driver.toy.accesses.clear()
    other = driver.call("load", packed(50, 5, 32, identity=IDENTITY ^ 1 << 31))
    assert other == "the network is for a design of another shape"
    assert all(isinstance(access, str) for access in driver.toy.accesses), "nothing is written"


@pytest.mark.parametrize("beat", [1, 2, 4, 8, 16])
def test_an_image_fills_whole_beats_with_zeros(library, beat):  # noqa: F811
    driver = ready(library, beat=beat)
    assert driver.send(bytes(9)) == "no network is loaded"
    for inputs in range(1, 20):
        if driver.toy.results:
            driver.take()
        assert driver.call("load", packed(inputs, 4, 16)) == "no error"
        image = bytes(range(0xE0, 0xE0 + inputs))
        driver.toy.delay = inputs % 3
        assert driver.send(image) == "no error"
        frame, words = driver.toy.frames[-1]
        beats = -(-inputs // beat)
        padded = image + bytes(beats * beat - inputs)
        assert frame == beats - 1
        assert np.array(words, "<u4").tobytes() == padded + bytes(-len(padded) % 4)
        assert driver.toy.results == [inputs]


def test_a_recording_says_how_many_events_it_has(library):  # noqa: F811
    """And has no closing word but where it is empty; more than a frame can have are refused."""
    driver, result = ready(library), CResult()
    assert driver.call("load", packed(100, 4, 16, of_events=True)) == "no error"
    events = np.array([5, 1 << 24 | 3, 15 << 24], "<u4")
    for count in (0, 1, 3):
        driver.toy.delay = count
        assert driver.call("classify_events", exact(events.tobytes()), count, ctypes.byref(result)) == "no error"
        assert driver.toy.frames[-1] == (EVENTS | max(count, 1) - 1, events[:count].tolist() or [0xFFFFFF])
        assert result.class_index == len(driver.toy.frames)
    none = exact(np.array([0xFFFFFF], "<u4").tobytes())
    assert driver.call("classify_events", none, 1, ctypes.byref(result)) == "no error", "it is one that does not count"
    known = len(driver.toy.frames)
    driver.toy.delay = 1 << 40  # for ever: as many as a frame can have wait for room, more do not
    for count, looks in ((65536, True), (65537, False)):
        driver.toy.accesses.clear()
        assert driver.call("send_events", exact(bytes(4)), count) == "the accelerator takes no more pixels"
        assert ("STATUS" in driver.toy.accesses) == looks and len(driver.toy.frames) == known
    assert driver.send(bytes(100)) == "the accelerator takes images or recordings of events, and was given the other"
