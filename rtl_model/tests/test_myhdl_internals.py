"""Private names of MyHDL: which version they are from, and that one file alone uses them."""

import ast
import tomllib
from pathlib import Path

import myhdl
import pytest
from myhdl import SignalType

from golden.files import ROOT
from rtl_model.parts import myhdl_internals

SOURCES = [path for room in ("golden", "rtl_model", "tb", "scripts") for path in sorted((ROOT / room).rglob("*.py"))]
INTERNALS = ROOT / "rtl_model" / "parts" / "myhdl_internals.py"


PUBLIC = ("_asdict", "_replace", "_fields", "_make", "_exit")  # Python's own, in named tuples and `os`


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def private_names(text):
    """(line, name) of what looks like a private name of another package: imported, an attribute of anything but `self`
    or `cls`, or a name of MyHDL's signals in quotes."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module.split(".")[0] == "myhdl":
            yield from ((node.lineno, name) for name in [*node.module.split("."), *(alias.name for alias in node.names)]
                        if is_private(name))
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.startswith("myhdl._"))
        elif isinstance(node, ast.Attribute) and is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield node.lineno, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if is_private(node.value) and hasattr(SignalType, node.value):
                yield node.lineno, node.value


def test_they_fit_the_pinned_version():
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert f"myhdl=={myhdl_internals.FITS}" in pins
    assert myhdl.__version__ == myhdl_internals.FITS


@pytest.mark.parametrize("path", [path for path in SOURCES if path not in (INTERNALS, Path(__file__))],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_file_uses_them(path):
    if "myhdl" in path.read_text() or "rtl_model" in path.read_text():
        assert list(private_names(path.read_text())) == []


@pytest.mark.parametrize("line, name", [
    ("from myhdl._block import block", "_block"), ("from myhdl import _simulator", "_simulator"),
    ("import myhdl._Signal", "myhdl._Signal"), ("width = signal._nrbits", "_nrbits"),
    ("stream.valid._markUsed()", "_markUsed"), ("hasattr(value, '_nrbits')", "_nrbits")])
def test_they_are_seen(line, name):
    assert list(private_names(line)) == [(1, name)]


def test_this_file_of_them_has_some():
    assert len(list(private_names(INTERNALS.read_text()))) > 5
