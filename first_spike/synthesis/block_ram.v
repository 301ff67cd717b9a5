// What ECP5's block RAM (DP16KD) does, as far as designs use it: yosys describes its ports only. 1,024 words of two bytes, each of
// 8 bits and a ninth. A narrower port sees bytes or parts of their 8 bits. With 36 bits, side A writes two words, side B reads them:
// the lower one at DOA, the upper one at DOB. Address bits 1:0 (at 36 bits 3:0) of a writing port say which bytes are written.
// Reading and writing at once gives what was there before.
module block_ram #(
    parameter [18431:0] CONTENT = 0,
    parameter integer WIDTH_A = 18, WIDTH_B = 18,
    parameter integer REGISTER_A = 0, REGISTER_B = 0  // 1: the outputs come a cycle later, from the second register
) (
    input CLKA, CEA, OCEA, WEA, CLKB, CEB, OCEB, WEB,
    input [13:0] ADA, ADB,
    input [17:0] DIA, DIB,
    output [17:0] DOA, DOB
);
localparam integer WIDE = WIDTH_B == 36;
reg [17:0] words [0:1023];
reg [17:0] read_a = 0, read_b = 0, lower = 0;
reg [17:0] later_a = 0, later_b = 0, later_lower = 0;

integer n;
initial for (n = 0; n < 1024; n = n + 1) words[n] = CONTENT[n * 18 +: 18];

function integer place(input [13:0] address, input integer width);  // of a port's lowest bit in its word
    case (width)
        9: place = address[3] * 9;
        4: place = address[3] * 9 + address[2] * 4;
        2: place = address[3] * 9 + address[2:1] * 2;
        1: place = address[3] * 9 + address[2:0];
        default: place = 0;
    endcase
endfunction

function [17:0] merge(input [17:0] word, data, input [13:0] address, input integer width);
    reg [17:0] mask;
    begin
        mask = width >= 18 ? {{9{address[1]}}, {9{address[0]}}} : ((18'd1 << width) - 18'd1) << place(address, width);
        merge = word & ~mask | data << place(address, width) & mask;
    end
endfunction

always @(posedge CLKA) begin
    if (CEA) begin
        read_a <= words[ADA[13:4]] >> place(ADA, WIDTH_A);
        if (WEA && WIDTH_A == 36) begin
            words[{ADA[13:5], 1'b0}] <= merge(words[{ADA[13:5], 1'b0}], DIA, {12'd0, ADA[1:0]}, 18);
            words[{ADA[13:5], 1'b1}] <= merge(words[{ADA[13:5], 1'b1}], DIB, {12'd0, ADA[3:2]}, 18);
        end else if (WEA) words[ADA[13:4]] <= merge(words[ADA[13:4]], DIA, ADA, WIDTH_A);
    end
    if (OCEA) later_a <= read_a;
    if (OCEA) later_lower <= lower;
end

always @(posedge CLKB) begin
    if (CEB) begin
        lower <= words[{ADB[13:5], 1'b0}];
        read_b <= WIDE ? words[{ADB[13:5], 1'b1}] : words[ADB[13:4]] >> place(ADB, WIDTH_B);
        if (WEB) words[ADB[13:4]] <= merge(words[ADB[13:4]], DIB, ADB, WIDTH_B);
    end
    if (OCEB) later_b <= read_b;
end

assign DOA = WIDE ? (REGISTER_A ? later_lower : lower) : (REGISTER_A ? later_a : read_a);
assign DOB = REGISTER_B ? later_b : read_b;
endmodule
