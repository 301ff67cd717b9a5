"""The wheel and the sdist: what is in them, and that all works where the wheel is installed, without any checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import numpy as np
import pytest
from packaging.metadata import Metadata

from first_spike import __version__
from first_spike.command.places import DEFAULT_DESIGN, DEFAULT_NETWORK
from first_spike.comparison.design_files import differences
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.files import ROOT
from first_spike.golden.inference.infer import infer

PARTS = {"first_spike": "first_spike", "first_spike/golden": "golden", "first_spike/rtl_model": "rtl_model"}
OF_DEVELOPERS = {"first_spike/rtl_model/registers/accelerator.rdl"}  # read by scripts/registers.py alone
NAME = DEFAULT_NETWORK.stem
# A checkout that a process opens a file of, or starts a process in, is written down.
WATCH = """
import os, sys

def watch(event, arguments):
    path = arguments[0] if event == "open" else arguments[2] if event == "subprocess.Popen" else None
    place = os.path.realpath(os.fsdecode(path)) if isinstance(path, (str, bytes, os.PathLike)) else ""
    if place.startswith({checkout!r}) and not place.startswith({packages!r}):
        os.write(log, f"{{event}} {{place}}\\n".encode())

log = os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sys.addaudithook(watch)
"""


def copied(folder, links=True):
    """A copy of what the package is built from; without `links`, as a download without them has it."""
    for part in set(PARTS.values()):
        shutil.copytree(ROOT / part, folder / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in () if links else ("golden", "rtl_model"):
        (folder / "first_spike" / name).unlink()
        (folder / "first_spike" / name).write_text(f"../{name}")
    return folder


def built(kind, source, out):
    """The file that the build backend makes, `kind` is wheel or sdist, of the sources in `source`."""
    program = f"from setuptools import build_meta; build_meta.build_{kind}({str(out)!r})"
    done = subprocess.run([sys.executable, "-c", program], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made, = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def content(wheel):
    """{name: bytes} of a wheel, without what is said about it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


def sources():
    """{name in the wheel: file} of all that is not for tests or developers."""
    found = {f"{place}/{path.relative_to(ROOT / part).as_posix()}": path for place, part in PARTS.items()
             for path in (ROOT / part).rglob("*") if path.is_file()}
    return {name: path for name, path in found.items() if name not in OF_DEVELOPERS
            and not {"tests", "__pycache__"} & set(name.split("/")) and not path.name.startswith(".")}


@pytest.mark.parametrize("links", [True, False])
def test_the_wheel_holds_every_module_and_file_but_no_test(tmp_path, links):
    wheel = built("wheel", copied(tmp_path, links), tmp_path)
    found = content(wheel)
    assert set(found) == set(sources()) and len(found) > 340
    assert all(found[name] == path.read_bytes() for name, path in sources().items())
    with zipfile.ZipFile(wheel) as archive:
        about = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    metadata = Metadata.from_email(about["METADATA"], validate=True)
    assert (metadata.name, str(metadata.version), metadata.description) == ("first-spike", __version__,
                                                                           (ROOT / "README.md").read_text())
    assert about["entry_points.txt"].split("\n")[:2] == ["[console_scripts]", "first-spike = first_spike.__main__:main"]
    assert about["top_level.txt"].split() == ["first_spike"]


