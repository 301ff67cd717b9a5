"""Constants in expressions: computed, but for those that have names."""

from first_spike.rtl_model.printer.trees import Binary, Index, Name, Number, Range, Unary, every, rebuilt

COMPUTED_NAME = "?"  # of a number whose name in Python is not one in Verilog
COMPUTED = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}


def value_of(node):
    """The value of an expression of constants, None if it is not one."""
    match node:
        case Number(value):
            return value
        case Unary("-", operand):
            value = value_of(operand)
            return None if value is None else -value
        case Binary(sign, left, right) if sign in COMPUTED:
            values = value_of(left), value_of(right)
            return None if None in values else COMPUTED[sign](*values)
    return None


def folded(node):
    """An expression in which plain constants are computed, but for those with names, and all of those that are
    computed with a number whose name is lost.

    They have 32 bits and a sign, and so has what they give, which fits.
    """
    node = rebuilt(node, folded)
    if isinstance(node, (Unary, Binary)):
        value, names = value_of(node), {each.name for each in every(node) if isinstance(each, Number)}
        plain = all(each.width is None and each.base == "d" for each in every(node) if isinstance(each, Number))
        if value is not None and plain and abs(value) < 1 << 31 and (names == {""} or COMPUTED_NAME in names):
            name = COMPUTED_NAME if COMPUTED_NAME in names else ""
            return Number(value, name=name) if value >= 0 else Unary("-", Number(-value, name=name))
    match node:
        case Binary("-", Binary("+", named, Number(more, None, "d", "")), Number(less, None, "d", "")) if value_of(
                named) is not None and more >= less:
            return Binary("+", named, Number(more - less)) if more > less else named
        case Binary("-", Binary("-", named, Number(one, None, "d", "")), Number(other, None, "d", "")) if value_of(
                named) is not None:
            return Binary("-", named, Number(one + other))
        case Range(Name() as of, Number() as high, Number() as low, None) if high == low:
            return Index(of, low)
    return node
