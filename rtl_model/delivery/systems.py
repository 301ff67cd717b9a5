"""What other people's systems want of a design: an IP with its scripts for Vivado, examples for cocotb and sby, a
device tree for Linux, a module for LiteX."""

from first_spike.rtl_model.delivery.component import attributes, component, ip_name, ip_ports, is_ip
from first_spike.rtl_model.delivery.names import fill, prefix

BASE = 0x43C00000  # where block_design.tcl has the registers, in the part of a Zynq-7000 that leads to its logic
MHZ = 100
LEAST_OF_MEMORY = 32  # bits of the DMA's way to memory


def of_systems(description):
    """The values of the templates of `systems`, and what README.md says of them."""
    if not is_ip(description):
        return {"IP": [], "VIVADO": [], "BLOCK_DESIGN": [], "DEVICE_TREE": []}
    own = [port for port in description["ports"] if port["name"] not in ("clk", "rst")]
    registers = any(port["name"] == "s_axil_awaddr" for port in own)
    named = {way: [port["name"] for port in own if port["direction"] == way] for way in ("input", "output")}
    of_events = "most_events" in description
    return {
        "VIVADO": [""], "DEVICE_TREE": [""] if registers else [],
        "BLOCK_DESIGN": [""] if registers or "load_map" not in description else [],  # else nothing loads the weights
        "OWN": [port["name"] for port in own], "WRAPPED": _wrapped(description),
        "INPUT": named["input"], "OUTPUT": named["output"],
        "PIXELS": [] if of_events else [""], "EVENTS": [""] if of_events else [],
        "PREFIX": prefix(description["name"]), "STEPS": description["steps"],
        "KEPT": [""] if "s_axis_tkeep" in named["input"] else [],
        "WORD": sum(port["width"] for port in own if port["name"] in ("s_axis_tdata", "s_axis_tkeep")),
        **_of_litex({port["name"]: port["width"] for port in own}), **_of_block_design(description, registers)}


def _of_litex(widths):
    """What an Endpoint of LiteX has beside data; widths: of the ports."""
    tags = {name: widths[f"s_axis_{name}"] for name in ("tid", "tuser") if f"s_axis_{name}" in widths}
    fields = ", ".join(f'("{name}", {width})' for name, width in tags.items())
    layouts = {"SINK": '[("data", BITS)' + ', ("keep", BITS // 8)' * ("s_axis_tkeep" in widths) + "]",
               "SOURCE": '[("data", 32)]'}
    described = {end: f"stream.EndpointDescription({layout}, [{fields}])" for end, layout in layouts.items()}
    return {"TAG_NAME": list(tags), **(described if tags else layouts)}


def _of_block_design(description, registers):
    """Widths, addresses and numbers of what is connected; registers: whether there are some."""
    widths = {port["name"]: port["width"] for port in description["ports"]}
    bits = widths["s_axis_tdata"]
    values = {"IP": ip_name(description), "MHZ": MHZ, "BITS": bits, "MEMORY_BITS": max(bits, LEAST_OF_MEMORY),
              "CONTROLLED": 1 + registers, "INTERRUPTS": 2 + registers, "FIRST_OF_DMA": int(registers),
              "SECOND_OF_DMA": 1 + registers}
    if registers:
        address = widths["s_axil_awaddr"]
        values |= {"BASE": f"0x{BASE:08X}", "UNIT": f"{BASE:x}", "ADDRESS_BITS": address, "RANGE": 1 << address}
    return values


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


def _wrapped(description):
    """The ports of the wrapper as Verilog declares them, each behind its attributes."""
    said, declared = attributes(description), []
    for port in ip_ports(description):
        width = f"[{port['width'] - 1}:0] " if port["width"] > 1 else ""
        declared.append("\n    ".join([*said[port["name"]], f"{port['direction']:6} wire {width}{port['name']}"]))
    return ",\n    ".join(declared)
