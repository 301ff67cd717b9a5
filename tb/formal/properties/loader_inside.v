
// The loader as a reference that sees its ports and its CRC: what each command answers and changes, that the words of a
// pair go to the next places and their bytes into the CRC before the next command, and that this takes eight cycles.
reg claimed = 0;
localparam PAIRS = (WORDS + 1) / 2 * 2;
reg open = 0, to = 0, works = 0;  // a load, its bank, and the bank that is worked with
reg [1:0] holds = 0;
reg [22:0] pairs = 0, written = 0;  // words of the load: in pairs that were taken, and written
reg [31:0] pair = 0;
reg [2:0] bytes = 4, wait_cycles = 0;
wire bad_bank = BANKS == 1 ? s_command_data != 0 : s_command_data[31:1] != 0
    || (s_command_data[0] == works && holds[works]) || (busy && s_command_data[0] == m_bank_in_use);
wire bad_count = pairs != PAIRS || s_command_count != WORDS;
wire bad_crc = left != ~(s_command_data ^ WEIGHT_MAP);
wire [4:0] wrong = s_command_begin ? {bad_bank, 4'b0} : s_command_push ?
    {open && BANKS == 1 && busy, 2'b0, open && pairs == PAIRS, !open} : s_command_commit ?
    {1'b0, open && bad_crc, open && bad_count, 1'b0, !open} : 0;
always @(posedge clk) begin
    claimed <= 1;
    wait_cycles <= s_command_ready || rst ? 0 : wait_cycles + 1;
    if (s_command_ready && s_command_begin && !wrong) begin
        open <= 1;
        to <= s_command_data[0];
        holds[s_command_data[0]] <= 0;
        pairs <= 0;
        written <= 0;
    end
    if (s_command_ready && s_command_push && !wrong) begin
        pair <= s_command_data;
        pairs <= pairs + 2;
        bytes <= 0;
    end
    if (s_command_ready && s_command_commit) begin
        open <= 0;
        if (!wrong) works <= to;
        if (!wrong) holds[to] <= 1;
    end
    if (m_load_valid) written <= written + 1;
    if (add) bytes <= bytes + 1;
    if (rst) begin
        open <= 0;
        works <= 0;
        holds <= 0;
        bytes <= 4;
    end
`ifndef COVER
    if (claimed && !rst) begin
        assert (m_state_errors == (s_command_ready ? wrong : 0) && s_command_refused == (m_state_errors != 0));
        assert (m_state_loaded == holds && m_bank_next == works && m_state_hold == !holds[works]);
        assert (!open || m_state_bank == to);
        assert (!m_load_valid || (open && written < pairs && m_load_address == {to, written}
                                  && m_load_data == (written[0] ? pair[31:16] : pair[15:0])));
        assert (renew == (s_command_begin && s_command_ready && !bad_bank));
        assert (!add || (bytes < 4 && octet == (pair >> 8 * bytes & 255)));
        assert (!s_command_ready || (bytes == 4 && (!open || written == (pairs == PAIRS ? WORDS : pairs))));
        assert (s_command_ready || wait_cycles != 7);
    end
`endif
end

