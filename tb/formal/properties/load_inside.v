
// What a plain reader makes of the words that were taken: one counter, one list of largest values (`MOSTS, 16 bits each).
reg claimed = 0;
reg [`PLACE_BITS:0] number = 0;  // of the word that comes
reg [`PLACE_BITS:0] last_number = 0;
reg lost = 0;                    // what is left of the frame is nobody's
reg there = 0;
reg [2:0] why = 0;
reg writes = 0;
reg [`PLACE_BITS-1:0] at = 0;
reg [31:0] what = 0;
reg [2:0] bytes = 4;             // of it that have gone into the CRC
wire taken = s_load_tvalid && s_load_tready;
wire of_payload = number >= 3 && number != last_number;
wire [15:0] largest = `MOSTS >> 16 * (number - 3);
reg [2:0] wrong;
always @* begin
    if (number == 0) wrong = s_load_tdata != `MAGIC ? 1 : 0;
    else if (number == 1) wrong = s_load_tdata != `IDENTITY ? 2 : 0;
    else if (number == 2) wrong = s_load_tdata < `FEWEST || s_load_tdata > `MOST ? 3 : 0;
    else if (of_payload) wrong = number < 3 + `TABLES && s_load_tdata > largest ? 4 : 0;
    else wrong = s_load_tdata != ~left ? 5 : 0;
    if (wrong == 0 && s_load_tlast != (number >= 3 && !of_payload)) wrong = 1;
end

reg [6:0] old_place = 0;
reg [`PLACE_BITS-1:0] at_before = 0;
wire [15:0] old_largest = `MOSTS >> 16 * old_place;
wire in_payload = now == PAYLOAD || now == BYTES || now == CRC;

always @(posedge clk) begin
    claimed <= claimed || rst;
    old_place <= place;
    at_before <= m_write_place;
    writes <= 0;
    if (add) bytes <= bytes + 1;
    if (taken) begin
        if (lost) lost <= !s_load_tlast;
        else begin
            writes <= of_payload;
            at <= number - 3;
            what <= s_load_tdata;
            if (number == 0) begin
                there <= 0;
                why <= 0;
            end
            if (number == 2) last_number <= s_load_tdata + 3;
            if (of_payload) bytes <= 0;
            if (wrong != 0) why <= wrong;
            else if (number >= 3 && !of_payload) there <= 1;
            lost <= wrong != 0 && !s_load_tlast;
            number <= wrong != 0 || s_load_tlast ? 0 : number + 1;
            if (wrong != 0) bytes <= 4;
        end
    end
    if (rst) begin
        number <= 0;
        lost <= 0;
        there <= 0;
        why <= 0;
        writes <= 0;
        bytes <= 4;
    end
`ifdef COVER
    assert (!(claimed && !rst && number == 8 && m_write_valid));
`else
    if (claimed && !rst) begin
        assert (present == there && error == why && m_write_valid == writes);
        assert (!writes || (at_before == at && m_write_place == at && m_write_data == what && at < `MOST));
    end
    if (claimed) begin
        assert (!add || lost || number == 0 || (bytes < 4 && octet == what[8*bytes[1:0] +: 8]));
        assert (!(taken && !lost && number > 3) || bytes == 4);
        // what makes the rest follow from one cycle to the next
        assert (lost == (now == DROP) && now <= DROP);
        assert (number == (now == MAGIC || lost ? 0 : now == IDENTITY ? 1 : now == COUNT ? 2 : place + 3));
        assert (!in_payload || (count >= `FEWEST && count <= `MOST && last_number == count + 3 && place <= count));
        assert (!(now == IDENTITY || now == COUNT) || place == 0);
        assert (now != PAYLOAD || place < count);
        assert (now != CRC || place == count);
        assert (now == BYTES ? bytes == byte_place && bytes <= 4 && rest == what >> 8 * bytes && place != 0 : bytes == 4);
        assert (now == MAGIC || now == DROP || now == BYTES && bytes == 0 || now == IDENTITY || old_place == place);
        assert (field_of_field == (old_place < `FIELDS) && (!field_of_field || field_most == old_largest));
        assert (field_no_high == (old_place < `TABLES ? 16'hffff : 0));
        assert (m_write_place == old_place);
        assert (!(seen && now == PAYLOAD) || too_large == (wrong == 4));
        assert (field_no_low == (old_place >= `FIELDS && old_place < `TABLES ? ~old_largest : 16'd0));
    end
`endif
end
