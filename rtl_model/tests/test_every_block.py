"""Every block has a test of its own, called as it is, and no two tests have one name."""

import re
from collections import Counter

from first_spike.golden.files import ROOT

ROOMS = ("encoder", "layer", "readout", "parts", "registers", "serial")
PLUMBING = ("hierarchy", "myhdl_internals")  # their blocks are no hardware of a design
BLOCKS = sorted(path for room in ROOMS for path in (ROOT / "rtl_model" / room).glob("*.py")
                if re.search(r"^@block$", path.read_text(), re.MULTILINE) and path.stem not in PLUMBING)
TESTS = [path for folder in ("golden", "rtl_model", "first_spike", "scripts", "tb")
         for path in (ROOT / folder).rglob("test_*.py")]


def test_every_block_has_its_test():
    names = {path.stem for path in TESTS}
    assert len(BLOCKS) > 20
    assert [path.stem for path in BLOCKS if f"test_{path.stem}" not in names] == []


def test_the_test_of_a_block_uses_it():
    files = {path.stem: path.read_text() for path in TESTS}
    strangers = [path.stem for path in BLOCKS
                 if f"rtl_model.{path.parent.name}.{path.stem} import" not in files.get(f"test_{path.stem}", "")]
    assert strangers == []


def test_no_two_tests_have_one_name():
    assert [name for name, count in Counter(path.name for path in TESTS).items() if count > 1] == []
