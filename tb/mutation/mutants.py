"""Mutants of a module: what each changes, found at every place where the text says something."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass

from first_spike.golden.errors import UserError
from tb.mutation.trees import nodes, numbered

SIGNS = {"&&": ("||",), "||": ("&&",), "==": ("!=",), "!=": ("==",), "<": ("<=", ">="), "<=": ("<", ">"),
         ">": (">=", "<="), ">=": (">", "<"), "+": ("-",), "-": ("+",), "&": ("|",), "|": ("&",), "^": ("|",),
         "<<": (">>",), ">>": ("<<",), ">>>": ("<<",)}


@dataclass(frozen=True)
class Mutant:
    """key: the name of its place, and what is wrong there, the same however a module is printed; start, end: the
    expression or statement in the module's text; instead: what stands there in its place, "" for a statement that is
    dropped; before, after: the statement as it was and as it is now."""

    key: str
    start: int
    end: int
    instead: str
    before: str
    after: str

    def order(self, seed, module):
        """Where it comes in the order in which mutants are chosen: by chance, but whatever else there is, and however
        the module is printed."""
        return hashlib.sha256(f"{seed} {module} {self.key}".encode()).digest()


def chosen(choose, seeds):
    """[(what, [seeds])] of all that choose(seed) gives for one of the seeds or several, each once."""
    found = {}
    for seed in seeds:
        for each in choose(seed):
            found.setdefault(each, []).append(seed)
    return list(found.items())


def mutants_of(module):
    """All Mutants of a Module; none twice. Raises UserError if two have one key."""
    found = {}
    for place in module.places:
        for mutant in _at(module, place):
            if mutant.after != mutant.before:
                found.setdefault((mutant.start, mutant.end, mutant.instead), mutant)
    for key, count in Counter(mutant.key for mutant in found.values()).items():
        if count > 1:
            raise UserError(f"two mutants of a module have one key: {key}")
    return list(found.values())


def _at(module, place):
    text = module.text

    def make(fault, node, instead):
        changed = text[place.start:node.start] + instead + text[node.end:place.end]
        return Mutant(f"{place.name} | {fault}", node.start, node.end, instead, plain(text[place.start:place.end]),
                      plain(changed))

    whole = text[place.node.start:place.node.end]
    if place.kind == "if":
        yield make("stuck 0", place.node, "1'b0")
        yield make("stuck 1", place.node, "1'b1")
        yield make("negated", place.node, f"(!{whole})")
    elif place.kind == "clocked" or place.kind == "combinational" and place.again:
        yield Mutant(f"{place.name} | dropped", place.start, place.end, "", plain(text[place.start:place.end]), "")
    elif place.kind == "port" and place.node.kind == "name":
        width = module.widths.get(place.node.name, 0) if place.node.whole else 0
        fault, instead = ("stuck 0", "1'b0") if width == 1 else ("inverted", f"({whole} ^ 1'b1)")
        yield make(fault, place.node, instead)
    if place.kind in ("assign", "clocked", "combinational") and place.node.kind == "name":
        if module.widths.get(place.target) != 1:
            yield make("inverted", place.node, f"({whole} ^ 1'b1)")
    folded = [part for node in nodes(place.node) if _is_constant(node) for part in node.parts]
    leaves = Counter()
    for node in nodes(place.node):
        if any(node is part for part in folded):
            continue
        leaf = _leaf(text, node)
        leaves[leaf] += 1
        for fault, instead in _of_node(module, place, node):
            yield make(f"{numbered(leaf, leaves[leaf])} {fault}", node, instead)


def _leaf(text, node):
    """What a node is, however it is written: a signal, an operator, or the value of a constant."""
    if _is_constant(node):
        left, right = (_value(text[part.start:part.end])[0] for part in node.parts)
        return str({"+": left + right, "-": left - right, "*": left * right}.get(node.sign, text[node.start:node.end]))
    return node.name or node.sign or (str(_value(text[node.start:node.end])[0]) if node.kind == "number" else "")


def _of_node(module, place, node):
    """(fault, instead) for one expression."""
    text = module.text
    if _is_constant(node):
        for fault, number in _near(text[node.parts[0].start:node.parts[0].end], False):
            yield fault, number + text[node.parts[0].end:node.end]
    elif node.kind == "binary":
        left, right = node.parts
        first, second = text[left.start:left.end], text[right.start:right.end]
        for sign in SIGNS.get(node.sign, ()):
            yield f"to {sign}", f"{first} {sign} {second}"
        if node.sign in ("&&", "||"):
            yield "right dropped", first
            yield "left dropped", second
    elif node.kind == "unary":
        yield "dropped", text[node.parts[0].start:node.end]
    elif node.kind == "number":
        one_bit = node is place.node and module.widths.get(place.target) == 1
        yield from _near(text[node.start:node.end], one_bit)
    elif node.kind == "name" and node.whole:
        width = module.widths.get(node.name, 0)
        if width == 1:
            yield "inverted", f"(!{node.name})"
        if width and place.kind != "port":  # of those beside, so that no circle is closed
            same = [name for name in module.read_beside(place) if module.widths.get(name) == width]
            other = same[(same.index(node.name) + 1) % len(same)]
            yield f"to {other}", other


def _is_constant(node):
    """Whether an expression is one number, said by two."""
    return node.kind == "binary" and all(part.kind == "number" for part in node.parts)


def _value(number):
    """(value, its size as it is written, "" for one without or None for a plain one)."""
    size, _, base, digits = re.fullmatch(r"(?:(\d*)('))?([bdh]?)(\w+)", number).groups()
    return int(digits, {"b": 2, "h": 16}.get(base, 10)), size


def _near(number, one_bit):
    """(fault, number in the same words) of the numbers one above and one below."""
    value, size = _value(number)
    limit = 2 if one_bit else None if size is None else 1 << int(size or 32)
    for fault, near in (("plus 1", value + 1), ("minus 1", value - 1)):
        if limit is not None:
            near %= limit
        if near >= 0 and near != value:
            yield fault, str(near) if size is None else f"{size}'d{near}"


def plain(text):
    """A text in one line, without comments."""
    return re.sub(r"\s+", " ", re.sub(r"//[^\n]*", "", text)).strip()
