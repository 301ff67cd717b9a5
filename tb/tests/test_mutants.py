"""Faults in the netlists of designs: how they are made, chosen, played and proved to be none, and the verdict."""

import json
import re
import subprocess

import pytest

from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.shell import needs_yosys
from tb.mutation import command as mutants
from tb.mutation.campaign import CYCLES, PROGRAM, SEEDS, build_faults, play_faults
from tb.mutation.hierarchy import area_of, around, block, inside, read_modules
from tb.mutation.netlist import is_equivalent, write_faults
from tb.mutation.verdict import counts, fate, share, too_few

COUNTER = """module counter (
    input  wire       clk,
    input  wire       rst,
    input  wire       up,
    input  wire       down,
    output reg  [1:0] count
);

wire more;

assign more = (up && (!down));

always @(posedge clk) begin: step
    if ((more && (count != 2))) begin
        count <= (count + 1);
    end
    if (rst) begin
        count <= 0;
    end
end

endmodule
"""
TOP = """module top (
    input wire clk,
    input wire rst,
    input wire up,
    output wire [1:0] count,
    output wire odd
);

wire low;

assign odd = count[0];
assign low = !up;

counter only (
    .clk(clk),
    .rst(rst),
    .up(up),
    .down(low),
    .count(count)
);

endmodule
"""


