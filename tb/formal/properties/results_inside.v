
// A result that is offered stays as it is until it is taken, or software restarts the core.
reg claimed = 0;
reg waits = 0;
reg [31:0] offered = 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
    waits <= m_axis_tvalid && !m_axis_tready && !core_rst;
    offered <= m_axis_tdata;
`ifdef COVER
    assert (!(claimed && !rst && waits && m_axis_tvalid));
`else
    if (claimed && !rst) begin
        assert (!waits || (m_axis_tvalid && m_axis_tdata == offered));
        assert (!m_axis_tvalid || m_axis_tlast);
    end
`endif
end

