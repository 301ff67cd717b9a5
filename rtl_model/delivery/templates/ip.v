// @TOP@ with the clock `aclk` and the reset `aresetn`, as the IPs of Vivado have them: low when active,
// and synchronous to the clock. Attributes and component.xml say which ports are a bus.

`default_nettype none

module @TOP@_ip (
    @WRAPPED@
);

@TOP@ core (
    .@OWN@(@OWN@),
    .clk(aclk),
    .rst(!aresetn)
);

endmodule

`default_nettype wire
