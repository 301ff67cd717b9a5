
// One frame at a time, which stays until it is released (the claim of the receiver), and a buffer in which what is read
// from an address stays the same until it is written there. Then words of an answer stay inside of the buffer, and each
// access, each word that goes to the buffer and each answer is what a reference says, which sees the ports alone.
(* anyseq *) wire [31:0] any_header, any_word;
(* anyseq *) wire [7:0] any_length;
reg busy = 0;
reg [31:0] held_header = 0;
reg [7:0] held_length = 0;
reg [7:0] old_address = 0;
reg hit = 0;  // what was read a cycle ago was written in that cycle
reg [31:0] held_word = 0;
wire [7:0] held_count = held_header[31:24];
wire [7:0] asks = held_header[15:8], first = held_header[23:16];
wire writes = asks == 2 || asks == 3;
wire sound = asks == 1 ? held_length == 0 && held_count <= `MOST_WORDS : writes ? held_length == held_count
    : asks == 0 && held_length == 1 && held_count == 1;
reg session = 0, known = 0;  // there was a SYNC, and since then a request that writes, with
reg [7:0] known_number = 0, known_moved = 0;
reg [1:0] known_end = 0;
reg [7:0] moved = 0;  // words of this request
reg failed = 0;       // an access was refused
wire syncs = sound && asks == 0;
wire again = sound && session && writes && known && held_header[7:0] == known_number;
wire works = sound && session && !syncs && !again;
wire [1:0] ending = !sound ? 3 : syncs ? 0 : !session ? 1 : again ? known_end : failed ? 2 : 0;
wire [7:0] told = syncs ? 1 : again ? known_moved : moved;
wire [7:0] words_back = syncs ? 1 : writes ? 0 : moved;
wire [9:0] place = first + (asks == 3 ? 0 : moved);
wire asked = works && !failed && moved < held_count;
wire written = m_axil_bvalid && m_axil_bready, was_read = m_axil_rvalid && m_axil_rready;
wire done_well = written ? m_axil_bresp == 0 : m_axil_rresp == 0;
localparam IDLE_STATE = 0, JUDGE_STATE = 1, FETCH_STATE = 2, WRITE_STATE = 3, WRITTEN_STATE = 4, READ_STATE = 5,
    STORE_STATE = 6, REPLY_STATE = 7, SENDING_STATE = 8;
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
    if (written || was_read) begin
        moved <= moved + done_well;
        failed <= !done_well;
    end
    if (m_reply_send) begin
        session <= session || syncs;
        if (syncs) known <= 0;
        if (works && writes) begin
            known <= 1;
            known_number <= held_header[7:0];
            known_moved <= moved;
            known_end <= ending;
        end
    end
    if (!busy) moved <= 0;
    if (!busy) failed <= 0;
    if (rst) session <= 0;
    if (rst) known <= 0;
`ifdef COVER
    assert (!(!rst && write && write_address == 1));
`else
    if (!rst) begin
        assert (!write || write_address < `MOST_WORDS);
        assert (!m_reply_send || m_reply_length <= `MOST_WORDS);
        assert (!m_axil_awvalid || (asked && writes && m_axil_awaddr == {place, 2'b0}));
        assert (!m_axil_wvalid || (asked && writes && m_axil_wstrb == 15 && m_axil_wdata == held_word
                                   && old_address == moved && !hit));
        assert (!m_axil_arvalid || (asked && !writes && m_axil_araddr == {place, 2'b0}));
        assert (write == (was_read && done_well));
        assert (!write || (write_address == moved && write_word == m_axil_rdata));
        assert (!m_reply_send || (m_reply_header == {told, first, 6'b100000, ending, held_header[7:0]}
                                  && m_reply_length == words_back && !asked));
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
        assert (now != JUDGE_STATE || (moved == 0 && !failed && status == 0));
        if (now == FETCH_STATE || now == WRITE_STATE || now == WRITTEN_STATE)
            assert (works && writes && remembered && last_sequence == held_header[7:0] && last_status == 0);
        if (now == WRITE_STATE || now == WRITTEN_STATE)
            assert (last_done == done && done != held_count);
        if (now == READ_STATE || now == STORE_STATE)
            assert (works && !writes);
        if (now >= FETCH_STATE && now <= STORE_STATE)
            assert (!failed && done == moved && done <= held_count && index == place && status == 0
                    && length == words_back && synced);
        if (now == REPLY_STATE || m_reply_send)
            assert (busy && !asked && status == ending && done == told && length == words_back);
        if ((now == REPLY_STATE || m_reply_send) && (syncs || (works && writes)))
            assert (synced && (syncs ? !remembered : remembered && last_sequence == held_header[7:0]
                               && last_status == ending && last_done == moved));
        else if (!(now >= FETCH_STATE && now <= WRITTEN_STATE))
            assert (synced == session && remembered == known
                    && (!known || (last_sequence == known_number && last_status == known_end
                                   && last_done == known_moved)));
        assert (!m_reply_send || now == SENDING_STATE);
    end
`endif
end

