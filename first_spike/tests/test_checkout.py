"""A checkout that has lost its links, as a download may have, says so; another checkout's rooms are not taken for its
own."""

import shutil
import subprocess
import sys

import pytest

from first_spike.golden.files import ROOT

ROOMS = "golden", "rtl_model"
IMPORTS = """
import importlib.util, sys
class Installed:
    def find_spec(name, path=None, target=None):
        if name in {"first_spike.golden", "first_spike.rtl_model"}:
            return importlib.util.spec_from_file_location(name, f"other/{name.rpartition('.')[2]}/__init__.py")
sys.meta_path += [Installed] if sys.argv[1:] else []
import first_spike
"""


@pytest.fixture
def checkout(tmp_path):
    """A folder with first_spike/ and the rooms beside it, and without links."""
    for folder in ("first_spike", *ROOMS, *(f"other/{room}" for room in ROOMS)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    shutil.copy(ROOT / "first_spike" / "__init__.py", tmp_path / "first_spike")
    return tmp_path


def imported(checkout, *words):
    """Status and stderr of a process that imports first_spike there; with a word another checkout is installed."""
    done = subprocess.run([sys.executable, "-S", "-c", IMPORTS, *words], cwd=checkout, capture_output=True, text=True)
    return done.returncode, done.stderr


def make_links(checkout):
    for room in ROOMS:
        (checkout / "first_spike" / room).symlink_to(f"../{room}")


@pytest.mark.parametrize("words", [(), ("installed",)], ids=["alone", "beside another that is installed"])
def test_without_links(checkout, words):
    status, said = imported(checkout, *words)
    assert status == 1 and said.startswith(f"error: {checkout}/first_spike/golden is no link") and said.count("\n") == 1
    make_links(checkout)
    assert imported(checkout, *words) == (0, "")


def test_links_that_became_text(checkout):
    """As git leaves them where core.symlinks is false."""
    for room in ROOMS:
        (checkout / "first_spike" / room).write_text(f"../{room}")
    status, said = imported(checkout)
    assert status == 1 and said.count("\n") == 1


def test_installed_as_a_package(checkout):
    for room in ROOMS:
        shutil.move(checkout / room, checkout / "first_spike" / room)
    assert imported(checkout) == (0, "")
