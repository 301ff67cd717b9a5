"""A block alone as a design: its modules, its hex files and a file list."""

import multiprocessing
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from myhdl import ToVerilogWarning

from first_spike.rtl_model.parts.target import Target, converting_to


def write_block(folder, make, parameters):
    """Convert a block into the existing `folder`, in a process of its own.

    `make(**parameters)` returns the block's function and its arguments, ports included; it must be importable by name.
    The module is called as the function and comes last in `filelist.f`.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        process.submit(_convert, folder, make, parameters).result()


def _convert(folder, make, parameters):
    function, arguments = make(**parameters)
    target = Target(folder)
    with warnings.catch_warnings(), converting_to(target):
        warnings.simplefilter("error", ToVerilogWarning)
        target.convert(function, function.__name__, arguments)
    Path(folder, "filelist.f").write_text("".join(f"{module}.v\n" for module in target.modules))