class Place:
    """An environment of its own beside those packages that the tests run with, and a folder to be in."""

    def __init__(self, folder):
        self.folder, self.environment = folder, folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.environment], check=True)
        self.packages = Path(sysconfig.get_path("purelib", vars={"base": str(self.environment)}))
        packages = sysconfig.get_path("purelib")
        (self.packages / "dependencies.pth").write_text(f"{packages}\n")
        self.log = folder / "opened.log"
        (self.packages / "sitecustomize.py").write_text(WATCH.format(
            checkout=f"{ROOT.resolve()}/", packages=os.path.realpath(sys.prefix), log=str(self.log)))
        (folder / "here").mkdir()

    def install(self, *what):
        done = subprocess.run([sys.executable, "-m", "pip", "--python", self.environment / "bin" / "python", "install",
                               "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", *what],
                              cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def run(self, program, *arguments):
        """What a program of the environment prints, in the folder `here`; it has to end well."""
        variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NUMBA_CACHE_DIR")}
        variables |= {"XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder / "home")}
        done = subprocess.run([self.environment / "bin" / program, *map(str, arguments)], cwd=self.folder / "here",
                              env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A Place with the wheel that is made of the sdist; the sources of both are gone. Or with the wheel that
    FIRST_SPIKE_WHEEL names, as `make release` has it."""
    folder = tmp_path_factory.mktemp("package")
    if "FIRST_SPIKE_WHEEL" in os.environ:
        place = Place(folder)
        place.install(shutil.copy(ROOT / os.environ["FIRST_SPIKE_WHEEL"], folder))
        return place
    (folder / "source").mkdir()
    archive = built("sdist", copied(folder / "source"), folder)
    direct = built("wheel", folder / "source", folder / "source")
    shutil.unpack_archive(archive, folder / "unpacked")
    source, = (folder / "unpacked").iterdir()
    wheel = built("wheel", source, folder)
    assert content(wheel) == content(direct)
    for gone in ("source", "unpacked"):
        shutil.rmtree(folder / gone)
    place = Place(folder)
    place.install(wheel)
    return place


TOUR = """
import importlib.metadata, json
import first_spike as fs
from first_spike.command.provenance import made_by
found = fs.infer(fs.load(NAME), fs.samples().images)
print(json.dumps({"file": fs.__file__, "version": importlib.metadata.version("first-spike"),
                  "classes": found.classes.tolist(), "commit": made_by()["commit"]}))
"""
NAMES = """
import importlib.util
import first_spike as fs
network, digits = fs.load("net_s1.npz"), fs.dataset("digits", train=False)
design, images = fs.Design(network, lanes=4), digits.images[:3]
assert fs.generate(design, "own").is_dir()
report = fs.compare(design, images, simulator="icarus")
assert report["equal_images"] == 3 and report["cycles"]["mean"] == fs.cycles(design, images).mean()
offer, = fs.explore(network, images=images, lanes=[4], pixels=[8], spikes_per_cycle=[4], events_per_cycle=[1])
assert offer.design.lanes == design.lanes
fs.plot.raster(network, images[0]).savefig("raster.png")
if importlib.util.find_spec("nir"):
    import numpy as np
    from first_spike.golden.foreign.nir_writer import write_nir
    network, digits = fs.load(NAME), fs.samples()
    write_nir("theirs.nir", network)
    np.savez("digits.npz", x_train=digits.images[:60], y_train=digits.labels[:60], x_test=digits.images[60:],
             y_test=digits.labels[60:])
    assert fs.import_nir("theirs.nir", "digits.npz", bits=4).sha256 == network.sha256
"""


@pytest.mark.thorough
def test_the_tour_where_it_is_installed(installed):
    """The commands of the wheel, in a folder of somebody's: no file of this checkout is opened, nothing is written but
    where the user is and into his cache."""
    pytest.importorskip("sklearn")
    before = {path for path in installed.packages.rglob("*") if "__pycache__" not in path.parts}
    found = json.loads(installed.run("python", "-c", TOUR.replace("NAME", repr(NAME))))
    assert Path(found["file"]).parent == installed.packages / "first_spike"
    assert (found["version"], found["commit"]) == (__version__, None)
    expected = infer(Network.load(DEFAULT_NETWORK), load("samples", train=False).test_images)
    assert np.array_equal(found["classes"], expected.classes)

    here = installed.folder / "here"
    installed.run("first-spike", "generate", "--network", NAME, "--out", "design")
    assert differences(DEFAULT_DESIGN, here / "design") == []
    installed.run("first-spike", "train", "--dataset", "digits", "--hidden", 8, "--epochs", 1, "--finetune", 1,
                  "--silent", 1, "--seeds", 1, "--out", "net")
    for simulator in ("icarus", "verilator"):
        installed.run("first-spike", "compare", "--network", "net_s1.npz", "--sim", simulator, "--count", 5, "--json",
                      f"{simulator}.json")
        report = json.loads((here / f"{simulator}.json").read_text())
        assert report["images"] == report["equal_images"] == 5
    installed.run("python", "-c", NAMES.replace("NAME", repr(NAME)))
    for made in ("theirs.nir", "digits.npz"):
        (here / made).unlink(missing_ok=True)
    installed.run("first-spike", "evaluate", "--network", "net_s1.npz", "--json", "evaluated.json")
    installed.run("first-spike", "explore", "--network", "net_s1.npz", "--count", 5)
    installed.run("first-spike", "look", "--network", "net_s1.npz", "--count", 5, "--out", "page")
    installed.run("first-spike", "board", "run", "--port", "sim", "--network", "net_s1.npz", "--count", 2)
    assert (here / "page" / "index.html").is_file() and (here / "build" / "explore" / "report.json").is_file()
    assert {path.name for path in here.iterdir()} == {
        "build", "design", "evaluated.json", "icarus.json", "net_s1.json", "net_s1.npz", "net_s1.png",
        "net_s1_float.npz", "net_seeds.json", "own", "page", "raster.png",
        "verilator.json"}
    assert {path.name for path in (installed.folder / "cache" / "first-spike").iterdir()} == {"numba", "seeds"}
    assert {path for path in installed.packages.rglob("*") if "__pycache__" not in path.parts} == before
    assert installed.log.read_text() == ""


@pytest.mark.thorough
@pytest.mark.parametrize("links", [True, False])
def test_an_editable_install(tmp_path, links):
    """Of a checkout with the links that are in first_spike/, and of a download that lost them."""
    (tmp_path / "source").mkdir()
    source = copied(tmp_path / "source", links)
    place = Place(tmp_path)
    place.install("--editable", source)
    found = json.loads(place.run("python", "-c", TOUR.replace("NAME", repr(NAME))))
    assert Path(found["file"]).resolve().parent == source / "first_spike" and found["version"] == __version__
    assert len(found["classes"]) == 500
    place.run("first-spike", "generate", "--network", NAME, "--out", "design")
    assert differences(DEFAULT_DESIGN, tmp_path / "here" / "design") == []
