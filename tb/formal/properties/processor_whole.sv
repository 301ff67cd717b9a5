// A processor into which any network of two dense layers is loaded as the packer lays it out, of 2 inputs, hidden
// neurons and classes, T = 2, with 2**`WEIGHT_BITS weights from -`LEAST on and thresholds from 1 to 2**`THRESHOLD_BITS,
// and which is given any `IMAGES images: it gives the result of each once, in order, and that is what plain loops over
// all steps and neurons make of its pixels. It comes within `LATEST cycles of the image's last beat, or of the result
// before. Images begin when the load is over, and `APART cycles later the next one.
module proof (input clk);

localparam FIELDS = 8, LAYERS = 2;  // words of a slot, slots of layers
localparam WORDS = FIELDS * (1 + LAYERS) + `BEATS + 12;
localparam LOAD = 2 * WORDS;  // cycles, two for each word
localparam STEPS = 2;

// The network: codes of weights, those of input 0 first; thresholds less one, of which classes have one.
(* anyconst *) wire [4 * `WEIGHT_BITS - 1:0] first_codes, last_codes;
(* anyconst *) wire [2 * `THRESHOLD_BITS - 1:0] thresholds_1;
(* anyconst *) wire [`THRESHOLD_BITS - 1:0] threshold_1;
(* anyconst *) wire [16 * `IMAGES - 1:0] pixels;
wire [2 * `THRESHOLD_BITS - 1:0] last_1 = {2{threshold_1}};

// Of a layer the weight of an input for a neuron.
function signed [3:0] weight(input [4 * `WEIGHT_BITS - 1:0] codes, input integer from, input integer to);
    reg [`WEIGHT_BITS - 1:0] code;
    begin
        code = codes >> `WEIGHT_BITS * (2 * from + to);
        weight = code - `LEAST;
    end
endfunction

// What a neuron fires above; where there is none it never does.
function [15:0] threshold(input [2 * `THRESHOLD_BITS - 1:0] less, input integer to);
    reg [`THRESHOLD_BITS - 1:0] own;
    begin
        own = less >> `THRESHOLD_BITS * to;
        threshold = to > 1 ? 16'h3fff : own + 16'd1;
    end
endfunction

// Words of weights: nibbles of the weights of an input, and of what potentials begin with, -(threshold + 1).
function [31:0] row(input [4 * `WEIGHT_BITS - 1:0] codes, input integer from);
    row = {24'h0, weight(codes, from, 1), weight(codes, from, 0)};
endfunction

function [127:0] starts(input [2 * `THRESHOLD_BITS - 1:0] less);
    reg [15:0] value;
    integer lane, k;
    for (lane = 0; lane < 8; lane = lane + 1) begin
        value = ~threshold(less, lane);
        for (k = 0; k < 4; k = k + 1) starts[32 * k + 4 * lane +: 4] = value[4 * k +: 4];
    end
endfunction

// The payload of the load, its first word lowest: slots of header and layers, masks of beats, weights.
wire [32 * FIELDS - 1:0] header = {32'd1, 32'd1, 32'd1, 32'd0, 32'd1};
wire [32 * FIELDS - 1:0] slot0 = {32'd2, 32'd2, 32'd0};
wire [32 * FIELDS - 1:0] slot1 = {32'd1, 32'd0, 32'd2, 32'd8, 32'd6};
wire [31:0] row0 = row(first_codes, 0), row1 = row(first_codes, 1);
wire [32 * `BEATS - 1:0] masks = {32'(row1 != 0), 32'(row0 != 0)};
wire [2047:0] payload = {starts(last_1), row(last_codes, 1), row(last_codes, 0), starts(thresholds_1), row1, row0,
                         masks, slot1, slot0, header};

// The word of an image, the first pixel in its lowest byte.
function [31:0] result(input [15:0] image);
    reg [1:0] spiked, fired;
    reg [7:0] pixel;
    reg signed [15:0] sum, first_sum;
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
                    pixel = image[8 * from +: 8];
                    if (pixel != 0 && 255 - pixel < 256 / STEPS * (step + 1))
                        sum = sum + weight(first_codes, from, to);
                end
                if (sum > $signed(threshold(thresholds_1, to))) spiked[to] = 1;
            end
            if (!decided) begin
                fired = 0;
                for (to = 0; to < 2; to = to + 1) begin
                    sum = 0;
                    for (from = 0; from < 2; from = from + 1)
                        if (spiked[from]) sum = sum + weight(last_codes, from, to);
                    fired[to] = sum > $signed(threshold(last_1, to));
                    if (to == 0) first_sum = sum;
                end
                decided = fired != 0;
                result[15:0] = sum > first_sum;
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
wire [5:0] place = (now - 1) >> 1;
wire tvalid = now > LOAD + `APART * image && image != `IMAGES;
wire tready, valid, last;
wire [31:0] data;
wire [31:0] word = payload >> {place, 5'd0}, right = expected >> {taken, 5'd0};
wire [7:0] pixel = pixels >> {image, beat, 3'd0};
processor dut (.clk(clk), .rst(rst), .s_load_tdata(word), .s_load_tvalid(!rst && now <= LOAD),
               .s_load_tlast(place == WORDS - 1), .s_axis_tdata(pixel), .s_axis_tvalid(tvalid), .s_axis_tready(tready),
               .s_axis_tlast(beat), .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(1'b1),
               .m_axis_tlast(last));

always @(posedge clk) begin
    now <= now + 1;
    if (tvalid && tready) begin
        beat <= !beat;
        image <= image + beat;
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
