"""Text of MyHDL's kind as the printer prints it: tables by hand, and what it refuses."""

import pytest

from first_spike.rtl_model.printer.layout import broken, one_line, text_of
from first_spike.rtl_model.printer.parser import NotUnderstoodError, read
from first_spike.rtl_model.printer.printed import printed
from first_spike.rtl_model.printer.trees import Binary, Name

PORTS = {"clk": (None, False), "bit": (None, False), "a": (4, False), "b": (4, False), "wide": (8, False),
         "near": (4, True), "far": (10, True), "total": (8, False)}
DECLARED = "reg flag;\nreg [3:0] low;\nreg signed [9:0] sum;\nreg [7:0] words [0:16-1];\n"


def lines_of(text, comments=None):
    """What is printed of a text behind the declarations, without empty lines."""
    lines, _ = printed(DECLARED + text, PORTS, comments or {}, {})
    declared = [line for line in lines if line and not line.startswith("localparam")]
    return declared[declared.index("reg [7:0] words [0:15];") + 1:]


@pytest.mark.parametrize("target, before, after", [
    ("flag", "((!bit) && ((a == b) || (wide != 0)))", "!bit && (a == b || wide != 0)"),
    ("flag", "((bit && flag) && (!(a == b)))", "bit && flag && !(a == b)"),
    ("low", "((a + b) - (b - a))", "a + b - (b - a)"),
    ("low", "(a & (b | 3))", "a & (b | 3)"),
    ("low", "((a ^ b) ^ a)", "a ^ b ^ a"),
    ("low", "(a << (b + 1))", "a << (b + 1)"),
    ("total", "{a, (b - 1)}", "{a, b - 1}"),
    ("low", "wide[(8 - 1)-1:(4 - 1)]", "wide[6:3]"),
    ("low", "wide[8/*width*/-1:4/*half*/]", "wide[WIDTH-1:HALF]"),
    ("low", "wide[(6/*top*/ - 1)-1:(3 - 3)]", "wide[TOP-2:0]"),
    ("flag", "wide[8-1:7]", "wide[7]"),
    ("low", "wide[(5/*top*/ + 1)-1:2/*half*/]", "wide[TOP:HALF]"),
    ("flag", "($signed({1'b0, a}) == (16/*rows*/ - 1))", "a == ROWS - 1"),
    ("flag", "($signed({1'b0, a}) == (98 - 1))", "a == 97"),
    ("total", "(wide & 160)", "wide & 8'ha0"),
    ("total", "160/*first_mask*/", "FIRST_MASK"),
    ("sum", "(sum + near)", "sum + near"),
    ("flag", "($signed(near >>> 1) < 0)", "(near >>> 1) < 0"),
    ("low", "(bit ? a : (flag ? b : 0))", "bit ? a : (flag ? b : 0)"),
    ("flag", "(a == (-1))", "a == -1")])
def test_expressions(target, before, after):
    assert lines_of(f"assign {target} = {before};") == [f"assign {target} = {after};"]


@pytest.mark.parametrize("target, code", [
    ("flag", "near < $signed({1'b0, a})"),  # without its sign -1 would be above 15
    ("flag", "$signed({1'b0, a}) + $signed({1'b0, b}) > $signed({1'b0, wide[3:0]})"),  # would lose its carry
    ("flag", "$signed({1'b0, a}) - 1 < 3"),
    ("sum", "far + $signed({1'b0, a}) + near"),  # near would lose its sign
    ("total", "{near, a}"),
    ("total", "words[a]")])
def test_a_sign_that_counts_stays(target, code):
    assert lines_of(f"assign {target} = {code};") == [f"assign {target} = {code};"]


