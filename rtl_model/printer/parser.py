"""The Verilog that MyHDL prints, read into trees. What is not among it is refused, so that nothing is misunderstood."""

import re
from typing import NamedTuple

from first_spike.rtl_model.printer.folding import value_of
from first_spike.rtl_model.printer.trees import (
    Assign,
    Assignment,
    Binary,
    Case,
    Choice,
    Comment,
    Declaration,
    For,
    If,
    Index,
    Joined,
    Name,
    Number,
    Process,
    Range,
    Signed,
    Unary,
    Verbatim,
)

TOKEN = re.compile(r"""
    (?P<skip>\s+)
  | (?P<verbatim>//<\n.*?\n//>(?=\n))
  | (?P<comment>//[^\n]*)
  | (?P<called>/\*\w+\*/)
  | (?P<number>\d*'[bdh][0-9a-f]+|\d+)
  | (?P<name>\$?[A-Za-z_]\w*)
  | (?P<sign><<<|>>>|<<|>>|<=|>=|==|!=|&&|\|\||\+:|[-+*/%&|^~!<>=?:;,()@{}\[\]])
""", re.VERBOSE | re.DOTALL)
# From the loosest to the tightest.
LEVELS = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>", "<<<", ">>>"),
          ("+", "-"), ("*", "/", "%"))


class Token(NamedTuple):
    kind: str
    text: str
    line: int


class NotUnderstoodError(ValueError):
    """The text is no Verilog of MyHDL's."""


def read(text):
    """The items of a module, as a list: what stands between its ports and `endmodule`."""
    return _Reader(text).items()


def _tokens(text):
    at, line, found = 0, 1, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise NotUnderstoodError(f"line {line}: {text[at:at + 40]!r}")
        if match.lastgroup != "skip":
            found.append(Token(match.lastgroup, match[0], line))
        line += match[0].count("\n")
        at = match.end()
    return [*found, Token("end", "", line)]


