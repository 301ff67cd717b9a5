// Two lists of spikes, with any spikes and any reads, in a memory that gives anything where reading meets writing
// (any_list_memory.v): lists are what was transferred, in order, and each spike is where it is told to be.
module proof (input clk, input clear, input valid, input mask, input [1:0] spike, input [1:0] step, input last,
              input ends_image, input leave, input [`PLACE_BITS-1:0] read);

wire ready, some, complete, closes, is_final;
wire [1:0] row, list_step;
wire [`PLACE_BITS:0] count;
spike_list dut (.clk(clk), .clear(clear), .s_spike_valid(valid), .s_spike_mask(mask), .s_spike_rows(spike),
                .s_spike_step(step), .s_spike_last(last), .s_spike_end(ends_image), .s_spike_ready(ready),
                .m_list_count(count), .m_list_some(some), .m_list_complete(complete), .m_list_closes(closes),
                .m_list_final(is_final), .m_list_step(list_step), .leave(leave), .read(read), .row(row));

localparam PLACES = 1 << `PLACE_BITS;
(* anyseq *) wire watch;
reg started = 0;
reg [1:0] fulls = 0;                                    // lists that are complete
reg [`PLACE_BITS:0] filling = 0;                        // spikes of the one that is not
reg [`PLACE_BITS+4:0] oldest = 0, other = 0;            // {count, closes, ends_image, step} of those that are
wire takes = valid && fulls != 2 && !clear;
wire fits = mask && filling != PLACES;
wire [`PLACE_BITS:0] more = filling + fits;
wire ends = takes && (last || (!`DROPS && mask && more == PLACES));
wire [`PLACE_BITS+4:0] made = {more, last, last && ends_image, step};
reg watching = 0, ahead = 0;                            // a spike, any one; a list is ahead of its own
reg [1:0] item = 0, item_1 = 0, item_2 = 0;
reg [`PLACE_BITS-1:0] place = 0;
wire hit = watching && !ahead && read == place;
reg hit_1 = 0, hit_2 = 0;

always @(posedge clk) begin
    started <= 1;
    assume (started || clear);
    assume (!leave || fulls != 0);
    fulls <= fulls + ends - leave;
    if (takes) filling <= ends ? 0 : more;
    if (leave) oldest <= other;
    if (ends && fulls == leave) oldest <= made;
    if (ends && fulls != leave) other <= made;
    if (watching && leave) begin
        watching <= ahead;
        ahead <= 0;
    end
    else if (!watching && takes && fits && watch) begin
        watching <= 1;
        ahead <= fulls != leave;
        item <= spike;
        place <= filling;
    end
    if (clear) begin
        fulls <= 0;
        filling <= 0;
        watching <= 0;
    end
    {hit_1, hit_2, item_1, item_2} <= {hit, hit_1, item, item_1};
`ifdef COVER
    assert (!(started && !clear && hit_2 && fulls == 2 && place == PLACES - 1));
`else
    if (started) begin
        assert (`DROPS || ready == (fulls != 2));
        assert (complete == (fulls != 0) && count == (fulls != 0 ? oldest >> 4 : filling));
        assert (some == (count != 0));
        assert (fulls == 0 || {closes, is_final, list_step} == oldest[3:0]);
        assert (!(watching && !ahead) || place < count);
        assert (!hit_2 || row == item_2);
    end
`endif
end

endmodule
