// Words of four pixels, which come whenever there is room, become the beats of frames: each pixel is in the beat and at
// the place that it has in its image, none is lost or doubled, TLAST is with the last beat, and a beat stays until it is
// taken. One pixel of the images is watched, any one.
module proof (input clk, input rst, input offered, input [31:0] word, input ready);

localparam WORDS = (`INPUTS + 3) / 4, BEATS = (`INPUTS + `PIXELS - 1) / `PIXELS;

wire room, valid, last;
wire [8 * `PIXELS - 1:0] data;
wire push = offered && room;
pixel_writer dut (.clk(clk), .rst(rst), .push(push), .word(word), .room(room), .m_axis_tdata(data),
                  .m_axis_tvalid(valid), .m_axis_tready(ready), .m_axis_tlast(last));

(* anyconst *) wire [7:0] watched;
wire [7:0] pushed_pixel = word >> 8 * (watched % 4);
wire [7:0] given_pixel = data >> 8 * (watched % `PIXELS);

reg started = 0;
reg [7:0] next_word = 0, next_beat = 0;  // of their images
reg [7:0] waiting = 0;                   // pixels of images that were pushed, and not taken
reg there = 0;                           // the watched one is among them
reg [7:0] pixel = 0;
reg waited = 0, old_last = 0;
reg [8 * `PIXELS - 1:0] old_data = 0;
wire taken = valid && ready;
wire [7:0] of_word = next_word == WORDS - 1 ? `INPUTS - 4 * next_word : 4;
wire [7:0] of_beat = next_beat == BEATS - 1 ? `INPUTS - `PIXELS * next_beat : `PIXELS;
wire comes = push && next_word == watched / 4;
wire goes = taken && next_beat == watched / `PIXELS;

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (watched < `INPUTS);
    if (push) next_word <= next_word == WORDS - 1 ? 0 : next_word + 1;
    if (taken) next_beat <= next_beat == BEATS - 1 ? 0 : next_beat + 1;
    waiting <= waiting + (push ? of_word : 0) - (taken ? of_beat : 0);
    there <= comes || (there && !goes);
    if (comes) pixel <= pushed_pixel;
    waited <= valid && !ready;
    old_data <= data;
    old_last <= last;
    if (rst) begin
        next_word <= 0;
        next_beat <= 0;
        waiting <= 0;
        there <= 0;
        waited <= 0;
    end
`ifdef COVER
    assert (!(started && !rst && goes && pixel == 8'hA5 && last && waited));
`else
    if (started && !rst) begin
        assert (!valid || (waiting >= of_beat && last == (next_beat == BEATS - 1)));
        assert (valid || room);
        assert (waiting <= (`PIXELS > 4 ? `PIXELS : 4));
        assert (!goes || (there && given_pixel == pixel));
        assert (!comes || !there || goes);
        assert (!waited || (valid && data == old_data && last == old_last));
    end
`endif
end

endmodule
