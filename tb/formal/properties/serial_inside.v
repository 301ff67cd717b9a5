
// What the pieces of the bridge take for granted of each other: one frame at a time, which stays as it is until it is
// answered; the buffer is written by the receiver before, by the worker meanwhile, and by nobody while it is sent.
reg claimed = 0;
reg busy = 0;      // a frame has come, and was not released
reg answering = 0; // an answer is to be sent, and was not
reg [31:0] old_header = 0, old_reply_header = 0;
reg [7:0] old_length = 0, old_reply_length = 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
    busy <= !rst && (request_arrived || (busy && !request_release));
    answering <= !rst && (reply_send || (answering && !reply_sent));
    old_header <= request_header;
    old_length <= request_length;
    old_reply_header <= reply_header;
    old_reply_length <= reply_length;
`ifdef COVER
    assert (!(claimed && !rst && sending && busy && reply_length == 1));
`else
    if (claimed && !rst) begin
        assert (!(request_arrived && busy));
        assert (!request_release || busy);
        assert (!busy || (request_header == old_header && request_length == old_length));
        assert (!request_arrived || request_length <= `MOST_WORDS);
        assert (!reply_send || (busy && !answering && reply_length <= `MOST_WORDS));
        assert (!answering || (sending && reply_header == old_reply_header && reply_length == old_reply_length));
        assert (!(arriving_write && (busy || found_write)));
        assert (!found_write || busy);
        assert (!(sending && write));
        assert (!arriving_write || arriving_address <= `MOST_WORDS + 1);
        assert (!found_write || found_address < `MOST_WORDS);
    end
`endif
end

