// The queue of candidates with any words, no more than there are: as many come out as went in, and none is left when it
// says that it is idle. What is claimed inside (candidates_inside.v) is that there is room for all, and that they are
// read from memory in the order in which they were written; the queue in front keeps it by the claims of `queue`.
module proof (input clk, input clear, input push, input [1:0] word, input pop);

wire filled, idle;
wire [1:0] head;
candidate_queue dut (.clk(clk), .clear(clear), .push(push), .word(word), .pop(pop), .head(head), .filled(filled),
                     .idle(idle));

reg started = 0;
reg [2:0] total = 0;
reg [2:0] quiet = 0;  // cycles since the last word came

always @(posedge clk) begin
    started <= 1;
    assume (started || clear);
    assume (!(push && total == `WORDS));
    assume (!(pop && !filled));
    total <= clear ? 0 : total + push - pop;
    quiet <= push || clear ? 0 : quiet == 3 ? 3 : quiet + 1;
`ifdef COVER
    assert (!(started && !clear && total == `WORDS && filled && pop));
`else
    if (started && !clear) begin
        assert (!idle || total == 0);
        assert (!filled || total != 0);
        assert (filled || total == 0 || quiet != 3);
    end
`endif
end

endmodule
