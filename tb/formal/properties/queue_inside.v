
// An entry that is watched, any one, comes to the head when those before it have left, and as it went in.
(* anyseq *) wire watch;
reg started = 0;
reg watching = 0;
reg [7:0] ahead = 0;
reg [`BITS-1:0] item = 0;
wire [7:0] place = read + ahead >= DEPTH ? read + ahead - DEPTH : read + ahead;
wire [7:0] behind = read + count >= DEPTH ? read + count - DEPTH : read + count;

always @(posedge clk) begin
    if (clear) begin
        started <= 1;
        watching <= 0;
    end
    else if (push && watch && !watching) begin
        watching <= 1;
        item <= entry;
        ahead <= count - pop;
    end
    else if (watching && pop) begin
        watching <= ahead != 0;
        ahead <= ahead - 1;
    end
`ifdef COVER
    assert (!(started && !clear && watching && ahead == DEPTH - 1));
`else
    if (started) begin
        assert (filled == (count != 0));
        assert (!watching || ahead != 0 || head == item);
        // what makes the rest follow from one cycle to the next
        assert (count <= DEPTH && read < DEPTH && behind == tail);
        assert (!watching || (ahead < count && entries[place] == item));
    end
`endif
end

