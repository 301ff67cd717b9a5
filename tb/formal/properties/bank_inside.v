
// From the first transfer of an image's spikes to its decision the bank of weights stays the same. What is on its way
// between a decision, or a reset, and the `clear` that follows belongs to no image.
reg claimed = 0;
reg dropped = 0;
reg runs = 0;
reg old_bank = 0;
reg [1:0] images = 0;
always @(posedge clk) begin
    claimed <= claimed || rst;
    dropped <= rst || control_decide || (dropped && !control_clear);
    runs <= !rst && !control_decide && (runs || (spikes_0_valid && !dropped));
    old_bank <= bank;
    if (runs && control_decide && images != 3) images <= images + 1;
`ifdef COVER
    assert (!(claimed && !rst && images == 1 && runs && bank != s_bank_next));
`else
    if (claimed && !rst) begin
        assert (!runs || bank == old_bank);
        assert (s_bank_in_use == bank);
    end
`endif
end

