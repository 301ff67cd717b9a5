
// No byte goes into the CRC before it is free.
reg claimed = 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
`ifndef COVER
    if (claimed && !rst)
        assert (!push || free);
`endif
end

