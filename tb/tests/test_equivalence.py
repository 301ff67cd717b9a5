"""Proofs that a mutant is none: what must be proved, and what must not."""

import pytest

from tb.mutation import lemmas
from tb.mutation.boxes import known_proof, levels, modules_of, read, without, write
from tb.mutation.equivalence import proved_at
from tb.mutation.mutants import Mutant
from tb.mutation.trees import around, tied
from tb.mutation.verilog import Module
from tb.tests.test_mutants import COUNTER, result


@pytest.mark.fpga
@pytest.mark.parametrize("code, instead, equal", [
    ("count != 2", "count != 3", False), ("count != 2", "count == 2", False), ("count + 1", "count - 1", False),
    ("up && (!down)", "up", False), ("more && (count != 2)", "count != 2", False), ("count + 1", "1 + count", True),
    ("count != 2", "count < 2", True)])  # since it is never 3
def test_a_mutant_that_is_none_is_proved(tmp_path, code, instead, equal):
    (tmp_path / "counter.v").write_text(COUNTER)
    start = COUNTER.index(code)
    mutant = Mutant("other", start, start + len(code), instead, code, instead)
    found = proved_at(tmp_path / "work", tmp_path, {"counter": Module(COUNTER, {})}, "counter", mutant)
    assert found == ("counter" if equal else None)


HOLDER = """module holder (
    input wire clk,
    input wire rst,
    input wire up,
    output wire [1:0] count
);

wire down;

%s

counter first (
    .clk(clk),
    .rst(rst),
    .up(up),
    .down(down),
    .count(count)
);

endmodule
"""
NEVER = """module never (
    output wire level
);

assign level = 1'b0;

endmodule
"""


def holding(driver):
    modules, inputs = {}, {}
    for name, text in (("never", NEVER), ("counter", COUNTER), ("holder", HOLDER % driver)):
        modules[name] = Module(text, inputs)
        inputs[name] = modules[name].inputs
    return modules


def test_inputs_that_a_constant_drives_are_found():
    modules = holding("never nothing (\n    .level(down)\n);")
    assert tied(modules)["counter"] == {"down": "1'b0"}
    assert around(modules, "counter") == ["holder"]
    assert tied(holding("assign down = up;"))["counter"] == {}
    other = "    counter other (\n        .clk(clk),\n        .rst(rst),\n        .up(up),\n        .down(up)\n    );"
    assert tied(holding(f"never nothing (\n    .level(down)\n);\n\n{other}"))["counter"] == {}


def test_instances_are_left_out_of_a_module():
    """What they give becomes inputs, what they are given outputs."""
    modules = holding("assign down = up;")
    assert levels(modules, "holder") == ["holder", "holder-first"]
    assert modules_of(modules, "holder-first") == ["holder"] and "counter" in modules_of(modules, "holder")
    left = Module(without(modules, "holder", ["first"]), {})
    assert {"box_first_count", "up"} <= set(left.inputs) and left.widths["box_first_count"] == 2
    assert {"box_first_up", "box_first_down", "count"} <= set(left.outputs)
    assert "counter" not in left.text and "assign count = box_first_count;" in left.text


def test_a_mutant_is_in_what_is_looked_at():
    """The core without it is the same with and without its fault, which says nothing."""
    holds = {"lane": [], "weights": [], "accelerator": ["lane", "weights"], "reader": [],
             "accelerator_axi": ["accelerator", "reader"]}
    modules = {name: Module("".join([f"module {name} (\n    input wire clk\n);\n\n", *(
        f"{other} the_{other} (\n    .clk(clk)\n);\n\n" for other in others), "endmodule\n"]), dict.fromkeys(holds, []))
        for name, others in holds.items()}
    seen = {name: levels(modules, name) for name in modules}
    assert all(name in modules_of(modules, level) for name in modules for level in seen[name])
    assert seen["reader"] == ["reader", "accelerator_axi-the_accelerator"]
    assert seen["lane"] == ["lane", "accelerator-the_weights", "accelerator"]


@pytest.mark.fpga
@pytest.mark.parametrize("instead, level", [("(up & up)", "holder"), ("(!up)", None)])
def test_what_an_instance_that_is_left_out_is_given_has_to_be_the_same(tmp_path, instead, level):
    modules = holding("assign down = up;")
    for name, module in modules.items():
        (tmp_path / f"{name}.v").write_text(module.text)
    start = modules["holder"].text.index("= up;") + 2
    mutant = Mutant("other", start, start + 2, instead, "", "")
    assert proved_at(tmp_path / "work", tmp_path, modules, "holder", mutant) == level


@pytest.mark.fpga
def test_a_mutant_that_only_another_input_would_show_is_proved(tmp_path):
    modules = holding("never nothing (\n    .level(down)\n);")
    for name, module in modules.items():
        (tmp_path / f"{name}.v").write_text(module.text)
    start = COUNTER.index("up && (!down)")
    mutant = Mutant("operand dropped", start, start + len("up && (!down)"), "up", "", "")
    assert proved_at(tmp_path / "work", tmp_path, modules, "counter", mutant) == "counter"


TAGS = """module tags (
    input  wire       clk,    // clock
    input  wire       write,  // keep the tag
    input  wire [0:0] place,  // where
    input  wire [1:0] tag,    // to keep, or to compare
    output wire       same    // the one that is kept
);

reg [1:0] words [0:2-1];
wire [1:0] name;

assign name = tag;
assign same = (words[place] == name);

// One of them.
always @(posedge clk) begin: keep
    if (write) begin
        words[place] <= name;
    end
end

endmodule
"""


