// The whole accelerator of a small network, whatever pixels, stalls, frames of a wrong length and resets: its queues
// neither over- nor underflow, no more than two buffers are taken and none is freed twice (claims inside the modules),
// results obey AXI4-Stream's rules, and are of frames that have begun, of which no more than seven are under way.
module proof (input clk, input rst, input [`BITS-1:0] tdata, input tvalid, input tlast, input ready);

wire tready, valid, last;
wire [31:0] data;
accelerator dut (.clk(clk), .rst(rst), .s_axis_tdata(tdata), .s_axis_tvalid(tvalid), .s_axis_tready(tready),
                 .s_axis_tlast(tlast), .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(ready),
                 .m_axis_tlast(last));

reg started = 0;
reg waited = 0;
reg [31:0] word = 0;
reg [1:0] results = 0;
reg in_frame = 0;
reg [3:0] under_way = 0;  // begun, and the result not taken
wire accepted = tvalid && tready;

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    waited <= valid && !ready && !rst;
    word <= data;
    in_frame <= !rst && (accepted ? !tlast : in_frame);
    under_way <= rst ? 0 : under_way + (accepted && !in_frame) - (valid && ready);
    if (rst)
        results <= 0;
    else if (valid && ready && results != 3)
        results <= results + 1;
`ifdef COVER
    assert (!(started && results == 2));
`else
    if (started && waited && !rst)
        assert (valid && last && data == word);
    if (started && !rst) begin
        assert (under_way <= 7);
        assert (!valid || under_way != 0);
    end
`endif
end

endmodule
