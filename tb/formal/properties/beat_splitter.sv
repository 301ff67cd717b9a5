// Any wide beats under any stalls: each gives its parts, the lowest first, as many as `ends` says, with its tag and which
// bytes there are; the next one is taken as soon as the last of them leaves.
module proof (input clk, input rst, input [`WIDTH-1:0] data, input [`WIDTH/8-1:0] keep, input [1:0] tid, input valid,
              input last, input ready);

localparam PARTS = `WIDTH / 8;
localparam WIDE = (`BEATS + PARTS - 1) / PARTS;
localparam LAST = `BEATS > 0 ? (`BEATS - 1) % PARTS : 1;

wire taken, given, given_last, given_keep;
wire [7:0] given_data;
wire [1:0] given_tid;
beat_splitter dut (.clk(clk), .rst(rst), .s_axis_tdata(data), .s_axis_tkeep(keep), .s_axis_tid(tid),
                   .s_axis_tvalid(valid), .s_axis_tready(taken), .s_axis_tlast(last), .m_axis_tdata(given_data),
                   .m_axis_tkeep(given_keep), .m_axis_tid(given_tid), .m_axis_tvalid(given), .m_axis_tready(ready),
                   .m_axis_tlast(given_last));

reg started = 0;
reg full = 0;            // a beat is there:
reg [`WIDTH-1:0] own;
reg [PARTS-1:0] own_keep;
reg [1:0] own_tid;
reg own_last;
reg [2:0] place, latest;  // the part that is given, and the last that is
reg [3:0] number = 0;    // of the beat in its frame

// The last part of a beat that comes.
reg [2:0] ends;
integer k;
always @* begin
    ends = PARTS - 1;
    if (`BEATS > 0) begin
        if (number >= WIDE - 1) ends = LAST;
    end else if (last) begin
        ends = 0;
        for (k = 0; k < PARTS; k = k + 1) if (keep[k]) ends = k;
    end
end

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    if (given && ready) begin
        place <= place + 1;
        full <= place != latest;
    end
    if (valid && taken) begin
        {own, own_keep, own_tid, own_last, latest} <= {data, keep, tid, last, ends};
        place <= 0;
        full <= 1;
        number <= last ? 0 : number < WIDE ? number + 1 : number;
    end
    if (rst) begin
        full <= 0;
        number <= 0;
    end
`ifdef COVER
    assert (!(started && !rst && full && own_last && latest == LAST && place == latest));
`else
    if (started && !rst) begin
        assert (given == full);
        assert (taken == (ready && (!full || place == latest)));
        if (full) begin
            assert (given_data == own[8*place[1:0] +: 8] && given_keep == own_keep[place[1:0]] && given_tid == own_tid);
            assert (given_last == (own_last && place == latest));
        end
    end
`endif
end

endmodule
