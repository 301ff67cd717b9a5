// Testbench of a processor in plain Verilog: plays a script, and compares the results with known ones or writes down
// what it sees. Prints PASS and ends with status 0, or FAIL with what differs and ends with another status. In this
// folder, in one line each; Icarus Verilog takes minutes:
//
//   $ verilator --binary --Mdir bench -y . processor.vlt processor_tb.v && bench/Vprocessor_tb
//   $ iverilog -g2005 -y . -o bench.vvp processor_tb.v && vvp -N bench.vvp
//
// +script=FILE: lines of two hexadecimal numbers, what and its value (default: processor_tb_script.hex):
//   0 a word of a load, 1 its last one, 2 a beat of an image, 3 its last one, 4 wait until so many results have come,
//   5 reset for so many cycles, 6 wait for so many cycles, 7 write down whether a network is present, and the error,
//   8 a word of a load that goes in while the script goes on, 9 its last one, a wait until these are in
// +results=FILE: the result words, one a line (default: processor_tb_results.hex). +seen=FILE: instead of comparing,
// write down "R word cycle" of each result, "B cycle" of each beat that begins a frame, "S present error" of each 7,
// "L cycle" of each last word of a load.
// +stalls=PERCENT (0 to 95, default 0) of the cycles in which each end stalls, +seed=NUMBER (default 1) in which ones.

