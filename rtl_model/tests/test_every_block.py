"""Every block has a test of its own, in the room of the tests that is called as its own, and no two tests have one
name."""

import re

from first_spike.golden.files import ROOT

ROOMS = ("encoder", "layer", "readout", "parts", "registers", "serial")
PLUMBING = ("hierarchy", "myhdl_internals")  # their blocks are no hardware of a design
BLOCK = re.compile(r"^@block\ndef ([a-z]\w*)\(", re.MULTILINE)
FILES = {path: path.read_text() for room in ROOMS for path in sorted((ROOT / "rtl_model" / room).glob("*.py"))
         if path.stem not in PLUMBING}
BLOCKS = {name: path for path, text in FILES.items() for name in BLOCK.findall(text)}
TESTS = {path: path.read_text() for folder in ("golden", "rtl_model", "first_spike", "scripts", "tb")
         for path in (ROOT / folder).rglob("test_*.py")}


def imports(name, text):
    """Whether a file imports a block."""
    path = BLOCKS[name]
    found = re.search(rf"^from first_spike\.rtl_model\.{path.parent.name}\.{path.stem} import (\([^)]*\)|.*)", text,
                      re.MULTILINE)
    return found is not None and re.search(rf"\b{name}\b", found[1]) is not None


def test_every_block_has_its_test():
    """Called as it is; or, if it is a part of others in its file, theirs."""
    names = {path.stem.removeprefix("test_") for path in TESTS}
    assert len(BLOCKS) > 100
    lonely = [name for name, path in BLOCKS.items() if name not in names
              and not any(imports(name, text) for text in TESTS.values())
              and not re.search(rf"(?<!def )\b{name}\b[(,]", FILES[path])]
    assert lonely == []
    for path, text in FILES.items():
        own = BLOCK.findall(text)
        assert not own or names & {*own, path.stem}, path


def test_the_test_of_a_block_uses_it_and_stands_in_its_room():
    strangers = []
    for path, text in TESTS.items():
        name = path.stem.removeprefix("test_")
        if name in BLOCKS and not (imports(name, text) and (
                "rtl_model" not in path.parts or path.parent.name == BLOCKS[name].parent.name)):
            strangers.append(path.stem)
    assert strangers == []
