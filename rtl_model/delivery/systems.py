"""What other people's systems want of a design: an IP with its scripts for Vivado, examples for cocotb and sby, a
device tree for Linux, a module for LiteX."""

from first_spike.rtl_model.delivery.component import component, ip_name, is_ip
from first_spike.rtl_model.delivery.fill import fill
from first_spike.rtl_model.delivery.names import prefix

BASE = 0x43C00000  # where block_design.tcl has the registers, in the part of a Zynq-7000 that leads to its logic
MHZ = 100
LEAST_OF_MEMORY = 32  # bits of the DMA's way to memory
def of_systems(description):
    """The values of the templates of `systems`, and what README.md says of them."""
    if not is_ip(description):
        return {"IP": [], "VIVADO": [], "BLOCK_DESIGN": [], "DEVICE_TREE": []}
    widths = {port["name"]: port["width"] for port in description["ports"]}
    own = [port for port in description["ports"] if port["name"] not in ("clk", "rst")]
    registers, bits = "s_axil_awaddr" in widths, widths["s_axis_tdata"]
    of_registers = {"BASE": f"0x{BASE:08X}", "UNIT": f"{BASE:x}",
                    "ADDRESS_BITS": widths["s_axil_awaddr"], "RANGE": 1 << widths["s_axil_awaddr"]} if registers else {}
    return {
        "IP": ip_name(description), "VIVADO": [""], "OWN": [port["name"] for port in own],
        "DECLARED": list(map(_declared, own)), "BITS": bits, "MEMORY_BITS": max(bits, LEAST_OF_MEMORY), "MHZ": MHZ,
        "BLOCK_DESIGN": [""] if registers or "load_map" not in description else [],  # else nothing loads the weights
        "DEVICE_TREE": [""] if registers else [], "CONTROLLED": 1 + registers, "INTERRUPTS": 2 + registers,
        "FIRST_OF_DMA": int(registers), "SECOND_OF_DMA": 1 + registers, "PREFIX": prefix(description["name"]),
        "STEPS": description["steps"], "PIXELS": [] if "most_events" in description else [""],
        "EVENTS": [""] if "most_events" in description else [],
        "INPUT": [port["name"] for port in own if port["direction"] == "input"],
        "OUTPUT": [port["name"] for port in own if port["direction"] == "output"], **of_registers}


def systems(description, modules, weights, values):
    """(file, text, role) of each file; none for a design without streams. description: as `describe` gives it;
    modules, weights: names of files; values: those of all templates."""
    if not is_ip(description):
        return
    yield "component.xml", component(description, modules, weights), "component"
    yield f"{description['top']}_ip.v", fill("ip.v", values), "wrapper"
    if values["BENCH"]:
        yield f"{description['top']}_cocotb.py", fill("cocotb.txt", values), "example"
    yield f"{description['top']}.sby", fill("design.sby", values), "example"
    yield f"{description['top']}_formal.sv", fill("formal.sv", values), "example"
    yield "package.tcl", fill("package.tcl", values), "script"
    if values["BLOCK_DESIGN"]:
        yield "block_design.tcl", fill("block_design.tcl", values), "script"
    if values["DEVICE_TREE"]:
        yield f"{description['top']}.dtsi", fill("device_tree.dtsi", values), "device tree"
        yield f"{description['top']}_litex.py", fill("litex.txt", values), "example"


def _declared(port):
    """A port as Verilog declares it."""
    width = f"[{port['width'] - 1}:0] " if port["width"] > 1 else ""
    return f"{port['direction']:6} wire {width}{port['name']}"
