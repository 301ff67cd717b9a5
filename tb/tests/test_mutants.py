"""Mutants: what is changed in a module, how they are switched, whether they are proved to be none, and the verdict."""

import argparse
import json
import re
import subprocess
from itertools import product

import pytest

from first_spike.golden.errors import UserError
from tb.coverage.points import FILE as UNCOVERED
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.shell import needs_yosys
from tb.mutation import command as mutants
from tb.mutation import mutants as mutants_module
from tb.mutation.boxes import FILE as PROVED
from tb.mutation.boxes import known_proof
from tb.mutation.boxes import read as read_proofs
from tb.mutation.boxes import write as write_proofs
from tb.mutation.campaign import (
    BENCH,
    CYCLES,
    PROGRAM,
    SEEDS,
    build_mutants,
    choose,
    choose_pairs,
    netlist_proved_at,
    play_mutants,
    read_design,
    write_netlist,
)
from tb.mutation.equivalence import alone, switched
from tb.mutation.mutants import chosen, mutants_of
from tb.mutation.trees import AREAS, area_of
from tb.mutation.verdict import block, complaints, counts, entry, of_seeds, read
from tb.mutation.verilog import Module, with_numbers
from tb.record.reports import block_of, blocks
from tb.scenarios.small_designs import BY_NAME, SMALL_DESIGNS, TRIED_DESIGNS

