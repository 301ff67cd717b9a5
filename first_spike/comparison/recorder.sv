// Source, sink and monitor around an accelerator: a line of record.txt for each event, which first_spike/comparison/recorder.py reads.
//
// Macros, all or none of them: DECIDED, the signal inside that ends an image, and SPIKES, a `HIDDEN for each hidden
// layer and an `OUTPUT for the last one. Without them only the ports are watched.
// LOADED: so many words of load.hex are loaded before the first image.
// MORE: ports of the streams beside those that all designs have, with what they are bound to, and a comma behind each.
// Plusargs: stalls=PERCENT of the cycles at each end, alone=1 (each image waits for the result of the one before, and
// rest=CYCLES more), after=CYCLES that it goes on after the last result, waves=1 (a VCD file, activity.vcd).
`timescale 1ns/1ps

`define HIDDEN(LAYER, STREAM) \
    if (dut.STREAM``_valid && dut.STREAM``_ready) \
        $fwrite(out, "h %0d %0h %0h %0h\n", LAYER, dut.STREAM``_mask, dut.STREAM``_rows, dut.STREAM``_step);
`define OUTPUT(STREAM, FOLD) \
    if (dut.STREAM``_valid) $fwrite(out, "o %0h %0h %0h\n", dut.STREAM``_fires, dut.STREAM``_step, FOLD);

module recorder #(
    parameter IMAGES = 1,   // in frames.hex
    parameter BEATS = 1,    // in all
    parameter BITS = 8,     // of a beat: its data, and TKEEP above it
    parameter DATA = 8,     // of its data
    parameter PATIENCE = 1  // cycles without a result after which it is given up
);
reg clk = 0, rst = 1;
reg [BITS:0] frames [0:BEATS - 1];  // {last of its frame, data}
reg [BITS-1:0] s_axis_tdata;
reg s_axis_tvalid = 0, s_axis_tlast = 0, m_axis_tready = 0;
wire s_axis_tready, m_axis_tvalid, m_axis_tlast;
wire [31:0] m_axis_tdata;
integer out, stalls, alone, rest, after;
integer cycle = 0, sent = 0, sent_frames = 0, taken = 0, results = 0, quiet = 0;
reg offered = 0, in_frame = 0;

`ifdef LOADED
reg [15:0] words [0:`LOADED - 1];
reg s_load_valid = 0;
reg [23:0] s_load_address;
reg [15:0] s_load_data;
`endif

accelerator dut (.clk(clk), .rst(rst),
`ifdef LOADED
    .s_load_valid(s_load_valid), .s_load_address(s_load_address), .s_load_data(s_load_data),
    .s_bank_next(1'b0), .s_bank_in_use(),
`endif
`ifdef MORE
    `MORE
`endif
    .s_axis_tdata(s_axis_tdata[DATA-1:0]), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
    .s_axis_tlast(s_axis_tlast),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast));

always #5 clk = ~clk;

initial begin
    if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
    if (!$value$plusargs("alone=%d", alone)) alone = 0;
    if (!$value$plusargs("rest=%d", rest)) rest = 0;
    if (!$value$plusargs("after=%d", after)) after = 0;
    if ($test$plusargs("waves")) begin
        $dumpfile("activity.vcd");
        $dumpvars(2, recorder);
    end
    $readmemh("frames.hex", frames);
    out = $fopen("record.txt", "w");
`ifdef LOADED
    $readmemh("load.hex", words);
    @(posedge clk);  // what is driven at the very beginning would not be seen
    for (integer place = 0; place < `LOADED; place = place + 1) begin
        s_load_valid <= 1;
        s_load_address <= 24'(place);
        s_load_data <= words[place];
        @(posedge clk);
    end
    s_load_valid <= 0;
`endif
    repeat (3) @(posedge clk);
    rst <= 0;
end

function stalled(input integer percent);
    stalled = $urandom_range(99, 0) < percent;
endfunction

// source: a beat that is offered stays until it is taken
always @(posedge clk) if (!rst) begin
    if (!s_axis_tvalid || s_axis_tready) begin
        if (sent < BEATS && !stalled(stalls)
                && (!alone || sent_frames < results || (sent_frames == results && (results == 0 || quiet >= rest)))) begin
            s_axis_tvalid <= 1;
            {s_axis_tlast, s_axis_tdata} <= frames[sent];
            sent <= sent + 1;
            sent_frames <= sent_frames + frames[sent][BITS];
        end else s_axis_tvalid <= 0;
    end
end

// sink
always @(posedge clk) m_axis_tready <= !stalled(stalls);

// monitor
always @(posedge clk) if (!rst) begin
    cycle <= cycle + 1;
    quiet <= quiet + 1;
    if (s_axis_tvalid && s_axis_tready) begin
        if (!in_frame || s_axis_tlast) $fwrite(out, "b %0d %0d\n", cycle, s_axis_tlast);
        in_frame <= !s_axis_tlast;
        taken <= taken + 1;
    end
    if (m_axis_tvalid) begin
        if (!offered) $fwrite(out, "v %0d\n", cycle);
        if (m_axis_tready) begin
            $fwrite(out, "r %0h\n", m_axis_tdata);
            results <= results + 1;
            quiet <= 0;
            if (results % 100 == 99) begin
                $display("%0d", results + 1);
                $fflush;
            end
        end
    end
    offered <= m_axis_tvalid && !m_axis_tready;
`ifdef DECIDED
    if (dut.`DECIDED) $fwrite(out, "d %0d\n", cycle);
    else begin
        `SPIKES
    end
`endif
    if (results == IMAGES && taken == BEATS && quiet >= after) $finish;
    if (quiet == PATIENCE) begin
        $display("no result of image %0d within %0d cycles", results, PATIENCE);
        $finish;
    end
end
endmodule
