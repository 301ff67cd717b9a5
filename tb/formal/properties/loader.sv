// Whatever software does, and with any CRC (any_crc32.v): words of a load go to places inside the memories, and never to
// those that an image is worked on with. Images begin when they like, unless the loader holds them, and each takes the
// bank that is wanted when it is begun to be worked on.
module proof (
    input clk, input rst, input restart, input begin_load, input push, input commit, input [31:0] data,
    input [23:0] count, input comes, input starts, input rests, input ends);

wire ready, refused, load_bank, hold, valid, next;
wire [1:0] loaded;
wire [4:0] errors;
wire [23:0] address;
wire [15:0] word;
reg [2:0] images = 0;  // that have come and are not done
reg works = 0;         // one of them is being worked on
reg bank = 0;          // with this
wire idle = !works && rests;
loader dut (
    .clk(clk), .rst(rst), .s_command_begin(begin_load), .s_command_push(push), .s_command_commit(commit),
    .s_command_data(data), .s_command_count(count), .s_command_ready(ready), .s_command_refused(refused),
    .m_state_loaded(loaded), .m_state_bank(load_bank), .m_state_errors(errors), .m_state_hold(hold),
    .m_load_valid(valid), .m_load_address(address), .m_load_data(word), .m_bank_next(next), .m_bank_in_use(bank),
    .busy(images != 0));

reg started = 0;
reg was_working = 0;
wire comes_in = comes && !hold && images != 7;
wire leaves = works && ends;

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (begin_load + push + commit <= 1);
    images <= rst || restart ? 0 : images + comes_in - leaves;
    works <= !rst && !restart && (works ? !ends : idle && starts && images != 0);
    if (idle)
        bank <= `BANKS == 2 && next;
`ifdef COVER
    assert (!(started && valid && works == (`BANKS == 2) && address[22:0] == `WORDS - 1));
`else
    if (started && !rst && valid) begin
        assert (address[22:0] < `WORDS);
        if (`BANKS == 2)
            assert (!works || address[23] != bank);
        else
            assert (images == 0 && address[23] == 0);
    end
`endif
end

endmodule
