// A processor into which any network of two dense layers is loaded as the packer lays it out, of 2 inputs, hidden
// neurons and classes, or, with `SMALLER, of 1 or 2 of each, T = 2, 2**`WEIGHT_BITS weights from -`LEAST on, thresholds
// from 1 to 2**`THRESHOLD_BITS, and which is given any `IMAGES images: it gives the result of each once, in order, and
// that is what plain loops over all steps and neurons make of its pixels. It comes within `LATEST cycles of the image's
// last beat, or of the result before. Images begin when the largest load is over, and `APART cycles later the next one.
module proof (input clk);

localparam FIELDS = 8, LAYERS = 2;  // words of a slot, slots of layers
localparam MOST_WORDS = FIELDS * (1 + LAYERS) + `BEATS + 12;
localparam STEPS = 2;

// The network: sizes less one; codes of weights, those of input 0 first; thresholds less one, that of classes is one.
(* anyconst *) wire [2:0] sizes;
(* anyconst *) wire [4 * `WEIGHT_BITS - 1:0] first_codes, second_codes;
(* anyconst *) wire [2 * `THRESHOLD_BITS - 1:0] thresholds_1;
(* anyconst *) wire [`THRESHOLD_BITS - 1:0] threshold_1;
(* anyconst *) wire [16 * `IMAGES - 1:0] pixels;
wire inputs_1 = sizes[0] || !`SMALLER, hidden_1 = sizes[1] || !`SMALLER, classes_1 = sizes[2] || !`SMALLER;
wire [2 * `THRESHOLD_BITS - 1:0] last_1 = {2{threshold_1}};
wire [2:0] inputs = inputs_1 + 1, hidden = hidden_1 + 1;

// Of a layer the weight of an input for a neuron, 0 where there is none; two: it has two neurons.
function signed [3:0] weight(input [4 * `WEIGHT_BITS - 1:0] codes, input two, input integer from, input integer to);
    reg [`WEIGHT_BITS - 1:0] code;
    begin
        code = codes >> `WEIGHT_BITS * (2 * from + to);
        weight = code - `LEAST;
        if (to == 1 && !two) weight = 0;
    end
endfunction

// What a neuron fires above; where there is none it never does.
function [15:0] threshold(input [2 * `THRESHOLD_BITS - 1:0] less, input two, input integer to);
    reg [`THRESHOLD_BITS - 1:0] own;
    begin
        own = less >> `THRESHOLD_BITS * to;
        threshold = to > two ? 16'h3fff : own + 16'd1;
    end
endfunction

// Words of weights: nibbles of the weights of an input, and of what potentials begin with, -(threshold + 1).
function [31:0] row(input [4 * `WEIGHT_BITS - 1:0] codes, input two, input integer from);
    row = {24'h0, weight(codes, two, from, 1), weight(codes, two, from, 0)};
endfunction

function [127:0] starts(input [2 * `THRESHOLD_BITS - 1:0] less, input two);
    reg [15:0] value;
    integer lane, k;
    for (lane = 0; lane < 8; lane = lane + 1) begin
        value = ~threshold(less, two, lane);
        for (k = 0; k < 4; k = k + 1) starts[32 * k + 4 * lane +: 4] = value[4 * k +: 4];
    end
endfunction

// The payload of the load, its first word lowest: slots of header and layers, masks of beats, weights.
wire [32 * FIELDS - 1:0] header = {32'd1, 32'(classes_1), 32'd1, 32'd0, 32'(inputs_1)};
wire [32 * FIELDS - 1:0] slot0 = {32'(inputs), 32'(inputs), 32'd0};
wire [32 * FIELDS - 1:0] slot1 = {32'd1, 32'd0, 32'(hidden), 32'(inputs + hidden) + 32'd4, 32'(inputs) + 32'd4};
wire [31:0] row0 = row(first_codes, hidden_1, 0), row1 = row(first_codes, hidden_1, 1);
wire [32 * `BEATS - 1:0] masks = {32'(inputs_1 && row1 != 0), 32'(row0 != 0)};
wire [191:0] last_words = {starts(last_1, classes_1), row(second_codes, classes_1, 1), row(second_codes, classes_1, 0)};
wire [159:0] fewer_words = {last_words[191:64], last_words[31:0]};
wire [319:0] other_words = {hidden_1 ? last_words : fewer_words, starts(thresholds_1, hidden_1)};
wire [2047:0] payload = {inputs_1 ? {other_words, row1, row0} : {other_words, row0}, masks, slot1, slot0, header};
wire [6:0] words = MOST_WORDS - 4 + inputs + hidden;

// The word of an image, the first pixel in its lowest byte.
function [31:0] result(input [15:0] image);
    reg [1:0] spiked, fired;
    reg [7:0] pixel;
    reg signed [15:0] sum, largest;
    reg decided;
    integer step, from, to;
    begin
        spiked = 0;
        decided = 0;
        result = 0;
        for (step = 0; step < STEPS; step = step + 1) begin
            for (to = 0; to < 2; to = to + 1) begin
                sum = 0;
                for (from = 0; from < 2; from = from + 1) begin
                    pixel = from == 0 || inputs_1 ? image[8 * from +: 8] : 0;
                    if (pixel != 0 && 255 - pixel < 256 / STEPS * (step + 1))
                        sum = sum + weight(first_codes, hidden_1, from, to);
                end
                if (sum > $signed(threshold(thresholds_1, hidden_1, to))) spiked[to] = 1;
            end
            if (!decided) begin
                fired = 0;
                for (to = 0; to < 2; to = to + 1) begin
                    sum = 0;
                    for (from = 0; from < 2; from = from + 1)
                        if (spiked[from]) sum = sum + weight(second_codes, classes_1, from, to);
                    fired[to] = sum > $signed(threshold(last_1, classes_1, to));
                    if (to == 0) largest = sum;
                end
                decided = fired != 0;
                result[15:0] = classes_1 && sum > largest;
                result[30:16] = {&fired, !decided, 4'b0, 9'(decided ? step : STEPS)};
            end
        end
    end
endfunction

wire [32 * `IMAGES - 1:0] expected;
genvar number;
generate for (number = 0; number < `IMAGES; number = number + 1) begin : of_images
    assign expected[32 * number +: 32] = result(pixels[16 * number +: 16]);
end endgenerate

// A load after the reset, then image after image.
reg [8:0] now = 0;
reg [1:0] image = 0, taken = 0;     // images whose last beat, and results that were taken
reg beat = 0;
reg [7:0] late = 0;                 // cycles in which a result is owed
wire rst = now == 0;
wire [5:0] place = now - 1;
wire tvalid = now > MOST_WORDS + `APART * image && image != `IMAGES;
wire tlast = beat == inputs_1;
wire tready, valid, last;
wire [31:0] data;
wire [31:0] word = payload >> {place, 5'd0}, right = expected >> {taken, 5'd0};
wire [7:0] pixel = pixels >> {image, beat, 3'd0};
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
