// The whole accelerator of a small network, whatever pixels, stalls, frames of a wrong length and resets: it gives the
// result of each frame once, in order, and that is what plain loops over all steps and neurons make of its pixels. It comes,
// and the next beat is taken, within LATEST cycles in which the sink is ready.
module proof (input clk, input rst, input [8 * `WAYS - 1:0] tdata, input tvalid, input tlast, input ready);

localparam BEATS = `INPUTS / `WAYS;

wire tready, valid, last;
wire [31:0] data;
accelerator dut (.clk(clk), .rst(rst), .s_axis_tdata(tdata), .s_axis_tvalid(tvalid), .s_axis_tready(tready),
                 .s_axis_tlast(tlast), .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(ready),
                 .m_axis_tlast(last));

// The word of an image, the first pixel in its lowest byte.
function [31:0] result(input [8 * `INPUTS - 1:0] image, input bad);
    reg [`HIDDEN-1:0] spiked;
    reg [7:0] pixel, complement;
    reg signed [7:0] sum, largest;
    reg signed [3:0] weight;
    reg decided, class_number;
    reg [1:0] fired;
    integer step, from, to;
    begin
        spiked = 0;
        decided = 0;
        result = 0;
        for (step = 0; step < `STEPS; step = step + 1) begin
            for (to = 0; to < `HIDDEN; to = to + 1) begin
                sum = 0;
                for (from = 0; from < `INPUTS; from = from + 1) begin
                    pixel = image[8 * from +: 8];
                    complement = 255 - pixel;
                    weight = `HIDDEN_WEIGHTS >> 4 * (`HIDDEN * from + to);
                    if (pixel != 0 && complement / (256 / `STEPS) <= step) sum = sum + weight;
                end
                if (sum > `THRESHOLD) spiked[to] = 1;
            end
            largest = -128;
            class_number = 0;
            fired = 0;
            for (to = 0; to < 2; to = to + 1) begin
                sum = 0;
                for (from = 0; from < `HIDDEN; from = from + 1) begin
                    weight = `CLASS_WEIGHTS >> 4 * (2 * from + to);
                    if (spiked[from]) sum = sum + weight;
                end
                if (sum > largest) begin
                    largest = sum;
                    class_number = to;
                end
                if (sum > `THRESHOLD) fired = fired + 1;
            end
            if (!decided) begin
                decided = fired != 0;
                result[31] = bad;
                result[30] = fired == 2;
                result[29] = !decided;
                result[24:16] = decided ? step : `STEPS;
                result[15:0] = class_number;
            end
        end
    end
endfunction

// What a frame is: as many beats as the image has, or as come up to TLAST, the rest of the image being black.
reg [8 * `INPUTS - 1:0] image = 0;
reg [7:0] beat = 0;
reg surplus = 0;  // the image is complete, and its frame goes on
wire accepted = tvalid && tready;
wire at_end = beat == BEATS - 1;
wire complete = accepted && !surplus && (at_end || tlast);
wire [8 * `INPUTS - 1:0] with_beat = image | tdata << 8 * `WAYS * beat;

// The words that are still to come, the oldest lowest.
reg [32 * 8 - 1:0] words = 0;
reg [3:0] waiting = 0;
wire taken = valid && ready;
wire [32 * 8 - 1:0] kept = taken ? words >> 32 : words;
wire [3:0] still = waiting - taken;
reg [1:0] right = 0;  // results that were taken
reg [7:0] late = 0;   // cycles in which the sink was ready for the next result, and a frame is complete
reg [7:0] held = 0;   // cycles in which it was ready, and a beat waited
reg started = 0;

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    if (accepted) begin
        beat <= surplus || complete ? 0 : beat + 1;
        image <= surplus || complete ? 0 : with_beat;
        surplus <= (surplus || complete) && !tlast;
    end
    words <= complete ? kept | result(with_beat, at_end != tlast) << 32 * still : kept;
    waiting <= still + complete;
    late <= taken || waiting == 0 ? 0 : late + ready;
    held <= accepted || !tvalid ? 0 : held + ready;
    if (taken && right != 3) right <= right + 1;
    if (rst) begin
        beat <= 0;
        image <= 0;
        surplus <= 0;
        words <= 0;
        waiting <= 0;
        right <= 0;
        late <= 0;
        held <= 0;
    end
`ifdef COVER
    assert (!(started && !rst && taken && right == `IMAGES - 1));
`else
    if (started && !rst) begin
        assert (!valid || (waiting != 0 && data == words[31:0] && last));
        assert (waiting <= 8);
        assert (late <= `LATEST && held <= `LATEST);
    end
`endif
end

endmodule
