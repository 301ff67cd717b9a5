"""Private names of MyHDL, which ruff lets one file alone use: they are of the version that is installed."""

import inspect
import tomllib

import myhdl

from first_spike.golden.files import ROOT
from first_spike.rtl_model.parts import myhdl_internals


def test_they_fit_the_pinned_version():
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert f"myhdl=={myhdl_internals.FITS}" in pins
    assert myhdl.__version__ == myhdl_internals.FITS


def test_myhdl_sees_the_frames_that_inspect_sees():
    """Of which it reads the frame itself and the name of the function, by their places."""
    for module in myhdl_internals.LOOKING:
        seen = inspect.stack()
        assert [(found[0], found[3]) for found in module.inspect.stack()] == [(one.frame, one.function) for one in seen]