`timescale 1ns/1ps

module processor_tb;

localparam BITS = @BITS@;  // of a beat
localparam PLACES = 1 << 18;  // of words that go in while the script goes on
localparam PATIENCE = 4000000;  // cycles within which a result comes that is waited for, or a word of a load is taken

reg clk = 0;
reg rst = 1;
reg over = 0;  // the script
reg passed = 0;
reg [31:0] s_load_tdata = 0;
reg s_load_tvalid = 0;
wire s_load_tready;
reg s_load_tlast = 0;
reg [BITS-1:0] s_axis_tdata = 0;
reg s_axis_tvalid = 0;
wire s_axis_tready;
reg s_axis_tlast = 0;
wire [31:0] m_axis_tdata;
wire m_axis_tvalid;
reg m_axis_tready = 0;
wire m_axis_tlast;
wire present;
wire [2:0] error;

processor dut (
    .clk(clk),
    .rst(rst),
    .s_load_tdata(s_load_tdata),
    .s_load_tvalid(s_load_tvalid),
    .s_load_tready(s_load_tready),
    .s_load_tlast(s_load_tlast),
    .s_axis_tdata(s_axis_tdata),
    .s_axis_tvalid(s_axis_tvalid),
    .s_axis_tready(s_axis_tready),
    .s_axis_tlast(s_axis_tlast),
    .m_axis_tdata(m_axis_tdata),
    .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast),
    .present(present),
    .error(error)
);

reg [8*512-1:0] script_name, results_name, seen_name;
integer script, wanted, seen, stalls, seed, found, chance = 0;
integer results = 0, cycle = 0, quiet = 0, resting = 0;
reg busy = 0;  // with a step of the script that is no transfer
reg begins = 1;  // the next beat begins a frame
reg waiting = 0;  // a result was not taken in the cycle before, this one:
reg [31:0] waiting_word = 0;
reg [3:0] kind = 0;
reg [BITS+31:0] value = 0;
reg [31:0] word;
reg [32:0] posted [0:PLACES-1];
integer posts = 0, sent = 0;
reg beside = 0;  // what goes in is one of these

initial begin
    if (!$value$plusargs("script=%s", script_name)) script_name = "processor_tb_script.hex";
    if (!$value$plusargs("results=%s", results_name)) results_name = "processor_tb_results.hex";
    if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
    if (!$value$plusargs("seed=%d", seed)) seed = 1;
    script = $fopen(script_name, "r");
    if (script == 0) begin
        $display("FAIL: cannot read the script");
        $fatal(0);
    end
    wanted = 0;
    seen = 0;
    if ($value$plusargs("seen=%s", seen_name)) seen = $fopen(seen_name, "w");
    else begin
        wanted = $fopen(results_name, "r");
        if (wanted == 0) begin
            $display("FAIL: cannot read the results");
            $fatal(0);
        end
    end
end

// It stops at the end, and the simulation with it.
initial while (!passed) #5 clk = !clk;

// what goes in
always @(posedge clk) begin
    if (s_load_tvalid && s_load_tready) begin
        s_load_tvalid <= 0;
        if (seen != 0 && s_load_tlast) $fdisplay(seen, "L %0d", cycle);
    end
    if (sent != posts && (!s_load_tvalid || s_load_tready)) begin
        s_load_tvalid <= 1;
        {s_load_tlast, s_load_tdata} <= posted[sent % PLACES];
        beside <= 1;
        sent <= sent + 1;
    end
    if (s_axis_tvalid && s_axis_tready) begin
        s_axis_tvalid <= 0;
        begins <= s_axis_tlast;
        if (seen != 0 && begins) $fdisplay(seen, "B %0d", cycle);
    end
    if (busy) begin
        if (kind == 4 && results >= value[30:0]) busy <= 0;
        if (kind == 5 && resting == 0) begin
            rst <= 0;
            busy <= 0;
        end
        if (kind == 6 && resting == 0) busy <= 0;
        if (kind == 10 && sent == posts && !s_load_tvalid) busy <= 0;
        if (resting != 0) resting <= resting - 1;
    end
    else if (!over && !rst && (beside || !s_load_tvalid || s_load_tready)
             && (!s_axis_tvalid || s_axis_tready) && chance >= stalls) begin
        found = $fscanf(script, "%h %h\n", kind, value);
        while (found == 2 && (kind == 8 || kind == 9)) begin  // all of them at once
            posted[posts % PLACES] = {kind == 9, value[31:0]};
            posts = posts + 1;
            found = $fscanf(script, "%h %h\n", kind, value);
        end
        if (found != 2) over <= 1;
        else begin
            if (kind < 2) begin
                s_load_tvalid <= 1;
                s_load_tdata <= value[31:0];
                s_load_tlast <= kind == 1;
                beside <= 0;
            end
            else if (kind < 4) begin
                s_axis_tvalid <= 1;
                s_axis_tdata <= value[BITS-1:0];
                s_axis_tlast <= kind == 3;
            end
            else if (kind == 7) begin
                if (seen != 0) $fdisplay(seen, "S %0d %0d", present, error);
            end
            else begin
                busy <= 1;
                resting <= kind == 4 ? 0 : value[30:0];
                if (kind == 5) begin
                    rst <= 1;
                    begins <= 1;
                    s_load_tvalid <= 0;
                    s_axis_tvalid <= 0;
                    sent <= posts;
                end
            end
        end
    end
    if (cycle == 1) rst <= 0;
end

// what comes out
always @(posedge clk) begin
    cycle <= cycle + 1;
    quiet <= s_load_tvalid && s_load_tready ? 0 : quiet + 1;
    chance <= {1'b0, $random(seed)} % 100;
    m_axis_tready <= {1'b0, $random(seed)} % 100 >= stalls;
    if (waiting && !rst && (!m_axis_tvalid || m_axis_tdata !== waiting_word)) begin
        $display("FAIL: result %0d changes before it is taken", results);
        $fatal(0);
    end
    waiting <= m_axis_tvalid && !m_axis_tready && !rst;
    waiting_word <= m_axis_tdata;
    if (m_axis_tvalid && m_axis_tready && !rst) begin
        results <= results + 1;
        quiet <= 0;
        if (seen != 0) $fdisplay(seen, "R %h %0d", m_axis_tdata, cycle);
        else begin
            found = $fscanf(wanted, "%h\n", word);
            if (found != 1 || m_axis_tdata !== word || !m_axis_tlast) begin
                $display("FAIL: result %0d is %h, not %h", results, m_axis_tdata, word);
                $fatal(0);
            end
        end
    end
    if (over && !s_axis_tvalid && !s_load_tvalid && sent == posts && quiet > 100) begin
        if (seen == 0) begin
            found = $fscanf(wanted, "%h\n", word);
            if (found == 1) begin
                $display("FAIL: %0d results only", results);
                $fatal(0);
            end
        end
        else $fclose(seen);
        $display("PASS: processor gives %0d results in %0d cycles", results, cycle);
        passed <= 1;
    end
    if (quiet == PATIENCE) begin
        $display("FAIL: no result %0d within %0d cycles", results, PATIENCE);
        $fatal(0);
    end
end

endmodule
