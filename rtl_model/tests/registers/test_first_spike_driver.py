"""The driver in C, compiled for this machine, against a toy of the registers that changes between two accesses."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from first_spike.golden.files import ROOT
from tb.helpers.toy_registers import (
    HASH,
    IMAGE,
    IMPOSSIBLE,
    IMPOSSIBLE_PROCESSORS,
    POSSIBLE,
    POSSIBLE_PROCESSORS,
    PROCESSOR,
    SHAPE,
    CResult,
    Driver,
    ToyRegisters,
    exact,
    ready,
)

DRIVER = ROOT / "rtl_model" / "registers"
PATIENCE = 50  # of the driver, as toy_registers.c has it
COMPILER = shutil.which("cc") or shutil.which("g++")
SANITIZERS = "FIRST_SPIKE_SANITIZERS"  # options of the compiler


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The driver, compiled with every warning an error."""
    path = tmp_path_factory.mktemp("driver") / "driver.so"
    source = ROOT / "rtl_model" / "tests" / "toy_registers.c"
    subprocess.run([COMPILER, "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{DRIVER}", source,
                    "-o", path, *os.environ.get(SANITIZERS, "").split()], check=True)
    made = ctypes.CDLL(str(path))
    made.first_spike_sentence.restype = ctypes.c_char_p
    made.first_spike_interrupt.restype = ctypes.c_bool
    return made


