"""Who may import whom, read from the sources of the tree: dependencies run one way only, and every room has a floor."""

import ast
import sys
from graphlib import TopologicalSorter

import pytest

from golden.files import ROOT

# Of each room its floor: the rooms of its package that it may import, beside itself. A file beside the rooms is a room
# of its own, but that in `scripts` each is a command.
BLOCKS = "parts shape encoder layer readout registers serial"
TOPS = f"{BLOCKS} accelerator accelerator_axi accelerator_serial tops"
AROUND = f"{TOPS} convert simulate record design_folder delivery"
FLOORS = {
    "golden": {
        "errors": "",
        "files": "errors",
        "recordings": "errors",
        "data": "errors files recordings",
        "contract": "errors files recordings",
        "foreign": "errors files contract",
        "inference": "errors files recordings contract",
        "schedule": "errors files recordings contract inference",
        "quantization": "errors files recordings contract inference",
        "training": "errors files recordings contract inference quantization",
    },
    "rtl_model": {
        "parts": "",
        "shape": "parts",
        **dict.fromkeys(("encoder", "layer", "readout"), "parts shape"),
        "registers": "parts",
        "serial": "parts",
        **dict.fromkeys(("accelerator", "accelerator_axi", "accelerator_serial", "tops"), TOPS),
        **dict.fromkeys(("convert", "simulate", "record", "design_folder", "delivery"), AROUND),
    },
    "scripts": {
        "command": "",
        **dict.fromkeys(("agreement", "training"), "command"),
        "synthesis": "",
        "setup": "",
        "device": "",
        "boards": "command device synthesis",
        "exploration": "command agreement synthesis",
        "foreign": "command exploration",
        "proofs": "",
        "drawings": "command agreement",
        "commands": ("command agreement training synthesis exploration boards device foreign proofs mutation drawings "
                     "soaking covering evidence fuzzing"),
        "fuzzing": "",
        "mutation": "command",
        "covering": "command mutation",
        "evidence": "command mutation proofs",
        "soaking": "",
    },
}
# The other packages of the project that a package may use; of hardware's, what of golden it may know.
ABROAD = {
    "golden": (),
    "rtl_model": ("golden.contract", "golden.errors", "golden.files", "golden.recordings"),
    "tb": ("rtl_model", "golden"),
    "scripts": ("tb", "rtl_model", "golden"),
}
LIBRARIES = {
    "golden": {"numpy", "numba"},
    "rtl_model": {"myhdl", "numpy"},
    "tb": {"numpy", "rich", "myhdl", "pytest", "cocotb", "cocotb_tools", "cocotb_test", "cocotbext"},
    "scripts": {"numpy", "rich", "myhdl"},
}
# The extras but `test` and `prove`: only inside the functions that need it.
INSIDE_FUNCTIONS = {"golden": {"PIL", "sklearn", "scipy", "h5py", "nir", "torch"},
                    "scripts": {"matplotlib", "distributed", "serial", "systemrdl", "atheris", "cosmic_ray"}}
TESTS_ALSO = {"pytest", "hypothesis", "packaging"}


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


def is_test(path):
    return "tests" in path.relative_to(ROOT).parts


def room_of(path):
    """Room of a source outside `tests`; None in a package without rooms, or for a package's own `__init__`."""
    package, *inside = path.relative_to(ROOT).parts
    if package not in FLOORS or inside == ["__init__.py"]:
        return None
    if len(inside) > 1:
        return inside[0]
    return "commands" if package == "scripts" else path.stem


def within(name, allowed):
    return any(name == package or name.startswith(f"{package}.") for package in allowed)


def allowed_at_home(path):
    """Names in its own package that a source may import; None for all of them."""
    package, room = path.relative_to(ROOT).parts[0], room_of(path)
    if package not in FLOORS:
        return None
    floor = FLOORS[package][room].split() if room else []
    own = [room] if room and room != "commands" else []
    return [f"{package}.{name}" for name in own + floor]


def forbidden(path):
    """The imports of a file that the layout does not allow."""
    package = path.relative_to(ROOT).parts[0]
    abroad, libraries = set(ABROAD[package]), set(LIBRARIES[package])
    home = None if is_test(path) else allowed_at_home(path)
    if is_test(path):  # tests compare with the golden model whatever they test
        abroad, libraries = abroad | {"golden"}, libraries | TESTS_ALSO
    for name, at_top in imports(path):
        library = name.split(".")[0]
        if library == package:
            fine = home is None or within(name, home)
        elif library in ABROAD:
            fine = within(name, abroad)
        elif library in INSIDE_FUNCTIONS.get(package, ()):
            fine = not at_top
        else:
            fine = library in libraries or library in sys.stdlib_module_names
        if ".tests" in name and not is_test(path) and package != "tb":
            fine = False
        if not fine:
            yield name


def circle(paths):
    """Modules that import each other round a circle, or []."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    graph = {}
    for module, path in modules.items():
        names = {name for full, _ in imports(path) for name in (full, full.rpartition(".")[0])}
        graph[module] = names & set(modules) - {module}
    try:
        TopologicalSorter(graph).prepare()
    except ValueError as error:
        return error.args[1]
    return []


SOURCES = [path for package in ABROAD for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_dependencies_run_one_way(path):
    assert list(forbidden(path)) == []


def test_no_circle():
    assert circle(SOURCES) == []


def test_no_pickle():
    """Loading with pickle allowed would run whatever a file says; no source, tests included, asks for it."""
    word = "allow_pickle=" + "True"
    assert [path for path in SOURCES if word in path.read_text().replace(" ", "")] == []


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A function that writes a source into an empty tree, which stands for this one."""
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)

    def write(place, source):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        return path

    return write


