"""A memory of weights as Verilog beside the cells that yosys makes of it, SPRAM by yosys' own model."""

import subprocess

import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.convert import generate
from first_spike.synthesis.toolchains import run_program
from first_spike.synthesis.yosys import models_of_yosys

WORDS, PARTS = 6272, 4  # of 784-128-10 in 16 lanes
BENCH = """
module bench;
reg clk = 0, read = 0, write = 0;
reg [14:0] place = 0;
reg [15:0] data = 0;
reg [12:0] address = 0;
wire [63:0] verilog, cells;
integer n, found = 0;
layer0_weights by_verilog (.clk(clk), .s_write_select(write), .s_write_address(place),
    .s_write_data(data), .read(read), .address(address), .weights(verilog));
made_cells by_cells (.clk(clk), .s_write_select(write), .s_write_address(place), .s_write_data(data),
    .read(read), .address(address), .weights(cells));
always #5 clk = !clk;
initial begin
    for (n = 0; n < %(parts)d + 20000; n = n + 1) begin
        @(negedge clk);
        if (n > 5 && cells !== verilog) begin $display("FAIL: cycle %%0d: %%x %%x", n, cells, verilog); $finish; end
        if (verilog !== 0) found = found + 1;
        write = n < %(parts)d || $random %% 8 == 0;
        place = n < %(parts)d ? n : $unsigned($random) %% %(parts)d;
        data = $random;
        address = $unsigned($random) %% %(words)d;
        read = !write && $random;
    end
    $display("PASS %%0d", found);
    $finish;
end
endmodule
"""


@pytest.mark.fpga
def test_the_cells_do_what_the_verilog_does(tmp_path):
    assert Network.load(DEFAULT_NETWORK).sizes[0] == 128
    configuration = Configuration((16, 2), 1, 1, weights="loadable", weight_memory="spram")
    design = generate(Design(Network.load(DEFAULT_NETWORK), configuration), tmp_path / "design")
    script = ("read_verilog layer0_weights.v; synth_ice40 -device u -spram -top layer0_weights; "
              "select -assert-count 4 t:SB_SPRAM256KA; rename layer0_weights made_cells; "
              f"write_verilog -noattr \"{tmp_path / 'made.v'}\"")
    run_program(["yosys", "-p", script], tmp_path / "yosys.log", 600, design)
    (tmp_path / "bench.v").write_text(BENCH % {"words": WORDS, "parts": WORDS * PARTS})
    sources = ["bench.v", "made.v", "design/layer0_weights.v"]
    (tmp_path / "models.v").write_text(models_of_yosys("ice40"))
    subprocess.run(["iverilog", "-g2005", "-o", "bench", "-s", "bench", *sources, "models.v"], cwd=tmp_path, check=True)
    said = subprocess.run(["vvp", "-N", "bench"], cwd=tmp_path, capture_output=True, text=True).stdout
    assert said.startswith("PASS") and int(said.split()[1]) > 5000, said
