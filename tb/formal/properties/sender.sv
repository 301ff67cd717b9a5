// A byte to the line stays until it is taken, and goes into the CRC when that is free.
module proof (input clk, input rst, input sends, input [31:0] new_header, input [7:0] new_length, input ready,
              input [31:0] word);

wire valid, sent;
wire [7:0] octet, address;
reg send = 0;
reg busy = 0;
reg [31:0] header = 0;
reg [7:0] length = 0;
reg [7:0] old_address = 0;
reg [31:0] read_word = 0;
frame_sender dut (
    .clk(clk), .rst(rst), .s_reply_send(send), .s_reply_header(header), .s_reply_length(length), .s_reply_sent(sent),
    .m_byte_valid(valid), .m_byte_data(octet), .m_byte_ready(ready), .read_address(address), .read_word(read_word));

reg started = 0;
reg waits = 0;
reg [7:0] offered = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    send <= sends && !busy && !rst;
    busy <= !rst && (busy ? !sent : sends);
    if (sends && !busy) begin
        header <= new_header;
        length <= new_length;
    end
    assume (length <= `MOST_WORDS);
    old_address <= address;
    if (address != old_address) read_word <= word;
    waits <= valid && !ready && !rst;
    offered <= octet;
`ifdef COVER
    assert (!(started && !rst && waits && octet == 8'hDB && address == 0));
`else
    if (started && !rst) begin
        assert (!waits || (valid && octet == offered));
        assert (!valid || busy);
    end
`endif
end

endmodule
