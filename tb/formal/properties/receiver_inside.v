
// Nine cycles or more lie between two bytes (the claim of uart_rx), and only a frame that is held is released. Then the
// CRC is free for each byte, the buffer has a place for each word, and a frame that is held stays as it is.
reg claimed = 0;
reg [3:0] quiet = 0;
reg was_held = 0;
reg [31:0] old_header = 0;
reg [7:0] old_length = 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
    assume (quiet == 0 || !(s_byte_valid || s_byte_broken));
    assume (!m_request_release || held);
    quiet <= s_byte_valid || s_byte_broken ? 8 : quiet == 0 ? 0 : quiet - 1;
    was_held <= held && !m_request_release && !rst;
    old_header <= m_request_header;
    old_length <= m_request_length;
`ifdef COVER
    assert (!(claimed && !rst && write && write_address == 0));
`else
    if (claimed && !rst) begin
        assert (!push || free);
        assert (words <= `MOST_WORDS + 2);
        assert (!write || write_address <= `MOST_WORDS + 1);
        assert (!m_request_arrived || (held && m_request_length <= `MOST_WORDS));
        assert (!(held && write));
        assert (!was_held || (m_request_header == old_header && m_request_length == old_length));
        assert (!(was_held && m_request_arrived));
        // what makes the rest follow from one cycle to the next
        assert (!was_held || bad);
        assert (!full_word || quiet == 8);
        assert (!write || quiet == 7);
        assert (free || quiet != 0);
    end
`endif
end

