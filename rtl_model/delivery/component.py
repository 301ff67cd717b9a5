"""component.xml: a design as an IP for Vivado, in IP-XACT 1685-2009, the edition that Vivado reads.

Its top is the wrapper `..._ip`: it has a clock `aclk` and a reset `aresetn`, low when active, as Vivado's own IPs do.
"""

import re
import xml.etree.ElementTree as ElementTree

from first_spike.golden.version import VERSION
from first_spike.rtl_model.registers.addresses import REGISTERS

SPIRIT = "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"
XILINX = "http://www.xilinx.com"
CLOCK, RESET = "aclk", "aresetn"
WRAPPER = "_ip"  # behind the name of the top
STREAM, LITE = ("axis", "axis_rtl"), ("aximm", "aximm_rtl")  # bus and abstraction, as Vivado names them
SIGNALS = {CLOCK: ("clock", "CLK", "slave"), RESET: ("reset", "RST", "slave"),
           "irq": ("interrupt", "INTERRUPT", "master")}  # kind, logical name, role
MAP = "registers"
VIEWS = {"xilinx_anylanguagesynthesis": ":vivado.xilinx.com:synthesis",
         "xilinx_anylanguagebehavioralsimulation": ":vivado.xilinx.com:simulation"}
FAMILIES = ("zynq", "artix7", "kintex7", "virtex7", "spartan7", "zynquplus", "artixuplus", "kintexu", "kintexuplus",
            "virtexu", "virtexuplus", "versal")
ACCESS = {"r": "read-only", "w": "write-only", "rw": "read-write", "w1c": "read-write"}


def is_ip(description):
    """Whether the design that `describe` says this of can be an IP: it has streams."""
    return any(port["name"].startswith("s_axis_") for port in description["ports"])


def ip_name(description):
    """vendor:library:name:version of the IP; another network or other options are another one. Vivado takes versions of
    two numbers."""
    version = ".".join(VERSION.split(".")[:2])
    return f"first-spike:designs:{description['top']}_{description['design_sha256'][:8]}:{version}"


def ip_ports(description):
    """The ports of the wrapper: those of the design but for clock and reset, which come last by their own names."""
    own = [port for port in description["ports"] if port["name"] not in ("clk", "rst")]
    return own + [dict(name=name, direction="input", width=1) for name in (CLOCK, RESET)]


def component(description, modules, weights):
    """The text of component.xml. description: as `describe` gives it; modules, weights: names of files."""
    ports = ip_ports(description)
    root = ElementTree.Element("spirit:component", {"xmlns:spirit": SPIRIT, "xmlns:xilinx": XILINX})
    for tag, text in zip(("vendor", "library", "name", "version"), ip_name(description).split(":")):
        _add(root, tag, text)
    parameters, buses = _parameters_of(ports), _add(root, "busInterfaces")
    for name in _buses(ports):
        _axi(buses, name, [(_member(name, port), port["name"]) for port in ports if _member(name, port)],
             parameters[name])
    for name, (kind, logical, role) in SIGNALS.items():
        if name in parameters:
            bus, _ = _interface(buses, name, (kind, f"{kind}_rtl"), "signal", role, [(logical, name)])
            _parameters(bus, name, parameters[name])
    if "s_axil" in parameters:
        address = next(port["width"] for port in ports if port["name"] == "s_axil_awaddr")
        _memory_map(_add(root, "memoryMaps"), 1 << address)
    _model(_add(root, "model"), ports, description["top"] + WRAPPER)
    _files(_add(root, "fileSets"), modules, weights, description["top"] + WRAPPER)
    _add(root, "description", f"First-spike classifier, network {description['network_sha256']}")
    core = _add(_add(root, "vendorExtensions"), "xilinx:coreExtensions")
    families = _add(core, "xilinx:supportedFamilies")
    for family in FAMILIES:
        _add(families, "xilinx:family", family, {"xilinx:lifeCycle": "Production"})
    _add(_add(core, "xilinx:taxonomies"), "xilinx:taxonomy", "/UserIP")
    _add(core, "xilinx:displayName", description["top"])
    _add(core, "xilinx:coreRevision", "1")
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def attributes(description):
    """{port of the wrapper: its attributes in Verilog}: to a block design they say what component.xml says of an IP."""
    ports, made = ip_ports(description), {}
    parameters = _parameters_of(ports)
    for port in ports:
        kind, logical, _ = SIGNALS.get(port["name"], (None,) * 3)
        library, bus = "signal", port["name"]
        if not kind:
            library, bus = "interface", next((name for name in _buses(ports) if _member(name, port)), None)
            if bus is None:
                made[port["name"]] = []  # of the way that weights are loaded
                continue
            kind, logical = _types(bus)[0], _member(bus, port)
        values = ", ".join(f"{name} {value}" for name, value in parameters.pop(bus, {}).items())  # at its first port
        made[port["name"]] = [f'(* X_INTERFACE_INFO = "xilinx.com:{library}:{kind}:1.0 {bus} {logical}" *)',
                              *([f'(* X_INTERFACE_PARAMETER = "{values}" *)'] if values else [])]
    return made