@pytest.mark.fpga
@pytest.mark.parametrize("code, level", [("= tag;", "tags"), ("<= name;", None), ("== name)", None)])
def test_a_bit_that_is_another_wherever_it_is_kept_and_compared_is_proved(tmp_path, code, level):
    """If the memory begins with it inverted."""
    (tmp_path / "tags.v").write_text(TAGS)
    start = TAGS.index(code) + code.index(" ") + 1
    word = TAGS[start:TAGS.index(code[-1], start)]
    mutant = Mutant("bit inverted", start, start + len(word), f"({word} ^ 1'b1)", "", "")
    assert proved_at(tmp_path / "work", tmp_path, {"tags": Module(TAGS, {})}, "tags", mutant) == level


@pytest.mark.fpga
def test_a_memory_whose_first_words_are_given_begins_with_them(tmp_path):
    text = TAGS.replace("wire [1:0] name;", "wire [1:0] name;\ninitial begin words[0] = 0; words[1] = 0; end")
    (tmp_path / "tags.v").write_text(text)
    start = text.index("= tag;") + 2
    mutant = Mutant("bit inverted", start, start + 3, "(tag ^ 1'b1)", "", "")
    assert proved_at(tmp_path / "work", tmp_path, {"tags": Module(text, {})}, "tags", mutant) is None


DRIVER = """module driver (
    input wire up,
    output wire down
);

assign down = %s;

endmodule
"""
ONE_WAY = "// at holder\nwire never = up && down;\n"


def lemma_of(monkeypatch, tmp_path, **texts):
    """The lemmas of modules, and no others."""
    lemmas.text_of.cache_clear()
    monkeypatch.setattr(lemmas, "FOLDER", tmp_path / "lemmas")
    (tmp_path / "lemmas").mkdir(exist_ok=True)
    for name, text in texts.items():
        (tmp_path / "lemmas" / f"{name}.v").write_text(text)


def driven(tmp_path, down):
    """{name: Module} of a holder with a counter and what drives it, which are written, too."""
    modules, inputs = {}, {}
    holder = HOLDER % "driver driver (\n    .up(up),\n    .down(down)\n);"
    for name, text in (("driver", DRIVER % down), ("counter", COUNTER), ("holder", holder)):
        modules[name] = Module(text, inputs)
        inputs[name] = modules[name].inputs
        (tmp_path / f"{name}.v").write_text(text)
    return modules


def of_counter(code, instead):
    return Mutant("other", COUNTER.index(code), COUNTER.index(code) + len(code), instead, "", "")


@pytest.mark.fpga
@pytest.mark.parametrize("down, lemma, code, instead, level", [
    ("!up", ONE_WAY, "up && (!down)", "up", "counter+lemma"),
    ("!up", ONE_WAY, "up && (!down)", "down", None),
    ("up", ONE_WAY, "up && (!down)", "up", None),  # where the lemma does not hold
    ("!up", ONE_WAY, "count != 2", "count < 2", "counter"),  # which needs none
    ("!up", "// at holder\nwire never = count == 1;\n", "count + 1", "count - 1", None)])
def test_a_lemma_of_the_design_is_used_where_it_is_proved(monkeypatch, tmp_path, down, lemma, code, instead, level):
    lemma_of(monkeypatch, tmp_path, counter=lemma)
    modules = driven(tmp_path, down)
    assert proved_at(tmp_path / "work", tmp_path, modules, "counter", of_counter(code, instead)) == level


@pytest.mark.fpga
@pytest.mark.parametrize("down, holds", [("!up", True), ("up", False)])
def test_a_lemma_holds_with_what_it_takes_for_granted(monkeypatch, tmp_path, down, holds):
    lemma_of(monkeypatch, tmp_path, counter="// at holder; given driver\nwire never = up && down;\n",
             driver="// at holder\nwire never = up && down;\n")
    modules = driven(tmp_path, down)
    assert lemmas.needed(modules, "counter") == ["counter", "driver"]
    assert lemmas.hold(tmp_path, tmp_path, modules, "counter") is holds
    assert lemmas.needed({"counter": modules["counter"]}, "counter") == []


def test_a_proof_with_a_lemma_is_known_as_long_as_the_lemma_is_the_same(monkeypatch, tmp_path):
    lemma_of(monkeypatch, tmp_path, counter=ONE_WAY)
    modules = driven(tmp_path, "!up")
    survivor = {**result("counter", None, "counter+lemma"), "start": 3, "end": 4, "instead": "1"}
    file = tmp_path / "proved.txt"
    write({"dense": (tmp_path, modules)}, {"dense": [survivor]}, file)
    assert known_proof(tmp_path, modules, survivor, read(file)) == "counter+lemma"
    assert known_proof(tmp_path, driven(tmp_path, "up"), survivor, read(file)) == ""
    for remark in ("one", "another"):
        modules["driver"] = Module(f"// {remark} remark\n{DRIVER % '!up'}", {})
        if remark == "one":
            write({"dense": (tmp_path, modules)}, {"dense": [survivor]}, file)
        assert known_proof(tmp_path, modules, survivor, read(file)) == "counter+lemma"
    lemma_of(monkeypatch, tmp_path, counter=ONE_WAY.replace("up && down", "up || down"))
    assert known_proof(tmp_path, modules, survivor, read(file)) == ""
