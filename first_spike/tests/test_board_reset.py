"""The reset of a board: by its PLL at any time, by a break, and whatever its registers begin with."""

import json

import pytest

from first_spike.golden.files import ROOT
from first_spike.synthesis.bitstream import TOP, macros
from first_spike.synthesis.targets import BOARDS
from tb.helpers.shell import needs_yosys, run_line


def test_the_pll_and_a_break_reset_the_board(tmp_path):
    bench = ROOT / "first_spike" / "tests" / "board_reset.v"
    done = run_line(f"iverilog -g2005 -s bench -o bench.vvp '{bench}' '{TOP}' && vvp -n bench.vvp", tmp_path)
    assert (done.returncode, done.stdout) == (0, "PASS\n")


@needs_yosys
@pytest.mark.parametrize("name", [name for name in BOARDS if name.startswith("ulx3s")])
def test_a_ulx3s_holds_the_pin_of_its_esp32_high(name, tmp_path):
    """As the netlist has it: without, boards with old firmware restart after seconds."""
    assert BOARDS[name].pins["wifi_gpio0"] == ("L2", "PULLMODE=NONE DRIVE=4")
    done = run_line(f"yosys -q -p 'read_verilog {' '.join(macros(BOARDS[name]))} \"{TOP}\"; proc; write_json top.json'",
                    tmp_path)
    assert done.returncode == 0, done.stdout
    ports = json.loads((tmp_path / "top.json").read_text())["modules"]["board_top"]["ports"]
    assert ports["wifi_gpio0"]["bits"] == ["1"] and set(ports) == set(BOARDS[name].pins)
