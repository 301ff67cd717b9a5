"""How wide expressions are, whether they have a sign, and between which numbers their values lie.

Verilog computes an expression with as many bits as the widest operand around it, without a sign as soon as one operand
has none (IEEE 1364, 5.4 and 5.5). An expression is exact if everything in it is what integers would give: two exact
expressions of the same integers are the same, however many bits each has.
"""

from typing import NamedTuple

from first_spike.rtl_model.printer.folding import value_of
from first_spike.rtl_model.printer.trees import Binary, Choice, Index, Joined, Name, Number, Range, Signed, Unary

INTEGER = 32
LOGICAL = ("||", "&&", "==", "!=", "<", "<=", ">", ">=")
COMPARED = LOGICAL[2:]
SHIFTS = ("<<", ">>", "<<<", ">>>")
MODULAR = ("+", "-", "*", "&", "|", "^")  # whose low bits depend on the low bits of their operands alone


class Kind(NamedTuple):
    """Of a signal or variable: bits and sign, of each word where it is a memory; span: (least, greatest) value where
    more is known than that."""

    bits: int
    signed: bool
    is_memory: bool = False
    span: tuple | None = None


class Scope:
    """The signals and variables of a process or assignment; kinds: {name: Kind}; plain: the names of constants that are
    not to be masks, since they are something else, too."""

    def __init__(self, kinds, plain=()):
        self.kinds, self.plain = kinds, plain

    def with_kinds(self, more):
        """The same with more variables."""
        return Scope(self.kinds | more, self.plain)

    def bits(self, node):
        """Of an expression by itself."""
        match node:
            case Number(_, width):
                return INTEGER if width is None else width
            case Name(text):
                return self.kinds[text].bits
            case Index(of, _):
                return self.kinds[of.text].bits if self._is_memory(of) else 1
            case Range(_, high, low, size):
                return value_of(size) if size is not None else value_of(high) - value_of(low) + 1
            case Unary("!", _):
                return 1
            case Unary(_, operand) | Signed(operand):
                return self.bits(operand)
            case Binary(sign, left, right):
                if sign in LOGICAL:
                    return 1
                return self.bits(left) if sign in SHIFTS else max(self.bits(left), self.bits(right))
            case Choice(_, first, second):
                return max(self.bits(first), self.bits(second))
            case Joined(parts):
                return sum(map(self.bits, parts))
        raise ValueError(f"no expression: {node}")

    def signed(self, node):
        """Whether an expression by itself has a sign."""
        match node:
            case Number(_, width, base):
                return width is None and base == "d"
            case Name(text):
                return self.kinds[text].signed
            case Index(of, _):
                return self._is_memory(of) and self.kinds[of.text].signed
            case Signed(_):
                return True
            case Unary("-" | "~", operand):
                return self.signed(operand)
            case Binary(sign, left, right) if sign not in LOGICAL:
                return self.signed(left) and (sign in SHIFTS or self.signed(right))
            case Choice(_, first, second):
                return self.signed(first) and self.signed(second)
        return False

    def are_exact(self, *nodes):
        """Whether expressions that give each other their width and sign, as those of a comparison, are exact."""
        bits, signed = max(map(self.bits, nodes)), all(map(self.signed, nodes))
        return all(self._span(node, bits, signed) is not None for node in nodes)

    def is_modular(self, node, target):
        """Whether the lowest `target` bits of an expression that is assigned to so many are what integers give."""
        return self._modular(node, max(target, self.bits(node)), self.signed(node), target)

    def _modular(self, node, bits, signed, target):
        if self._span(node, bits, signed) is not None:
            return True
        match node:
            case Binary(sign, left, right) if sign in MODULAR:
                return all(self._modular(part, bits, signed, target) for part in (left, right))
            case Binary("<<", left, _):
                return self._modular(left, bits, signed, target)
            case Unary("-" | "~", operand):
                return self._modular(operand, bits, signed, target)
            case Choice(_, first, second):
                return all(self._modular(part, bits, signed, target) for part in (first, second))
            case Name() | Index() | Signed():  # without its sign, but with all bits that count
                return self.bits(node) >= target
        return False

    def _is_memory(self, of):
        return isinstance(of, Name) and self.kinds[of.text].is_memory

    def _span(self, node, bits, signed):
        """(least, greatest) value of an expression with these bits and sign, None if it is not exact."""
        found = self._integers(node, bits, signed)
        if found is None:
            return None
        least, greatest = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        return found if least <= found[0] and found[1] <= greatest else None

    def _integers(self, node, bits, signed):
        match node:
            case Binary(sign, left, right) if sign not in LOGICAL:
                first = self._span(left, bits, signed)
                second = (self._span(right, self.bits(right), self.signed(right)) if sign in SHIFTS
                          else self._span(right, bits, signed))
                return None if first is None or second is None else _combined(sign, first, second)
            case Unary("-", operand):
                found = self._span(operand, bits, signed)
                return None if found is None else (-found[1], -found[0])
            case Unary("~", _):
                return None
            case Choice(_, first, second):
                spans = [self._span(part, bits, signed) for part in (first, second)]
                return None if None in spans else (min(spans)[0], max(span[1] for span in spans))
        return self._leaf(node)

    def _leaf(self, node):
        match node:
            case Number(value):
                return value, value
            case Name(text) if self.kinds[text].span:
                return self.kinds[text].span
            case Signed(Joined((Number(0, 1), *rest))):
                return 0, (1 << sum(map(self.bits, rest))) - 1
            case Signed(operand) if self.signed(operand):
                return self._span(operand, self.bits(operand), True)
        bits = self.bits(node)
        return (-(1 << bits - 1), (1 << bits - 1) - 1) if self.signed(node) else (0, (1 << bits) - 1)


def _combined(sign, first, second):
    """Between which numbers a result lies; None if nothing is known."""
    match sign:
        case "+":
            return first[0] + second[0], first[1] + second[1]
        case "-":
            return first[0] - second[1], first[1] - second[0]
        case "*":
            products = [one * other for one in first for other in second]
            return min(products), max(products)
        case ">>>" if second[0] >= 0:
            shifted = [one >> other for one in first for other in second]
            return min(shifted), max(shifted)
    if first[0] < 0 or second[0] < 0:
        return None
    match sign:
        case "&":
            return 0, min(first[1], second[1])
        case "|" | "^":
            return 0, (1 << max(first[1], second[1]).bit_length()) - 1
        case ">>":
            return first[0] >> second[1], first[1] >> second[0]
        case "<<" if second[1] < 64:
            return first[0] << second[0], first[1] << second[1]
    return None
