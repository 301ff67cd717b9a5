"""Designs with names live in one: on both simulators and through yosys two of them answer right side by side."""

import json
import shlex
import shutil

import pytest

from first_spike import __version__
from first_spike.commands import compare, generate, lint, synth
from first_spike.comparison.design_files import write_whole_design
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.delivery.manifest import read_manifest
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.shell import compiled, core_of, fusesoc, needs_yosys, run_line
from tb.helpers.small_case import small_case

DESIGNS = {"left": (11, Configuration((3,), 4, 2, 2)), "right": (12, Configuration())}  # seed of the network
BOTH = "module both;\nleft_accelerator_tb left();\nright_accelerator_tb right();\nendmodule\n"
TOPS = "module tops(input clk, output [1:0] last);\n" + "".join(
    f"{name}_accelerator {name}(.clk(clk), .m_axis_tlast(last[{bit}]));\n" for bit, name in enumerate(DESIGNS)
) + "endmodule\n"
COMMON = {"README.md", "filelist.f", "manifest.json", "component.xml", "package.tcl", "block_design.tcl"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the designs left/ and right/ of two networks, left.npz and right.npz, and a module that simulates
    both."""
    folder = tmp_path_factory.mktemp("two_designs")
    for name, (seed, configuration) in DESIGNS.items():
        small_case(folder, seed)
        (folder / "network.npz").rename(folder / f"{name}.npz")
        write_whole_design(Design(Network.load(folder / f"{name}.npz"), configuration), folder / name, name)
    (folder / "both.v").write_text(BOTH)
    return folder


def assert_both_pass(done):
    assert done.returncode == 0, done.stdout
    for name in DESIGNS:
        assert f"PASS: {name}_accelerator gives the results of 8 images" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_both_answer_right_in_one_simulation(folder, simulator, tmp_path):
    place = shlex.quote(str(folder))
    arguments = " ".join(f"-D{name}_FIRST_SPIKE_HEX='\"{folder}/{name}/\"' -y {place}/{name}" for name in DESIGNS)
    assert_both_pass(run_line(compiled(simulator, f"{arguments} {place}/both.v", tmp_path, "both"), tmp_path))


@pytest.mark.thorough
@needs_yosys
def test_both_answer_right_as_yosys_understands_them(folder, tmp_path):
    (tmp_path / "tops.v").write_text(TOPS)
    files = "; ".join(f"read_verilog_file_list -F {folder}/{name}/filelist.f" for name in DESIGNS)
    script = (f"{files}; read_verilog tops.v; hierarchy -check -top tops; proc; opt; check -assert; "
              f"write_verilog -noattr netlist.v")
    done = run_line(f"yosys -q -p {shlex.quote(script)}", tmp_path)
    assert done.returncode == 0, done.stdout
    sources = " ".join(f"{name}_accelerator_tb.v" for name in DESIGNS)
    for name in DESIGNS:
        run_line(f"cp {shlex.quote(str(folder / name))}/*_tb* .", tmp_path)
    (tmp_path / "both.v").write_text(BOTH)
    assert_both_pass(run_line(compiled("icarus", f"netlist.v {sources} both.v", tmp_path, "both"), tmp_path))


def test_no_module_and_no_file_but_the_common_ones_has_the_name_of_another(folder):
    files = {name: {path.name for path in (folder / name).iterdir()} for name in DESIGNS}
    assert files["left"] & files["right"] == COMMON
    for name in DESIGNS:
        own = files[name] - COMMON
        assert len(own) > 20 and all(file.startswith(f"{name}_") for file in own)


@pytest.mark.thorough
def test_commands_take_a_design_with_a_name(folder, command, tmp_path):  # noqa: F811
    for name in DESIGNS:
        done = command(compare, "--network", folder / f"{name}.npz", "--images", folder / "images.npy", "--sim",
                       "icarus", "--design", folder / name, "--build", tmp_path / name, "--waves")
        assert done.returncode == 0, done.stderr
        waves, = [line for line in done.stdout.splitlines() if line.startswith("waves: ")]
        assert (tmp_path / name / "simulation" / f"{name}_accelerator.fst").exists()
        assert waves.endswith(f"{name}_accelerator.fst")
    done = command(lint, folder / "left")
    assert done.returncode == 0 and "left: clean (waivers: left_accelerator.vlt)" in done.stdout.replace("\n", "")


OWN_CORE = """CAPI=2:
name: "own:parts:both"
filesets:
  rtl:
    file_type: verilogSource-2005
    files: [own.v]
    depend: [{}]
  bench:
    file_type: verilogSource-2005
    files: [own_tb.v]
targets:
  default:
    filesets: [rtl]
  lint:
    flow: lint
    flow_options: {{tool: verilator, verilator_options: [-Wall]}}
    filesets: [rtl]
    toplevel: own
  sim:
    flow: sim
    flow_options: {{tool: icarus, iverilog_options: [-g2005]}}
    filesets: [rtl, bench]
    toplevel: own_tb
"""
OWN_BENCH = 'module own_tb;\nown both ();\ninitial #1 $display("weights are there");\nendmodule\n'


def own_top(designs):
    """A module with the designs in these folders in it, all of whose ports are its own."""
    ports, parts = [], []
    for design in designs:
        manifest = json.loads((design / "manifest.json").read_text())
        own = {port["name"]: f"{manifest['name']}_{port['name']}" for port in manifest["ports"]}
        ports += [f"{port['direction']} [{port['width'] - 1}:0] {own[port['name']]}" for port in manifest["ports"]]
        parts.append(f"{manifest['top']} {manifest['name']} ({', '.join(f'.{a}({b})' for a, b in own.items())});\n")
    return f"module own ({', '.join(ports)});\n{''.join(parts)}endmodule\n"


@pytest.mark.thorough
def test_a_fusesoc_library_tells_designs_and_networks_apart(folder, tmp_path):
    """Two designs and one of them retrained, in a library; a core that depends on the two is linted clean."""
    for name in DESIGNS:
        shutil.copytree(folder / name, tmp_path / "library" / name)
    write_whole_design(Design(Network.load(folder / "right.npz"), DESIGNS["left"][1]),
                       tmp_path / "library" / "retrained", "left")
    cores = {name: core_of(tmp_path / "library" / name) for name in ("left", "right", "retrained")}
    for name, network, top in (("left", "left", "left"), ("right", "right", "right"), ("retrained", "right", "left")):
        sha256 = Network.load(folder / f"{network}.npz").sha256
        manifest = read_manifest(tmp_path / "library" / name)
        assert manifest["network_sha256"] == sha256
        assert cores[name] == f"first-spike:designs:{top}_accelerator_{manifest['design_sha256'][:8]}:{__version__}"
    (tmp_path / "own.core").write_text(OWN_CORE.format(", ".join(f'"{cores[name]}"' for name in DESIGNS)))
    (tmp_path / "own.v").write_text(own_top([folder / name for name in DESIGNS]))
    (tmp_path / "own_tb.v").write_text(OWN_BENCH)
    listed = fusesoc(tmp_path, "--cores-root . core list").stdout
    assert "Replacing" not in listed and all(core in listed for core in cores.values())
    done = fusesoc(tmp_path, "--cores-root . run --target=lint own:parts:both")
    assert done.returncode == 0 and "verilator -f" in done.stdout, done.stdout
    assert "WARNING" not in done.stdout and "%Warning" not in done.stdout, done.stdout
    assert {path.name for path in (tmp_path / "build").rglob("*_readout.v")} == {"left_readout.v", "right_readout.v"}
    done = fusesoc(tmp_path, "--cores-root . run --target=sim own:parts:both")
    assert done.returncode == 0 and "weights are there" in done.stdout, done.stdout


@pytest.mark.thorough
@needs_yosys
def test_synth_takes_a_design_with_a_name(folder, command, tmp_path):  # noqa: F811
    done = command(synth, "--network", folder / "right.npz", "--design", folder / "right", "--target", "ice40",
                   "--seeds", 0, "--build", tmp_path / "build")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "build" / "report.json").read_text())["targets"]["ice40"]
    assert found["total"]["lut"] > 100 and found["modules"]["right_readout"]["ff"] > 10
    assert_refused(command(synth, "--network", folder / "right.npz", "--design", folder / "left", "--target", "ice40"),
                   "was made from the network")


def test_generate_takes_a_name(folder, command, tmp_path):  # noqa: F811
    done = command(generate, "--network", folder / "right.npz", "--out", tmp_path / "design", "--name", "right")
    assert done.returncode == 0 and done.stdout.endswith("modules, top right_accelerator\n")
    assert json.loads((tmp_path / "design" / "manifest.json").read_text()) == json.loads(
        (folder / "right" / "manifest.json").read_text())


@pytest.mark.parametrize("name, sentence", [
    ("2nd", "'2nd' cannot name a design: Verilog wants letters, digits and underscores, and no digit first"),
    ("module", "'module' cannot name a design: it is a keyword of Verilog")])
def test_a_name_that_cannot_be_is_refused(command, folder, tmp_path, name, sentence):  # noqa: F811
    assert_refused(command(generate, "--network", folder / "left.npz", "--out", tmp_path / "design", "--name", name,
                           cwd=tmp_path), sentence)
    assert not (tmp_path / "design").exists()
