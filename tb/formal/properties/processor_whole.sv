// A processor into which any network of two dense layers is loaded, of up to so many `INPUTS, `HIDDEN neurons and `CLASSES,
// T = `STEPS, with weights of `WEIGHT_BITS and thresholds from 1 to 2**`THRESHOLD_BITS, as the packer lays it out, and
// which is given any `IMAGES images: it gives the result of each once, in order, and that is what plain loops over all
// steps and neurons make of its pixels. It comes within LATEST cycles of the image's last beat, or of the result before.
module proof (input clk);

localparam FIELDS = 8, SLOTS = 2;                         // words of a slot; layers
localparam MASKS = FIELDS * (1 + SLOTS);                  // where masks of beats begin
localparam WEIGHTS = MASKS + `BEATS;                      // and words of weights
localparam MOST_WORDS = WEIGHTS + `INPUTS + `HIDDEN + 8;

// The network: sizes less one; codes of weights, those of input 0 first; thresholds less one, those of classes are one.
(* anyconst *) wire inputs_1, hidden_1, classes_1;
(* anyconst *) wire [`WEIGHT_BITS * `INPUTS * `HIDDEN - 1:0] first_codes;
(* anyconst *) wire [`WEIGHT_BITS * `HIDDEN * `CLASSES - 1:0] second_codes;
(* anyconst *) wire [`THRESHOLD_BITS * `HIDDEN - 1:0] thresholds_1;
(* anyconst *) wire [`THRESHOLD_BITS - 1:0] threshold_1;
(* anyconst *) wire [8 * `INPUTS * `IMAGES - 1:0] pixels;
wire [1:0] inputs = inputs_1 + 1, hidden = hidden_1 + 1, classes = classes_1 + 1;
wire [6:0] words = WEIGHTS + inputs + hidden + 8;

