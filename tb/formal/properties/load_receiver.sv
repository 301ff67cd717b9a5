// A processor's loads of any words, at any time, with any CRC (any_crc32.v). What is claimed stands inside
// (load_inside.v), for it needs the CRC.
module proof (input clk, input rst, input [31:0] data, input valid, input last);

wire ready, write, present;
wire [2:0] error;
wire [`PLACE_BITS-1:0] place;
wire [31:0] word;
load_receiver dut (.clk(clk), .rst(rst), .s_load_tdata(data), .s_load_tvalid(valid), .s_load_tready(ready),
                   .s_load_tlast(last), .m_write_valid(write), .m_write_place(place), .m_write_data(word),
                   .present(present), .error(error));

reg started = 0, waits = 0, last_1 = 0;  // a word waits, and so it is the one of the cycle before
reg [31:0] data_1 = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (!waits || (valid && data == data_1 && last == last_1));
    waits <= valid && !ready && !rst;
    {data_1, last_1} <= {data, last};
end

endmodule