def _buses(ports):
    return [name for name in ("s_axil", "s_axis", "m_axis") if any(_member(name, port) for port in ports)]


def _parameters_of(ports):
    """{interface: {parameter: value}} of all that these ports have."""
    buses, names = _buses(ports), {port["name"] for port in ports}
    values = {name: {"PROTOCOL": "AXI4LITE", "DATA_WIDTH": 32} if name == "s_axil" else {} for name in buses}
    values |= {CLOCK: {"ASSOCIATED_BUSIF": ":".join(buses), "ASSOCIATED_RESET": RESET},
               RESET: {"POLARITY": "ACTIVE_LOW"}}
    return values | ({"irq": {"SENSITIVITY": "LEVEL_HIGH"}} if "irq" in names else {})


def _types(bus):
    return LITE if bus == "s_axil" else STREAM


def _add(parent, tag, text=None, attributes=None):
    """A new element, of SPIRIT's unless its name says whose it is."""
    made = ElementTree.SubElement(parent, tag if ":" in tag else f"spirit:{tag}", attributes or {})
    made.text = text
    return made


def _member(prefix, port):
    """The name of a port behind the prefix of its stream, "" if it is another's."""
    return port["name"].removeprefix(f"{prefix}_").upper() if port["name"].startswith(f"{prefix}_") else ""


def _type(parent, tag, library, name):
    _add(parent, tag, attributes={"spirit:vendor": "xilinx.com", "spirit:library": library, "spirit:name": name,
                                  "spirit:version": "1.0"})


def _interface(buses, name, types, library, role, pairs):
    """A bus interface without parameters, and its role; types: bus and abstraction; pairs: (logical, physical) names of
    ports."""
    bus = _add(buses, "busInterface")
    _add(bus, "name", name)
    for tag, kind in zip(("busType", "abstractionType"), types):
        _type(bus, tag, library, kind)
    role = _add(bus, role)
    maps = _add(bus, "portMaps")
    for names in pairs:
        one = _add(maps, "portMap")
        for tag, port in zip(("logicalPort", "physicalPort"), names):
            _add(_add(one, tag), "name", port)
    return bus, role


def _parameters(bus, interface, values):
    if not values:
        return
    parameters = _add(bus, "parameters")
    for name, value in values.items():
        one = _add(parameters, "parameter")
        _add(one, "name", name)
        _add(one, "value", str(value), {"spirit:id": f"BUSIFPARAM_VALUE.{interface.upper()}.{name}"})


def _axi(buses, name, pairs, values):
    bus, role = _interface(buses, name, _types(name), "interface", "master" if name.startswith("m_") else "slave",
                           pairs)
    if name == "s_axil":
        _add(role, "memoryMapRef", attributes={"spirit:memoryMapRef": MAP})
    _parameters(bus, name, values)


def _memory_map(maps, size):
    one = _add(maps, "memoryMap")
    _add(one, "name", MAP)
    block = _add(one, "addressBlock")
    for tag, text in (("name", "reg0"), ("baseAddress", "0"), ("range", str(size)), ("width", "32"),
                      ("usage", "register")):
        _add(block, tag, text)
    for name, register in REGISTERS.items():
        made = _add(block, "register")
        _add(made, "name", name)
        if register.count > 1:
            _add(made, "dim", str(register.count))
        _add(made, "addressOffset", f"0x{register.offset:02X}")
        _add(made, "size", "32")
        for field, where in register.fields.items():
            of_field = _add(made, "field")
            for tag, text in (("name", field), ("bitOffset", str(where.low)), ("bitWidth", str(where.width)),
                              ("access", ACCESS[where.access])):
                _add(of_field, tag, text)
            if where.access == "w1c":
                _add(of_field, "modifiedWriteValue", "oneToClear")


def _model(model, ports, top):
    views = _add(model, "views")
    for name, environment in VIEWS.items():
        view = _add(views, "view")
        for tag, text in (("name", name), ("envIdentifier", environment), ("language", "verilog"), ("modelName", top)):
            _add(view, tag, text)
        _add(_add(view, "fileSetRef"), "localName", "design")
    listed = _add(model, "ports")
    for port in ports:
        made = _add(listed, "port")
        _add(made, "name", port["name"])
        wire = _add(made, "wire")
        _add(wire, "direction", {"input": "in", "output": "out"}[port["direction"]])
        if port["width"] > 1:
            vector = _add(wire, "vector")
            _add(vector, "left", str(port["width"] - 1))
            _add(vector, "right", "0")


def _files(sets, modules, weights, top):
    """Weights first, which modules read; the wrapper last. Vivado has its own word for files of $readmemh."""
    made = _add(sets, "fileSet")
    _add(made, "name", "design")
    for name in (*weights, *modules, f"{top}.v"):
        file = _add(made, "file")
        _add(file, "name", name)
        kind = ("fileType", "verilogSource") if re.search(r"\.v$", name) else ("userFileType", "mem")
        _add(file, *kind)
