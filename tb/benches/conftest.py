"""Fixtures of the benches: a test runs on each simulator, a design is made once for all of them."""

import json

import pytest

from first_spike.golden.contract.design import Design
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.parts.handshakes import ASSERT_MACRO
from first_spike.rtl_model.tops import DEFAULT
from tb.helpers.harness import run_bench
from tb.scenarios.small_designs import write_block


@pytest.fixture(params=["verilator", pytest.param("icarus", marks=pytest.mark.thorough)])
def simulator(request):
    """Each simulator in turn."""
    return request.param


@pytest.fixture(scope="session")
def block_designs(tmp_path_factory):
    """A function that gives the folder of a block's design, made at the first call with these parameters."""
    folders = {}

    def design(make, parameters):
        key = (make, json.dumps(parameters))
        if key not in folders:
            folder = tmp_path_factory.mktemp("block")
            write_block(folder, make, parameters)
            folders[key] = folder
        return folders[key]

    return design


@pytest.fixture
def run_block(simulator, block_designs, tmp_path):
    """A function that runs the cocotb tests of `module` on the block that `make(**parameters)` describes."""

    def run(module, make, parameters):
        design = block_designs(make, parameters)
        return run_bench(simulator, design, module, tmp_path, optimize=False, defines=[ASSERT_MACRO],
                         environment={"FIRST_SPIKE_BENCH": json.dumps(parameters)})

    return run


@pytest.fixture(scope="session")
def network_designs(tmp_path_factory):
    """A function that gives the folder of a network's design with one of the tops, in it `network.npz`, made at the
    first call with that network, configuration and top."""
    folders = {}

    def folder_of(network, configuration, top=DEFAULT):
        design = Design(network, configuration)
        key = (design.network.sha256, json.dumps(design.configuration.__dict__), top)
        if key not in folders:
            folder = tmp_path_factory.mktemp("design")
            design.network.save(folder / "network.npz")
            folders[key] = generate(design, folder / "verilog", top=top).parent
        return folders[key]

    return folder_of


@pytest.fixture
def run_accelerator(simulator, network_designs, tmp_path):
    """A function that runs the cocotb tests of `module` on the accelerator of a network. What it is given `more` goes
    along to the tests."""

    def run(module, network, configuration, top=DEFAULT, **more):
        folder = network_designs(network, configuration, top)
        bench = {"network": str(folder / "network.npz"), "configuration": configuration.__dict__, **more}
        return run_bench(simulator, folder / "verilog", module, tmp_path, optimize=False, defines=[ASSERT_MACRO],
                         environment={"FIRST_SPIKE_BENCH": json.dumps(bench)})

    return run
