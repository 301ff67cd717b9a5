
// Pixels and results change their way between two images only.
reg claimed = 0;
reg was_busy = 0;
reg old_way = 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
    was_busy <= busy && !rst;
    old_way <= by_registers;
`ifdef COVER
    assert (!(claimed && !rst && by_registers && m_traffic_waiting && under_way == 2));
`else
    if (claimed && !rst) begin
        assert (!was_busy || by_registers == old_way);
        assert (!(taken && under_way == 0));
        assert (!(begun && !taken && under_way == 7));
    end
`endif
end

