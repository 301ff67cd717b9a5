// Frames with any tags, no more than there are places for, and results of those that have begun: each has the tag of the
// first beat of its frame. One frame, whichever, is watched from its first beat to its result.
module proof (input clk, input rst, input valid, input ready, input last, input [1:0] tag, input offered, input taken,
              input watch);

wire [1:0] given;
frame_tag dut (.clk(clk), .rst(rst), .frame_valid(valid), .frame_ready(ready), .frame_last(last), .tag(tag),
               .result_valid(offered), .result_ready(taken), .result_tag(given));

reg started = 0;
reg inside = 0;            // a frame has begun and not ended
reg [3:0] due = 0;         // frames that have begun and have no result
reg [3:0] ahead = 0;       // of the one that is watched
reg watching = 0;
reg [1:0] own = 0;
wire begun = valid && ready && !inside;
wire done = offered && taken;

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (!(begun && due == `PLACES));
    assume (!(offered && due == 0));
    if (valid && ready) inside <= !last;
    due <= due + begun - done;
    if (begun && watch && !watching) begin
        watching <= 1;
        own <= tag;
        ahead <= due - done;
    end else if (watching && done) begin
        watching <= ahead != 0;
        ahead <= ahead - 1;
    end
    if (rst) begin
        inside <= 0;
        due <= 0;
        watching <= 0;
    end
`ifdef COVER
    assert (!(started && !rst && watching && ahead == `PLACES - 1));
`else
    if (started && !rst && watching && ahead == 0) assert (given == own);
`endif
end

endmodule
