"""Assertions of handshakes: silent while streams keep the rules, the end of a simulation that breaks one."""

import subprocess

import pytest
from myhdl import Signal, always_comb, block

from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.parts.streams import AxiLite, AxiStream
from first_spike.rtl_model.parts.target import Target, converting_to

BENCH = """
module bench;
reg clk = 0;
reg [17:0] given = 0;  // rst, tvalid, tready, tlast, wvalid, wready, wstrb, tdata
wire [1:0] out;
stays dut (.clk(clk), .rst(given[17]), .s_axis_tvalid(given[16]), .s_axis_tready(out[0]), .s_axis_tlast(given[14]),
    .s_axis_tdata(given[7:0]), .ready(given[15]), .s_axil_wvalid(given[13]), .s_axil_wready(out[1]),
    .s_axil_wstrb(given[11:8]), .lite_ready(given[12]), .s_axil_awaddr(4'b0), .s_axil_awprot(3'b0),
    .s_axil_awvalid(1'b0), .s_axil_wdata(32'b0), .s_axil_bready(1'b0), .s_axil_araddr(4'b0), .s_axil_arprot(3'b0),
    .s_axil_arvalid(1'b0), .s_axil_rready(1'b0), .s_axil_awready(), .s_axil_bresp(), .s_axil_bvalid(),
    .s_axil_arready(), .s_axil_rdata(), .s_axil_rresp(), .s_axil_rvalid());
initial begin
%s
    $display("PASS");
    $finish;
end
endmodule
"""


@block
def stays(clk, rst, s_axis, s_axil, ready, lite_ready):
    """Two streams that wait as they are told."""

    @always_comb
    def wait():
        """As told."""
        s_axis.tready.next = ready
        s_axil.wready.next = lite_ready
        s_axil.awready.next = 0
        s_axil.bvalid.next = 0
        s_axil.bresp.next = 0
        s_axil.arready.next = 0
        s_axil.rvalid.next = 0
        s_axil.rdata.next = 0
        s_axil.rresp.next = 0

    return wait, handshake_assertions(clk, rst, s_axis=s_axis, s_axil=s_axil)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stays")
    with converting_to(Target(folder, prefix="my_")) as target:
        target.convert(stays, "stays", dict(
            clk=Signal(bool(0)), rst=Signal(bool(0)), s_axis=AxiStream(8), s_axil=AxiLite(4), ready=Signal(bool(0)),
            lite_ready=Signal(bool(0))))
    return folder


def outcome(folder, cycles, macro="-Dmy_FIRST_SPIKE_ASSERT"):
    """What is said of cycles, each (rst, tvalid, tready, tlast, wvalid, wready, wstrb, tdata)."""
    lines = []
    for rst, tvalid, tready, tlast, wvalid, wready, wstrb, tdata in cycles:
        word = rst << 17 | tvalid << 16 | tready << 15 | tlast << 14 | wvalid << 13 | wready << 12 | wstrb << 8 | tdata
        lines.append(f"    given = {word}; #1 clk = 1; #1 clk = 0;")
    (folder / "bench.v").write_text(BENCH.replace("stays dut", "my_stays dut") % "\n".join(lines))
    subprocess.run(["iverilog", "-g2005", macro, "-o", "bench", "-s", "bench", "bench.v", "my_stays.v"], cwd=folder,
                   check=True)
    done = subprocess.run(["vvp", "-n", "bench"], cwd=folder, capture_output=True, text=True)
    return done.returncode == 0 and "PASS" in done.stdout, done.stdout


RESET, WAITS, LITE = (1, 0, 0, 0, 0, 0, 0, 0), (0, 1, 0, 1, 0, 0, 0, 7), (0, 0, 0, 0, 1, 0, 5, 0)


@pytest.mark.parametrize("cycles", [
    [WAITS, WAITS, (0, 1, 1, 1, 0, 0, 0, 7), (0, 1, 0, 0, 0, 0, 0, 9)], [WAITS, (1, 0, 0, 0, 0, 0, 0, 0), RESET],
    [(0, 0, 0, 0, 0, 0, 0, 3), (0, 0, 1, 1, 0, 0, 0, 4)], [LITE, (0, 0, 0, 0, 1, 1, 5, 0), RESET]])
def test_what_keeps_the_rules_is_let_be(made, cycles):
    assert outcome(made, [RESET, *cycles])[0]


@pytest.mark.parametrize("cycles, said", [
    ([WAITS, (0, 0, 0, 1, 0, 0, 0, 7)], "s_axis"), ([WAITS, (0, 1, 1, 1, 0, 0, 0, 8)], "s_axis"),
    ([WAITS, WAITS, (0, 1, 0, 0, 0, 0, 0, 7)], "s_axis"), ([LITE, (0, 0, 0, 0, 1, 1, 4, 0)], "s_axil_w"),
    ([LITE, (0, 0, 0, 0, 0, 0, 5, 0)], "s_axil_w")])
def test_what_breaks_one_ends_the_simulation_with_the_name_of_the_stream(made, cycles, said):
    passed, text = outcome(made, [RESET, *cycles])
    assert not passed and f"{said} changes before it is taken" in text
    assert outcome(made, [RESET, *cycles], "-DANOTHER")[0]
