
// One frame at a time, which stays until it is released (the claim of the receiver), and a buffer in which what is read
// from an address stays the same until it is written there. Then words of an answer stay inside of the buffer.
(* anyseq *) wire [31:0] any_header, any_word;
(* anyseq *) wire [7:0] any_length;
reg busy = 0;
reg [31:0] held_header = 0;
reg [7:0] held_length = 0;
reg [7:0] old_address = 0;
reg hit = 0;  // what was read a cycle ago was written in that cycle
reg [31:0] held_word = 0;
wire [7:0] held_count = held_header[31:24];
localparam IDLE_STATE = 0, JUDGE_STATE = 1, WRITE_STATE = 3, READ_STATE = 5, STORE_STATE = 6;
always @(posedge clk) begin
    busy <= !rst && (s_request_arrived || (busy && !s_request_release));
    if (!busy && !s_request_arrived) begin
        held_header <= any_header;
        held_length <= any_length;
    end
    old_address <= read_address;
    hit <= write && write_address == read_address;
    if (hit || read_address != old_address) held_word <= any_word;
    assume (!s_request_arrived || !busy);
    assume (held_length <= `MOST_WORDS);
    assume (s_request_header == held_header && s_request_length == held_length);
    assume (read_word == held_word);
`ifdef COVER
    assert (!(!rst && write && write_address == 1));
`else
    if (!rst) begin
        assert (!write || write_address < `MOST_WORDS);
        assert (!m_reply_send || m_reply_length <= `MOST_WORDS);
        // what makes the rest follow from one cycle to the next
        assert (now == IDLE_STATE ? busy == s_request_release : busy && !s_request_release);
        assert (now != JUDGE_STATE || (done == 0 && length == 0));
        assert (now == WRITE_STATE || !(awvalid || wvalid));
        assert (now == STORE_STATE || !arvalid);
        assert (now != WRITE_STATE || (read_address == old_address && !hit));
        assert (now == IDLE_STATE || length <= `MOST_WORDS);
        assert (!(now == READ_STATE || now == STORE_STATE)
                || (held_count <= `MOST_WORDS && length == done && done <= held_count));
        assert (now != STORE_STATE || done != held_count);
    end
`endif
end

