"""What is read of a module's Verilog: tokens, expressions as trees, and the places that can be mutated; each of them
knows where it stands in the text."""

import re
from collections import namedtuple
from dataclasses import dataclass, field

TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*|\(\*.*?\*\)|`timescale[^\n]*)
  | (?P<number>\d*'[sS]?[bdhBDH][0-9a-fA-F_]+|\d+)
  | (?P<name>[A-Za-z_`$][A-Za-z0-9_$]*)
  | (?P<string>"[^"]*")
  | (?P<sign><<<|>>>|===|!==|<<|>>|<=|>=|==|!=|&&|\|\||\+:|[-+*/%&|^~!<>=?:;,.(){}\[\]@\#])
""", re.VERBOSE | re.DOTALL)
Token = namedtuple("Token", "kind text start end")


@dataclass
class Node:
    """An expression: kind is "number", "name", "unary", "binary" or "other"; sign: its operator; name: of the signal,
    or "sign" for the 0 in front of what `$signed` takes; whole: it is the signal without selection; parts: the
    expressions in it."""

    kind: str
    start: int
    end: int
    sign: str = ""
    name: str = ""
    whole: bool = False
    parts: list = field(default_factory=list)


@dataclass
class Place:
    """A statement. kind: "if", "clocked", "combinational" or "assign" (the right side of an assignment), "port" (what
    an input is connected to), or "always" and "for", in which nothing is mutated. start, end: of the statement; target:
    the signal that is assigned; process: where the process begins; again: the target has a value before; name: what
    the place is called, whatever its text: the process or instance, and what is assigned, first of all in an `if` or a
    `for`; of a second one with " #2", where those of a reset do not count among the others."""

    kind: str
    start: int
    end: int
    node: Node
    target: str = ""
    process: int = 0
    again: bool = False
    name: str = ""


def numbered(name, count):
    """A name, with its number but for the first one."""
    return f"{name} #{count}" if count > 1 else name


def nodes(node):
    """A Node and all in it."""
    yield node
    for part in node.parts:
        yield from nodes(part)
