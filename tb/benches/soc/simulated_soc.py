"""A small SoC in simulation: PicoRV32 with `accelerator_axi` on its bus runs firmware in C.

The SoC is soc.v, or what LiteX makes of litex_soc.py.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from first_spike.comparison.simulators import initial_values, require_plain_path, require_simulator
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT

HERE = Path(__file__).parent
DRIVER = ROOT / "rtl_model" / "registers"
COMPILER = "riscv64-unknown-elf-gcc"
PROCESSOR = "pythondata_cpu_picorv32"  # the package
PROGRAM = Path("obj", "Vsoc")
STAMP = "made_from"
RAM_WORDS = 1 << 18
CYCLES = 50_000_000  # that a program may take
MEMORY_OF_LITEX = "soc_memory.init"  # the file that its memory is filled from
PYTHON_OF_LITEX = "LITEX_PYTHON"  # an interpreter that has LiteX, where this one has not
LINE = re.compile(r"(\w+): (.*)")


def run_soc(design, build, pixels, network, digits, seed=1, litex=False, top="accelerator_axi"):
    """Run the firmware on the design in a folder, whose top is `accelerator_axi` with loaded weights, or
    `processor_axi`; `build`: a folder for the work.

    pixels: in a beat of the design; network: bytes of a `first_spike_network_t`; digits: uint8 [n, ...]; litex: whether
    the SoC is that of LiteX. Returns what
    the firmware said, [(word, {name: value} or a sentence)], a pair a line. Raises UserError when something is missing
    or cannot be built, or when the program ends with an error.
    """
    require_tools()
    design, build = Path(design).resolve(), Path(build).resolve()
    require_plain_path("verilator", design, build)
    build.mkdir(parents=True, exist_ok=True)
    files, parameters = _of_litex(design, build) if litex else _of_verilog(design, pixels, top)
    _build_soc([*files, HERE / "soc.cpp"], parameters, build)
    _build_firmware(build, network, np.asarray(digits, np.uint8).tobytes())
    shutil.copy(build / "firmware.hex", build / MEMORY_OF_LITEX)
    for memory in design.glob("*.hex"):
        shutil.copy(memory, build)
    done = subprocess.run([build / PROGRAM, *initial_values(seed), str(CYCLES)], cwd=build, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    said = [_read(*LINE.fullmatch(line).groups()) for line in done.stdout.splitlines() if LINE.fullmatch(line)]
    if done.returncode:
        reason = done.stderr.strip() or (said[-1][1] if said else "it said nothing")
        raise UserError(f"the firmware ended with status {done.returncode}: {reason}")
    return said


def require_tools():
    """Raise UserError unless simulator, compiler and processor are there."""
    require_simulator("verilator")
    if shutil.which(COMPILER) is None:
        raise UserError(f"{COMPILER} is not installed (not on the PATH): `scripts/setup/tools.sh {COMPILER}` installs "
                        f"it")
    _processor()


def _processor():
    """The file with PicoRV32 in Verilog."""
    found = importlib.util.find_spec(PROCESSOR)
    if found is None:
        raise UserError("PicoRV32 is not installed: `make soc-demo` installs it, as the extra `soc`")
    return Path(found.origin).parent / "verilog" / "picorv32.v"


def _read(word, text):
    """A line of the firmware: names and numbers by turns, or a sentence."""
    names, values = text.split()[::2], text.split()[1::2]
    if len(names) == len(values) and all(value.isdigit() for value in values):
        return word, {name: int(value) for name, value in zip(names, values)}
    return word, text


def python_of_litex():
    """The interpreter that has LiteX, None if there is none."""
    return sys.executable if importlib.util.find_spec("litex") else os.environ.get(PYTHON_OF_LITEX)


def _of_verilog(design, pixels, top):
    """(files, options of Verilator) of soc.v."""
    files = [_processor(), HERE / "soc.v", *(design / name for name in (design / "filelist.f").read_text().split())]
    return files, [f"-GRAM_WORDS={RAM_WORDS}", f"-GPIXELS={pixels}", f"-DTOP={top}"]


def _of_litex(design, build):
    """The same of what LiteX makes."""
    python = python_of_litex()
    if python is None:
        raise UserError("LiteX is not installed: `make test-soc` installs it, as the extra `soc`")
    command = [python, str(HERE / "litex_soc.py"), str(design), str(build), str(4 * RAM_WORDS)]
    _run(command, build, build / "litex.log", "LiteX cannot make the SoC")
    return [build / "soc.v", *map(Path, json.loads((build / "sources.json").read_text()))], []


def _build_soc(files, parameters, build):
    """The program PROGRAM, unless it was made from the same files."""
    command = ["verilator", "--cc", "--exe", "--build", "-j", "2", "-Wno-fatal", "-Wno-lint", "-O3", "--x-assign",
               "unique", "--x-initial", "unique", "--top-module", "soc", *parameters, "--Mdir", str(PROGRAM.parent),
               "-MAKEFLAGS",
               f"OPT_FAST=-O2{' OBJCACHE=ccache' if shutil.which('ccache') else ''}", *map(str, files)]
    stamp = hashlib.sha256(repr(command).encode() + b"".join(path.read_bytes() for path in files)).hexdigest()
    if (build / STAMP).exists() and (build / STAMP).read_text() == stamp:
        return
    shutil.rmtree(build / PROGRAM.parent, ignore_errors=True)
    _run(command, build, build / "verilator.log", "Verilator cannot build the SoC")
    (build / STAMP).write_text(stamp)


def _build_firmware(build, network, digits):
    """firmware.hex, a word of 32 bits a line."""
    (build / "network.bin").write_bytes(network)
    (build / "digits.bin").write_bytes(digits)
    sources = [HERE / "start.S", HERE / "firmware.c", DRIVER / "first_spike_driver.c"]
    command = [COMPILER, "-march=rv32i", "-mabi=ilp32", "-Os", "-std=gnu99", "-Wall", "-Wextra", "-Werror",
               "-ffreestanding", "-nostdlib", f"-I{DRIVER}", "-Wa,-I.", f"-T{HERE / 'firmware.ld'}",
               f"-Wl,--defsym=RAM_BYTES={4 * RAM_WORDS}", "-Wl,--no-warn-rwx-segments", *map(str, sources), "-lgcc",
               "-o", "firmware.elf"]
    _run(command, build, build / "firmware.log", f"{COMPILER} cannot build the firmware")
    copy = [COMPILER.replace("gcc", "objcopy"), "-O", "binary", "firmware.elf", "firmware.bin"]
    _run(copy, build, build / "firmware.log", "the firmware cannot be copied")
    content = (build / "firmware.bin").read_bytes()
    words = np.frombuffer(content + bytes(-len(content) % 4), "<u4")
    (build / "firmware.hex").write_text("".join(f"{word:08x}\n" for word in words))


def _run(command, folder, log, failure):
    with open(log, "wb") as messages:
        status = subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
                                stdin=subprocess.DEVNULL, stdout=messages, stderr=subprocess.STDOUT).returncode
    if status:
        raise UserError(f"{failure}; its messages are in {log}")
