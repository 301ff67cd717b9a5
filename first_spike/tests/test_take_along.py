"""A design is used from where it lies, without this project: file list, waivers, FuseSoC core, constraints, wrapper,
examples for cocotb and sby."""

import re
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from first_spike.comparison.design_files import write_whole_design
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.rtl_model.delivery.manifest import read_manifest
from tb.helpers.shell import core_of, fusesoc, needs_yosys, run_line
from tb.helpers.small_case import of_one_beat, small_case

PASS = "PASS: accelerator gives the results of 8 images"
CONSTRAINTS = """
foreach command {create_clock set_input_delay get_ports} {
    proc $command args "puts \\"$command \\$args\\"; return \\[lindex \\$args 0\\]"
}
source %s
"""
SBY = next((program for program in (shutil.which("sby"), Path(sys.executable).parent / "yowasp-sby")
            if program and Path(program).exists()), None)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a small design."""
    folder = tmp_path_factory.mktemp("made")
    small_case(folder)
    return write_whole_design(Design(Network.load(folder / "network.npz"), Configuration((3,), 4, 2, 2)),
                              folder / "design")


@pytest.fixture
def other(made, tmp_path):
    """Another folder, in it the design as `my design`."""
    shutil.copytree(made, tmp_path / "my design")
    return tmp_path


def test_verilator_s_lint_is_clean_from_any_folder_and_waives_nothing_of_others(other):
    line = "verilator --lint-only -Wall --top-module {} 'my design/accelerator.vlt' -F 'my design/filelist.f'"
    done = run_line(line.format("accelerator"), other)
    assert (done.returncode, "Warning" in done.stdout) == (0, False), done.stdout
    (other / "mine.v").write_text("module mine(input [8:0] wide, output [3:0] a, output [3:0] b, output [9:0] c);\n"
                                  "assign a = wide + 1;\nassign b = wide + 32'd1;\nassign c = wide;\nendmodule\n")
    done = run_line(line.format("mine") + " mine.v", other)
    assert done.returncode != 0
    for complaint in ("WIDTHTRUNC: mine.v:2", "WIDTHTRUNC: mine.v:3", "WIDTHEXPAND: mine.v:4"):
        assert f"%Warning-{complaint}" in done.stdout


@needs_yosys
@pytest.mark.parametrize("way", [1, 2], ids=["libdir", "file list"])
def test_yosys_takes_it_from_any_folder(other, way):
    """By the lines of its README. Each memory of weights comes with its first word, as it stands in the file, even
    where files of another network have the same names."""
    (other / "my design").rename(other / "mine")  # yosys takes no space in -libdir
    row, = re.findall(r"^\| yosys \| (.+) \|$", (other / "mine" / "README.md").read_text(), re.MULTILINE)
    lines = [line.replace("FOLDER", "mine") for line in re.findall("`([^`]+)`", row)]
    for path in (other / "mine").glob("*.hex"):
        (other / path.name).write_text("\n".join("0" * len(word) for word in path.read_text().split()))
    script = f"{lines[0]}; {lines[way]}; hierarchy -check -top accelerator; proc; flatten"
    done = run_line(f"yosys -q -p {shlex.quote(f'{script}; write_verilog -noattr netlist.v')}", other)
    assert done.returncode == 0, done.stdout
    words = (other / "mine" / "layer0_weights_0_0.hex").read_text().split()
    netlist = (other / "netlist.v").read_text()
    assert len(words) > 4 and all(f"h{word};" in netlist for word in words)


def run_target(folder, target, *options):
    """Run a target of the core with FuseSoC."""
    core = core_of(folder / "my design")
    return fusesoc(folder, f"--cores-root 'my design' run --target={target} {core} {' '.join(options)}")


@pytest.mark.thorough
@pytest.mark.parametrize("options", [(), ("--tool", "verilator")], ids=["icarus", "verilator"])
def test_fusesoc_simulates_it(other, options):
    done = run_target(other, "sim", *options)
    assert done.returncode == 0 and PASS in done.stdout, done.stdout
    assert ("verilator -f" if options else "vvp -n") in done.stdout


def test_fusesoc_sees_a_wrong_weight(other):
    path = other / "my design" / "layer1_weights_0_0.hex"
    path.write_text("\n".join("7" * len(word) for word in path.read_text().split()))
    done = run_target(other, "sim")
    assert done.returncode != 0 and "FAIL: image" in done.stdout and PASS not in done.stdout


def test_fusesoc_lints_it(other):
    done = run_target(other, "lint")
    assert done.returncode == 0 and "verilator -f" in done.stdout and "Warning" not in done.stdout, done.stdout
    path = other / "my design" / "accelerator.v"
    path.write_text(path.read_text().replace("endmodule", "wire [3:0] forgotten;\nendmodule"))
    shutil.rmtree(other / "build")
    assert run_target(other, "lint").returncode != 0


@needs_yosys
@pytest.mark.parametrize("ending", ["sdc", "xdc"])
def test_constraints_are_tcl_with_the_period_of_the_clock(other, ending):
    path = other / "my design" / f"accelerator.{ending}"
    path.write_text(path.read_text().replace("set clock_mhz 100.0", "set clock_mhz 125.0"))
    (other / "read.tcl").write_text(CONSTRAINTS % f"{{{path}}}")
    done = run_line("yosys -q -c read.tcl", other)
    assert done.returncode == 0 and done.stdout.splitlines() == [
        "get_ports clk", "create_clock -name clk -period 8.0 clk", "get_ports rst",
        f"set_input_delay -clock clk {0.3 * 8.0} rst"]


@pytest.mark.thorough
@needs_yosys
@pytest.mark.skipif(shutil.which("nextpnr-ecp5") is None, reason="nextpnr-ecp5 is not installed")
def test_nextpnr_takes_the_clock_from_the_lpf(other):
    (other / "my design").rename(other / "mine")
    path = other / "mine" / "accelerator.lpf"
    path.write_text(path.read_text().replace('"clk" 100.0 MHZ', '"clk" 77.0 MHZ'))
    done = run_line("yosys -q -p 'read_verilog_file_list -F mine/filelist.f; synth_ecp5 -top accelerator -json "
                    "netlist.json' && nextpnr-ecp5 --json netlist.json --lpf mine/accelerator.lpf "
                    "--lpf-allow-unconstrained", other)
    assert done.returncode == 0 and "at 77.00 MHz" in done.stdout and "unsupported" not in done.stdout, done.stdout


def test_the_readme_s_lines_are_the_tested_ones(made):
    text = (Path(made) / "README.md").read_text()
    for words in ("-DFIRST_SPIKE_HEX='\"FOLDER/\"' -y FOLDER", "FOLDER/accelerator.vlt -F FOLDER/filelist.f",
                  "read_verilog_file_list -F FOLDER/filelist.f", "-libdir FOLDER",
                  f"run --target=sim {core_of(made)}"):
        assert words in text
    assert f" {core_of(ROOT / 'hdl')}\n" in (ROOT / "docs" / "howto" / "integrate.md").read_text()


def test_the_wrapper_has_a_reset_that_is_low_when_active(other):
    """The testbench of the top at the wrapper, of which the IP for Vivado consists; Verilator finds it clean."""
    bench = other / "my design" / "accelerator_tb.v"
    text = bench.read_text()
    for before, after in (("accelerator dut (", "accelerator_ip dut ("), (".clk(clk)", ".aclk(clk)"),
                          (".rst(rst)", ".aresetn(!rst)")):
        assert text.count(before) == 1
        text = text.replace(before, after)
    bench.write_text(text)
    done = run_line("cd 'my design' && iverilog -g2005 -y . -o ../bench.vvp accelerator_tb.v && vvp -N ../bench.vvp",
                    other)
    assert done.returncode == 0 and PASS in done.stdout, done.stdout
    done = run_line("cd 'my design' && verilator --lint-only -Wall --top-module accelerator_ip accelerator.vlt -F "
                    "filelist.f accelerator_ip.v", other)
    assert (done.returncode, "Warning" in done.stdout) == (0, False), done.stdout


@pytest.mark.parametrize("fault", [False, True], ids=["as it is", "a wrong result"])
def test_the_example_for_cocotb_runs_from_any_folder(other, fault):
    design = other / "my design"
    if fault:
        path = design / "accelerator_tb_results.hex"
        path.write_text(path.read_text()[:-2] + "7\n")
    before = sorted(design.iterdir())
    done = run_line(f"{shlex.quote(sys.executable)} 'my design/accelerator_cocotb.py'", other)
    assert (done.returncode != 0, "PASS=1 FAIL=0" in done.stdout) == (fault, not fault), done.stdout
    assert ("image 7: 0" in done.stdout) == fault
    assert sorted(design.iterdir()) == before, "the folder stays a design"


@needs_yosys
@pytest.mark.skipif(None in (SBY, shutil.which("yosys-abc"), shutil.which("z3")), reason="sby, ABC or z3 is missing")
@pytest.mark.parametrize("fault", [None, ("result_sender.v", "!(pending == RESULT_PLACES - 1 && decided)", "1'b1"),
                                   ("result_queue.v", "entries[tail]", "entries[0]")])
def test_the_example_for_sby_proves_the_results(other, fault):
    design = other / "my design"
    if fault:
        file, code, instead = fault
        text = (design / file).read_text()
        assert text.count(code) == 1
        (design / file).write_text(text.replace(code, instead))
    words = f"{shlex.quote(sys.executable)} {shlex.quote(str(SBY))} --yosys yosys --abc yosys-abc --smtbmc yosys-smtbmc"
    done = run_line(f"{words if SBY != shutil.which('sby') else 'sby'} --prefix ../run -f accelerator.sby", design)
    assert (done.returncode == 0) == (fault is None), done.stdout
    assert done.stdout.count("DONE (PASS") == 2 - (fault is not None)


OTHERS = {"registers": (dict(lanes=(3,), pixels=4), {}, dict(top="accelerator_axi")),
          "loaded": (dict(lanes=(3,), pixels=4, weights="loadable", weight_banks=2), {}, dict(name="mine")),
          "loaded, one beat": (dict(lanes=(3,), pixels=16, weights="loadable"), {}, dict(name="mine")),
          "loaded by registers": (dict(lanes=(3,), pixels=4, weights="loadable"), {}, dict(top="accelerator_axi")),
          "events": (dict(lanes=(3,)), dict(most_events=9), {}),
          "cameras": (dict(lanes=(3,), pixels=4, tkeep=1, tid_bits=2, tuser_bits=1, stream_bits=64), {},
                      dict(top="accelerator_axi")),
          "cameras of events": (dict(lanes=(3,), tkeep=1, tid_bits=2, stream_bits=128), dict(most_events=9), {})}


@pytest.mark.thorough
@pytest.mark.parametrize("name", OTHERS)
def test_examples_and_wrapper_of_other_designs(tmp_path, name):
    """With registers, with weights that are loaded and a name, and for events."""
    options, network, others = OTHERS[name]
    made, _, _ = small_case(tmp_path)
    replace(of_one_beat(made) if "one beat" in name else made, **network).save(tmp_path / "network.npz")
    folder = write_whole_design(Design(Network.load(tmp_path / "network.npz"), Configuration(**options)),
                                tmp_path / "design", **others)
    top = read_manifest(folder)["top"]
    told = re.findall(rf"`({top}\w*\.\w+)`", (folder / "README.md").read_text())
    assert told and all((folder / file).exists() for file in told)
    assert (folder / f"{top}_cocotb.py").exists() == (name != "loaded by registers")
    if name != "loaded by registers":  # which has no testbench
        done = run_line(f"{shlex.quote(sys.executable)} {top}_cocotb.py", folder)
        assert done.returncode == 0 and "PASS=1 FAIL=0" in done.stdout, done.stdout
    done = run_line(f"verilator --lint-only -Wall --top-module {top}_ip {top}.vlt -F filelist.f {top}_ip.v", folder)
    assert (done.returncode, "Warning" in done.stdout) == (0, False), done.stdout
    done = fusesoc(tmp_path, f"--cores-root design run --target=lint {core_of(folder)}")
    assert (done.returncode, "Warning" in done.stdout) == (0, False), done.stdout
    assert (folder / "block_design.tcl").exists() == (name not in ("loaded", "loaded, one beat"))
    assert (folder / f"{top}_litex.py").exists() == (folder / f"{top}.dtsi").exists() == (
        top == "accelerator_axi")
