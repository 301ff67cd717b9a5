
// Nothing is taken from an empty queue, nor put into a full one.
reg claimed = 0;
always @(posedge clk) begin
    if (clear) claimed <= 1;
    if (claimed && !clear) begin
        assert (!(pop && count == 0));
        assert (!(push && count == DEPTH));
    end
end

