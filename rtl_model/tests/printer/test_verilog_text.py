"""Layout and comments of modules: tables by hand."""

import re

import pytest

from first_spike.rtl_model.printer.verilog_text import (
    Port,
    body,
    comment,
    concatenation,
    constant,
    head,
    ordered,
    tidy,
    wrapped,
)

CLK, REGISTER = Port("input", "wire", False, None), Port("output", "reg", True, 8)
PRINTED = """\


`timescale 1ns/1ps

module adder (
    clk,
    total
);
// What it does,
//
// and why.

input clk;
output signed [7:0] total;
reg signed [7:0] total;

reg [7:0] former;


// The sum.

assign former = total;

endmodule
"""


@pytest.mark.parametrize("values, bits, text", [
    ([6] * 128, 10, "{128{10'h6}}"), ([-1, -1, 3], 4, "{4'h3, {2{4'hf}}}"), ([1, 2, 3], 4, "{4'h3, 4'h2, 4'h1}"),
    ([1, 1, 2, 2, 2, 1], 3, "{3'h1, {3{3'h2}}, {2{3'h1}}}"), ([5], 4, "{4'h5}")])
def test_a_constant_is_its_parts_and_equal_ones_are_replicated(values, bits, text):
    assert concatenation(values, bits) == text


@pytest.mark.parametrize("value, bits, text", [
    (5, 3, "3'h5"), (1 << 255, 256, "256'h8" + "0" * 63), ((1 << 256) + 7, 257, "{1'h1, {256'h7}}"),
    ((3 << 512) + 7, 514, "{2'h3, {256'h0, 256'h7}}"), ((1 << 512) - 1, 512, "{2{256'h" + "f" * 64 + "}}")])
def test_a_wide_constant_is_its_words(value, bits, text):
    assert constant(value, bits) == text


def test_long_lines_break_behind_commas_then_operators():
    names = [f"signal_{number}" for number in range(30)]
    for line, between in ((f"    always @({', '.join(names)}) begin", ","),
                          (f"    if ({' && '.join(names)}) begin", " &&")):
        lines = wrapped(line)
        assert 1 < len(lines) and max(map(len, lines)) <= 120
        assert all(part.endswith(between) for part in lines[:-1])
        assert [len(part) - len(part.lstrip()) for part in lines] == [4] + [8] * (len(lines) - 1)
        assert " ".join(part.strip() for part in lines) == line.strip()


def test_what_cannot_be_broken_stays():
    for line in ("assign wide = 500'h" + "f" * 125 + ";", '$display("' + "a, " * 45 + '");', "x" * 121):
        assert wrapped(line) == [line]
    assert wrapped('$fatal(1, "' + "a, " * 45 + '");') == ["$fatal(1,", '    "' + "a, " * 45 + '");']


def test_a_part_select_is_not_torn():
    line = "assign x = {" + " | ".join(f"word[i*{number} +: {number}]" for number in range(10, 30)) + "};"
    assert all(re.fullmatch(r".*(\||;)", part) for part in wrapped(line))


def test_comments_fit_too():
    lines = comment("word " * 50, 8)
    assert len(lines) == 3 and all(line.startswith("        // word") and len(line) <= 120 for line in lines)
    assert wrapped(f"        // {'word ' * 50}".rstrip()) == lines


def test_a_file_has_no_blanks_that_say_nothing():
    assert tidy(["", "a  ", "", "", "b", ""]) == "a\n\nb\n"


def test_clock_and_reset_come_first_then_bundles_then_wires():
    ports = dict.fromkeys(["hold", "s_a_valid", "rst", "m_b_valid", "clk", "m_b_ready", "s_a_ready"])
    bundles = {"m_b": ["m_b_valid", "m_b_ready"], "s_a": ["s_a_valid", "s_a_ready"]}
    assert ordered(ports, bundles) == [(None, ["clk", "rst"]), *bundles.items(), (None, ["hold"])]
    assert ordered({"hold": None}, {}) == [(None, ["hold"])]


def test_a_head_says_what_each_port_is():
    ports = {"clk": CLK, "s_a_valid": Port("input", "wire", False, 12), "total": REGISTER}
    groups = ordered(ports, {"s_a": ["s_a_valid"]})
    comments = {"clk": "clock", "total": "many words " * 9}
    lines = head("adder", {"FILE": '"a"'}, groups, ports, comments, {"s_a": "a stream"})
    assert "\n".join(lines) == """\
module adder #(
    parameter FILE = "a"
) (
    input  wire               clk,        // clock

    // s_a: a stream
    input  wire        [11:0] s_a_valid,

    output reg  signed [7:0]  total       // many words many words many words many words many words many words many
                                          // words many words many words
);"""


def test_the_rest_is_what_was_printed():
    assert body(PRINTED, "adder", {"clk": CLK, "total": REGISTER}).split("\n\n") == [
        "\nreg [7:0] former;", "\n// The sum.", "assign former = total;", ""]
