
// There is room for every word.
reg claimed = 0;
always @(posedge clk) begin
    claimed <= claimed || clear;
`ifndef COVER
    if (claimed && !clear) begin
        assert (count <= DEPTH);
        assert (!(push && count == DEPTH));
    end
`endif
end