def write_modules(folder, texts):
    """Write {module: text} as a design, the top last; returns its folder."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.v").write_text(text)
    (folder / "filelist.f").write_text("".join(f"{name}.v\n" for name in texts))
    return folder


def lint(folder):
    done = subprocess.run(["verilator", "--lint-only", "-Wno-fatal", "--top-module", "top", "mutation.sv", "top.v"],
                          cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_holds_what():
    modules = {"counter": COUNTER, "top": TOP, "accelerator": TOP.replace("counter only", "top its_top")}
    assert inside(modules, "accelerator") == ["accelerator", "top", "counter"]
    assert around(modules, "counter") == ["top", "accelerator"]
    assert area_of(modules, "counter") == "core" and block("layer12_queue") == "layerK_queue"


def test_modules_of_a_processor_that_accelerators_have_too_are_tried_there():
    holding = "module {0} (input wire clk);\n{1} its_{1} (.clk(clk));\nendmodule\n"
    modules = {"queue": COUNTER, "result_sender": holding.format("result_sender", "queue"), "class_finder": COUNTER,
               "processor": holding.format("processor", "class_finder").replace(
                   "endmodule", "result_sender sender (.clk(clk));\nendmodule")}
    assert {name: area_of(modules, name) for name in modules} == {
        "queue": "core", "result_sender": "core", "class_finder": "processor", "processor": "processor"}


@needs_yosys
def test_faults_stand_in_every_module_and_one_that_never_shows_is_proved_to_be_none(tmp_path):
    design = write_modules(tmp_path / "verilog", {"counter": COUNTER, "top": TOP})
    modules = read_modules(design)
    faults = write_faults(design, tmp_path / "faulty", modules, ["counter", "top"], 40, 1)
    assert len({fault.place for fault in faults}) > 20 and {fault.module for fault in faults} == {"counter", "top"}
    text = (tmp_path / "faulty" / "top.v").read_text()
    assert text.count("= mutation::number;") == 2 and text.rstrip().endswith("endmodule")
    lint(tmp_path / "faulty")
    for place, equivalent in ((r"logic_not.*A\[0\] const0", True), (r"add.*B\[1\d\]", True), ("procdff", False)):
        fault = next(fault for fault in faults if re.search(place, fault.place))
        assert is_equivalent(tmp_path / "proof", design, modules, fault) == equivalent, fault


@needs_yosys
def test_a_memory_and_many_ports_are_written_as_verilog(tmp_path):
    """yosys begins a new line behind 20 ports; what a memory begins with and how it is read stays as it is."""
    names = [f"a{number}" for number in range(17)]
    words = "".join(f"words[{address}] = {address * 7 % 16}; " for address in range(8))
    design = write_modules(tmp_path / "verilog", {
        "wide": f"module wide (input clk, input [2:0] address, {''.join(f'input {name}, ' for name in names)}"
                f"output reg [3:0] word);\nreg [3:0] words [0:7];\ninitial begin {words}end\n"
                f"always @(posedge clk) word <= words[address] ^ {{{', '.join(names)}}};\nendmodule\n",
        "top": f"module top (input clk, input [2:0] address, input a, output [3:0] word);\nwide only (.clk(clk), "
               f".address(address), {''.join(f'.{name}(a), ' for name in names)}.word(word));\nendmodule\n"})
    assert len(write_faults(design, tmp_path / "faulty", read_modules(design), ["wide", "top"], 100, 1)) > 30
    lint(tmp_path / "faulty")


@needs_yosys
@pytest.mark.long
def test_a_design_with_registers_plays_with_faults_in_its_netlist(tmp_path):
    """What it does without a fault is what its scripts expect."""
    faults = build_faults(tmp_path, lambda share: None, "cut-beats-with-registers", 1, 1)
    assert faults and len(json.loads((tmp_path / "bench" / CYCLES).read_text())) == len(SEEDS)


PLAYER = """#!/bin/sh
case "$*" in
*+fault=2*) echo "matches_golden: a wrong result"; exit 1;;
*+seed+3*+fault=3*+cycles=60*) exit 139;;
esac
"""


def test_a_fault_is_noticed_by_the_first_run_that_differs(tmp_path):
    """With any start values; with twice as many cycles as the design itself takes."""
    (tmp_path / CYCLES).write_text(json.dumps([10, 20, 30]))
    (tmp_path / PROGRAM).write_text(PLAYER)
    (tmp_path / PROGRAM).chmod(0o755)
    shares = []
    assert play_faults(None, shares.append, tmp_path, [1, 2, 3]) == [
        "", "matches_golden: a wrong result", "ended by itself"]
    assert shares == [1 / 3, 2 / 3, 1]


def result(noticed="a wrong result", equivalent=False, area="core", block="queue"):
    return dict(noticed=noticed, equivalent=equivalent, area=area, block=block)


def test_the_verdict():
    results = [result(), result(), result("", True), result(""), result(area="line", block="bridge")]
    assert [fate(one) for one in results] == ["noticed", "noticed", "equivalent", "survive", "noticed"]
    core = counts(results, "area")["core"]
    assert core == dict(tried=4, noticed=2, equivalent=1, survive=1) and share(core) == 2 / 3
    assert counts(results, "block")["bridge"]["tried"] == 1
    assert too_few(results, {}, 0.6) == [] and len(too_few(results, {}, 0.7)) == 1
    assert len(too_few(results, {"core": 0.7}, 0)) == 1 and share(counts([result("", True)], "area")["core"]) == 1


def test_survivors_are_named_and_too_few_end_with_status_1(command, tmp_path, monkeypatch):  # noqa: F811
    faults = [dict(result("", False), design="dense", module="queue", place="$add A[0] inv", command="")] * 2
    for name in ("require_simulator", "require_program"):
        monkeypatch.setattr(mutants, name, lambda *arguments: None)
    answers = {"builds": [faults], "faults": [["", "a wrong result"]], "proofs": [False]}
    monkeypatch.setattr(mutants, "run_jobs", lambda title, jobs, workers: (answers[title], []))
    done = command(mutants, "dense", "--build", tmp_path)
    assert done.returncode == 1 and "50.0 % of the faults in core are noticed" in done.stderr
    assert "survives: dense | queue | $add A[0] inv" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert [fault["noticed"] for fault in report["faults"]] == ["", "a wrong result"]
    answers["proofs"] = [True]
    assert command(mutants, "dense", "--build", tmp_path).returncode == 0


def test_a_design_that_is_none_is_refused(command, tmp_path):  # noqa: F811
    assert_refused(command(mutants, "wide", "--build", tmp_path / "work"), "no design is called 'wide': choose of ")
