"""What yosys says of a module as it is printed beside MyHDL's own text of it."""

import pytest

from tb.formal.printed import differences, different
from tb.scenarios.small_designs import SMALL_DESIGNS

PLAIN = """\
module walker (
    input  wire       clk,
    input  wire       rst,
    input  wire [3:0] step,
    output reg  [3:0] place,
    output wire       found
);
reg [3:0] kept [0:8-1];
wire inner;
cell one (
    .up(inner),
    .down(found)
);
assign inner = (kept[place] == ($signed({1'b0, step}) - 1));
always @(posedge clk) begin: walk
    kept[place] <= step;
    if ((rst || ($signed({1'b0, place}) == (8 - 1)))) begin
        place <= 0;
    end
    else begin
        place <= (place + 1);
    end
end
endmodule
"""
CELL = "module cell (\n    input  wire up,\n    output wire down\n);\nassign down = !up;\nendmodule\n"
PRINTED = """\
`default_nettype none
module walker (
    input  wire       clk,
    input  wire       rst,
    input  wire [3:0] step,
    output reg  [3:0] place,
    output wire       found
);

localparam ROWS = 8;

wire inner;

reg [3:0] kept [0:7];

cell one (
    .up(inner),
    .down(found)
);

assign inner = kept[place] == $signed({1'b0, step}) - 1;

always @(posedge clk) begin : walk
    kept[place] <= step;
    if (rst || place == ROWS - 1) begin
        place <= 0;
    end else begin
        place <= place + 1;
    end
end

endmodule

`default_nettype wire
"""


def proved(folder, printed):
    for side, text in (("plain", PLAIN), ("printed", printed)):
        (folder / side).mkdir()
        (folder / side / "walker.v").write_text(text)
        (folder / side / "cell.v").write_text(CELL)
    (folder / "printed" / "filelist.f").write_text("cell.v\nwalker.v\n")
    return different(folder / "work", folder / "plain", folder / "printed")


@pytest.mark.fpga
@pytest.mark.parametrize("before, after", [
    ("", ""), ("ROWS = 8", "ROWS = 7"), ("rst || place", "rst && place"), (".up(inner)", ".up(!inner)"),
    ("[0:7]", "[0:8]"), ("kept[place] <= step", "kept[step] <= step"), ("kept[place] == ", "kept[step] == "),
    ("step}) - 1", "step}) + 1"), ("$signed({1'b0, step})", "step[2:0]")])
def test_any_difference_is_seen(tmp_path, before, after):
    assert PRINTED.count(before) == 1 or not before
    assert proved(tmp_path, PRINTED.replace(before, after) if before else PRINTED) == (["walker"] if before else [])


@pytest.mark.fpga
@pytest.mark.thorough
def test_a_small_design_is_the_same(tmp_path):
    assert differences(SMALL_DESIGNS["event-fed"], tmp_path) == []
