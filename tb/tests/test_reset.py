"""One clock edge under reset is enough, whatever the registers held before.

Verilog hides much of that: to an `if`, an unknown condition is a false one. So yosys rewrites a design here without any
`if`, every register and word of memory on its own behind multiplexers, through which unknown values spread as they may.
Icarus begins with all of them unknown.
"""

import json
import shlex
from dataclasses import replace

import numpy as np
import pytest

from first_spike.comparison.design_files import write_whole_design
from first_spike.comparison.simulators import top_module
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.convert import generate
from tb.benches import test_loading_by_registers, test_serial_line
from tb.helpers.harness import run_bench
from tb.helpers.random_networks import worded_network
from tb.helpers.shell import compiled, needs_yosys, run_line
from tb.scenarios.small_designs import SMALL_DESIGNS, SmallDesign

pytestmark = [needs_yosys, pytest.mark.thorough]


def convolution(words, shape, bits):
    return lambda: worded_network(np.random.default_rng(4), words, shape, bits, 8)


DENSE, LOADABLE = SMALL_DESIGNS["dense"], SMALL_DESIGNS["loadable"]
STREAMED = {
    "dense": DENSE,
    "folds": SMALL_DESIGNS["folded"],
    "convolution": SmallDesign(convolution("conv 3 2x2 pool 2, dense 3", (6, 5), (3, 4)), Configuration((), 4, 2)),
    "rows": SmallDesign(convolution("conv 3 3x3 same pool 2, dense 3", (5, 6), (3, 4)),
                        Configuration((2, 2), 4, 2, taps=("row", 1))),
    "events": SMALL_DESIGNS["event-fed"],
    "one bank": replace(LOADABLE, top="accelerator", configuration=replace(LOADABLE.configuration, weight_banks=1)),
    "two banks": replace(LOADABLE, top="accelerator"),
    "registers": replace(DENSE, top="accelerator_axi"),
}


def without_if(design, folder):
    """The design in folder `design` as one such module, in a folder of the same kind."""
    folder.mkdir()
    top = top_module(design)
    sources = " ".join((design / "filelist.f").read_text().split())
    out = folder / f"{top}.v"
    done = run_line(f"yosys -q -p 'read_verilog {sources}; hierarchy -top {top}; proc; flatten; memory_map; pmuxtree; "
                    f"opt_clean; write_verilog -noattr \"{out}\"'", design)
    assert done.returncode == 0, done.stdout
    assert not {"if", "case", "casez", "initial"} & set(out.read_text().split())
    (folder / "filelist.f").write_text(f"{out.name}\n")
    return folder


@pytest.mark.parametrize("name", STREAMED)
def test_one_edge_is_enough_between_streams(name, tmp_path):
    small = STREAMED[name]
    small.network().save(tmp_path / "network.npz")
    design = write_whole_design(Design(Network.load(tmp_path / "network.npz"), small.configuration),
                                tmp_path / "design", top=small.top)
    spread, top = without_if(design, tmp_path / "spread"), top_module(design)
    files = " ".join(shlex.quote(str(path)) for path in (spread / f"{top}.v", design / f"{top}_tb.v"))
    done = run_line(compiled("icarus", f"-DFIRST_SPIKE_HEX='\"{design}/\"' {files}", tmp_path, f"{top}_tb"), tmp_path)
    assert done.returncode == 0 and "PASS: " in done.stdout, done.stdout


SOFTWARE = {  # the module of a bench, one of its cocotb tests, and the design
    "loaded by registers, one bank": (test_loading_by_registers, "loads_and_classifies", replace(
        LOADABLE, configuration=replace(LOADABLE.configuration, weight_banks=1))),
    "loaded by registers, two banks": (test_loading_by_registers, "loads_and_classifies", LOADABLE),
    "serial line": (test_serial_line, "answers_after_a_reset", replace(DENSE, top="accelerator_serial")),
}


@pytest.mark.parametrize("name", SOFTWARE)
def test_one_edge_is_enough_for_software(name, tmp_path):
    bench, testcase, small = SOFTWARE[name]
    small.network().save(tmp_path / "network.npz")
    design = generate(Design(Network.load(tmp_path / "network.npz"), small.configuration), tmp_path / "design",
                      top=small.top)
    environment = {"FIRST_SPIKE_BENCH": json.dumps({"network": str(tmp_path / "network.npz"),
                                                    "configuration": small.configuration.__dict__})}
    assert run_bench("icarus", without_if(design, tmp_path / "spread"), bench.__name__, tmp_path / "build",
                     environment=environment, testcase=testcase) == 1
