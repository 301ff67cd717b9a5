// The receiver of frames with any bytes; what is claimed stands inside it (receiver_inside.v), for it needs its registers.
module proof (input clk, input rst, input valid, input broken, input [7:0] octet, input lets_go);

wire arrived, write;
wire [31:0] header, word;
wire [7:0] length, address;
frame_receiver dut (
    .clk(clk), .rst(rst), .s_byte_valid(valid), .s_byte_data(octet), .s_byte_broken(broken),
    .m_request_arrived(arrived), .m_request_header(header), .m_request_length(length),
    .m_request_release(lets_go), .write(write), .write_address(address), .write_word(word));

reg started = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
end

endmodule