COUNTER = """module counter (
    input  wire       clk,   // clock
    input  wire       rst,   // reset
    input  wire       up,    // count
    input  wire       down,  // count back
    output reg  [1:0] count  // never 3
);

wire more;

assign more = (up && (!down));

// Up to two.
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


def changes(module):
    return {(mutant.key, mutant.after) for mutant in mutants_of(module)}


def test_what_is_changed():
    found = changes(Module(COUNTER, {}))
    assert {
        ("more | && to ||", "assign more = (up || (!down));"),
        ("more | && right dropped", "assign more = (up);"),
        ("more | ! dropped", "assign more = (up && (down));"),
        ("more | up inverted", "assign more = ((!up) && (!down));"),
        ("more | up to down", "assign more = (down && (!down));"),
        ("step: if count | negated", "if ((!(more && (count != 2))))"),
        ("step: if count | stuck 1", "if (1'b1)"),
        ("step: if count | != to ==", "if ((more && (count == 2)))"),
        ("step: if count | 2 plus 1", "if ((more && (count != 3)))"),
        ("step: count | + to -", "count <= (count - 1);"),
        ("step: reset | stuck 0", "if (1'b0)"),
        ("step: count at reset | dropped", ""),
    } <= found
    assert not any("clk" in after.replace("posedge clk", "") for _, after in found)


def test_names_of_numbers_are_read_as_numbers():
    """But where they are said."""
    said = "localparam STEPS = 4;\nlocalparam [1:0] STOP = 2'h2;\n"
    assert with_numbers(f"{said}assign ends = now == STOP || step[STEPS] || step == STEPS;\n") == (
        f"{said}assign ends = now == 2'h2 || step[4] || step == 4;\n")


def test_modules_of_a_processor_that_accelerators_have_too_are_tried_there():
    top = "module {0} (\n    input wire clk\n);\n\n{1} its_{1} (\n    .clk(clk)\n);\n\nendmodule\n"
    modules = {"queue": Module(COUNTER, {}), "result_sender": Module(top.format("result_sender", "queue"), {}),
               "class_finder": Module(COUNTER, {})}
    sender = "result_sender sender (\n    .clk(clk)\n);\n\nendmodule"
    modules["processor"] = Module(top.format("processor", "class_finder").replace("endmodule", sender), {})
    assert {name: area_of(modules, name) for name in modules} == {
        "queue": "core", "result_sender": "core", "class_finder": "processor", "processor": "processor"}


def test_one_of_them_stands_alone_or_is_chosen_by_its_number():
    module = Module(COUNTER, {})
    by_change = {mutant.after: mutant for mutant in mutants_of(module)}
    either, back = by_change["assign more = (up || (!down));"], by_change["count <= (count - 1);"]
    assert alone(module, back) == COUNTER.replace("count + 1", "(count - 1)")
    text = switched(module, {4: either, 7: back})
    assert "assign more = ((mutation::on(4) ? (up || (!down)) : up && (!down)));" in text
    assert "count <= ((mutation::on(7) ? (count - 1) : count + 1));" in text
    dropped = next(mutant for mutant in mutants_of(module) if mutant.before == "count <= 0;" and not mutant.after)
    assert "if (!mutation::on(9)) count <= 0;" in switched(module, {9: dropped})


def test_what_is_chosen_does_not_depend_on_other_modules():
    module = Module(COUNTER, {})
    def of_both(modules, count, seed):
        top = {"accelerator": Module(COUNTER.replace("endmodule", "\n".join(
            f"{name} its_{name} (\n    .clk(clk)\n);" for name in modules) + "\nendmodule"), {})}
        return [pair for pair in choose({**modules, **top}, ["core"], count, seed) if pair[0] in modules]

    first = [mutant for name, mutant in of_both({"counter": module}, 22, 1)]
    both = of_both({"counter": module, "other": Module(COUNTER.replace("counter", "other"), {})}, 32, 1)
    assert [mutant for name, mutant in both if name == "counter"][:8] == first[:8]
    assert len(first) >= 10 and of_both({"counter": module}, 22, 2) != of_both({"counter": module}, 22, 1)
    printed = of_both({"counter": Module(COUNTER.replace("(!down)", "!down").replace("    ", "  "), {})}, 22, 1)
    assert [mutant.key for _, mutant in printed] == [mutant.key for mutant in first]


@pytest.mark.long
def test_each_area_has_its_share(small):
    """And modules of another area have none."""
    found = choose(small["loadable"], ["registers"], 200, 1)
    there = {name for name, _ in found}
    assert len(found) == 200 and {"accelerator_axi", "loader", "register_file", "axi_lite"} <= there
    assert not {"accelerator", "load_port", "spike_encoder"} & there
    assert len(choose(small["loadable"], ["core", "registers"], 400, 1)) == 800
    assert {area_of(small["dense"], name) for name in small["dense"]} == {"core"}


def reprinted(text):
    """As another printer would say the same."""
    for before, after in (("(!down)", "!down"), ("(count + 1)", "count\n            + 1"), ("(2 - 1)", "1"),
                          ("if ((more && (count != 2)))", "if (more && count != 2)"), ("// Up to two.", ""),
                          ("$signed({1'b0, count})", "count")):
        assert before in text
        text = text.replace(before, after)
    return text


def test_a_mutant_is_called_the_same_however_its_module_is_printed():
    text = COUNTER.replace("(up && (!down))", "(up && (!down) && ($signed({1'b0, count}) == (2 - 1)))")
    keys, others = ([mutant.key for mutant in mutants_of(Module(each, {}))] for each in (text, reprinted(text)))
    assert [key for key in keys if key not in others] == ["more | sign plus 1"]  # which is not there any more
    assert set(others) < set(keys) and "more | 1 plus 1" in others
    more = text.replace("    if (rst)", "    if (more) begin\n        more_down <= 0;\n    end\n    if (rst)")
    assert set(keys) < {mutant.key for mutant in mutants_of(Module(more, {}))}
    reset = text.replace("count <= 0;", "kept <= 0;\n        count <= 0;")
    assert set(keys) < {mutant.key for mutant in mutants_of(Module(reset, {}))}


def test_two_faults_that_are_called_the_same_are_an_error(monkeypatch):
    monkeypatch.setattr(mutants_module, "numbered", lambda name, count: name)
    text = COUNTER.replace("up && (!down)", "up && (!down) && up")
    with pytest.raises(UserError, match=re.escape("two mutants of a module have one key: more | && to ||")):
        mutants_of(Module(text, {}))


SMALL = ("dense", "loadable")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """{name: {module: Module}} of two small designs, a plain one and one that is loaded."""
    made = {}
    for name in SMALL:
        folder = tmp_path_factory.mktemp(name)
        made[name] = read_design(SMALL_DESIGNS[name].write(folder))
    return made


@pytest.mark.thorough
def test_each_entry_names_one_fault(small):
    """And no fault of a module is called as another one: `mutants_of` sees to that."""
    assert [line for name, modules in small.items() for line in stale(name, modules)] == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in TRIED_DESIGNS if name not in SMALL])
def test_each_entry_of_other_designs_names_one_fault(tmp_path, name):
    assert list(stale(name, read_design(TRIED_DESIGNS[name].write(tmp_path)))) == []


def test_the_names_of_designs_are_words():
    """Which make hands on, and folders in which Verilator can work."""
    assert [name for name in TRIED_DESIGNS if not re.fullmatch("[a-z-]+", name)] == []


def stale(name, modules):
    """Entries about a design that speak of no mutant in it."""
    there = {entry(name, module, mutant.key) for module, text in modules.items() for mutant in mutants_of(text)}
    proofs = [line.rpartition(" | ")[0] for line in PROVED.read_text().splitlines()[1:]]
    assert len(there) > 1500
    yield from (line for line in [*read(), *proofs] if line.split(" | ")[0] == name and line not in there)


@pytest.mark.thorough
def test_each_place_that_is_not_covered_is_there(tmp_path):
    """In one of the designs: an entry speaks of all of them. Each module is of a block, and each top of an area is in a
    design in which the area is tried."""
    texts, tried = {}, set()
    for name in set(TRIED_DESIGNS) - BY_NAME:
        (tmp_path / name).mkdir()
        modules = read_design(TRIED_DESIGNS[name].write(tmp_path / name))
        assert {block_of(module, modules) for module in modules} <= {found.name for found in blocks()}
        tried |= {module for module in modules if area_of(modules, module) in TRIED_DESIGNS[name].areas}
        for module, made in modules.items():
            texts[block(module)] = texts.get(block(module), "") + made.text
    assert tried.issuperset(top for tops in AREAS.values() for top in tops)
    lost = []
    for line in read(UNCOVERED):
        _, modules, places = line.split(" | ")
        lost += [(module, place) for module, place in product(modules.split(", "), places.split(", "))
                 if not re.search(rf"\b{re.match('[a-z_0-9]+', place)[0]}\b", texts.get(module, ""))]
    assert len(texts) > 100 and lost == []


def test_what_several_seeds_choose_is_tried_once():
    found = chosen({1: "ab", 2: "bc", 4: "b"}.get, [1, 2, 4])
    assert found == [("a", [1]), ("b", [1, 2, 4]), ("c", [2])]
    found = [{**result("queue", None), "seeds": [1]}, {**result("queue", "a wrong result"), "seeds": [1, 2]},
             {**result("loader", None), "seeds": [2], "area": "registers"}]
    assert of_seeds(found, {}) == {"core": {1: {"tried": 2, "killed": 1, "missed": 1}, 2: {"tried": 1, "killed": 1}},
                                   "registers": {2: {"tried": 1, "missed": 1}}}


def result(module, killed, proved=None, key="b | 0 plus 1"):
    return {"area": "core", "module": module, "block": block(module), "key": key, "entry": entry("dense", module, key),
            "before": "b = 0;", "after": "b = 1;", "killed": killed, "proved": proved, "seeds": [1]}


def test_the_verdict():
    found = [result("layer0_lane", "a wrong spike")] * 97 + [
        result("layer1_lane", None, "layer1_lane"), result("layer1_lane", None, key="b | dropped"),
        result("queue", "a wrong result")]
    reasons, there = {"dense | layerK_lane | b | dropped": "why"}, {result["entry"] for result in found}
    assert counts(found, reasons)["layerK_lane"] == {"tried": 99, "killed": 97, "equivalent": 1, "listed": 1}
    assert complaints(found, reasons, there) == []
    gone = {"dense | queue | gone | dropped": "why", "dense | queue | untried | dropped": "why"}
    there |= {"dense | queue | untried | dropped"}
    found += [result("queue", None)]
    assert complaints(found, {**reasons, **gone}, there) == [
        "50.0 % of the mutants of queue are killed, fewer than 90 %",
        "a mutant survives: dense | queue | b | 0 plus 1 (b = 0; b = 1;)",
        "nothing needs this reason any more: dense | queue | gone | dropped"]
    found[-1] = result("queue", "a wrong result", key="b | dropped")
    assert complaints(found, {**reasons, "dense | queue | b | dropped": "why"}, {*there, found[-1]["entry"]}) == [
        "nothing needs this reason any more: dense | queue | b | dropped"]
    found += [result("queue", None)] * 3
    assert complaints(found, reasons, there)[0] == "96.1 % of the mutants of core are killed, fewer than 97 %"


def test_a_design_that_is_none_is_refused(command, tmp_path):  # noqa: F811
    assert_refused(command(mutants, "denser", "--build", tmp_path / "m"), "no design is called 'denser'")


def test_of_faults_in_the_netlist_shares_are_judged_and_no_entries(command, tmp_path, monkeypatch):  # noqa: F811
    found = [*17 * [result("queue", "a wrong spike")], result("queue", None, "queue", "b | 1"),
             *3 * [result("queue", None, key="b | 2")]]
    for name, stub in (("play_all", lambda *_: ({"dense": found}, [])), ("prove_survivors", lambda *_: []),
                       ("all_entries", lambda *_: set()), ("require_simulator", lambda _: None),
                       ("require_program", lambda _: None), ("made_by", lambda *_: None)):
        monkeypatch.setattr(mutants, name, stub)
    assert command(mutants, "dense", "--netlist", "--build", tmp_path / "m").returncode == 0
    found.append(found[-1])
    done = command(mutants, "dense", "--netlist", "--build", tmp_path / "m")
    assert (done.returncode, done.stderr) == (1, "error: 81.0 % of the mutants of core are killed, fewer than 85 %\n")
    done = command(mutants, "dense", "--build", tmp_path / "n")
    assert done.returncode == 1 and "a mutant survives: dense | queue | b | 2 (" in done.stderr


def test_the_list_of_survivors(tmp_path):
    file = tmp_path / "survivors.txt"
    file.write_text("# why\na, b | c\nd | e, f\n\n# another\ng | h\n")
    assert read(file) == {"a | c": "why", "b | c": "why", "d | e, f": "why", "g | h": "another"}
    file.write_text("a | b | c\n")
    with pytest.raises(UserError, match="^survivors.txt gives no reason for: a | b | c$"):
        read(file)
    file.write_text("# why\na, b | c\nb | c\n")
    with pytest.raises(UserError, match=re.escape("survivors.txt says twice: b | c")):
        read(file)
    assert all(line.count(" | ") == 3 and line.split(" | ")[0] in TRIED_DESIGNS for line in read())


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


@needs_yosys
def test_faults_in_the_netlist(tmp_path):
    """They are switched in every module, whoever holds it, and what shows nowhere is proved to be none."""
    design = tmp_path / "verilog"
    design.mkdir()
    for name, text in (("counter", COUNTER), ("top", TOP)):
        (design / f"{name}.v").write_text(text)
    (design / "filelist.f").write_text("counter.v\ntop.v\n")
    modules = read_design(design)
    written = write_netlist(design, tmp_path / "netlist", modules, ["counter", "top"], 20, [1, 2])
    text = (tmp_path / "netlist" / "top.v").read_text()
    found, by = zip(*written)
    assert 20 < len(found) == len(set(found)) <= 40 and {module for module, _ in found} == {"counter", "top"}
    assert all(sum(seed in seeds for seeds in by) == 20 for seed in (1, 2))
    assert text.count("= mutation::number;") == 2 and text.rstrip().endswith("endmodule")
    assert (tmp_path / "netlist" / "filelist.f").read_text() == "mutation.sv\ntop.v\n"
    lint = subprocess.run(["verilator", "--lint-only", "-Wno-fatal", "--top-module", "top", "mutation.sv", "top.v"],
                          cwd=tmp_path / "netlist", capture_output=True, text=True)
    assert lint.returncode == 0, lint.stderr
    for place, level in ((r"logic_not.*A\[0\] const0", "top"), (r"add.*B\[1\d\]", "counter"), ("procdff", None)):
        module, mutant = next(pair for pair in found if re.search(place, pair[1].key))
        assert netlist_proved_at(tmp_path / "proof", design, modules, module, mutant) == level


@needs_yosys
def test_faults_in_the_netlist_beside_a_memory_and_many_ports(tmp_path):
    """yosys begins a new line behind 20 ports; what a memory begins with and how it is read stays as it is."""
    names = [f"a{number}" for number in range(17)]
    words = "".join(f"words[{address}] = {address * 7 % 16}; " for address in range(8))
    texts = {"wide": f"module wide (input clk, input [2:0] address, {''.join(f'input {name}, ' for name in names)}"
                     f"output reg [3:0] word);\nreg [3:0] words [0:7];\ninitial begin {words}end\n"
                     f"always @(posedge clk) word <= words[address] ^ {{{', '.join(names)}}};\nendmodule\n",
             "top": f"module top (input clk, input [2:0] address, input a, output [3:0] word);\nwide only (.clk(clk), "
                    f".address(address), {''.join(f'.{name}(a), ' for name in names)}.word(word));\nendmodule\n"}
    design = tmp_path / "verilog"
    design.mkdir()
    for name, text in texts.items():
        (design / f"{name}.v").write_text(text)
    (design / "filelist.f").write_text("wide.v\ntop.v\n")
    faults = write_netlist(design, tmp_path / "netlist", read_design(design), ["wide", "top"], 100, [1])
    assert len(faults) > 30
    lint = subprocess.run(["verilator", "--lint-only", "-Wno-fatal", "--top-module", "top", "mutation.sv", "top.v"],
                          cwd=tmp_path / "netlist", capture_output=True, text=True)
    assert lint.returncode == 0, lint.stderr


@needs_yosys
@pytest.mark.long
def test_a_design_with_registers_plays_with_faults_in_its_netlist(tmp_path):
    """All of its modules are in one file then; what it does without a fault is what its scripts expect."""
    made = build_mutants(tmp_path, lambda share: None, "cut-beats-with-registers", 1, [1], netlist=True)
    assert made["mutants"] and len(json.loads((tmp_path / BENCH / CYCLES).read_text())) == len(SEEDS)


def test_pairs_are_of_two_statements_and_each_is_noticed_alone():
    keys = ["a | 0 plus 1", "a | 0 minus 1", "b | dropped", "c | dropped", "d | dropped"]
    found = [result("queue", None if key[0] == "c" else "a wrong result", key=key) for key in keys]
    assert sorted(choose_pairs(found, 9, 1)) == [(1, 3), (1, 5), (2, 3), (2, 5), (3, 5)]
    assert len(choose_pairs(found, 2, 1)) == 2 and choose_pairs(found, 9, 1) != choose_pairs(found, 9, 2)


PLAYER = """#!/bin/sh
case "$*" in
*+mutant=2*) echo "matches_golden: a wrong result"; exit 1;;
*+seed+3*+mutant=3*+cycles=60*) exit 139;;
esac
"""


def test_a_mutant_is_killed_by_the_first_run_that_differs(tmp_path):
    """With any start values; with twice as many cycles as the design itself takes."""
    (tmp_path / CYCLES).write_text(json.dumps([10, 20, 30]))
    (tmp_path / PROGRAM).write_text(PLAYER)
    (tmp_path / PROGRAM).chmod(0o755)
    shares = []
    assert play_mutants(None, shares.append, tmp_path, [(1,), (2,), (3,)]) == [
        "", "matches_golden: a wrong result", "ended by itself"]
    assert shares == [1 / 3, 2 / 3, 1]


def test_a_proof_is_known_as_long_as_its_modules_are_the_same(tmp_path):
    top = "module top (input wire clk, input wire up);\n\ncounter only (\n    .up(up)\n);\n\nendmodule\n"
    modules = {"counter": Module(COUNTER, {}), "top": Module(top, {"counter": ["up"]})}
    survivor = {**result("counter", None, "top"), "instead": "1"}
    file = tmp_path / "proved.txt"
    write_proofs({"dense": (tmp_path, modules)}, {"dense": [survivor, result("counter", "a wrong result", "")]}, file)
    known = read_proofs(file)
    assert len(known) == 1 and "\ndense | counter | b | 0 plus 1 | top " in file.read_text()
    assert known_proof(tmp_path, modules, survivor, known) == "top"
    assert known_proof(tmp_path, modules, {**survivor, "key": "b | 0 minus 1"}, known) == ""
    assert known_proof(tmp_path, modules, {**survivor, "instead": "2"}, known) == ""
    printed = {**modules, "counter": Module(COUNTER.replace("// Up to two.\n", "\n").replace("; // c", ";\n// c"), {})}
    assert known_proof(tmp_path, printed, survivor, known) == "top"
    changed = {**modules, "counter": Module(COUNTER.replace("count != 2", "count != 1"), {})}
    assert known_proof(tmp_path, changed, survivor, known) == ""
    assert read_proofs(tmp_path / "none.txt") == {}


def test_what_is_known_to_be_none_is_not_played(monkeypatch, tmp_path):
    played, made = [], [result("counter", None, key=key) for key in ("a | dropped", "b | dropped", "c | dropped")]

    def run_jobs(title, jobs, *_):
        if title == "builds":
            return [{"mutants": made}], []
        played.extend(part for job in jobs for part in job.arguments[1])
        return [["a wrong result", ""]], []

    monkeypatch.setattr(mutants, "run_jobs", run_jobs)
    monkeypatch.setattr(mutants, "hash_of_files", lambda files: "")
    monkeypatch.setattr(mutants, "verilog", lambda folder, name: (folder, {}))
    monkeypatch.setattr(mutants, "known_proof", lambda *of: "top" if "b |" in of[2]["key"] else "")
    arguments = argparse.Namespace(count=3, seed=[1], netlist=False)
    found, failed = mutants.play_all(["dense"], arguments, tmp_path, None, None, {})
    assert played == [(1,), (3,)] and failed == []
    assert [(each["killed"], each["proved"]) for each in found["dense"]] == [
        ("a wrong result", ""), (None, "top"), (None, "")]
