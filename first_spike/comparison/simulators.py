"""The two Verilog simulators: whether they are there, where they can work, and what they call their files."""

import shutil
from pathlib import Path

from first_spike.command.places import NO_BUILD, listed
from first_spike.golden.errors import UserError

SIMULATORS = {"icarus": "iverilog", "verilator": "verilator"}
WAVES = {"icarus": "fst", "verilator": "vcd"}  # the ending of a file of waves


def initial_values(seed):
    """Arguments with which a program built by Verilator starts from random values in every register and memory without
    one."""
    return ["+verilator+rand+reset+2", f"+verilator+seed+{seed}"]


def require_simulator(name):
    """Raise UserError unless the simulator `name` is known and installed."""
    if name not in SIMULATORS:
        raise UserError(f"simulator {name!r} is unknown: choose {' or '.join(SIMULATORS)}")
    if shutil.which(SIMULATORS[name]) is None:
        raise UserError(f"the simulator {name} is not installed ({SIMULATORS[name]} is not on the PATH): "
                        f"install it, or say `make simulators` in a checkout")


def require_plain_path(simulator, *paths):
    """Raise UserError if the simulator is Verilator and a path holds one of NO_BUILD: make cannot build there."""
    for path in paths if simulator == "verilator" else ():
        found = NO_BUILD.search(str(path))
        if found:
            raise UserError(f"Verilator cannot work in {path}, because of the "
                            f"{'space' if found[0].isspace() else found[0]} in it: move it, or choose a folder "
                            f"without one")


def top_module(design):
    """The name of the module that stands above the others of a design: the last of its filelist.f."""
    return Path(listed(design)[-1]).stem


def waves_file(simulator, design):
    """Return the name of the file of waves that a run leaves in the build folder; design: folder of the Verilog."""
    return f"{top_module(design)}.{WAVES[simulator]}"
