// Whatever the line does, nine cycles or more lie between two bytes, broken ones included.
module proof (input clk, input rst, input rx);

wire valid, broken;
wire [7:0] octet;
uart_rx dut (.clk(clk), .rst(rst), .m_byte_valid(valid), .m_byte_data(octet), .m_byte_broken(broken), .rx(rx));

reg started = 0;
reg [3:0] quiet = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    quiet <= valid || broken ? 8 : quiet == 0 || rst ? 0 : quiet - 1;
`ifdef COVER
    assert (!(started && !rst && valid && octet == 8'hA5));
`else
    if (started && !rst)
        assert (!((valid || broken) && quiet != 0) && !(valid && broken));
`endif
end

endmodule
