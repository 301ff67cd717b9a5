"""As much of Verilog as the generator writes: a module's declarations, its processes, and their expressions as trees.

Parsers of all of Verilog exist, but what is needed here is where each expression stands in the text, comments and lines
left as they are, and nothing else of the language.
"""

import re
from collections import Counter

from tb.mutation.trees import TOKEN, Node, Place, Token, nodes, numbered

RESETS = ("rst", "clear")  # what the conditions that drop everything are called
NAMES = {"always": "process", "if": "if {}", "for": "for {}"}
CONSTANT = re.compile(r"^localparam (?:\[\d+:0\] )?([A-Z]\w*) = (\d+(?:'[bh][0-9a-f]+)?);", re.MULTILINE)
SIMULATED = re.compile(r"`(?:ifndef SYNTHESIS|ifdef \w*FIRST_SPIKE_ASSERT).*?`endif", re.DOTALL)  # not real
# From the loosest to the tightest.
LEVELS = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>", "<<<", ">>>"),
          ("+", "-"), ("*", "/", "%"))


class Module:
    """The text of one module, read."""

    def __init__(self, text, inputs_of):
        """inputs_of: {module: names of its inputs} of those that it may contain."""
        text = with_numbers(text)
        self.text, self._inputs_of = text, inputs_of
        self.places, self.widths, self._scope, self._reset = [], {}, "", ""
        self.lists = []  # (start, end) of what follows the @ of each process without a clock
        unreal = [found.span() for found in SIMULATED.finditer(text)]
        self._tokens = [Token(found.lastgroup, found[0], *found.span()) for found in TOKEN.finditer(text)
                        if found.lastgroup != "skip" and not any(start <= found.start() < end for start, end in unreal)]
        self._at, self._process, self._clocked, self._depth, self._assigned = 0, 0, False, 0, set()
        self.inputs, self.outputs = self._ports()
        while self._peek() != "endmodule":
            self._item()
        self._name_places()

    def _name_places(self):
        """Complete the names of all places with what is assigned there first, and number those that are alike."""
        counts = Counter()
        for at, place in enumerate(self.places):
            first = next((other.target for other in self.places[at:] if other.target), "")
            name = place.name.format(first)
            counts[name] += 1
            place.name = numbered(name, counts[name])

    def read_beside(self, place):
        """The names of the signals that are read in the process of a Place, sorted."""
        return sorted({node.name for other in self.places if other.process == place.process
                       for node in nodes(other.node) if node.kind == "name" and node.whole})

    def _peek(self, ahead=0):
        return self._tokens[self._at + ahead].text

    def _next(self, expected=None):
        token = self._tokens[self._at]
        if expected is not None and token.text != expected:
            raise ValueError(f"expected {expected!r}, found {self.text[token.start:token.start + 60]!r}")
        self._at += 1
        return token

    def _skip_to(self, text):
        while self._next().text != text:
            pass

    def _skip_brackets(self):
        """Skip what stands in brackets, or a block, from the opening one, or its `begin`, on."""
        depth = 0
        while True:
            text = self._next().text
            depth += (text in ("(", "[", "{", "begin")) - (text in (")", "]", "}", "end"))
            if depth == 0:
                return

    def _ports(self):
        self._skip_to("module")
        self._next()
        inputs, outputs = [], []
        if self._peek() == "#":
            self._next()
            self._skip_brackets()
        self._next("(")
        while self._peek() != ")":
            direction = self._next().text
            if self._peek() in ("wire", "reg"):
                self._next()
            name = self._declare()
            (inputs if direction == "input" else outputs).append(name)
            if self._peek() == ",":
                self._next()
        self._next(")")
        self._next(";")
        return inputs, outputs

    def _declare(self):
        """The name behind a `wire` or `reg`; its width is noted, but for a memory."""
        width = 1
        if self._peek() == "[":
            start = self._at
            self._skip_brackets()
            parts = "".join(token.text for token in self._tokens[start + 1:self._at - 1])
            width = _width(parts)
        name = self._next().text
        if self._peek() != "[":
            self.widths[name] = width
        return name

    def _item(self):
        text = self._peek()
        if text in ("wire", "reg"):
            self._next()
            self._declare()
            self._skip_to(";")
        elif text in ("localparam", "genvar", "integer"):
            self._skip_to(";")
        elif text in ("`ifdef", "`ifndef", ":"):
            self._next()
            self._next()
        elif text in ("`else", "`endif", "generate", "endgenerate", "end", "begin"):
            self._next()
        elif text == "for":
            self._next()
            self._skip_brackets()
        elif text == "assign":
            self._scope = ""
            self._assignment("assign", self._next().start)
        elif text == "initial":
            self._next()
            self._skip_brackets()
        elif text == "always":
            self._always()
        else:
            self._instance()

    def _always(self):
        self._process, self._assigned, self._scope = self._next().start, set(), ""
        self._next("@")
        start = self._tokens[self._at]
        first = self._at
        if self._peek() == "*":
            self._next()
        else:
            self._skip_brackets()
        self._clocked = any(token.text == "posedge" for token in self._tokens[first:self._at])
        if not self._clocked:
            self.lists.append((start.start, self._tokens[self._at - 1].end))
        if self._peek(1) == ":":
            self._scope = f"{self._peek(2)}: "
        self._place("always", self._process, Node("other", self._process, self._process))
        self._statement()

    def _statement(self):
        text = self._peek()
        start = self._tokens[self._at].start
        if text in ("reg", "integer"):
            self._next()
            self._declare() if text == "reg" else None
            self._skip_to(";")
        elif text == "begin":
            self._next()
            if self._peek() == ":":
                self._next()
                self._next()
            while self._peek() != "end":
                self._statement()
            self._next()
        elif text == "if":
            self._next()
            self._next("(")
            node = self._expression()
            self._next(")")
            outside, self._reset = self._reset, self._reset or " at reset" * (node.name in RESETS)
            self._place("if", start, node)
            self._depth += 1
            self._statement()
            self._reset = outside
            if self._peek() == "else":
                self._next()
                self._statement()
            self._depth -= 1
        elif text == "for":
            self._next()
            self._skip_brackets()
            self._place("for", start, Node("other", start, start))
            self._statement()
        elif text == "case":
            self._next()
            self._skip_brackets()
            self._depth += 1
            while self._peek() != "endcase":
                self._skip_to(":")
                self._statement()
            self._depth -= 1
            self._next()
        elif text.startswith("$"):
            self._skip_to(";")
        elif text in ("`ifdef", "`ifndef"):
            self._next()
            self._next()
        elif text in ("`else", "`endif"):
            self._next()
        else:
            self._assignment("clocked" if self._clocked else "combinational", start)

    def _assignment(self, kind, start):
        target = self._next().text
        while self._peek() == "[":
            self._skip_brackets()
        if target == "{":
            self._skip_to("}")
        self._next()  # = or <=
        node = self._expression()
        self._next(";")
        self._place(kind, start, node, target, target in self._assigned)
        if self._depth == 0:
            self._assigned.add(target)

    def _place(self, kind, start, node, target="", again=False):
        end = self._tokens[self._at - 1].end
        what = "reset" if kind == "if" and node.name in RESETS else NAMES.get(kind, "{}") + self._reset
        self.places.append(Place(kind, start, end, node, target, self._process if kind != "assign" else start, again,
                                 f"{self._scope}{what}"))

    def _instance(self):
        kind = self._next().text
        if self._peek() == "#":
            self._next()
            self._skip_brackets()
        self._scope, self._process = f"{self._peek()}: .", self._next().start
        self._next("(")
        while self._peek() != ")":
            start = self._next(".").start
            port = self._next().text
            self._next("(")
            node = self._expression() if self._peek() != ")" else None
            self._next(")")
            if node and port in self._inputs_of.get(kind, ()) and port != "clk":
                self._place("port", start, node, port)
            if self._peek() == ",":
                self._next()
        self._next()
        self._next(";")

    def _expression(self):
        node = self._binary(0)
        if self._peek() == "?":
            self._next()
            first = self._expression()
            self._next(":")
            second = self._expression()
            return Node("other", node.start, second.end, parts=[node, first, second])
        return node

    def _binary(self, level):
        if level == len(LEVELS):
            return self._unary()
        node = self._binary(level + 1)
        while self._peek() in LEVELS[level]:
            sign = self._next().text
            right = self._binary(level + 1)
            node = Node("binary", node.start, right.end, sign, parts=[node, right])
        return node

    def _unary(self):
        if self._peek() in "!~-&|^":
            sign = self._next()
            operand = self._unary()
            return Node("unary", sign.start, operand.end, sign.text, parts=[operand])
        return self._primary()

    def _primary(self):
        token = self._next()
        if token.kind in ("number", "string"):
            return Node("number" if token.kind == "number" else "other", token.start, token.end)
        if token.text == "(":
            inner = self._expression()
            return Node("other", token.start, self._next(")").end, parts=[inner])
        if token.text == "{":
            return self._concatenation(token)
        if token.text in ("$signed", "$unsigned"):
            self._next("(")
            inner = self._expression()
            if token.text == "$signed" and inner.parts and inner.parts[0].kind == "number":
                inner.parts[0].name = "sign"
            return Node("other", token.start, self._next(")").end, parts=[inner])
        if token.kind != "name":
            raise ValueError(f"no expression: {self.text[token.start:token.start + 60]!r}")
        whole = self._peek() != "["
        while self._peek() == "[":  # indices and ranges have to stay what they are
            self._skip_brackets()
        return Node("name", token.start, self._tokens[self._at - 1].end, name=token.text, whole=whole)

    def _concatenation(self, opening):
        parts = []
        while True:
            part = self._expression()
            if self._peek() == "{":  # a number of times
                self._skip_brackets()
            else:
                parts.append(part)
            if self._next().text == "}":
                return Node("other", opening.start, self._tokens[self._at - 1].end, parts=parts)


def with_numbers(text):
    """The text of a module with the numbers of its named constants wherever it uses their names, so that they can be
    mutated one by one."""
    numbers = dict(CONSTANT.findall(text))
    return re.sub(r"^localparam [^\n]*|\b([A-Z]\w*)\b(?!\[)",
                  lambda found: numbers.get(found[1], found[1]) if found[1] else found[0], text, flags=re.MULTILINE)


def _width(limits):
    """Bits of "7:0", or of "8-1:0"; 0 where names stand for them."""
    found = re.fullmatch(r"(\d+)(?:-(\d+))?:0", limits)
    return int(found[1]) - int(found[2] or 0) + 1 if found else 0