@pytest.mark.thorough
def test_the_tests_of_this_file_pass_under_sanitizers():
    """And those of processors. Of addresses and of what C leaves undefined; they have to stand before everything else
    in the process."""
    found = subprocess.run([COMPILER, "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    environment = os.environ | {"LD_PRELOAD": found.stdout.strip(), "PYTHONMALLOC": "malloc",
                                "ASAN_OPTIONS": "detect_leaks=0",
                                SANITIZERS: "-g -fsanitize=address,undefined -fno-sanitize-recover=all"}
    done = subprocess.run([sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", "not sanitizers",
                           __file__, str(Path(__file__).with_name("test_processor_in_c.py"))], env=environment,
                          cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_device_says_what_it_is(library):
    for banks in (0, 1, 2):
        driver = Driver(library, ToyRegisters(banks))
        driver.toy.values.update(OUTPUTS=0xFFFE | 256 << 16 | 0x7F << 25, INPUTS=1 << 30)
        assert driver.identify() == "no error"
        device = driver.device
        assert (device.pixels, device.classes, device.steps, device.banks) == (1 << 30, 0xFFFE, 256, banks)
    driver.toy.values["CAPABILITIES"] = 2  # two banks of constants
    assert driver.identify() == "no error" and driver.device.banks == 0


@pytest.mark.parametrize("register, value, sentence", [
    *(("IDENTIFICATION", 0x4653504B ^ 1 << bit, "there is no first-spike accelerator at this address")
      for bit in (0, 7, 15, 16, 31)),
    ("VERSION", 2 << 16, "the accelerator has registers of another version"),
    ("VERSION", 1, "the accelerator has registers of another version"),
    ("VERSION", 1 << 31 | 1 << 16, "the accelerator has registers of another version"),
    ("VERSION", 1 << 16 | 0xFFFF, "no error"),
])
def test_what_is_no_such_device_is_not_believed(library, register, value, sentence):
    driver = Driver(library, ToyRegisters(1))
    driver.toy.values[register] = value
    assert driver.identify() == sentence
    assert all(isinstance(access, str) for access in driver.toy.accesses), "nothing is written"


@pytest.mark.parametrize("registers, sentence", [
    *((known, "no error") for known in POSSIBLE + [PROCESSOR | known for known in POSSIBLE_PROCESSORS]),
    *((known, "the registers name numbers that no accelerator has")
      for known in IMPOSSIBLE + [PROCESSOR | known for known in IMPOSSIBLE_PROCESSORS])])
def test_numbers_that_no_accelerator_has_are_not_believed(library, registers, sentence):
    driver = Driver(library, ToyRegisters(1))
    driver.toy.values.update(registers)
    assert driver.identify() == sentence
    assert all(isinstance(access, str) for access in driver.toy.accesses), "nothing is written"


@pytest.mark.parametrize("interrupt", [False, True])
@pytest.mark.parametrize("looks", [1, 3, PATIENCE])
def test_a_start_forgets_what_was_before(library, interrupt, looks):
    """Images, results, errors, and the interrupts that come of them meanwhile."""
    driver = Driver(library, ToyRegisters(0))
    toy = driver.toy
    toy.values.update(ERRORS=7, GLOBAL_INTERRUPT_ENABLE=1, INTERRUPT_ENABLE=3)
    toy.busy, toy.change = looks, {"STATUS": lambda: toy.values.update(INTERRUPT_STATUS=3)}
    assert driver.identify() == driver.call("start", interrupt) == "no error"
    assert not toy.irq and toy.accesses.count("STATUS") == looks
    assert (toy.values["ERRORS"], toy.values["INTERRUPT_STATUS"]) == (0, 0) and toy.by_registers
    assert (toy.values["INTERRUPT_ENABLE"], toy.values["GLOBAL_INTERRUPT_ENABLE"]) == (1, interrupt)
    assert ("CONTROL", 3) in toy.accesses
    assert driver.send() == "no error" and toy.irq == interrupt
    toy.busy = PATIENCE + 1
    assert driver.call("start", interrupt) == "the accelerator does not begin to take pixels by registers"
    assert toy.values["GLOBAL_INTERRUPT_ENABLE"] == 0
    toy.busy = 0
    assert driver.send().startswith("first_spike_start has to come first")


@pytest.mark.parametrize("banks", [1, 2])
@pytest.mark.parametrize("words", [(1, 2, 3, 4, 5), (1, 2, 3, 4)])
def test_networks_are_loaded_one_after_the_other(library, banks, words):
    """With two banks each goes into the one that does not work. Errors of older loads do not count."""
    driver = ready(library, banks)
    driver.toy.words, driver.toy.load_errors = len(words), 0x1F00
    for turn in range(3):
        driver.toy.accesses.clear()
        assert driver.load(words) == "no error"
        assert driver.toy.bank == ((turn + 1) % 2 if banks == 2 else 0)
        assert driver.toy.came == np.array([*words, *[0] * (len(words) % 2)], "<u2").tobytes()
        assert driver.toy.hashes == dict(enumerate(HASH))
        written = [access[0] for access in driver.toy.accesses if isinstance(access, tuple)]
        assert written == ["LOAD_STATUS", "LOAD_BEGIN", *-(-len(words) // 2) * ["LOAD_WORDS"], *8 * ["LOAD_HASH"],
                           "LOAD_COUNT", "LOAD_COMMIT"]
    assert driver.toy.refused == driver.toy.load_errors == 0


@pytest.mark.parametrize("network, sentence", [
    (dict(words=(1, 2, 3, 4)), "the network has another number of words than the memories need"),
    (dict(words=range(8)), "the network has more words than the memories hold"),
    (dict(crc=7), "the words of the network have another CRC-32 than it says, or are for another design"),
    *((dict([(name, value ^ 1 << bit)]), "the network is for a design of another shape")
      for name, value in SHAPE.items() for bit in (0, 31)),
])
def test_wrong_networks_are_refused_and_the_other_bank_works_on(library, network, sentence):
    driver = ready(library, 2)
    assert driver.load() == "no error"
    driver.toy.accesses.clear()
    assert driver.load(**network) == sentence
    assert driver.toy.bank == 1 and driver.toy.loaded[1]
    if "another shape" in sentence:
        assert all(isinstance(access, str) for access in driver.toy.accesses), "nothing is written"
    assert driver.load() == "no error" and driver.toy.bank == 0


@pytest.mark.parametrize("lie, sentence", [
    (lambda toy: setattr(toy, "load_errors", 1 << 12), "the bank is in use"),
    (lambda toy: setattr(toy, "load_errors", 1 << 8), "words came without the begin of a load")])
def test_a_load_that_does_not_begin_has_no_words(library, lie, sentence):
    driver = ready(library, 2)
    begin = driver.toy.load

    def refusing(name, number, value):
        begin(name, number, value)
        if name == "LOAD_BEGIN":
            lie(driver.toy)

    driver.toy.load = refusing
    assert driver.load() == sentence
    assert "LOAD_WORDS" not in [access[0] for access in driver.toy.accesses]


@pytest.mark.parametrize("bank, loaded", [(0, [True, True]), (0, [True, False]), (1, [True, False])])
def test_a_load_that_is_not_there_afterwards_is_none(library, bank, loaded):
    """In the other bank, or in none: what is said of bank 1, and turned around of bank 0."""
    driver = ready(library, 2)
    commit, turn = driver.toy.load, 0

    def lying(name, number, value):
        commit(name, number, value)
        if name == "LOAD_COMMIT":
            driver.toy.bank, driver.toy.loaded = bank ^ turn, loaded[::-1] if turn else loaded

    driver.toy.load = lying
    assert driver.load() == "the accelerator does not say that the network is loaded"
    driver.toy.bank, driver.toy.loaded, turn = 1, [False, True], 1
    assert driver.load() == "the accelerator does not say that the network is loaded"


def test_what_cannot_be_loaded(library):
    assert ready(library, 0).load() == "the weights of this accelerator are constants"
    driver = ready(library)
    assert driver.load() == driver.send() == "no error"
    assert driver.load() == "images are under way, or results were not taken"
    driver = ready(library, 2)
    assert driver.load() == driver.send() == driver.load() == "no error", "the other bank is free"


def test_a_network_is_needed_in_the_bank_that_works(library):
    driver = ready(library, 2)
    for bank, loaded, sentence in ((0, [False, True], "no network is loaded"), (1, [False, True], "no error"),
                                   (1, [True, False], "no network is loaded"), (0, [True, False], "no error")):
        driver.toy.bank, driver.toy.loaded = bank, loaded
        assert driver.send() == sentence
    assert len(driver.toy.results) == 2
    assert ready(library, 0).send() == "no error"


@pytest.mark.parametrize("count", range(1, 10))
def test_an_image_is_written_and_nothing_behind_it(library, count):
    driver = ready(library, 0)
    image = bytes(range(0xF0, 0xF0 + count))
    driver.device.pixels = count
    driver.toy.accesses.clear()
    assert driver.send(image) == "no error"
    words = np.frombuffer(image + bytes(-count % 4), "<u4").tolist()
    assert driver.toy.accesses == [access for word in words for access in ("STATUS", ("PIXELS", word))]


def test_interrupts_are_neither_lost_nor_seen_twice(library):
    """Whatever comes between the look and the acknowledgement."""
    driver = ready(library, 0)
    toy = driver.toy
    for came in (0, 1, 2, 3):
        toy.values["INTERRUPT_STATUS"] = came
        toy.change = {"INTERRUPT_STATUS": lambda: toy.values.update(INTERRUPT_STATUS=3)}
        assert driver.interrupt() == bool(came & 1)
        assert toy.values["INTERRUPT_STATUS"] == 3 & ~came
        assert driver.interrupt() == (not came & 1) and not driver.interrupt()


@pytest.mark.parametrize("bit, name", [(29, "silent"), (30, "tie"), (31, "bad_frame"), *(
    (bit, "class_index") for bit in range(16)), *((bit, "decision_time") for bit in range(16, 25)), (25, None)])
def test_each_field_of_a_result_is_told(library, bit, name):
    driver = ready(library, 0)
    driver.toy.come(1 << bit)
    right = dict.fromkeys(("class_index", "decision_time", "silent", "tie", "bad_frame"), 0)
    if name:
        right[name] = 1 << bit - 16 * (name == "decision_time") if name in ("class_index", "decision_time") else 1
    result = driver.take()
    assert {each: getattr(result, each) for each in right} == right


def test_all_ones_are_no_result(library):
    """What the bus of a device without a clock may read."""
    driver, missing = ready(library, 0), "there is no first-spike accelerator at this address"
    driver.toy.come(0xFFFF_FFFF)
    assert driver.take() == missing and len(driver.toy.results) == 1
    driver.toy.results.clear()
    driver.toy.come = lambda word: driver.toy.results.append(0xFFFF_FFFF)
    assert driver.call("classify", exact(IMAGE), ctypes.byref(CResult())) == missing


def test_images_are_classified_by_interrupt_and_without(library):
    driver = ready(library)
    assert driver.send() == "no network is loaded"
    assert driver.load() == "no error"
    assert driver.take() == "there is no result"
    assert not driver.interrupt()
    for image in (IMAGE, bytes([0, 0, 1, 0, 0, 0])):
        assert driver.send(image) == "no error"
    assert driver.interrupt() and driver.toy.values["INTERRUPT_STATUS"] == 0
    result = driver.take()
    assert (result.class_index, result.decision_time, result.cycles) == (21, 9, 123)
    assert (result.silent, result.tie, result.bad_frame) == (False, True, False)
    result = driver.take()
    assert (result.class_index, result.cycles) == (1, 124)
    result = CResult()
    assert driver.call("classify", exact(IMAGE), ctypes.byref(result)) == "no error" and result.class_index == 21
    assert driver.toy.refused == 0 and not driver.toy.results
    counters = (ctypes.c_uint32 * 7)()
    driver.library.first_spike_count(ctypes.byref(driver.device), counters)
    assert list(counters) == [4, 99, 5, 6, 7, 8, 9]


def test_a_device_that_does_nothing_is_given_up(library):
    driver, result = ready(library, 0), CResult()
    driver.toy.stuck = True
    assert driver.send() == "the accelerator takes no more pixels"
    assert driver.call("classify", exact(IMAGE), ctypes.byref(result)) == "the accelerator takes no more pixels"
    assert ("PIXELS", 0x04030201) not in driver.toy.accesses
    assert driver.call("start", False) == "the accelerator does not begin to take pixels by registers"
    driver = ready(library, 0)
    driver.toy.come = lambda word: None
    driver.toy.accesses.clear()
    assert driver.call("classify", exact(IMAGE), ctypes.byref(result)) == "there is no result"
    assert driver.toy.accesses.count("STATUS") == 3 + PATIENCE and "RESULT" not in driver.toy.accesses


def test_a_late_result_is_not_that_of_the_next_image(library):
    driver, result, come = ready(library, 0), CResult(), []
    driver.toy.come = come.append
    assert driver.call("classify", exact(IMAGE), ctypes.byref(result)) == "there is no result"
    del driver.toy.come
    driver.toy.come(*come)
    driver.toy.accesses.clear()
    busy = "images are under way, or results were not taken"
    assert driver.call("classify", exact(IMAGE), ctypes.byref(result)) == busy
    assert set(driver.toy.accesses) == {"STATUS"} and result.cycles == 0
    assert driver.call("start", False) == "no error"
    driver.toy.busy = PATIENCE  # what was taken may be told late
    assert driver.call("classify", exact(bytes(6)), ctypes.byref(result)) == "no error" and result.class_index == 0


@pytest.mark.parametrize("events", [False, True])
def test_what_was_sent_in_part_is_not_completed_by_the_next(library, events):
    driver, result = Driver(library, ToyRegisters(0)), CResult()
    driver.toy.values["SHAPE"] = 2 << 8 | 4 * (not events)
    assert driver.identify() == "no error"
    end, words = ("_events", (1,)) if events else ("", ())
    image = exact(IMAGE + bytes(2))
    not_started = "first_spike_start has to come first: there was none, or an image was sent in part"
    for room, sentence, then in ((0, "the accelerator takes no more pixels", "no error"),
                                 (1, "the accelerator takes no more pixels", not_started),
                                 (2, "no error", "no error")):
        assert driver.call("start", False) == "no error"
        driver.toy.room = room
        assert driver.call(f"send{end}", image, *words) == sentence
        driver.toy.room, driver.toy.results = 1 << 40, []
        for function, into in (("send", ()), ("classify", (ctypes.byref(result),))):
            driver.toy.accesses.clear()
            assert driver.call(f"{function}{end}", image, *words, *into) == then
            driver.toy.results.clear()
            assert then == "no error" or not driver.toy.accesses
    assert driver.identify() == "no error" and driver.call(f"send{end}", image, *words) == not_started


def test_every_error_has_a_sentence_of_its_own(library):
    sentences = [library.first_spike_sentence(error) for error in range(25)]
    assert len(set(sentences)) == 24 and sentences[23:] == 2 * [b"no such error"] and sentences[0] == b"no error"


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


@pytest.mark.parametrize("banks", [0, 1])
def test_a_recording_is_its_events_and_the_close(library, banks):
    """A device for the one refuses the other before anything is written, and so does one without a network."""
    toy = ToyRegisters(banks)
    driver = Driver(library, toy)
    toy.values["SHAPE"] = 2 << 8
    assert driver.identify() == driver.call("start", False) == "no error" and driver.device.events
    events, result = np.array([5, 1 << 24 | 3, 15 << 24], "<u4"), CResult()
    if banks:
        assert driver.call("send_events", exact(events.tobytes()), 3) == "no network is loaded"
        assert driver.load(SHAPE=2 << 8) == "no error"
    del toy.accesses[:]
    other = "the accelerator takes images or recordings of events, and was given the other"
    assert driver.send() == driver.call("classify", exact(IMAGE), ctypes.byref(result)) == other
    assert not toy.accesses
    for count in (0, 1, 3):
        assert driver.call("send_events", exact(events.tobytes()), count) == "no error"
        written = [access for access in toy.accesses if isinstance(access, tuple)]
        assert written == [("PIXELS", word) for word in (*events[:count].tolist(), 0xFFFFFF)]
        del toy.accesses[:]
    for place in range(3):
        wrong = events.copy()
        wrong[place] |= 0xFFFFFF
        assert (driver.call("send_events", exact(wrong.tobytes()), 3)
                == "an event has the input 0xFFFFFF, which ends a recording")
    assert all(isinstance(access, str) for access in toy.accesses), "nothing is written"
    toy.pixels = b""
    toy.results.clear()
    assert driver.call("classify_events", exact(events.tobytes()), 1, ctypes.byref(result)) == "no error"
    driver = ready(library, 0)
    assert driver.call("send_events", exact(events.tobytes()), 3) == other
    assert driver.call("classify_events", exact(events.tobytes()), 3, ctypes.byref(result)) == other
