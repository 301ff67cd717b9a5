"""The driver in C behind UIO: a program classifies at a device in another process, by shared memory; the plain accesses
of the driver reach a mapped file; an interrupt is switched on and waited for; the device tree compiles."""

import ctypes
import errno
import fcntl
import mmap
import os
import re
import shutil
import socket
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from first_spike.golden.files import ROOT
from first_spike.rtl_model.delivery.component import component
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.tests.test_component import NAMES, description_of, etree, files_of
from tb.helpers.toy_registers import BASE, IMAGE, CDevice, ToyRegisters

DRIVER = ROOT / "rtl_model" / "registers"
COMPILER = shutil.which("cc") or shutil.which("g++")
OPTIONS = ["-std=gnu99", "-Wall", "-Wextra", "-Werror", f"-I{DRIVER}"]
PAGE, MAILBOX = 4096, 2048 // 4  # as shared_registers.c has them
ASKED, ANSWERED, IS_WRITE, ADDRESS, WORD = range(5)
BOARD = """/dts-v1/;
/ {
    #address-cells = <1>;
    #size-cells = <1>;
    intc: controller {
        interrupt-controller;
        #interrupt-cells = <3>;
        #address-cells = <0>;
    };
};
"""

AT_TOY = """#include <stdio.h>
#include <stdlib.h>
#include "first_spike.h"
static uint32_t state = FIRST_SPIKE__STATUS__ROOM_bm | FIRST_SPIKE__STATUS__BY_REGISTERS_bm;
#define FIRST_SPIKE_READ(address) ((address) == offsetof(first_spike_t, STATUS) ? state : 1)
#define FIRST_SPIKE_WRITE(address, value) ((void)(value))
#include "first_spike_driver.c"
#include "first_spike_uio.h"
static int came;
first_spike_error_t first_spike_uio_open(first_spike_uio_t *uio, const char *path) {
    *uio = (first_spike_uio_t){.device.pixels = 4};
    return !path;
}
int first_spike_uio_wait(const first_spike_uio_t *uio, int milliseconds) {
    if (came == 1) state |= FIRST_SPIKE__STATUS__WAITING_bm;
    return uio && milliseconds ? came : 9;
}
int main(int count, char **arguments) {
    const uint8_t pixels[4] = {0};
    first_spike_result_t result = {.class_index = 99};
    came = atoi(arguments[count - 1]);
%s
    printf("%%s, class %%u", first_spike_sentence(error), result.class_index);
}
"""


