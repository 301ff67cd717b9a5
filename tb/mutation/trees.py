"""What is read of a module's Verilog: tokens, expressions as trees, and the places that can be mutated; each of them
knows where it stands in the text."""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*|\(\*.*?\*\)|`timescale[^\n]*)
  | (?P<number>\d*'[sS]?[bdhBDH][0-9a-fA-F_]+|\d+)
  | (?P<name>[A-Za-z_`$][A-Za-z0-9_$]*)
  | (?P<string>"[^"]*")
  | (?P<sign><<<|>>>|===|!==|<<|>>|<=|>=|==|!=|&&|\|\||\+:|[-+*/%&|^~!<>=?:;,.(){}\[\]@\#])
""", re.VERBOSE | re.DOTALL)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass
class Node:
    """An expression: kind is "number", "name", "unary", "binary" or "other"; sign: its operator; name: of the signal;
    whole: it is the signal without selection; parts: the expressions in it."""

    kind: str
    start: int
    end: int
    sign: str = ""
    name: str = ""
    whole: bool = False
    parts: list = field(default_factory=list)


@dataclass
class Place:
    """Something that can be mutated. kind: "if", "clocked", "combinational" or "assign" (the right side of an
    assignment), or "port" (what an input is connected to). start, end: of the statement; target: the signal that is
    assigned; process: where the process begins; again: the target has a value before."""

    kind: str
    start: int
    end: int
    node: Node
    target: str = ""
    process: int = 0
    again: bool = False


def nodes(node):
    """A Node and all in it."""
    yield node
    for part in node.parts:
        yield from nodes(part)
