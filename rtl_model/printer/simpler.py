"""Expressions as somebody would write them: without signs that change nothing, masks in hexadecimal.

Each change is made only where the expression stays the same: where it is exact before and after, or, assigned to some
bits, as far as these go.
"""

from first_spike.rtl_model.printer.folding import folded
from first_spike.rtl_model.printer.trees import Binary, Choice, Index, Joined, Number, Range, Signed, Unary, rebuilt
from first_spike.rtl_model.printer.widths import COMPARED, LOGICAL, MODULAR, SHIFTS

MASKED = ("&", "|", "^")
SMALL = 10  # below which a mask is as plain in decimal


def simpler(node, scope, target=None):
    """An expression by itself, or, with `target`, one that is assigned to so many bits."""
    if target and isinstance(node, Number) and node.name.endswith("MASK") and node.name not in scope.plain:
        return Number(node.value, target, "h", node.name)
    node = _inside(folded(node), scope)
    for change in (_unsigned, _masked):
        changed = change(node, scope)
        if changed != node and _is_same(node, changed, scope, target):
            node = changed
    return node


def _is_same(before, after, scope, target):
    if target is not None and scope.is_modular(before, target) and scope.is_modular(after, target):
        return True
    return scope.are_exact(before) and scope.are_exact(after)


def _inside(node, scope):
    """The same with the expressions inside made simpler that stand by themselves."""
    match node:
        case Binary(sign, left, right) if sign in COMPARED:
            return _comparison(sign, _inside(left, scope), _inside(right, scope), scope)
        case Binary(sign, left, right) if sign in LOGICAL:
            return Binary(sign, simpler(left, scope), simpler(right, scope))
        case Binary(sign, left, right) if sign in SHIFTS:
            return Binary(sign, _inside(left, scope), simpler(right, scope))
        case Unary("!", operand):
            return Unary("!", simpler(operand, scope))
        case Choice(condition, first, second):
            return Choice(simpler(condition, scope), _inside(first, scope), _inside(second, scope))
        case Index(of, at):
            return Index(of, simpler(at, scope))
        case Range(of, None, low, size):
            return Range(of, None, simpler(low, scope), size)
        case Joined(parts):
            return Joined(tuple(_part(part, scope) for part in parts))
        case Signed(operand):
            return Signed(_part(operand, scope))
    return rebuilt(node, lambda part: _inside(part, scope))


def _part(node, scope):
    """The same for one that has to keep its width."""
    made = simpler(node, scope)
    return made if scope.bits(made) == scope.bits(node) else _inside(node, scope)


def _comparison(sign, left, right, scope):
    for change in (_unsigned, _masked):
        changed = change(left, scope), change(right, scope)
        if changed != (left, right) and scope.are_exact(left, right) and scope.are_exact(*changed):
            left, right = changed
    return Binary(sign, left, right)


def _outside(node, change):
    """`change` of an expression and of all operands that get their width from it."""
    match node:
        case Binary(sign, left, right) if sign in MODULAR:
            node = Binary(sign, _outside(left, change), _outside(right, change))
        case Binary(sign, left, right) if sign in SHIFTS:
            node = Binary(sign, _outside(left, change), right)
        case Unary("-" | "~" as sign, operand):
            node = Unary(sign, _outside(operand, change))
        case Choice(condition, first, second):
            node = Choice(condition, _outside(first, change), _outside(second, change))
    return change(node)


def _unsigned(node, scope):
    """Without what gives a sign to operands that have one, or are never negative."""

    def bare(part):
        match part:
            case Signed(Joined((Number(0, 1), operand))):
                return operand
            case Signed(operand) if scope.signed(operand):
                return operand
            case Binary(">>>", left, right):
                return Binary(">>", left, right)
        return part

    return _outside(node, bare)


def _masked(node, scope):
    """With masks as wide as what is masked, in hexadecimal."""

    def mask(part, other):
        match part:
            case Number(value, None, "d", name) if value >= SMALL and name not in scope.plain:
                return Number(value, max(scope.bits(other), value.bit_length()), "h", name)
        return part

    def masks(part):
        match part:
            case Binary(sign, left, right) if sign in MASKED:
                return Binary(sign, mask(left, right), mask(right, left))
        return part

    return _outside(node, masks)
