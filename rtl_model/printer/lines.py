"""Statements and items as lines of text, broken as far outside as they can be where they do not fit."""

from first_spike.rtl_model.printer.expressions import BREAKS, one_line, text_of
from first_spike.rtl_model.printer.trees import (
    Assign,
    Assignment,
    Case,
    Comment,
    For,
    If,
    Process,
    Verbatim,
)
from first_spike.rtl_model.printer.verilog_text import STEP, WIDEST


def item_lines(item):
    """The lines of an item of a module that is no declaration."""
    match item:
        case Verbatim(lines):
            return list(lines)
        case Comment(text):
            return [f"// {text}".rstrip()]
        case Assign(target, value):
            return broken(f"assign {text_of(target)} = {text_of(value)};")
        case Process(clock, name, variables, body):
            waits = "*" if clock is None else f"({clock})"
            return [f"always @{waits} begin : {name}",
                    *(" " * STEP + declaration(variable) for variable in variables), *_body(body, STEP), "end"]
    raise ValueError(f"no item: {item}")


def declaration(declared):
    """The line that declares a signal, variable or memory."""
    bits = "" if declared.bits is None else f"[{declared.bits - 1}:0] "
    depth = "" if declared.depth is None else f" [0:{declared.depth - 1}]"
    return f"{declared.kind} {'signed ' if declared.signed else ''}{bits}{declared.name}{depth};"


def broken(line, hanging=STEP):
    """A line with places for breaks as lines that fit: of the places that do, those furthest outside, and of these the
    last. hanging: columns of what follows."""
    if len(line) <= WIDEST:
        return [one_line(line)]
    indent = len(line) - len(line.lstrip(" "))
    places = [(-ord(each), at) for at, each in enumerate(line[:WIDEST + 1]) if ord(each) in BREAKS]
    if not places:
        return [one_line(line)]
    at = max(places)[1]
    rest = broken(" " * (indent + hanging) + line[at + 1:], 0)
    return [one_line(line[:at]), *rest]


def _body(statements, indent):
    return [line for statement in statements for line in _statement(statement, indent)]


def _statement(statement, indent):
    margin = " " * indent
    match statement:
        case Comment(text):
            return [f"{margin}// {text}".rstrip()]
        case Assignment(target, sign, value):
            return broken(f"{margin}{text_of(target)} {sign} {text_of(value)};")
        case If():
            return _if(statement, indent, margin)
        case For(variable, start, ends, stop, sign, step, body):
            head = (f"{margin}for ({variable} = {text_of(start)}; {variable} {ends} {text_of(stop)}; "
                    f"{variable} = {variable} {sign} {text_of(step)}) begin")
            return [one_line(head), *_body(body, indent + STEP), f"{margin}end"]
        case Case(subject, arms):
            return [f"{margin}case ({one_line(text_of(subject))})",
                    *(line for value, body in arms for line in _arm(value, body, indent + STEP)), f"{margin}endcase"]
    raise ValueError(f"no statement: {statement}")


def _if(node, indent, before):
    margin = " " * indent
    lines = [*broken(f"{before}if ({text_of(node.condition)}) begin", 2 * STEP), *_body(node.then, indent + STEP)]
    match node.otherwise:
        case ():
            return [*lines, f"{margin}end"]
        case (If() as other,):
            return lines + _if(other, indent, f"{margin}end else ")
    return [*lines, f"{margin}end else begin", *_body(node.otherwise, indent + STEP), f"{margin}end"]


def _arm(value, body, indent):
    margin = " " * indent
    label = f"{margin}{'default' if value is None else one_line(text_of(value))}:"
    if len(body) == 1 and isinstance(body[0], Assignment):
        first, *others = _statement(body[0], indent)
        return [f"{label} {first.strip()}", *others]
    return [f"{label} begin", *_body(body, indent + STEP), f"{margin}end"]
