"""Who may import whom, read from the sources: dependencies run one way only."""

import ast
import sys

import pytest

from golden.files import ROOT

OPTIONAL = {"PIL", "matplotlib", "sklearn", "scipy"}  # the `train` extra: only inside the functions that need them
# Per package, outside its tests: the other packages of the project, and the libraries, that it may use.
ALLOWED = {
    "golden": ({"golden"}, {"numpy", "numba", "rich"}),
    "rtl_model": ({"rtl_model", "golden.contract.network", "golden.contract.configuration", "golden.errors",
                   "golden.files"}, {"myhdl", "numpy"}),
    "tb": ({"tb", "rtl_model", "golden"}, {"numpy", "rich", "myhdl", "pytest", "cocotb", "cocotb_tools", "cocotb_test",
                                           "cocotbext"}),
    "scripts": ({"scripts", "tb", "rtl_model", "golden"}, {"numpy", "rich"}),
}
TESTS_ALSO = {"pytest"}


def imports(path):
    """(full name, is at top level) for every import in a file; `from a import b` counts as a.b."""
    tree = ast.parse(path.read_text(), str(path))
    folders = path.relative_to(ROOT).parts[:-1]
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = folders[:len(folders) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((name, id(node) in top) for name in names)


def within(name, allowed):
    return any(name == package or name.startswith(f"{package}.") for package in allowed)


def forbidden(path):
    """The imports of a file that the layout does not allow."""
    relative = path.relative_to(ROOT)
    project, libraries = ALLOWED[relative.parts[0]]
    if "tests" in relative.parts:
        # tests compare with the golden model whatever they test
        project, libraries = project | {"golden"}, libraries | TESTS_ALSO
    for name, at_top in imports(path):
        library = name.split(".")[0]
        if library in ALLOWED:
            fine = within(name, project)
        elif library in OPTIONAL:
            fine = not at_top
        else:
            fine = library in libraries or library in sys.stdlib_module_names
        if not fine:
            yield name


SOURCES = [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_dependencies_run_one_way(path):
    assert list(forbidden(path)) == []


def test_no_pickle():
    """Loading with pickle allowed would run whatever a file says; no source, tests included, asks for it."""
    word = "allow_pickle=" + "True"
    assert [path for path in SOURCES if word in path.read_text().replace(" ", "")] == []


@pytest.mark.parametrize("place, source, found", [
    ("golden/x.py", "import rtl_model.readout.readout", ["rtl_model.readout.readout"]),
    ("golden/x.py", "from scripts import cli", ["scripts.command.cli"]),
    ("golden/x.py", "import PIL", ["PIL"]),
    ("golden/x.py", "def f():\n    import PIL", []),
    ("golden/x.py", "import cupy", ["cupy"]),
    ("rtl_model/x.py", "from golden.inference.infer import infer", ["golden.inference.infer.infer"]),
    ("rtl_model/x.py", "from golden import infer", ["golden.inference.infer"]),
    ("rtl_model/x.py", "from golden.contract.network import Network", []),
    ("rtl_model/tests/x.py", "from golden.inference.infer import infer", []),
    ("rtl_model/x.py", "from .readout import a\nfrom . import b", []),
    ("rtl_model/tests/x.py", "from ..readout import a\nfrom ...tb import b", ["tb.b"]),
    ("rtl_model/tests/x.py", "import tb.harness", ["tb.harness"]),
    ("tb/x.py", "from scripts.command.cli import run", ["scripts.command.cli.run"]),
])
def test_this_test_can_fail(tmp_path, monkeypatch, place, source, found):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(source)
    assert list(forbidden(path)) == found
