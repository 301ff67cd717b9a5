"""The lines of a module: expressions with the parentheses that they need, statements, declarations, and where the items
of a module stand: constants, then declarations by what they belong to, then what it does."""

from collections import Counter

from first_spike.rtl_model.printer.folding import COMPUTED_NAME
from first_spike.rtl_model.printer.parser import LEVELS
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
from first_spike.rtl_model.printer.verilog_text import STEP, WIDEST, comment, commented

TIGHTNESS = {sign: level for level, signs in enumerate(LEVELS) for sign in signs}
BITWISE = ("&", "|", "^")
COMPARED = ("==", "!=", "<", "<=", ">", ">=")
SHIFTS = ("<<", ">>", "<<<", ">>>")
REGROUPED = ("&&", "||", *BITWISE)  # in which order they are computed is all the same
FORMATS = {"d": "d", "h": "x", "b": "b"}
BREAK = 0xE000  # a blank at which a line may be broken: a character of private use, the higher the deeper inside
BREAKS = range(BREAK, BREAK + 256)
GROUP = 3  # signals whose names begin alike stand by themselves from so many on


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


def item_lines(item):
    """The lines of an item of a module that is no declaration."""
    match item:
        case Verbatim(lines):
            return list(lines)
        case Comment(text):
            return [f"// {text}".rstrip()]
        case Assign(target, value):
            return broken(f"assign {text_of(target)} = {text_of(value)};")
        case Process(clock, name, variables, body):
            waits = "*" if clock is None else f"({clock})"
            return [f"always @{waits} begin : {name}",
                    *(" " * STEP + declaration(variable) for variable in variables), *_body(body, STEP), "end"]
    raise ValueError(f"no item: {item}")


def declaration(declared):
    """The line that declares a signal, variable or memory."""
    bits = "" if declared.bits is None else f"[{declared.bits - 1}:0] "
    depth = "" if declared.depth is None else f" [0:{declared.depth - 1}]"
    return f"{declared.kind} {'signed ' if declared.signed else ''}{bits}{declared.name}{depth};"


def broken(line, hanging=STEP):
    """A line with places for breaks as lines that fit: of the places that do, those furthest outside, and of these the
    last. hanging: columns of what follows."""
    if len(line) <= WIDEST:
        return [one_line(line)]
    indent = len(line) - len(line.lstrip(" "))
    places = [(-ord(each), at) for at, each in enumerate(line[:WIDEST + 1]) if ord(each) in BREAKS]
    if not places:
        return [one_line(line)]
    at = max(places)[1]
    rest = broken(" " * (indent + hanging) + line[at + 1:], 0)
    return [one_line(line[:at]), *rest]


def _body(statements, indent):
    return [line for statement in statements for line in _statement(statement, indent)]


def _statement(statement, indent):
    margin = " " * indent
    match statement:
        case Comment(text):
            return [f"{margin}// {text}".rstrip()]
        case Assignment(target, sign, value):
            return broken(f"{margin}{text_of(target)} {sign} {text_of(value)};")
        case If():
            return _if(statement, indent, margin)
        case For(variable, start, ends, stop, sign, step, body):
            head = (f"{margin}for ({variable} = {text_of(start)}; {variable} {ends} {text_of(stop)}; "
                    f"{variable} = {variable} {sign} {text_of(step)}) begin")
            return [one_line(head), *_body(body, indent + STEP), f"{margin}end"]
        case Case(subject, arms):
            return [f"{margin}case ({one_line(text_of(subject))})",
                    *(line for value, body in arms for line in _arm(value, body, indent + STEP)), f"{margin}endcase"]
    raise ValueError(f"no statement: {statement}")


def _if(node, indent, before):
    margin = " " * indent
    lines = [*broken(f"{before}if ({text_of(node.condition)}) begin", 2 * STEP), *_body(node.then, indent + STEP)]
    match node.otherwise:
        case ():
            return [*lines, f"{margin}end"]
        case (If() as other,):
            return lines + _if(other, indent, f"{margin}end else ")
    return [*lines, f"{margin}end else begin", *_body(node.otherwise, indent + STEP), f"{margin}end"]


def _arm(value, body, indent):
    margin = " " * indent
    label = f"{margin}{'default' if value is None else one_line(text_of(value))}:"
    if len(body) == 1 and isinstance(body[0], Assignment):
        first, *others = _statement(body[0], indent)
        return [f"{label} {first.strip()}", *others]
    return [f"{label} begin", *_body(body, indent + STEP), f"{margin}end"]


def layout(items, constants, comments, streams):
    """The lines of a module behind its ports. constants: the Numbers that have names; comments: {name: what it is};
    streams: {what the names of its signals begin with: what it is}."""
    lines = _constants(constants, comments) if constants else []
    for group in _groups([item for item in items if isinstance(item, Declaration)], streams):
        lines += ["", *group]
    former = None
    for item in items:
        if isinstance(item, Declaration):
            continue
        if not isinstance(former, Comment) and not (isinstance(former, Assign) and isinstance(item, Assign)):
            lines.append("")
        lines += item_lines(item)
        former = item
    return lines


def _constants(constants, comments):
    declared = [f"localparam {f'[{number.width - 1}:0] ' if number.width else ''}{number.name} = "
                f"{text_of(number.unnamed())};" for number in constants]
    rows = commented(declared, [comments.get(number.name, "") for number in constants])
    return [line for row in rows for line in row]


def _groups(declared, streams):
    """Lines of declarations, in groups: what belongs to nothing, the streams, what begins with the same word, the
    memories."""
    memories = [item for item in declared if item.depth is not None]
    signals = [item for item in declared if item.depth is None]
    owners = {item.name: _owner(item.name, streams) for item in signals}
    counts = Counter(owners.values())
    groups = {"": []}
    for item in signals:
        owner = owners[item.name]
        groups.setdefault(owner if owner in streams or counts[owner] >= GROUP else "", []).append(item)
    lines = [[*(comment(f"{name}: {streams[name]}") if streams.get(name) else []), *_aligned(group)]
             for name, group in groups.items() if group]
    return [*lines, *([list(map(declaration, memories))] if memories else [])]


def _owner(name, streams):
    """The stream of a signal, or the first word of its name."""
    found = [stream for stream in streams if name.startswith(f"{stream}_")]
    return max(found, key=len, default=name.partition("_")[0])


def _aligned(group):
    """The lines of declarations with their names below each other."""
    lines = [declaration(item).rpartition(" ") for item in group]
    if len({item.kind for item in group}) > 1:
        lines = [(f"{kind:4} {rest}".rstrip(), " ", name) for (kind, _, rest), name in
                 ((before.partition(" "), name) for before, _, name in lines)]
    width = max(len(before) for before, _, _ in lines)
    return [f"{before:{width}} {name}" for before, _, name in lines]
