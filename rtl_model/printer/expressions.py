"""Expressions as text: with parentheses where they are needed, or where nobody remembers which operator goes first."""

from first_spike.rtl_model.printer.folding import COMPUTED_NAME
from first_spike.rtl_model.printer.parser import LEVELS
from first_spike.rtl_model.printer.trees import Binary, Choice, Index, Joined, Name, Number, Range, Signed, Unary

TIGHTNESS = {sign: level for level, signs in enumerate(LEVELS) for sign in signs}
BITWISE = ("&", "|", "^")
COMPARED = ("==", "!=", "<", "<=", ">", ">=")
SHIFTS = ("<<", ">>", "<<<", ">>>")
REGROUPED = ("&&", "||", *BITWISE)  # in which order they are computed is all the same
FORMATS = {"d": "d", "h": "x", "b": "b"}
BREAK = 0xE000  # a blank at which a line may be broken: a character of private use, the higher the deeper inside
BREAKS = range(BREAK, BREAK + 256)


def text_of(node, depth=0):
    """An expression as text with places for breaks; see `one_line`."""
    blank = chr(BREAKS[depth])
    match node:
        case Number(_, _, _, name) if name not in ("", COMPUTED_NAME):
            return name
        case Number(value, None, _, _):
            return str(value)
        case Number(value, width, base, _):
            return f"{width}'{base}{value:0{width if base == 'b' else 0}{FORMATS[base]}}"
        case Name(text):
            return text
        case Index(of, at):
            return f"{text_of(of)}[{text_of(at, depth + 1)}]"
        case Range(of, high, low, None):
            bounds = (one_line(text_of(bound)).replace(" ", "") for bound in (high, low))
            return f"{text_of(of)}[{':'.join(bounds)}]"
        case Range(of, _, low, size):
            return f"{text_of(of)}[{one_line(text_of(low))} +: {text_of(size)}]"
        case Signed(operand):
            return f"$signed({text_of(operand, depth + 1)})"
        case Joined(parts):
            return f"{{{f',{blank}'.join(text_of(part, depth + 1) for part in parts)}}}"
        case Unary(sign, operand):
            inner = text_of(operand, depth + 1)
            return f"{sign}({inner})" if isinstance(operand, (Unary, Binary, Choice)) else f"{sign}{inner}"
        case Binary(sign, left, right):
            first, second = (_operand(node, side, depth) for side in (left, right))
            return f"{first} {sign}{blank}{second}"
        case Choice():
            parts = (node.condition, node.first, node.second)
            texts = [f"({text_of(part, depth + 1)})" if isinstance(part, Choice) else text_of(part, depth + 1)
                     for part in parts]
            return f"{texts[0]} ?{blank}{texts[1]} :{blank}{texts[2]}"
    raise ValueError(f"no expression: {node}")


def one_line(text):
    """A text without breaks."""
    return "".join(" " if ord(each) in BREAKS else each for each in text)


def _operand(node, operand, depth):
    if _is_enclosed(node, operand):
        return f"({text_of(operand, depth + 1)})"
    alike = isinstance(operand, Binary) and operand.sign == node.sign
    return text_of(operand, depth + (not alike))


def _is_enclosed(node, operand):
    """Whether one of the two operands of a Binary stands in parentheses."""
    match operand:
        case Choice():
            return True
        case Unary("-", _):
            return operand is node.right and node.sign not in COMPARED
        case Binary(sign, _, _):
            inner, outer, is_left = TIGHTNESS[sign], TIGHTNESS[node.sign], operand is node.left
            if sign == node.sign:
                return not is_left and sign not in REGROUPED
            if node.sign in (*BITWISE, *SHIFTS):
                return True
            if sign in SHIFTS or sign in BITWISE:
                return outer > TIGHTNESS["&&"]
            return inner < outer or inner == outer and not is_left
    return False
