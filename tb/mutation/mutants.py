"""Mutants of a module: what each changes, found at every place where the text says something."""

import hashlib
import re
from dataclasses import dataclass

from tb.mutation.trees import nodes

SIGNS = {"&&": ("||",), "||": ("&&",), "==": ("!=",), "!=": ("==",), "<": ("<=", ">="), "<=": ("<", ">"),
         ">": (">=", "<="), ">=": (">", "<"), "+": ("-",), "-": ("+",), "&": ("|",), "|": ("&",), "^": ("|",),
         "<<": (">>",), ">>": ("<<",), ">>>": ("<<",)}
RESETS = ("rst", "clear")  # what the conditions that drop everything are called


@dataclass(frozen=True)
class Mutant:
    """kind, of KINDS; start, end: the expression or statement in the module's text; instead: what stands there in its
    place, "" for a statement that is dropped; before, after: the statement as it was and as it is now."""

    kind: str
    start: int
    end: int
    instead: str
    before: str
    after: str

    def order(self, seed, module):
        """Where it comes in the order in which mutants are chosen: by chance, but whatever else there is."""
        return hashlib.sha256(f"{seed} {module} {self.before} {self.after} {self.start}".encode()).digest()


def mutants_of(module):
    """All Mutants of a Module; none twice."""
    found = {}
    for place in module.places:
        for mutant in _at(module, place):
            if mutant.after != mutant.before:
                found.setdefault((mutant.start, mutant.end, mutant.instead), mutant)
    return list(found.values())


def _at(module, place):
    text = module.text

    def make(kind, node, instead):
        changed = text[place.start:node.start] + instead + text[node.end:place.end]
        return Mutant(kind, node.start, node.end, instead, _plain(text[place.start:place.end]), _plain(changed))

    whole = text[place.node.start:place.node.end]
    if place.kind == "if":
        reset = place.node.name in RESETS
        yield make("reset dropped" if reset else "condition stuck", place.node, "1'b0")
        yield make("condition stuck", place.node, "1'b1")
        yield make("condition negated", place.node, f"(!{whole})")
    elif place.kind == "clocked" or place.kind == "combinational" and place.again:
        yield Mutant("assignment dropped", place.start, place.end, "", _plain(text[place.start:place.end]), "")
    elif place.kind == "port" and place.node.kind == "name":
        width = module.widths.get(place.node.name, 0) if place.node.whole else 0
        yield make("connection", place.node, "1'b0" if width == 1 else f"({whole} ^ 1'b1)")
    if place.kind in ("assign", "clocked", "combinational") and place.node.kind == "name":
        if module.widths.get(place.target) != 1:
            yield make("bit inverted", place.node, f"({whole} ^ 1'b1)")
    folded = [part for node in nodes(place.node) if _is_constant(node) for part in node.parts]
    for node in nodes(place.node):
        if any(node is part for part in folded):
            continue
        yield from (make(kind, node, instead) for kind, instead in _of_node(module, place, node))


def _of_node(module, place, node):
    """(kind, instead) for one expression."""
    text = module.text
    if _is_constant(node):
        for number in _near(text[node.parts[0].start:node.parts[0].end], False):
            yield "constant", number + text[node.parts[0].end:node.end]
    elif node.kind == "binary":
        left, right = node.parts
        first, second = text[left.start:left.end], text[right.start:right.end]
        for sign in SIGNS.get(node.sign, ()):
            yield "operator", f"{first} {sign} {second}"
        if node.sign in ("&&", "||"):
            yield "operand dropped", first
            yield "operand dropped", second
    elif node.kind == "unary":
        yield "operator", text[node.parts[0].start:node.end]
    elif node.kind == "number":
        one_bit = node is place.node and module.widths.get(place.target) == 1
        for number in _near(text[node.start:node.end], one_bit):
            yield "constant", number
    elif node.kind == "name" and node.whole:
        width = module.widths.get(node.name, 0)
        if width == 1:
            yield "signal inverted", f"(!{node.name})"
        if width and place.kind != "port":  # of those beside, so that no circle is closed
            same = [name for name in module.read_beside(place) if module.widths.get(name) == width]
            yield "signal swapped", same[(same.index(node.name) + 1) % len(same)]


def _is_constant(node):
    """Whether an expression is one number, said by two."""
    return node.kind == "binary" and all(part.kind == "number" for part in node.parts)


def _near(number, one_bit):
    """The numbers one above and one below, in the same words."""
    found = re.fullmatch(r"(\d+)?'([bdh])(\w+)", number)
    if found is None:
        value, limit = int(number), None
    else:
        value, limit = int(found[3], {"b": 2, "d": 10, "h": 16}[found[2]]), 1 << int(found[1] or 32)
    if one_bit:
        limit = 2
    for near in dict.fromkeys((value + 1, value - 1)):
        if limit is not None:
            near %= limit
        if near >= 0 and near != value:
            yield str(near) if found is None else f"{found[1] or ''}'d{near}"


def _plain(text):
    return re.sub(r"\s+", " ", re.sub(r"//[^\n]*", "", text)).strip()
