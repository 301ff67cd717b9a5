
// No beat is put into the queue of the first step when it is full.
reg claimed = 0;
wire [15:0] held = tail - next_read;
always @(posedge clk) begin
    if (rst) claimed <= 1;
    if (claimed && !rst)
        assert (!(push && (held & (DEPTH - 1)) == DEPTH - 1));
end

