// Source, sink and monitor around an accelerator. It writes a line of record.txt for each event, which
// first_spike/comparison/recorder.py reads.
//
// recorder.vh, which recorder.py writes for each design, defines
//   TOP     the module
//   DATA    width of s_axis_tdata in bits
//   BITS    the same with TKEEP, where the design has it
//   LOADED  words of load.hex that are loaded before the first image, where weights are loaded
//   MORE    connections of ports that only some streams have, with a comma behind each
//   INSIDE  statements that watch the spikes inside the design; empty if only its ports are watched
// Plusargs: images=N; beats=N of frames.bin; patience=CYCLES without a result after which the run is given up;
// stalls=PERCENT of the cycles at each end; alone=1 (each image waits for the result of the one before, and rest=CYCLES
// more); after=CYCLES that the run goes on after the last result; every=N results after which their number is printed;
// waves=FILE.
`timescale 1ns/1ps
`include "recorder.vh"

module recorder;
localparam BYTES = (`BITS + 8) / 8;  // of a beat in frames.bin: {last of its frame, TKEEP, data}, the highest first
reg clk = 0, rst = 1;
reg [8*BYTES-1:0] beat;  // the next of frames.bin
reg [`BITS-1:0] s_axis_tdata;  // TKEEP above the data
reg s_axis_tvalid = 0, s_axis_tlast = 0, m_axis_tready = 0;
wire s_axis_tready, m_axis_tvalid, m_axis_tlast;
wire [31:0] m_axis_tdata;
integer frames, out, got, images, beats, patience, stalls, alone, rest, after, every;
reg [8*256-1:0] waves;
integer cycle = 0, sent = 0, sent_frames = 0, taken = 0, results = 0, quiet = 0;
reg offered = 0, in_frame = 0;

`ifdef LOADED
reg [15:0] words [0:`LOADED - 1];
reg s_load_valid = 0;
reg [23:0] s_load_address;
reg [15:0] s_load_data;
`endif

`TOP dut (.clk(clk), .rst(rst),
`ifdef LOADED
    .s_load_valid(s_load_valid), .s_load_address(s_load_address), .s_load_data(s_load_data),
    .s_bank_next(1'b0), .s_bank_in_use(),
`endif
`ifdef MORE
    `MORE
`endif
    .s_axis_tdata(s_axis_tdata[`DATA-1:0]), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
    .s_axis_tlast(s_axis_tlast),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast));

always #5 clk = ~clk;

initial begin
    if (!$value$plusargs("images=%d", images)) images = 0;
    if (!$value$plusargs("beats=%d", beats)) beats = 0;
    if (!$value$plusargs("patience=%d", patience)) patience = 0;
    if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
    if (!$value$plusargs("alone=%d", alone)) alone = 0;
    if (!$value$plusargs("rest=%d", rest)) rest = 0;
    if (!$value$plusargs("after=%d", after)) after = 0;
    if (!$value$plusargs("every=%d", every)) every = 1;
    if ($value$plusargs("waves=%s", waves)) begin
        $dumpfile(waves);
        $dumpvars(0, recorder);
    end
    frames = $fopen("frames.bin", "rb");
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
        if (sent < beats && !stalled(stalls)
                && (!alone || sent_frames < results || (sent_frames == results && (results == 0 || quiet >= rest)))) begin
            got = $fread(beat, frames);
            s_axis_tvalid <= 1;
            {s_axis_tlast, s_axis_tdata} <= beat[`BITS:0];
            sent <= sent + 1;
            sent_frames <= sent_frames + beat[`BITS];
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
            if ((results + 1) % every == 0) begin
                $display("%0d", results + 1);
                $fflush;
            end
        end
    end
    offered <= m_axis_tvalid && !m_axis_tready;
    `INSIDE
    if (results == images && taken == beats && quiet >= after) $finish;
    if (quiet == patience) begin
        $display("no result of image %0d within %0d cycles", results, patience);
        $finish;
    end
end
endmodule