class _Reader:
    def __init__(self, text):
        self._tokens, self._at = _tokens(text), 0

    def _peek(self, ahead=0):
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)].text

    def _next(self, *expected):
        token = self._tokens[self._at]
        if expected and token.text not in expected:
            raise NotUnderstoodError(f"line {token.line}: expected {' or '.join(expected)}, found {token.text!r}")
        self._at += 1
        return token.text

    def _name(self):
        token = self._tokens[self._at]
        if token.kind != "name":
            raise NotUnderstoodError(f"line {token.line}: expected a name, found {token.text!r}")
        return self._next()

    def _taken(self, text):
        found = self._peek() == text
        self._at += found
        return found

    def items(self):
        found = []
        while self._tokens[self._at].kind != "end":
            found.append(self._item())
        return found

    def _item(self):
        token = self._tokens[self._at]
        match token.kind, token.text:
            case "verbatim", text:
                self._next()
                return Verbatim(tuple(text.split("\n")[1:-1]))
            case "comment", _:
                return self._comment()
            case _, "wire" | "reg":
                return self._declaration()
            case _, "assign":
                self._next()
                made = Assign(self._primary(), self._behind("="))
                self._next(";")
                return made
            case _, "always":
                return self._process()
        raise NotUnderstoodError(f"line {token.line}: {token.text!r}")

    def _comment(self):
        return Comment(self._next()[2:].strip())

    def _behind(self, *expected):
        self._next(*expected)
        return self._expression()

    def _constant(self):
        """The value of a constant expression."""
        value = value_of(self._expression())
        if value is None:
            raise NotUnderstoodError(f"line {self._tokens[self._at].line}: no constant")
        return value

    def _declaration(self):
        kind = self._next("wire", "reg", "integer")
        signed, bits, depth = self._taken("signed"), None, None
        if self._taken("["):
            bits = self._constant() + 1
            self._next(":")
            self._next("0")
            self._next("]")
        name = self._name()
        if self._taken("["):
            self._next("0")
            self._next(":")
            depth = self._constant() + 1
            self._next("]")
        self._next(";")
        return Declaration(kind, signed, bits, name, depth)

    def _process(self):
        self._next("always")
        self._next("@")
        self._next("(")
        clock = None
        if self._taken("posedge"):
            clock = f"posedge {self._name()}"
        else:
            self._primary()
            while self._taken(","):
                self._primary()
        self._next(")")
        self._next("begin")
        self._next(":")
        name, variables = self._name(), []
        while self._peek() in ("reg", "integer"):
            variables.append(self._declaration())
        return Process(clock, name, tuple(variables), self._until_end())

    def _until_end(self):
        body = []
        while not self._taken("end"):
            body.append(self._statement())
        return tuple(body)

    def _block(self):
        self._next("begin")
        return self._until_end()

    def _statement(self):
        token = self._tokens[self._at]
        if token.kind == "comment":
            return self._comment()
        match token.text:
            case "if":
                return self._if()
            case "for":
                return self._for()
            case "case":
                return self._case()
        target = self._primary()
        sign = self._next("=", "<=")
        made = Assignment(target, sign, self._expression())
        self._next(";")
        return made

    def _if(self):
        self._next("if")
        condition = self._behind("(")
        self._next(")")
        then, otherwise = self._block(), ()
        if self._taken("else"):
            otherwise = (self._if(),) if self._peek() == "if" else self._block()
        return If(condition, then, otherwise)

    def _for(self):
        self._next("for")
        self._next("(")
        variable = self._name()
        start = self._behind("=")
        self._next(";")
        self._next(variable)
        ends = self._next("<", ">=")
        stop = self._expression()
        self._next(";")
        self._next(variable)
        self._next("=")
        self._next(variable)
        sign = self._next("+", "-")
        step = self._expression()
        self._next(")")
        return For(variable, start, ends, stop, sign, step, self._block())

    def _case(self):
        self._next("case")
        subject, arms = self._behind("("), []
        self._next(")")
        while not self._taken("endcase"):
            value = None if self._taken("default") else self._label()
            self._next(":")
            body = self._block() if self._peek() == "begin" else (self._statement(),)
            arms.append((value, body))
        return Case(subject, tuple(arms))

    def _label(self):
        """The number of an arm, which MyHDL prints in either base, without width."""
        return Number(int(self._next()[2:], 16)) if self._peek().startswith("'h") else self._number()

    def _expression(self):
        node = self._binary(0)
        if self._taken("?"):
            first = self._expression()
            return Choice(node, first, self._behind(":"))
        return node

    def _binary(self, level):
        if level == len(LEVELS):
            return self._unary()
        node = self._binary(level + 1)
        while self._peek() in LEVELS[level]:
            node = Binary(self._next(), node, self._binary(level + 1))
        return node

    def _unary(self):
        if self._peek() in ("!", "~", "-"):
            return Unary(self._next(), self._unary())
        return self._primary()

    def _primary(self):
        token = self._tokens[self._at]
        if token.kind == "number":
            return self._number()
        if self._taken("("):
            node = self._expression()
            self._next(")")
            return node
        if self._taken("{"):
            parts = [self._expression()]
            while self._taken(","):
                parts.append(self._expression())
            self._next("}")
            return Joined(tuple(parts))
        if self._taken("$signed"):
            node = Signed(self._behind("("))
            self._next(")")
            return node
        node = Name(self._name())
        while self._taken("["):
            node = self._selected(node)
            self._next("]")
        return node

    def _selected(self, of):
        first = self._expression()
        if self._taken("+:"):
            return Range(of, None, first, self._expression())
        return Range(of, first, self._expression()) if self._taken(":") else Index(of, first)

    def _number(self):
        text = self._next()
        size, base, digits = re.fullmatch(r"(?:(\d*)'([bdh]))?(\w+)", text).groups()
        called = self._next()[2:-2] if self._tokens[self._at].kind == "called" else ""
        value = int(digits, {"b": 2, "h": 16}.get(base, 10))
        if size == "" or size and value >> int(size):
            raise NotUnderstoodError(f"line {self._tokens[self._at].line}: {text}")
        return Number(value, int(size) if size else None, base or "d", called)

