// Self-checking testbench of @TOP@ in plain Verilog: @IMAGES@ images, of which the results are known. Prints
// PASS and ends with status 0, or FAIL with what differs and ends with another status. In this folder, in one
// line, which leaves its program there as `bench`:
//
//   $ iverilog -g2005 -y . -o bench.vvp @TOP@_tb.v && vvp -N bench.vvp
//   $ verilator --binary --Mdir bench -y . @TOP@.vlt @TOP@_tb.v && bench/V@TOP@_tb
//
// From elsewhere: FOLDER in place of the dot and before the names of files, and -D@MACRO@='"FOLDER/"'. The
// images go in twice: at full speed, then with both ends stalling at random, in +stalls=PERCENT (0 to 95,
// default 50) of the cycles; +seed=NUMBER (default 1) says in which. The images:
// @SOURCE@.

`timescale 1ns/1ps

module @TOP@_tb;

`ifdef @MACRO@
localparam FOLDER = `@MACRO@;
`else
localparam FOLDER = "./";
`endif
localparam IMAGES = @IMAGES@;
@PIXELS@localparam BEATS = @BEATS@;  // of an image
@EVENTS@localparam BEATS = @BEATS@;  // of all recordings
localparam BITS = @BITS@;  // of a beat
@KEPT@localparam KEEP = @KEEP@;  // bytes of a beat
localparam PATIENCE = @PATIENCE@;  // cycles within which every image has its result, stalls included
localparam REST = 100;  // cycles after the last result, in which no other may come

reg passed = 0;
integer sent = 0;  // beats
reg begins = 1;  // the next beat is the first of its frame, which has its number as tag; the others say something else@TAGGED@
integer begun = 0;  // frames@TAGGED@
integer results = 0;
integer quiet = 0;  // cycles since the last result
reg waiting = 0;  // a result was not taken in the cycle before, this one:
reg [31:0] waiting_word = 0;

// All but the clock and the reset, which lasts for one cycle, is unknown until that is over.
reg clk = 0;
reg rst = 1;
@LOADED@localparam WORDS = @WORDS@;  // of weights, thresholds and mask, which are loaded before the first image
@LOADED@reg s_load_valid;
@LOADED@reg [23:0] s_load_address;
@LOADED@reg [15:0] s_load_data;
@LOADED@wire s_bank_in_use;
reg [BITS-1:0] s_axis_tdata;
@KEPT@reg [KEEP-1:0] s_axis_tkeep;
reg s_axis_tvalid;
wire s_axis_tready;
reg s_axis_tlast;
wire [31:0] m_axis_tdata;
wire m_axis_tvalid;
reg m_axis_tready;
wire m_axis_tlast;
@TAG_SIGNAL@

@TOP@ dut (
    .clk(clk),
    .rst(rst),
@LOADED@    .s_load_valid(s_load_valid),
@LOADED@    .s_load_address(s_load_address),
@LOADED@    .s_load_data(s_load_data),
@LOADED@    .s_bank_next(1'b0),
@LOADED@    .s_bank_in_use(s_bank_in_use),
    .@TIED@,
    .s_axis_tdata(s_axis_tdata),
@KEPT@    .s_axis_tkeep(s_axis_tkeep),
    .s_axis_tvalid(s_axis_tvalid),
    .s_axis_tready(s_axis_tready),
    .s_axis_tlast(s_axis_tlast),
    .@TAG_PORT@(@TAG_PORT@),
    .m_axis_tdata(m_axis_tdata),
    .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast)
);

// It stops at the end, and the simulation with it: so several testbenches can run side by side.
initial while (!passed) #5 clk = !clk;

always @(posedge clk) rst <= 0;
@LOADED@
@LOADED@// loading: a word a cycle, then two cycles
@LOADED@
@LOADED@reg [15:0] load_words [0:WORDS-1];
@LOADED@reg [15:0] load_word;
@LOADED@integer loaded = 0;
@LOADED@wire loading = loaded < WORDS + 2;
@LOADED@integer load_file, place;
@LOADED@
@LOADED@initial begin
@LOADED@    load_file = $fopen({FOLDER, "@TOP@_tb_load.hex"}, "r");
@LOADED@    if (load_file == 0) begin
@LOADED@        $display("FAIL: cannot read %s@TOP@_tb_load.hex", FOLDER);
@LOADED@        $fatal(0);
@LOADED@    end
@LOADED@    for (place = 0; place < WORDS; place = place + 1) begin
@LOADED@        if ($fscanf(load_file, "%h", load_word) != 1) begin
@LOADED@            $display("FAIL: @TOP@_tb_load.hex holds %0d words, expected %0d", place, WORDS);
@LOADED@            $fatal(0);
@LOADED@        end
@LOADED@        load_words[place] = load_word;
@LOADED@    end
@LOADED@end
@LOADED@
@LOADED@always @(posedge clk) begin
@LOADED@    s_load_valid <= loaded < WORDS;
@LOADED@    s_load_address <= loaded[23:0];
@LOADED@    s_load_data <= load_words[loaded];
@LOADED@    if (loading) loaded <= loaded + 1;
@LOADED@    if (!rst && s_bank_in_use !== 0) begin
@LOADED@        $display("FAIL: bank 0 was wanted, but another is in use");
@LOADED@        $fatal(0);
@LOADED@    end
@LOADED@end

// vectors and options; $fatal is of SystemVerilog, but no other ending with a status is known to every
// simulator

@PIXELS@reg [@KEEP_AND@BITS-1:0] frames [0:IMAGES*BEATS-1];
@EVENTS@reg [@KEEP_AND@BITS:0] frames [0:BEATS-1];  // {TLAST, event}
reg [31:0] expected [0:IMAGES-1];
@PIXELS@reg [@KEEP_AND@BITS-1:0] beat;
@EVENTS@reg [@KEEP_AND@BITS:0] beat;
reg [31:0] word, stalls;
reg [30:0] seed;
integer frames_file, results_file, i;

initial begin
    if (!$value$plusargs("stalls=%d", stalls)) stalls = 50;
    if (!$value$plusargs("seed=%d", seed)) seed = 1;
    if (stalls > 95) begin
        $display("FAIL: +stalls=%0d: choose 0 to 95", stalls);
        $fatal(0);
    end
    frames_file = $fopen({FOLDER, "@TOP@_tb_frames.hex"}, "r");
    results_file = $fopen({FOLDER, "@TOP@_tb_results.hex"}, "r");
    if (frames_file == 0 || results_file == 0) begin
        $display("FAIL: cannot read %s@TOP@_tb_%0s.hex", FOLDER, frames_file == 0 ? "frames" : "results");
        $fatal(0);
    end
@PIXELS@    for (i = 0; i < IMAGES * BEATS; i = i + 1) begin
@EVENTS@    for (i = 0; i < BEATS; i = i + 1) begin
        if ($fscanf(frames_file, "%h", beat) != 1) begin
@PIXELS@            $display("FAIL: @TOP@_tb_frames.hex holds %0d beats, expected %0d", i, IMAGES * BEATS);
@EVENTS@            $display("FAIL: @TOP@_tb_frames.hex holds %0d beats, expected %0d", i, BEATS);
            $fatal(0);
        end
        frames[i] = beat;
    end
    for (i = 0; i < IMAGES; i = i + 1) begin
        if ($fscanf(results_file, "%h", word) != 1) begin
            $display("FAIL: @TOP@_tb_results.hex holds %0d results, expected %0d", i, IMAGES);
            $fatal(0);
        end
        expected[i] = word;
    end
end

// random numbers of 32 bits by three shifts (xorshift), the same in every simulator

function [31:0] shuffled(input [31:0] value);
    reg [31:0] once, twice;
    begin
        once = value ^ (value << 13);
        twice = once ^ (once >> 17);
        shuffled = twice ^ (twice << 5);
    end
endfunction

reg [31:0] noise = 0;
@PIXELS@wire source_stalls = sent >= IMAGES * BEATS && {16'd0, noise[15:0]} % 100 < stalls;
@EVENTS@wire source_stalls = sent >= BEATS && {16'd0, noise[15:0]} % 100 < stalls;
wire sink_stalls = results >= IMAGES && {16'd0, noise[31:16]} % 100 < stalls;

always @(posedge clk) noise <= noise == 0 ? {seed, 1'b1} : shuffled(noise);

// source: a beat that is offered stays until it is taken

always @(posedge clk) if (rst@OR_LOADING@) s_axis_tvalid <= 0;
else if (!s_axis_tvalid || s_axis_tready) begin
@PIXELS@    s_axis_tvalid <= sent < 2 * IMAGES * BEATS && !source_stalls;
@PIXELS@    if (sent < 2 * IMAGES * BEATS && !source_stalls) begin
@PIXELS@        @DATA@ <= frames[sent % (IMAGES * BEATS)];
@PIXELS@        s_axis_tlast <= sent % BEATS == BEATS - 1;
@EVENTS@    s_axis_tvalid <= sent < 2 * BEATS && !source_stalls;
@EVENTS@    if (sent < 2 * BEATS && !source_stalls) begin
@EVENTS@        {s_axis_tlast, @DATA@} <= frames[sent % BEATS];
        sent <= sent + 1;
        begins <= @ENDS@;@TAGGED@
        if (begins) begun <= begun + 1;@TAGGED@
        @TAG_SENT@
    end
end

// sink

wire [31:0] expected_word = expected[results % IMAGES];

always @(posedge clk) if (!rst && (s_axis_tready ^ m_axis_tvalid) === 1'bx) begin
    $display("FAIL: after a cycle of reset s_axis_tready is %b and m_axis_tvalid %b", s_axis_tready, m_axis_tvalid);
    $fatal(0);
end

always @(posedge clk) if (rst@OR_LOADING@) m_axis_tready <= 0;
else begin
    m_axis_tready <= !sink_stalls;
    waiting <= m_axis_tvalid && !m_axis_tready;
    waiting_word <= m_axis_tdata;
    quiet <= quiet + 1;
    if (waiting && (m_axis_tvalid !== 1 || m_axis_tdata !== waiting_word)) begin
        $display("FAIL: the result of image %0d did not hold still while it waited: it was %h, became %h (valid %b)",
                 results % IMAGES, waiting_word, m_axis_tdata, m_axis_tvalid);
        $fatal(0);
    end
    if (m_axis_tvalid && results == 2 * IMAGES) begin
        $display("FAIL: a result too many, %h", m_axis_tdata);
        $fatal(0);
    end
    if (m_axis_tvalid && m_axis_tlast !== 1) begin
        $display("FAIL: the result of image %0d comes without TLAST", results % IMAGES);
        $fatal(0);
    end
    if (m_axis_tvalid && m_axis_tdata !== expected_word) begin
        $display("FAIL: image %0d %s: expected %h (class %0d, step %0d), got %h (class %0d, step %0d)",
                 results % IMAGES, results < IMAGES ? "at full speed" : "with stalls",
                 expected_word, expected_word[15:0], expected_word[24:16],
                 m_axis_tdata, m_axis_tdata[15:0], m_axis_tdata[24:16]);
        $fatal(0);
    end
    if (m_axis_tvalid && (@TAG_WRONG@)) begin@TAGGED@
        $display("FAIL: the result of frame %0d has not the tags of its first beat", results);@TAGGED@
        $fatal(0);@TAGGED@
    end@TAGGED@
    if (m_axis_tvalid && m_axis_tready) begin
        results <= results + 1;
        quiet <= 0;
    end
    if (results < 2 * IMAGES && quiet == PATIENCE) begin
        $display("FAIL: no result of image %0d within %0d cycles", results % IMAGES, PATIENCE);
        $fatal(0);
    end
    if (results == 2 * IMAGES && quiet == REST) begin
        $display("PASS: @TOP@ gives the results of %0d images, at full speed and with %0d %% stalls",
                 IMAGES, stalls);
        passed <= 1;
    end
end

endmodule