class CUio(ctypes.Structure):
    _fields_ = [("file", ctypes.c_int), ("device", CDevice)]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("uio") / "program"
    source = ROOT / "rtl_model" / "tests" / "shared_registers.c"
    subprocess.run([COMPILER, *OPTIONS, source, "-o", path], check=True)
    return path


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The driver with its own accesses."""
    path = tmp_path_factory.mktemp("uio") / "uio.so"
    subprocess.run([COMPILER, *OPTIONS, "-shared", "-fPIC", DRIVER / "first_spike_driver.c",
                    DRIVER / "first_spike_uio.c", "-o", path], check=True)
    made = ctypes.CDLL(str(path), use_errno=True)
    made.first_spike_sentence.restype = ctypes.c_char_p
    return made


def run_at(toy, program, path):
    """What the program says at a device of which a ToyRegisters answers."""
    path.write_bytes(bytes(PAGE))
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), PAGE) as memory:
        box = np.frombuffer(memory, np.uint32)[MAILBOX:]
        running = subprocess.Popen([program, path, *map(str, IMAGE)], stdout=subprocess.PIPE, text=True)
        while running.poll() is None:
            if box[ASKED] == box[ANSWERED]:
                os.sched_yield()
                continue
            address = BASE + int(box[ADDRESS])
            if box[IS_WRITE]:
                toy.write(address, int(box[WORD]))
            else:
                box[WORD] = toy.read(address)
            box[ANSWERED] = box[ASKED]
        del box
        return running.returncode, running.stdout.read()


def test_a_program_classifies_at_a_device_in_another_process(program, tmp_path):
    toy = ToyRegisters(0)
    assert run_at(toy, program, tmp_path / "uio0") == (0, f"class {sum(IMAGE)} of 3, step 9, 123 cycles\n")
    assert toy.refused == 0 and ("PIXELS", int.from_bytes(IMAGE[:4], "little")) in toy.accesses


def test_a_device_that_fails_is_said(program, tmp_path):
    toy = ToyRegisters(0)
    toy.stuck = True
    assert run_at(toy, program, tmp_path / "uio0")[1] == "the accelerator does not begin to take pixels by registers\n"
    toy.values["IDENTIFICATION"] = 0
    assert run_at(toy, program, tmp_path / "uio0")[1] == "there is no first-spike accelerator at this address\n"


def test_it_is_strict_c99(tmp_path):
    subprocess.run([COMPILER, "-std=c99", "-pedantic", *OPTIONS[1:], "-c", DRIVER / "first_spike_uio.c", "-o",
                    tmp_path / "uio.o"], check=True)


def test_the_example_of_the_page_says_that_no_result_came(tmp_path):
    example = re.search(r"In C:\n\n```c\n(.*?)```", (ROOT / "docs" / "howto" / "systems.md").read_text(), re.DOTALL)[1]
    (tmp_path / "example.c").write_text(AT_TOY % example)
    subprocess.run([COMPILER, *OPTIONS, "example.c", "-o", "example"], cwd=tmp_path, check=True)
    said = [subprocess.check_output([tmp_path / "example", came], text=True) for came in ("1", "0", "-1")]
    assert said == ["no error, class 1", *2 * ["there is no result, class 99"]]


def registers_in(path):
    words = np.zeros(PAGE // 4, "<u4")
    for name, value in ToyRegisters(2).values.items():
        words[REGISTERS[name].index] = value
    words.tofile(path)


def test_its_own_accesses_reach_a_mapped_file(library, tmp_path):
    path, uio = tmp_path / "uio0", CUio()
    registers_in(path)
    assert library.first_spike_uio_open(ctypes.byref(uio), bytes(path)) == 0
    file = uio.file
    assert fcntl.fcntl(file, fcntl.F_GETFL) & os.O_SYNC == os.O_SYNC and not os.get_inheritable(file)
    assert str(path) in Path("/proc/self/maps").read_text()
    assert (uio.device.pixels, uio.device.classes, uio.device.steps, uio.device.banks) == (6, 3, 16, 2)
    assert library.first_spike_sentence(library.first_spike_start(ctypes.byref(uio.device), True)).startswith(
        b"the accelerator does not begin")  # a file does nothing
    ctypes.set_errno(0)
    for _ in range(2):
        library.first_spike_uio_close(ctypes.byref(uio))
        assert (uio.file, uio.device.address, ctypes.get_errno()) == (-1, 0, 0)
    assert str(path) not in Path("/proc/self/maps").read_text()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)
    assert np.fromfile(path, "<u4")[REGISTERS["CONTROL"].index] == 3


def test_the_first_file_of_a_program_is_one(library, tmp_path):
    """Where its standard input is closed."""
    path, uio, kept = tmp_path / "uio0", CUio(), os.dup(0)
    registers_in(path)
    os.close(0)
    try:
        assert library.first_spike_uio_open(ctypes.byref(uio), bytes(path)) == 0 and uio.file == 0
        library.first_spike_uio_close(ctypes.byref(uio))
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(0)
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_what_is_no_device_is_no_device(library, tmp_path):
    (tmp_path / "zeros").write_bytes(bytes(PAGE))
    for name, reason in (("missing", errno.ENOENT), ("zeros", 0), (".", errno.EISDIR), ("/dev/null", errno.ENODEV)):
        uio = CUio(99, CDevice(99))  # whatever was there
        ctypes.set_errno(0)
        error = library.first_spike_uio_open(ctypes.byref(uio), bytes(tmp_path / name))
        assert library.first_spike_sentence(error) == b"there is no first-spike accelerator at this address"
        assert (uio.file, uio.device.address, ctypes.get_errno()) == (-1, 0, reason)
        assert str(tmp_path) not in Path("/proc/self/maps").read_text()


def test_an_interrupt_is_switched_on_and_waited_for(library):
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    uio = CUio(file=ours.fileno())
    assert library.first_spike_uio_wait(ctypes.byref(uio), 0) == 0
    theirs.send(struct.pack("=I", 7))
    assert library.first_spike_uio_wait(ctypes.byref(uio), -1) == 1
    with pytest.raises(BlockingIOError):
        ours.recv(1)
    assert theirs.recv(100) == struct.pack("=II", 1, 1), "it is switched on before each wait"
    theirs.shutdown(socket.SHUT_WR)
    assert library.first_spike_uio_wait(ctypes.byref(uio), 0) == -1, "no count comes"
    ours.close()
    theirs.close()
    end, kernel = os.pipe()
    os.write(kernel, struct.pack("=I", 7))
    assert library.first_spike_uio_wait(ctypes.byref(CUio(file=end)), 0) == -1, "it cannot be switched on"
    os.close(end)
    os.close(kernel)


def test_the_device_tree_has_the_addresses_of_the_block_design():
    text = files_of("registers")["mine_accelerator_axi.dtsi"]
    root = etree.fromstring(component(description_of("registers"), [], []).encode())
    size, = root.xpath("//s:addressBlock/s:range/text()", namespaces=NAMES)
    assert f"reg = <0x43C00000 {size}>;" in text and "classifier@43c00000 {" in text
    assert f"assign_bd_address -offset 0x43C00000 -range {size} " in files_of("registers")["block_design.tcl"]
    assert not [name for name in files_of("bare") if name.endswith(".dtsi")]


@pytest.mark.skipif(shutil.which("dtc") is None, reason="dtc is not installed")
def test_the_device_tree_compiles(tmp_path):
    (tmp_path / "board.dts").write_text(BOARD + files_of("registers")["mine_accelerator_axi.dtsi"])
    done = subprocess.run(["dtc", "-I", "dts", "-O", "dtb", "-o", "/dev/null", "board.dts"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
