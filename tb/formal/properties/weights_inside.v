
// No word is written outside of the memory.
reg claimed = 0;
always @(posedge clk) begin
    claimed <= 1;
`ifdef COVER
    assert (!(claimed && s_write_select && s_write_address == WORDS - 1));
`else
    assert (!claimed || !s_write_select || s_write_address < WORDS);
`endif
end

