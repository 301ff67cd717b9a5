// at accelerator
// Only an image that is drained is decided, and each of them is over once, in the cycle after that.
reg decided = 0;
always @(posedge clk) decided <= control_decide && !rst;
wire never = control_decide && !draining || control_flush != decided;