@pytest.mark.parametrize("place, source, found", [
    # packages
    ("golden/contract/x.py", "import rtl_model.readout.readout", ["rtl_model.readout.readout"]),
    ("golden/training/x.py", "from scripts import command", ["scripts.command"]),
    ("rtl_model/convert.py", "from golden.inference.infer import infer", ["golden.inference.infer.infer"]),
    ("rtl_model/convert.py", "from golden import inference", ["golden.inference"]),
    ("rtl_model/convert.py", "from golden.contract.network import Network", []),
    ("tb/x.py", "from scripts.command.cli import run", ["scripts.command.cli.run"]),
    ("tb/x.py", "from golden.tests.random_networks import random_network", []),
    # libraries
    ("golden/data/x.py", "import PIL", ["PIL"]),
    ("golden/data/x.py", "def f():\n    import PIL", []),
    ("golden/training/x.py", "import cupy", ["cupy"]),
    ("golden/training/x.py", "def f():\n    import matplotlib.pyplot\n    from rich import box",
     ["matplotlib.pyplot", "rich.box"]),
    ("scripts/command/x.py", "def f():\n    import matplotlib\nfrom rich import box", []),
    # floors of golden
    ("golden/errors.py", "from golden.files import ROOT", ["golden.files.ROOT"]),
    ("golden/contract/x.py", "from golden.inference.infer import infer", ["golden.inference.infer.infer"]),
    ("golden/inference/x.py", "from golden.contract.network import Network\nfrom golden.inference.encode import a", []),
    ("golden/inference/x.py", "from golden.data.dataset import Dataset", ["golden.data.dataset.Dataset"]),
    ("golden/data/x.py", "from golden.contract.network import Network", ["golden.contract.network.Network"]),
    ("golden/schedule/x.py", "from golden.quantization import grid", ["golden.quantization.grid"]),
    ("golden/foreign/x.py", "from golden.inference import infer", ["golden.inference.infer"]),
    ("golden/training/x.py", "from golden.quantization import grid\nfrom golden.schedule import cycles",
     ["golden.schedule.cycles"]),
    ("golden/__init__.py", "from golden.errors import UserError", ["golden.errors.UserError"]),
    ("golden/contract/x.py", "from golden.tests.random_networks import a", ["golden.tests.random_networks.a"]),
    # floors of rtl_model
    ("rtl_model/parts/x.py", "from rtl_model.shape.placement import a", ["rtl_model.shape.placement.a"]),
    ("rtl_model/shape/x.py", "from rtl_model.layer.if_lane import a", ["rtl_model.layer.if_lane.a"]),
    ("rtl_model/layer/x.py", "from ..parts.queue import a\nfrom ..readout.largest import b\nfrom . import c",
     ["rtl_model.readout.largest.b"]),
    ("rtl_model/accelerator.py", "from rtl_model.encoder.x import a\nfrom rtl_model.convert import b",
     ["rtl_model.convert.b"]),
    ("rtl_model/delivery/x.py", "from rtl_model.accelerator import a\nfrom rtl_model.simulate import b", []),
    # floors of scripts
    ("scripts/command/x.py", "from scripts.agreement.table import a", ["scripts.agreement.table.a"]),
    ("scripts/training/x.py", "from scripts.agreement.table import a", ["scripts.agreement.table.a"]),
    ("scripts/synthesis/x.py", "from scripts.command.cli import a", ["scripts.command.cli.a"]),
    ("scripts/exploration/x.py", "from scripts.synthesis.yosys import a\nfrom scripts.training.report import b",
     ["scripts.training.report.b"]),
    ("scripts/compare.py", "from scripts.exploration.points import a\nfrom scripts.bench import verdict\n"
                           "import scripts.demo", ["scripts.bench.verdict", "scripts.demo"]),
    ("scripts/exploration/x.py", "from scripts import explore", ["scripts.explore"]),
    # tests
    ("rtl_model/tests/x.py", "from golden.inference.infer import infer\nfrom rtl_model.tests.clocked import a", []),
    ("rtl_model/tests/x.py", "from ..readout import a\nfrom ...tb import b", ["tb.b"]),
    ("rtl_model/tests/x.py", "import tb.harness", ["tb.harness"]),
    ("scripts/tests/x.py", "from scripts.bench import verdict\nimport pytest", []),
])
def test_this_test_can_fail(write, place, source, found):
    assert list(forbidden(write(place, source))) == found


@pytest.mark.parametrize("place", ["golden/hall/x.py", "golden/stray.py", "rtl_model/stray.py", "scripts/hall/x.py"])
def test_no_room_without_a_floor(write, place):
    with pytest.raises(KeyError):
        list(forbidden(write(place, "import os")))


def test_a_circle_shows(write):
    one = write("golden/data/one.py", "from golden.data.two import a")
    two = write("golden/data/two.py", "def f():\n    from golden.data import one")
    assert set(circle([one, two])) == {"golden.data.one", "golden.data.two"}
    assert circle([one]) == []
