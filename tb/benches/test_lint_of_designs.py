"""Every design of the covering set is clean; what is wrong is seen."""

import pytest

from first_spike.commands.lint import lint
from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.errors import UserError
from tb.benches.test_accelerator import COVERING
from tb.benches.test_convolutional_accelerator import COVERING as CONVOLUTIONS
from tb.benches.test_convolutional_accelerator import make
from tb.benches.test_event_accelerator import COVERING as EVENTS
from tb.benches.test_event_accelerator import make as make_events
from tb.benches.test_loaded_weights import DESIGNS as LOADED
from tb.benches.test_loaded_weights import networks_of
from tb.benches.test_loading_by_registers import DESIGNS as REGISTERS
from tb.scenarios.small_designs import random_network


@pytest.fixture
def design(network_designs):
    """A function that gives the folder of a design of the covering set."""

    def make(name):
        *network, lanes, pixels, spikes, events = COVERING[name]
        return network_designs(random_network(*network), Configuration(lanes, pixels, spikes, events)) / "verilog"

    return make


@pytest.mark.thorough
@pytest.mark.parametrize("name", COVERING)
def test_generated_designs_are_clean(design, name):
    assert lint(design(name)) == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_generated_convolutions_are_clean(network_designs, name):
    assert lint(network_designs(*make(name)) / "verilog") == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", EVENTS)
def test_generated_designs_for_events_are_clean(network_designs, name):
    assert lint(network_designs(*make_events(name)) / "verilog") == []


@pytest.mark.long
@pytest.mark.parametrize("banks", [1, 2])
@pytest.mark.parametrize("name", [name for name in COVERING if name != "default"])
def test_designs_with_loaded_weights_are_clean(network_designs, name, banks):
    *network, lanes, pixels, spikes, events = COVERING[name]
    configuration = Configuration(lanes, pixels, spikes, events, weights="loadable", weight_banks=banks)
    folder = network_designs(random_network(*network), configuration)
    assert lint(folder / "verilog") == []


@pytest.mark.thorough
@pytest.mark.parametrize("top, name, banks, taps", [
    ("accelerator", "rows of events", 2, ROW), ("accelerator", "convolutions", 1, 1),
    ("accelerator_axi", "recordings", 2, 1), ("accelerator_axi", "recordings", 0, 1)])
def test_loaded_convolutions_and_registers_for_events_are_clean(network_designs, top, name, banks, taps):
    networks, lanes, *_ = (REGISTERS if top == "accelerator_axi" else LOADED)[name]
    loaded = dict(weights="loadable", weight_banks=banks) if banks else {}
    folder = network_designs(networks_of(*networks)[0], Configuration(lanes, 4, taps=(taps,), **loaded), top)
    assert lint(folder / "verilog") == []


# what Verilator calls it: the body of a module with the ports clk, wide (9 bits, in) and narrow (4 bits, out)
MISTAKES = {
    "WIDTHTRUNC": "assign narrow = wide; wire unused = clk;",
    "UNDRIVEN": "wire [3:0] nothing; assign narrow = nothing ^ {3'b0, clk ^ (^wide)};",
    "LATCH": "reg [3:0] kept; always @(*) if (clk) kept = wide[3:0]; assign narrow = kept ^ wide[7:4];",
    "IMPLICIT": "assign missspelt = ^wide; assign narrow = {3'b0, clk};",
    "UNUSEDSIGNAL": "assign narrow = wide[3:0];",
    "COMBDLY": "reg [3:0] late; always @(*) late <= wide[3:0]; assign narrow = late;",
    "syntax error": "assign narrow = ;",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_seen(tmp_path, name):
    (tmp_path / "block.v").write_text("module block(input clk, input [8:0] wide, output [3:0] narrow);\n"
                                      f"{MISTAKES[name]}\nendmodule\n")
    (tmp_path / "filelist.f").write_text("block.v\n")
    assert any(name in message for message in lint(tmp_path))


def test_a_folder_without_a_design_is_refused(tmp_path):
    with pytest.raises(UserError, match="is no design: it has no filelist.f"):
        lint(tmp_path)
