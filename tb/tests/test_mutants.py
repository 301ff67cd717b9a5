"""Mutants: what is changed in a module, how they are switched, whether they are proved to be none, and the verdict."""

import json

import pytest

from first_spike.golden.errors import UserError
from first_spike.tests.process import assert_refused, command  # noqa: F401
from tb.mutation import command as mutants
from tb.mutation.campaign import CYCLES, PROGRAM, SCRIPT, choose, play_mutants
from tb.mutation.mutants import mutants_of
from tb.mutation.proved import known_proof
from tb.mutation.proved import read as read_proofs
from tb.mutation.proved import write as write_proofs
from tb.mutation.survivors import read
from tb.mutation.switched import alone, switched
from tb.mutation.verdict import complaints, counts
from tb.mutation.verilog import Module

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
    return {(mutant.kind, mutant.after) for mutant in mutants_of(module)}


def test_what_is_changed():
    found = changes(Module(COUNTER, {}))
    assert {
        ("operator", "assign more = (up || (!down));"),
        ("operand dropped", "assign more = (up);"),
        ("operator", "assign more = (up && (down));"),
        ("signal inverted", "assign more = ((!up) && (!down));"),
        ("signal swapped", "assign more = (down && (!down));"),
        ("condition negated", "if ((!(more && (count != 2))))"),
        ("condition stuck", "if (1'b1)"),
        ("operator", "if ((more && (count == 2)))"),
        ("constant", "if ((more && (count != 3)))"),
        ("operator", "count <= (count - 1);"),
        ("reset dropped", "if (1'b0)"),
        ("assignment dropped", ""),
    } <= found
    assert not any("clk" in after.replace("posedge clk", "") for _, after in found)


def test_one_of_them_stands_alone_or_is_chosen_by_its_number():
    module = Module(COUNTER, {})
    by_change = {mutant.after: mutant for mutant in mutants_of(module)}
    either, back = by_change["assign more = (up || (!down));"], by_change["count <= (count - 1);"]
    assert alone(module, back) == COUNTER.replace("count + 1", "(count - 1)")
    text = switched(module, {4: either, 7: back})
    assert "assign more = ((mutation::number == 4 ? (up || (!down)) : up && (!down)));" in text
    assert "count <= ((mutation::number == 7 ? (count - 1) : count + 1));" in text
    dropped = next(mutant for mutant in mutants_of(module) if mutant.before == "count <= 0;" and not mutant.after)
    assert "if (mutation::number != 9) count <= 0;" in switched(module, {9: dropped})


def test_what_is_chosen_does_not_depend_on_other_modules():
    module = Module(COUNTER, {})
    first = [mutant for name, mutant in choose({"counter": module}, 12, 1)]
    both = choose({"counter": module, "other": Module(COUNTER.replace("counter", "other"), {})}, 16, 1)
    assert [mutant for name, mutant in both if name == "counter"][:8] == first[:8]
    assert len(first) == 12 and choose({"counter": module}, 12, 2) != choose({"counter": module}, 12, 1)


def result(module, killed, proved=None, after="b = 1;"):
    return {"module": module, "kind": "constant", "before": "b = 0;", "after": after, "killed": killed,
            "proved": proved}


def test_the_verdict():
    found = {"dense": [result("layer0_lane", "a wrong spike")] * 97 + [
        result("layer1_lane", None, "layer1_lane"), result("layer1_lane", None, after="b = 2;"),
        result("queue", "a wrong result")]}
    reasons = {"layerK_lane | b = 0; | b = 2;": "why"}
    assert counts(found, reasons)["layerK_lane"] == {"tried": 99, "killed": 97, "equivalent": 1, "listed": 1}
    assert complaints(found, reasons, True) == []
    found["dense"] += [result("queue", None)]
    assert complaints(found, {**reasons, "gone | b | c": "why"}, True) == [
        "50.0 % of the mutants of queue are killed, fewer than 90 %",
        "dense: a mutant survives: queue | b = 0; | b = 1;",
        "nothing needs this entry of survivors.txt any more: gone | b | c"]
    found["dense"] += [result("queue", None)] * 2
    assert complaints(found, reasons, True)[0] == "96.1 % of the mutants are killed, fewer than 97 %"


def test_a_design_that_is_none_is_refused(command, tmp_path):  # noqa: F811
    assert_refused(command(mutants, "denser", "--build", tmp_path / "m"), "no design is called 'denser'")


def test_the_list_of_survivors(tmp_path):
    file = tmp_path / "survivors.txt"
    file.write_text("# why\na | b | c\nd | e | f\n\n# another\ng | h |\n")
    assert read(file) == {"a | b | c": "why", "d | e | f": "why", "g | h |": "another"}
    file.write_text("a | b | c\n")
    with pytest.raises(UserError, match="^survivors.txt gives no reason for: a | b | c$"):
        read(file)
    assert all(line.count(" | ") in (1, 2, 4) for line in read())  # 4: the statement has one itself


PLAYER = """#!/bin/sh
case "$*" in
*+mutant=2*) echo "matches_golden: a wrong result"; exit 1;;
*+seed+3*+mutant=3*+cycles=60*) exit 139;;
esac
"""


def test_a_mutant_is_killed_by_the_first_run_that_differs(tmp_path):
    """With any start values; with twice as many cycles as the design itself takes."""
    (tmp_path / SCRIPT).touch()
    (tmp_path / CYCLES).write_text(json.dumps([10, 20, 30]))
    (tmp_path / PROGRAM).write_text(PLAYER)
    (tmp_path / PROGRAM).chmod(0o755)
    shares = []
    assert play_mutants(None, shares.append, tmp_path, 1, 3) == ["", "matches_golden: a wrong result",
                                                                 "ended by itself"]
    assert shares == [1 / 3, 2 / 3, 1]


def test_a_proof_is_known_as_long_as_its_modules_are_the_same(tmp_path):
    top = "module top (input wire clk, input wire up);\n\ncounter only (\n    .up(up)\n);\n\nendmodule\n"
    modules = {"counter": Module(COUNTER, {}), "top": Module(top, {"counter": ["up"]})}
    survivor = {**result("counter", None, "top"), "start": 3, "end": 4, "instead": "1"}
    file = tmp_path / "proved.txt"
    write_proofs({"dense": (tmp_path, modules)}, {"dense": [survivor, result("counter", "a wrong result", "")]}, file)
    known = read_proofs(file)
    assert len(known) == 1 and file.read_text().endswith(" top counter | b = 0; | b = 1;\n")
    assert known_proof(tmp_path, modules, survivor, known) == "top"
    assert known_proof(tmp_path, modules, {**survivor, "instead": "0"}, known) == ""
    changed = {**modules, "counter": Module(COUNTER.replace("count != 2", "count != 1"), {})}
    assert known_proof(tmp_path, changed, survivor, known) == ""
    assert read_proofs(tmp_path / "none.txt") == {}
