
// What makes the claims of loader.sv follow from one cycle to the next.
reg claimed = 0;
localparam PAIRS = (WORDS + 1) / 2 * 2;
wire loads = begun || now != 0 || m_load_valid;
always @(posedge clk) begin
    claimed <= claimed || rst;
`ifndef COVER
    if (claimed && !rst) begin
        assert (!loads || (place <= PAIRS && place[0] == (now == 2)));
        assert (!(now == 1 || now == 2) || place < PAIRS);
        assert (now == 0 || begun);
        assert (!(renew && s_command_refused));  // a begin that is refused leaves the CRC of a load in progress
        assert (!m_load_valid || now == 2 || now == 3);
        assert (!m_load_valid || m_load_address[23] == bank);
        if (BANKS == 2) begin
            assert (!hold || !busy);
            assert (!loads || hold || bank != used);
        end
        else begin
            assert (used == 0 && (!loads || (!loaded[0] && bank == 0)));
            assert (!(now == 1 || now == 2 || m_load_valid) || !busy);
        end
    end
`endif
end

