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

__version__ = "1.0.0"

_HOMES = {
    **dict.fromkeys(("load", "samples", "dataset", "infer", "cycles", "metrics", "generate", "compare",
                     "import_nir", "explore"), "first_spike.api"),
    "train": "first_spike.training.train",
    "Design": "first_spike.golden.contract.design",
    "Network": "first_spike.golden.contract.network",
    "UserError": "first_spike.golden.errors",
}
__all__ = [*_HOMES, "plot"]


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "plot":
        return importlib.import_module("first_spike.plot")
    raise AttributeError(f"first_spike has no {name!r}: it has {', '.join(__all__)}")


def __dir__():
    return __all__
