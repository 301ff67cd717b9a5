
// At most two buffers are taken, and none is freed that was not.
reg claimed = 0;
always @(posedge clk) begin
    if (rst) claimed <= 1;
    if (claimed && !rst) begin
        assert (taken <= 2);
        assert (!(freed && taken == 0));
    end
end

