"""Building a design for a simulator and running a cocotb module on it: the one place that calls cocotb-test."""

import os
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from cocotb_test.simulator import run

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT

SIMULATORS = {"icarus": "iverilog", "verilator": "verilator"}
WAVES = {"icarus": "fst", "verilator": "vcd"}  # the ending of what `waves` leaves in the build folder


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
    """Raise UserError if the simulator is Verilator and a path holds white space: make cannot build there."""
    for path in paths if simulator == "verilator" else ():
        if len(str(path).split()) > 1:
            raise UserError(f"Verilator cannot work in {path}, because of the space in it: move it, or simulate with "
                            f"icarus")


def top_module(design):
    """The name of the module that stands above the others of a design: the last of its filelist.f."""
    return Path(Path(design, "filelist.f").read_text().split()[-1]).stem


def waves_file(simulator, design):
    """What `waves` leaves in the build folder."""
    return f"{top_module(design)}.{WAVES[simulator]}"


def run_bench(simulator, design, module, build, *, environment=None, waves=False, seed=1, testcase=None,
              optimize=True):
    """Compile the design in folder `design` (its filelist.f, the top last) in the folder `build` and run the cocotb
    tests of `module`.

    environment: {name: text} for the tests; seed: of cocotb's random numbers and of Verilator's initial values; waves:
    write the dump `waves_file(simulator, design)` into `build`; optimize: by the C++ compiler behind Verilator, which
    pays in long simulations only. Returns the number of tests that ran. Raises UserError for a missing simulator,
    SystemExit (cocotb-test's own) when a test fails, RuntimeError when none ran.
    """
    require_simulator(simulator)
    design, build = Path(design).resolve(), Path(build).resolve()
    build.mkdir(parents=True, exist_ok=True)
    for hex_file in design.glob("*.hex"):  # $readmemh looks in the folder of the simulation
        shutil.copy(hex_file, build)
    os.environ["SIM"] = simulator
    arguments = {}
    if simulator == "verilator":
        arguments["plus_args"] = initial_values(seed)
        arguments["compile_args"] = ["-Wno-fatal", "-O3", "--x-assign", "unique", "--x-initial", "unique"]
        level = "-Os" if optimize else "-O0"
        arguments["make_args"] = ["-j2", f"OPT_FAST={level}", f"OPT_GLOBAL={level}"]
        if shutil.which("ccache"):  # most of a build is Verilator's own library, the same every time
            arguments["make_args"].append("OBJCACHE=ccache")
        if waves:  # not by cocotb-test, whose FST would need the headers of zlib and is never switched on
            waves = False
            arguments["compile_args"] += ["--trace", "--trace-structs"]
            arguments["plus_args"] += ["--trace", "--trace-file", waves_file(simulator, design)]
    sources = [str(design / name) for name in (design / "filelist.f").read_text().split()]
    results = run(toplevel=top_module(design), module=module, verilog_sources=sources, sim_build=str(build),
                  force_compile=True, python_search=[str(ROOT)], extra_env=environment or {}, waves=waves, seed=seed,
                  testcase=testcase, timescale="1ns/1ps", **arguments)
    count = sum(1 for case in ElementTree.parse(results).iter("testcase") if case.find("skipped") is None)
    if count == 0:
        raise RuntimeError(f"no test of {module} ran")
    return count
