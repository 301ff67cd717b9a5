"""What MyHDL prints of Verilog, as trees: expressions, statements, and what a module consists of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """`value`, not negative; width: None for a plain one, which has 32 bits and a sign; base: "d", "h" or "b"; name:
    what the constant is called in Python, "" if it is not."""

    value: int
    width: int | None = None
    base: str = "d"
    name: str = ""

    def unnamed(self):
        """The same without a name."""
        return Number(self.value, self.width, self.base)


@dataclass(frozen=True)
class Name:
    text: str


@dataclass(frozen=True)
class Index:
    """`of[at]`."""

    of: Name
    at: object


@dataclass(frozen=True)
class Range:
    """`of[high:low]`, or, where `size` is given, `of[low +: size]`."""

    of: object
    high: object
    low: object
    size: object = None


@dataclass(frozen=True)
class Unary:
    sign: str
    operand: object


@dataclass(frozen=True)
class Binary:
    sign: str
    left: object
    right: object


@dataclass(frozen=True)
class Choice:
    """`condition ? first : second`."""

    condition: object
    first: object
    second: object


@dataclass(frozen=True)
class Joined:
    """`{a, b}`."""

    parts: tuple


@dataclass(frozen=True)
class Signed:
    """`$signed(operand)`."""

    operand: object


@dataclass(frozen=True)
class Assignment:
    """sign: "=" or "<="."""

    target: object
    sign: str
    value: object


@dataclass(frozen=True)
class If:
    condition: object
    then: tuple
    otherwise: tuple = ()


@dataclass(frozen=True)
class For:
    """`for (variable = start; variable < stop; variable = variable + step)`; ends, step: as they are printed."""

    variable: str
    start: object
    ends: str
    stop: object
    sign: str
    step: object
    body: tuple


@dataclass(frozen=True)
class Case:
    """arms: (number or None for the default, its statements)."""

    subject: object
    arms: tuple


@dataclass(frozen=True)
class Declaration:
    """kind: "wire", "reg" or "integer"; bits: None for a scalar; depth: words of a memory, else None."""

    kind: str
    signed: bool
    bits: int | None
    name: str
    depth: int | None = None


@dataclass(frozen=True)
class Comment:
    """A line of comment, "" for an empty one."""

    text: str


@dataclass(frozen=True)
class Process:
    """An `always` or `initial` block. clock: what it waits for, None where it is combinational."""

    clock: str | None
    name: str
    variables: tuple
    body: tuple


@dataclass(frozen=True)
class Assign:
    """A continuous assignment."""

    target: object
    value: object


@dataclass(frozen=True)
class Verbatim:
    """Lines that are not MyHDL's."""

    lines: tuple


def parts_of(node):
    """The nodes right below an expression, in order."""
    match node:
        case Index(of, at):
            return of, at
        case Range(of, high, low, size):
            return tuple(part for part in (of, high, low, size) if part is not None)
        case Unary(_, operand) | Signed(operand):
            return (operand,)
        case Binary(_, left, right):
            return left, right
        case Choice(condition, first, second):
            return condition, first, second
        case Joined(parts):
            return parts
    return ()


def rebuilt(node, change):
    """An expression with `change(part)` in place of each node right below it."""
    match node:
        case Index(of, at):
            return Index(change(of), change(at))
        case Range(of, high, low, size):
            return Range(change(of), *(None if part is None else change(part) for part in (high, low, size)))
        case Unary(sign, operand):
            return Unary(sign, change(operand))
        case Signed(operand):
            return Signed(change(operand))
        case Binary(sign, left, right):
            return Binary(sign, change(left), change(right))
        case Choice(condition, first, second):
            return Choice(change(condition), change(first), change(second))
        case Joined(parts):
            return Joined(tuple(map(change, parts)))
    return node


def every(node):
    """An expression and all in it."""
    yield node
    for part in parts_of(node):
        yield from every(part)

