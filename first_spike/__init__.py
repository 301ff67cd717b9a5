"""From a trained first-spike network to verified Verilog.

    import first_spike as fs
    network = fs.load("mnist_784_128_10_4bit")
    digits = fs.samples()
    fs.infer(network, digits.images).classes
    design = fs.Design(network, lanes=32, pixels=8)
    fs.cycles(design, digits.images)
    fs.metrics(design, digits.images)
    fs.generate(design, "out")
    fs.compare(design, digits)

The names are loaded when they are asked for: `first_spike.golden` alone needs numpy and numba.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

_HOMES = {
    **dict.fromkeys(("load", "samples", "dataset", "infer", "calibrate", "cycles", "metrics", "generate", "compare",
                     "import_nir", "explore"), "first_spike.api"),
    "train": "first_spike.training.train",
    "Design": "first_spike.golden.contract.design",
    "Processor": "first_spike.golden.contract.processor",
    "Network": "first_spike.golden.contract.network",
    "UserError": "first_spike.golden.errors",
}
__all__ = [*_HOMES, "plot"]


def _require_own_rooms():
    """End with one sentence unless golden and rtl_model are those of this package: in a checkout that has lost its
    links, they are missing, or are found in another checkout that is installed."""
    here = Path(__file__).resolve().parent
    for room in ("golden", "rtl_model"):
        place = importlib.util.find_spec(f"first_spike.{room}")
        if place is None or Path(place.origin).resolve().parent not in (here / room, here.parent / room):
            sys.exit(f"error: {here / room} is no link to {here.parent / room}, which the checkout had when it was "
                     f"cloned: clone it with git, or make the link")


_require_own_rooms()


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "plot":
        return importlib.import_module("first_spike.plot")
    if name == "__version__":
        return importlib.import_module("first_spike.golden.version").VERSION
    raise AttributeError(f"first_spike has no {name!r}: it has {', '.join(__all__)}")


def __dir__():
    return __all__
