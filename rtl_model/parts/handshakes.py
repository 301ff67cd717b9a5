"""Assertions of the handshakes at the ports of tops, for who simulates it: text that synthesis never sees."""

from first_spike.rtl_model.parts.hierarchy import verilog
from first_spike.rtl_model.parts.streams import AxiLite
from first_spike.rtl_model.parts.target import is_converting, macro

ASSERT_MACRO = "FIRST_SPIKE_ASSERT"  # switches them on
LITE_CHANNELS = {"aw": ("awaddr", "awprot"), "w": ("wdata", "wstrb"), "b": ("bresp",), "ar": ("araddr", "arprot"),
                 "r": ("rdata", "rresp")}  # of AXI4-Lite: {what valid and ready begin with: what goes along}


def handshake_assertions(clk, rst, **bundles):
    """Assertions that at each of several AxiStreams and AxiLites what is offered stays as it is until it is taken, or a
    reset; nothing in MyHDL's simulator."""
    if not is_converting():
        return []
    reads, checks = dict(clk=clk, rst=rst), []
    for name, bundle in bundles.items():
        lite = isinstance(bundle, AxiLite)
        said = tuple(member for member in bundle.members if member not in ("tvalid", "tready"))
        for channel, data in (LITE_CHANNELS if lite else {"t": said}).items():
            members = [f"{channel}valid", f"{channel}ready", *data]
            reads |= {f"{name}_{member}": getattr(bundle, member) for member in members}
            checks.append(_check(f"{name}_{channel}" if lite else name, [f"{name}_{member}" for member in members],
                                 sum(len(getattr(bundle, member)) for member in data)))
    text = [f"// Rules of handshakes, for simulators that are given -D{macro(ASSERT_MACRO)}.",
            f"`ifdef {macro(ASSERT_MACRO)}", "\n\n".join(checks), "`endif"]
    return verilog("handshakes", "\n".join(text), reads, {})


def _check(name, members, bits):
    valid, ready, *data = (f"{{{member}}}" for member in members)
    offered = ", ".join([valid, *data])
    return f"""\
// What is offered stays as it is until it is taken.
always @(posedge {{clk}}) begin : {name}_stays
    reg [{bits}:0] waiting;  // 1 and what was offered, if it was not taken
    waiting <= {{{valid} && !{ready} && !{{rst}}, {', '.join(data)}}};
    if (waiting[{bits}] && !{{rst}} && waiting != {{{offered}}}) begin
        $fatal(1, "{name} changes before it is taken");
    end
end"""