function signed [3:0] weight(input second, input integer from, input integer to);
    reg [`WEIGHT_BITS - 1:0] code;
    begin
        code = second ? second_codes >> `WEIGHT_BITS * (`CLASSES * from + to)
                      : first_codes >> `WEIGHT_BITS * (`HIDDEN * from + to);
        weight = `WEIGHT_BITS == 1 ? (code[0] ? 1 : -1) : {{4{code[`WEIGHT_BITS - 1]}}, code};
    end
endfunction

function [7:0] threshold(input second, input integer to);
    reg [`THRESHOLD_BITS - 1:0] less;
    begin
        less = second ? threshold_1 : thresholds_1 >> `THRESHOLD_BITS * to;
        threshold = less + 8'd1;
    end
endfunction

// Nibbles of a word of weights, lane 0 lowest: 0 where there is no neuron.
function [31:0] row(input second, input integer from);
    integer lane;
    begin
        row = 0;
        for (lane = 0; lane < 2; lane = lane + 1)
            if (lane < (second ? classes : hidden)) row[4 * lane +: 4] = weight(second, from, lane);
    end
endfunction

// Nibbles of what potentials begin with: -(threshold + 1), or -16384 where there is no neuron.
function [31:0] start(input second, input integer nibble);
    reg [15:0] value;
    integer lane;
    begin
        for (lane = 0; lane < 8; lane = lane + 1) begin
            value = lane < (second ? classes : hidden) ? 16'hffff - threshold(second, lane) : 16'hc000;
            start[4 * lane +: 4] = value >> 4 * nibble;
        end
    end
endfunction

// A word of the load's payload.
function [31:0] payload(input integer place);
    reg [7:0] at;
    begin
        at = place - WEIGHTS;
        payload = 0;
        if (place == 0) payload = inputs_1;                                       // header: beats
        else if (place == 2) payload = 1;                                         // layers
        else if (place == 3) payload = classes_1;
        else if (place == 4) payload = 1;                                         // word of the last layer
        else if (place == FIELDS + 1) payload = inputs;                           // layer 0: starts, rows
        else if (place == FIELDS + 2) payload = inputs;
        else if (place == 2 * FIELDS) payload = inputs + 4;                       // layer 1: weights, starts, rows, word
        else if (place == 2 * FIELDS + 1) payload = inputs + 4 + hidden;
        else if (place == 2 * FIELDS + 2) payload = hidden;
        else if (place == 2 * FIELDS + 4) payload = 1;
        else if (place >= MASKS && place < WEIGHTS) payload = place - MASKS < inputs && row(0, place - MASKS) != 0;
        else if (place >= WEIGHTS) begin
            if (at < inputs) payload = row(0, at);
            else if (at < inputs + 4) payload = start(0, at - inputs);
            else if (at < inputs + 4 + hidden) payload = row(1, at - inputs - 4);
            else payload = start(1, at - inputs - 4 - hidden);
        end
    end
endfunction

// The word of an image, the first pixel in its lowest byte.
function [31:0] result(input [8 * `INPUTS - 1:0] image);
    reg [`HIDDEN - 1:0] spiked;
    reg [7:0] pixel;
    reg signed [7:0] sum, largest;
    reg [1:0] fired;
    reg decided;
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
                    if (from < inputs && pixel != 0 && (255 - pixel) / (256 / `STEPS) <= step)
                        sum = sum + weight(0, from, to);
                end
                if (to < hidden && sum > $signed(threshold(0, to))) spiked[to] = 1;
            end
            if (!decided) begin
                largest = -128;
                fired = 0;
                for (to = 0; to < `CLASSES; to = to + 1) begin
                    sum = 0;
                    for (from = 0; from < `HIDDEN; from = from + 1)
                        if (spiked[from]) sum = sum + weight(1, from, to);
                    if (to < classes && sum > largest) begin
                        largest = sum;
                        result[15:0] = to;
                    end
                    if (to < classes && sum > $signed(threshold(1, to))) fired = fired + 1;
                end
                decided = fired != 0;
                result[30:16] = {fired > 1, !decided, 4'b0, 9'(decided ? step : `STEPS)};
            end
        end
    end
endfunction

wire [32 * `IMAGES - 1:0] expected;
genvar number;
generate for (number = 0; number < `IMAGES; number = number + 1) begin : of_images
    assign expected[32 * number +: 32] = result(pixels[8 * `INPUTS * number +: 8 * `INPUTS]);
end endgenerate

// A load after the reset, then image after image.
reg [8:0] now = 0;
reg [1:0] image = 0, taken = 0;                           // images whose last beat, and results that were taken
reg beat = 0;
reg [7:0] late = 0;                                       // cycles in which a result is owed
wire rst = now == 0;
wire tvalid = now > words && image != `IMAGES;
wire tlast = beat == inputs_1;
wire tready, valid, last;
wire [31:0] data;
wire [7:0] pixel = pixels >> 8 * (`INPUTS * image + beat);
wire [31:0] word = payload(now - 1);
wire [31:0] right = expected >> 32 * taken;
processor dut (.clk(clk), .rst(rst), .s_load_tdata(word), .s_load_tvalid(!rst && now <= words),
               .s_load_tlast(now == words), .s_axis_tdata(pixel), .s_axis_tvalid(tvalid), .s_axis_tready(tready),
               .s_axis_tlast(tlast), .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(1'b1),
               .m_axis_tlast(last));

always @(posedge clk) begin
    now <= now + 1;
    if (tvalid && tready) begin
        beat <= tlast ? 0 : beat + 1;
        image <= image + tlast;
    end
    if (valid && !rst) taken <= taken + 1;
    late <= rst || valid || image == taken ? 0 : late + 1;
    if (now > 1) begin
`ifdef COVER
        assert (!(valid && taken == `IMAGES - 1));
`else
        assert (!valid || (taken < image && data == right && last));
        assert (late <= `LATEST);
`endif
    end
end

endmodule
