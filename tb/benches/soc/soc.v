// The smallest SoC around accelerator_axi: PicoRV32, one memory, a console. For simulation.
//
// 0x00000000: memory; 0x10000000: the console, a byte a write, and the end of the program beside it; 0x40000000: the
// accelerator, or the module that TOP names. That an access was answered SLVERR is told by its registers, PicoRV32 has no error on its bus.

`ifndef TOP
`define TOP accelerator_axi
`endif

module soc #(
    parameter RAM_WORDS = 1024, // of 32 bits
    parameter PIXELS = 8        // of a beat of the accelerator
) (
    input clk,
    input rst,
    output reg console_valid,      // there is a byte
    output reg [7:0] console_byte,
    output reg ended,              // the program has ended
    output reg [7:0] status,       // with which
    output trap                    // the processor has stopped
);

wire mem_valid, mem_instr;
wire [31:0] mem_addr, mem_wdata;
wire [3:0] mem_wstrb;
wire irq;

wire to_memory = mem_valid && mem_addr[31:28] == 0;
wire to_console = mem_valid && mem_addr[31:28] == 1;
wire to_accelerator = mem_valid && mem_addr[31:28] == 4;

reg memory_ready;
reg [31:0] memory_rdata;
wire accelerator_ready;
wire [31:0] accelerator_rdata;

reg [31:0] memory [0:RAM_WORDS-1];
initial $readmemh("firmware.hex", memory);

integer b;
always @(posedge clk) begin
    memory_ready <= (to_memory || to_console) && !memory_ready && !rst;
    memory_rdata <= memory[mem_addr[31:2] % RAM_WORDS];
    if (to_memory && !memory_ready)
        for (b = 0; b < 4; b = b + 1)
            if (mem_wstrb[b])
                memory[mem_addr[31:2] % RAM_WORDS][8*b +: 8] <= mem_wdata[8*b +: 8];
    console_valid <= to_console && !memory_ready && mem_wstrb != 0 && !mem_addr[2] && !rst;
    console_byte <= mem_wdata[7:0];
    if (to_console && mem_wstrb != 0 && mem_addr[2]) begin
        ended <= 1;
        status <= mem_wdata[7:0];
    end
    if (rst) begin
        ended <= 0;
        status <= 0;
    end
end

picorv32 #(
    .ENABLE_IRQ(1),
    .ENABLE_IRQ_TIMER(0),
    .MASKED_IRQ(32'hFFFF_FFF7), // an instruction that is none is a trap
    .LATCHED_IRQ(0)             // the accelerator's interrupt is a level
) processor (
    .clk(clk), .resetn(!rst), .trap(trap),
    .mem_valid(mem_valid), .mem_instr(mem_instr), .mem_ready(memory_ready || accelerator_ready), .mem_addr(mem_addr),
    .mem_wdata(mem_wdata), .mem_wstrb(mem_wstrb), .mem_rdata(memory_ready ? memory_rdata : accelerator_rdata),
    .irq({28'b0, irq, 3'b0}), .pcpi_wr(1'b0), .pcpi_rd(32'b0), .pcpi_wait(1'b0), .pcpi_ready(1'b0)
);

wire awvalid, awready, wvalid, wready, bvalid, bready, arvalid, arready, rvalid, rready;
wire [31:0] awaddr, araddr, wdata, rdata;
wire [3:0] wstrb;
wire [2:0] awprot, arprot;

picorv32_axi_adapter adapter (
    .clk(clk), .resetn(!rst),
    .mem_axi_awvalid(awvalid), .mem_axi_awready(awready), .mem_axi_awaddr(awaddr), .mem_axi_awprot(awprot),
    .mem_axi_wvalid(wvalid), .mem_axi_wready(wready), .mem_axi_wdata(wdata), .mem_axi_wstrb(wstrb),
    .mem_axi_bvalid(bvalid), .mem_axi_bready(bready),
    .mem_axi_arvalid(arvalid), .mem_axi_arready(arready), .mem_axi_araddr(araddr), .mem_axi_arprot(arprot),
    .mem_axi_rvalid(rvalid), .mem_axi_rready(rready), .mem_axi_rdata(rdata),
    .mem_valid(to_accelerator), .mem_instr(mem_instr), .mem_ready(accelerator_ready), .mem_addr(mem_addr),
    .mem_wdata(mem_wdata), .mem_wstrb(mem_wstrb), .mem_rdata(accelerator_rdata)
);

`TOP accelerator (
    .clk(clk), .rst(rst),
    .s_axil_awaddr(awaddr[11:0]), .s_axil_awprot(awprot), .s_axil_awvalid(awvalid), .s_axil_awready(awready),
    .s_axil_wdata(wdata), .s_axil_wstrb(wstrb), .s_axil_wvalid(wvalid), .s_axil_wready(wready),
    .s_axil_bresp(), .s_axil_bvalid(bvalid), .s_axil_bready(bready),
    .s_axil_araddr(araddr[11:0]), .s_axil_arprot(arprot), .s_axil_arvalid(arvalid), .s_axil_arready(arready),
    .s_axil_rdata(rdata), .s_axil_rresp(), .s_axil_rvalid(rvalid), .s_axil_rready(rready),
    .s_axis_tdata({8*PIXELS{1'b0}}), .s_axis_tvalid(1'b0), .s_axis_tready(), .s_axis_tlast(1'b0),
    .m_axis_tdata(), .m_axis_tvalid(), .m_axis_tready(1'b0), .m_axis_tlast(), .irq(irq)
);

endmodule
