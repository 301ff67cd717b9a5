
// Seen from outside, at the ports: a frame goes whole by one way, its result the same way, and no word is changed; the
// way that is wanted is taken as soon as nothing is under way, and then alone.
reg claimed = 0;
reg open = 0;       // a frame has begun and not ended
reg [2:0] due = 0;  // results of frames that have begun, which were not taken
reg way = 0;        // of the latest frame: by the registers
reg rested = 0;     // nothing was under way in the cycle before, and nothing began in it
reg old_wanted = 0;
wire from_stream = s_axis_tvalid && s_axis_tready;
wire from_registers = s_pixels_tvalid && s_pixels_tready;
wire into_core = m_frames_tvalid && m_frames_tready;
wire out_of_core = s_results_tvalid && s_results_tready;
wire going = open || due != 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
    open <= !rst && (into_core ? !m_frames_tlast : open);
    due <= rst ? 0 : due + (into_core && !open) - out_of_core;
    if (into_core && !open) way <= from_registers;
    rested <= !going && !into_core && !rst;
    old_wanted <= wanted;
`ifdef COVER
    assert (!(claimed && !rst && way && m_traffic_waiting && due == 2));
`else
    if (claimed && !rst) begin
        assert (into_core == (from_stream || from_registers) && !(from_stream && from_registers));
        if (into_core) begin
            assert ({m_frames_tlast, m_frames_tdata} == (from_registers ? {s_pixels_tlast, s_pixels_tdata} :
                                                         {s_axis_tlast, s_axis_tdata}));
            assert (open || due != 7);
            assert (from_registers == (open ? way : wanted) && (!going || from_registers == way));
        end
        assert (m_traffic_busy == going && (!going || m_traffic_by_registers == way));
        assert (!out_of_core || due != 0);
        assert (m_axis_tvalid == (s_results_tvalid && !m_traffic_by_registers) && m_axis_tdata == s_results_tdata);
        assert (m_traffic_waiting == (s_results_tvalid && m_traffic_by_registers));
        assert (s_results_tready == (m_traffic_by_registers ? take : m_axis_tready));
        assert (!rested || m_traffic_by_registers == old_wanted);
    end
`endif
end

