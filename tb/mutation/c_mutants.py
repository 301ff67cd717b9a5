"""Faults in C: operators, constants and conditions that are changed, statements and guards that are dropped.

Of C as the driver is written: functions begin in the first column, one statement after the other, no comments in them
but those behind //.
"""

import re
from collections import Counter, namedtuple

from tb.mutation import mutants
from tb.mutation.trees import numbered

Fault = namedtuple("Fault", "name start end instead")  # name: function, statement and what is wrong there

FUNCTION = re.compile(r"^[a-z][\w *]*?(\w+)\([^;{]*?\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r"//[^\n]*|\"[^\"]*\"|(?P<number>\b\d+\b)|(?P<name>\b[A-Za-z_]\w*\b)"
                   r"|(?P<sign>->|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|[-+*/|&]=|[-+*/<>=!&|?:;,.(){}\[\]])|\S")
SIGNS = {**mutants.SIGNS, "*": ("+",), "/": ("*",), "|=": ("=",), "+=": ("-=",), "!": ("",)}
QUIET = "".join(f'#pragma GCC diagnostic ignored "-W{name}"\n' for name in (
    "parentheses", "unused-variable", "unused-parameter", "unused-but-set-variable", "maybe-uninitialized"))
TYPES = ("uint32_t", "bool", "first_spike_error_t")  # what a declaration begins with


def faults(code):
    """All Faults in the functions of a C file; no two have one name."""
    counts = Counter()
    for function in FUNCTION.finditer(code):
        for name, start, end, instead in _in_body(code, function.start(2), function.end(2)):
            name = f"{function[1]} | {name}"
            counts[name] += 1
            yield Fault(numbered(name, counts[name]), start, end, instead)


def with_fault(code, name):
    """(code with the Fault of this name, the piece of it that was changed); what a compiler warns of is no judge."""
    fault, = (fault for fault in faults(code) if fault.name == name)
    return QUIET + code[:fault.start] + fault.instead + code[fault.end:], fault.instead


def _in_body(code, first, last):
    tokens = [found for found in TOKEN.finditer(code, first, last) if found.lastgroup]
    what, depth, head = "", 0, -1  # the statement, by its keyword or what it assigns or calls; brackets; an end
    for at, token in enumerate(tokens):
        text, before = token[0], tokens[at - 1][0] if at else ";"
        ends = _end(tokens, at, ";")
        if text in ("if", "for", "return"):
            what = text
        elif depth == 0 and token.lastgroup == "name" and text != "else" and (
                before in (";", "{", "}", "else") or tokens[at - 1].end() == head):
            what = _target(tokens, at)
            if text not in TYPES:
                yield f"{what} | dropped", token.start(), ends, "{}"
        depth += (text == "(") - (text == ")")
        if text in ("if", "for"):
            opening, head = tokens[at + 1].start(), _end(tokens, at + 1, ")")
        if text == "if":
            for fault, instead in (("negated", "(!{})"), ("never", "({} && 0)"), ("always", "({} || 1)")):
                yield f"if | {fault}", opening, head, instead.format(code[opening:head])
        elif text == "return":
            value = code[tokens[at + 1].start():ends - 1]
            if code[ends:last].strip():  # else there is nothing to go on with
                yield f"return {value} | dropped", token.start(), ends, "{}"
            if value.startswith("FIRST_SPIKE_"):
                other = "FIRST_SPIKE_OK" if value == "FIRST_SPIKE_NO_RESULT" else "FIRST_SPIKE_NO_RESULT"
                yield f"return {value} | another", tokens[at + 1].start(), ends - 1, other
        elif text in ("true", "false"):
            yield f"{what} | {text} inverted", token.start(), token.end(), "false" if text == "true" else "true"
        elif token.lastgroup == "number":
            for fault, near in (("plus 1", int(text) + 1), ("minus 1", int(text) - 1)):
                if near >= 0:
                    yield f"{what} | {text} {fault}", token.start(), token.end(), str(near)
        elif token.lastgroup == "sign":
            for sign in SIGNS.get(text, ()):
                yield f"{what} | {text} to {sign or 'nothing'}", token.start(), token.end(), sign


def _target(tokens, at):
    """What the statement that begins with this token assigns, or what it calls with what first."""
    end = next(k for k in range(at, len(tokens)) if tokens[k][0] in (";", "=", "|=", ","))
    return "".join(token[0] for token in tokens[at:end] if token[0] not in TYPES)


def _end(tokens, at, closing):
    """The end of the first `closing` from here on, outside of brackets."""
    depth = 0
    for token in tokens[at:]:
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if token[0] == closing and depth <= 0:
            return token.end()
    return tokens[-1].end()
