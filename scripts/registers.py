"""Make what stands beside the register map from it: Python, a C header, a page of documentation and IP-XACT.

The map is rtl_model/registers/accelerator.rdl; all of it is committed. With --check nothing is written, and the exit
status is 2 if a file is not what the map makes. Needs the packages of the extra `registers`.
"""

import argparse
import inspect
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import console, error_console, run
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing
from first_spike.rtl_model.registers.addresses import Field, Register

SOURCE = ROOT / "rtl_model" / "registers" / "accelerator.rdl"
PYTHON = ROOT / "rtl_model" / "registers" / "addresses.py"
EXPORTS = {  # the file: how PeakRDL makes it
    ROOT / "rtl_model" / "registers" / "first_spike.h": ("c-header", "--std", "gnu99"),
    ROOT / "rtl_model" / "registers" / "first_spike.xml": ("ip-xact", "--vendor", "first-spike", "--library",
                                                           "designs"),
}
PAGE = ROOT / "docs" / "reference" / "registers.md"
DIFFERENT = 2
WIDEST = 120  # columns of a page
BEFORE = """# Registers

`make registers` writes this page from `rtl_model/registers/accelerator.rdl`. Access: r read, w write, rw both, w1c a 1
clears. [Integrate](../howto/integrate.md#with-registers) shows how software uses them.

"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        made = {PYTHON: addresses().encode(), PAGE: page().encode(), **{path: export(options, Path(folder, path.name))
                                                for path, options in EXPORTS.items()}}
    wrong = [path for path, content in made.items() if not path.exists() or path.read_bytes() != content]
    for path in wrong:
        if check:
            error_console.print(f"{path.relative_to(ROOT)} is not what {SOURCE.relative_to(ROOT)} makes")
        else:
            with replacing(path) as file:
                file.write(made[path])
    console.print(f"{len(made)} files, {len(wrong)} {'wrong' if check else 'written'}")
    return DIFFERENT if check and wrong else None


def addresses():
    """The text of addresses.py."""
    lines = [f'"""The registers. Made from {SOURCE.name} by scripts/registers.py; do not edit."""', "",
             "from typing import NamedTuple", "", "", inspect.getsource(Field), "", inspect.getsource(Register), "",
             "REGISTERS = {"]
    for register in compiled().registers():
        count = register.array_dimensions[0] if register.is_array else 1
        lines.append(f'    "{register.inst_name}": Register(0x{register.raw_address_offset:02X}, {count}, {{')
        for field in register.fields():
            reset = field.get_property("reset")
            lines.append(f'        "{field.inst_name}": Field({field.low}, {field.width}, "{_access(field)}", '
                         f'{reset if reset is None else hex(reset)}),')
        lines.append("    }),")
    return "\n".join([*lines, "}", ""])


def _access(field):
    return "w1c" if field.get_property("woclr") else field.get_property("sw").name


def page():
    """The text of registers.md: a row for each field, its register named in the first of them."""
    top = compiled()
    lines = [*textwrap.wrap(top.get_property("desc"), WIDEST, break_long_words=False), "",
             "| offset | register | bits | field | access | reset | meaning |", "|" + " --- |" * 7]
    for register in top.registers():
        count, about = register.array_dimensions[0] if register.is_array else 1, register.get_property("desc")
        name = f"`{register.inst_name}{f'[{count}]' * (count > 1)}`"
        place = f"0x{register.raw_address_offset:02X}"
        for field in register.fields():
            reset, bits = field.get_property("reset"), f"{field.high}:{field.low}" if field.width > 1 else field.low
            said = " ".join(filter(None, (about, field.get_property("desc")))).replace("|", "/")
            lines.append(f"| {place} | {name} | {bits} | `{field.inst_name}` | {_access(field)} | "
                         f"{'' if reset is None else hex(reset)} | {said} |")
            place = name = about = ""
    return BEFORE + "\n".join([*lines, ""])


def compiled():
    """The map itself, as systemrdl-compiler's node."""
    try:
        from systemrdl import RDLCompiler
    except ImportError as error:
        raise UserError("the packages of the extra `registers` are missing: EXTRAS=registers scripts/setup/venv.sh "
                        "installs them") from error
    compiler = RDLCompiler()
    compiler.compile_file(str(SOURCE))
    return compiler.elaborate().top


def export(options, path):
    """The bytes that PeakRDL makes with these options."""
    name, *others = options
    program = Path(sys.executable).with_name("peakrdl")
    if not program.exists():
        raise UserError("peakrdl is missing: EXTRAS=registers scripts/setup/venv.sh installs it")
    done = subprocess.run([program, name, SOURCE, "-o", path, *others], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"peakrdl {name} failed: {' | '.join(done.stderr.strip().splitlines())}")
    return path.read_text().replace(f"{ROOT}/", "").encode()


if __name__ == "__main__":
    run(main)
