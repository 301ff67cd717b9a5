// What sby proves of the read-out of @TOP@ (@TOP@.sby). Inputs of it that are not connected here may be
// anything at any time: potentials, and which neurons fire.

module @TOP@_formal (
    input wire clk,
    input wire rst,
    input wire begins,  // an image
    input wire fires,   // the last layer has ended a step of it, or a fold of a step
    input wire m_axis_tready
);

wire [31:0] m_axis_tdata;
wire m_axis_tvalid, m_axis_tlast, over, space;

@PREFIX@readout dut (
    .clk(clk),
    .rst(rst),
    .s_fire_valid(fires),
    .m_axis_tdata(m_axis_tdata),
    .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast),
    .s_control_flush(over),
    .s_control_space(space)
);

reg started = 0;
reg running = 0;  // an image has begun, and is not over
reg waiting = 0;  // a result was offered and not taken
reg [31:0] result;

always @(posedge clk) begin
    started <= 1;
    running <= !rst && (begins || (running && !over));
    waiting <= !rst && m_axis_tvalid && !m_axis_tready;
    result <= m_axis_tdata;

    // What the rest of the design promises: a reset first, an image where there is space for its result, and fires of
    // an image that has begun.
    assume (started || rst);
    assume (!begins || (space && !running));
    assume (!fires || running);

    if (started && !rst) begin
        // A result stays as it is until it is taken.
        if (waiting) assert (m_axis_tvalid && m_axis_tdata == result);
        // It is a frame of one word, and its time is a step, or the number of steps.
        if (m_axis_tvalid) assert (m_axis_tlast && m_axis_tdata[28:25] == 0 && m_axis_tdata[24:16] <= @STEPS@);
        // Results wait, and are taken.
        cover (waiting && m_axis_tvalid && m_axis_tready);
    end
end

endmodule
