
// There is room for every word, in memory and in front, and words are read in the order in which they were written.
reg claimed = 0;
reg [2:0] in_front = 0;
wire [1:0] written = read + count;
always @(posedge clk) begin
    claimed <= claimed || clear;
    in_front <= clear ? 0 : in_front + arrives - pop;
`ifndef COVER
    if (claimed && !clear) begin
        assert (count <= DEPTH && !(push && count == DEPTH));
        assert (written == tail);
        assert (room + in_front + reading + arrives == 4);
    end
`endif
end