PROCESS = """\

// What it does,
//
// and why.
always @(a, b, wide[3]) begin: choose
    reg [4-1:0] found;
    integer i;
    found = 4'h0;
    for (i=0; i<4/*count*/; i=i+1) begin
        if ((a[((4/*count*/ - 1) - i)] && ($signed({1'b0, b}) == i))) begin
            found[i] = 1;
        end
        else if (bit) begin
            // Here.
            found[(i + 4/*here*/)] = 0;
        end
        else begin
            found = 5/*here*/;
        end
    end
    low = found;
end


always @(posedge clk) begin: look_up
    case (a)
        0: flag <= 1;
        'ha: begin
            flag <= 0;
        end
        default: flag <= 0;
    endcase
end

//<
cell one (
    .clk(clk)
);
//>
assign total[8-1:4] = a;
assign total[3] = bit;
assign total[3-1:0] = b[3-1:0];
"""
PRINTED = """\
// What it does,
//
// and why.
always @* begin : choose
    reg [3:0] found;
    integer i;
    found = 4'h0;
    for (i = 0; i < COUNT; i = i + 1) begin
        if (a[COUNT - 1 - i] && b == i) begin
            found[i] = 1;
        end else if (bit) begin
            // Here.
            found[i + 4] = 0;
        end else begin
            found = 5;
        end
    end
    low = found;
end
always @(posedge clk) begin : look_up
    case (a)
        0: flag <= 1;
        10: begin
            flag <= 0;
        end
        default: flag <= 0;
    endcase
end
cell one (
    .clk(clk)
);
assign total = {a, bit, b[2:0]};"""


def test_processes():
    """A name of two numbers is none, a vector that is assigned in parts is a concatenation, and what is verbatim
    stays."""
    expected = PRINTED.replace("        10: begin\n            flag <= 0;\n        end\n", "        10: flag <= 0;\n")
    assert lines_of(PROCESS) == expected.splitlines()


STATES = """\

always @(posedge clk) begin: walk
    case (low)
        4'b0001: begin
            low <= 4'b0010/*SECOND*/;
        end
        default: begin
            low <= 4'b0001/*FIRST*/;
        end
    endcase
    total <= 160/*first_mask*/;
    sum <= (sum + 12/*depth*/);
end
"""


def test_constants_come_first_with_what_they_are_then_the_states_in_their_order():
    comments = {"DEPTH": (12, "entries"), "FIRST_MASK": (3, "another number")}
    lines, names = printed(DECLARED + STATES, PORTS, comments, {})
    assert names == {"FIRST_MASK": 160, "DEPTH": 12, "FIRST": 1, "SECOND": 2}
    assert lines[:4] == ["localparam [7:0] FIRST_MASK = 8'ha0;", "localparam DEPTH = 12;                // entries",
                         "localparam [3:0] FIRST = 4'b0001;", "localparam [3:0] SECOND = 4'b0010;"]
    assert "        FIRST: low <= SECOND;" in lines and "    sum <= sum + DEPTH;" in lines


def test_a_name_that_is_taken_is_no_constant():
    lines, names = printed("//<\nlocalparam DEPTH = 3;\n//>\nassign a = 12/*depth*/;\n", PORTS, {}, {})
    assert not names and "assign a = 12;" in lines


def test_declarations_stand_in_groups():
    lines, _ = printed("reg s_valid;\nwire alone;\nreg [3:0] s_step;\nreg s_last;\nwire in_a_row_valid;\n"
                       "reg [1:0] ram [0:4-1];\nwire in_a_hurry;\n", {}, {}, {"in_a_row": "one by one", "in_a": ""})
    assert lines == ["", "wire alone;", "", "reg       s_valid;", "reg [3:0] s_step;", "reg       s_last;", "",
                     "// in_a_row: one by one", "wire in_a_row_valid;", "", "wire in_a_hurry;", "",
                     "reg [1:0] ram [0:3];"]


@pytest.mark.parametrize("text", [
    "initial a = 1;", "assign a = b ** 2;", "assign a = @;", "always @(posedge clk) a <= b;", "wire [3:1] odd;",
    "assign a = 'h3;", "assign a = 2'h7;", "function f; endfunction", "always @(a) begin: p\n    case (near)\n"
    "        0: low = 1;\n        default: low = 0;\n    endcase\nend", "assign a = (b;", "assign a = b"])
def test_what_is_not_known_is_refused(text):
    with pytest.raises(NotUnderstoodError):
        printed(text + "\n", PORTS, {}, {})


def test_a_line_is_broken_as_far_outside_as_it_can_be():
    inner = Binary("||", Name("a" * 30), Name("b" * 30))
    line = f"x = {text_of(Binary('&&', Name('c' * 30), Binary('&&', inner, inner)))};"
    assert [len(part) for part in broken(line)] == [107, 71]
    assert " ".join(part.strip() for part in broken(line)) == one_line(line)


def test_what_is_read_is_all_of_it():
    assert read("") == [] and len(read("// One.\nwire a;\n")) == 2
