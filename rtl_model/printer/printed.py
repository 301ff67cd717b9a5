"""From the text that MyHDL prints of a module to the text that its readers get."""

import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace

from first_spike.rtl_model.printer.folding import COMPUTED_NAME, value_of
from first_spike.rtl_model.printer.layout import layout
from first_spike.rtl_model.printer.parser import NotUnderstoodError, read
from first_spike.rtl_model.printer.simpler import simpler
from first_spike.rtl_model.printer.trees import (
    Assign,
    Assignment,
    Case,
    Declaration,
    For,
    If,
    Index,
    Joined,
    Number,
    Process,
    Range,
    Verbatim,
)
from first_spike.rtl_model.printer.widths import INTEGER, Kind, Scope


def merged(items, scope):
    """The items of a module, where assignments of all bits of a vector that follow each other, from the highest bit
    down, are one."""
    made, at = [], 0
    while at < len(items):
        count = _slices(items[at:], scope)
        if count > 1:
            parts = items[at:at + count]
            made.append(Assign(parts[0].target.of, Joined(tuple(part.value for part in parts))))
        else:
            made.append(items[at])
        at += max(count, 1)
    return made


def _slices(items, scope):
    """How many of the first items assign all bits of one vector, 0 if they do not."""
    of = items[0].target.of if _limits(items[0], scope) else None
    next_bit = scope.bits(of) - 1 if of else None
    for count, item in enumerate(items):
        limits = _limits(item, scope)
        if limits is None or item.target.of != of or limits[0] != next_bit:
            return 0
        next_bit = limits[1] - 1
        if next_bit < 0:
            return count + 1
    return 0


def _limits(item, scope):
    """(highest, lowest) bit of the vector to which something as wide is assigned, None for any other item."""
    match item:
        case Assign(Index(_, at), value) if scope.bits(item.target) == scope.bits(value) == 1:
            found = value_of(at), value_of(at)
        case Assign(Range(_, high, low, None), value) if scope.bits(item.target) == scope.bits(value):
            found = value_of(high), value_of(low)
        case _:
            return None
    return None if None in found else found


class Names:
    """The names of a module's constants: NAME for what Python calls `name`, where that is one number everywhere in the
    module, and no other thing there is called so.

    numbers: all that Python has a name for; taken: what is called something else.
    """

    def __init__(self, numbers, taken):
        values = {}
        for number in numbers:
            values.setdefault(number.name, set()).add(number.value)
        self._known = {name: name.upper() for name, found in values.items()
                       if len(found) == 1 and len(name) > 1 and name.upper() not in taken and name[0] != "_"}

        self._states = {(number.value, number.width): number.name for number in numbers if number.base == "b"}

    def label(self, number):
        """The Number of an arm of a case, which MyHDL prints without its name: that of a state."""
        return self.called(replace(number, name=self._states.get((number.value, number.width), "")))

    def called(self, number):
        """The Number under its name in Verilog, or without one."""
        if not number.name:
            return number
        return replace(number, name=self._known.get(number.name, COMPUTED_NAME))


def printed(text, ports, comments, streams):
    """(lines of a module behind its ports, {name: value} of the constants in it) of what MyHDL printed there.

    ports: {port: (bits or None, signed)}; comments: {name of a constant, in capitals: (value, what it is)}; streams:
    {what the names of its signals begin with: what it is}.
    Raises NotUnderstoodError if it is none of what MyHDL is known to print.
    """
    items = read(text)
    words = {word for item in items if isinstance(item, Verbatim) for word in re.findall(r"\w+", "\n".join(item.lines))}
    declared = {item.name: item for item in items if isinstance(item, Declaration)}
    names = Names(named(items), words | set(declared) | set(ports))
    items = [_with_names(item, names) for item in items]
    kinds = {port: Kind(1 if bits is None else bits, signed) for port, (bits, signed) in ports.items()}
    kinds |= {name: _kind(item) for name, item in declared.items()}
    made = [_simpler_item(item, Scope(kinds)) for item in items]
    forms = Counter(number.name for number in set(named(made)))
    made = [_simpler_item(item, Scope(kinds, {name for name, count in forms.items() if count > 1})) for item in items]
    constants = {number.name: number for number in sorted(named(made), key=_of_states)}
    return layout(merged(made, Scope(kinds)), constants.values(), {
        name: text for name, (value, text) in comments.items()
        if name in constants and constants[name].value == value}, streams), {
            name: number.value for name, number in constants.items()}


def _of_states(number):
    """The order of constants: that of their use, and then the states, from the first one on."""
    return (True, number.value) if number.base == "b" else (False, 0)


def named(items):
    """The Numbers with names in several trees."""
    return [node for node in _leaves(items) if isinstance(node, Number) and node.name not in ("", COMPUTED_NAME)]


def _leaves(node):
    """Everything in a tree, or in several."""
    yield node
    if isinstance(node, (list, tuple)):
        parts = node
    else:
        parts = [getattr(node, field.name) for field in fields(node)] if is_dataclass(node) else ()
    for part in parts:
        yield from _leaves(part)


def _with_names(node, names):
    """A tree with the names of its constants as they are in Verilog."""
    if isinstance(node, Number):
        return names.called(node)
    if isinstance(node, Case):
        return Case(_with_names(node.subject, names), tuple(
            (value and names.label(value), _with_names(body, names)) for value, body in node.arms))
    if isinstance(node, tuple):
        return tuple(_with_names(part, names) for part in node)
    if is_dataclass(node):
        return replace(node, **{field.name: _with_names(getattr(node, field.name), names) for field in fields(node)})
    return node


def _kind(declared):
    return Kind(INTEGER if declared.kind == "integer" else declared.bits or 1,
                declared.signed or declared.kind == "integer", declared.depth is not None)


def _simpler_item(item, scope):
    match item:
        case Assign(target, value):
            return Assign(*_assigned(target, value, scope))
        case Process(clock, name, variables, body):
            own = scope.with_kinds({variable.name: _kind(variable) for variable in variables})
            return Process(clock, name, variables, _simpler_body(body, own))
    return item


def _assigned(target, value, scope):
    return simpler(target, scope), simpler(value, scope, scope.bits(target))


def _simpler_body(body, scope):
    return tuple(_simpler_statement(statement, scope) for statement in body)


def _simpler_statement(statement, scope):
    match statement:
        case Assignment(target, sign, value):
            target, value = _assigned(target, value, scope)
            return Assignment(target, sign, value)
        case If(condition, then, otherwise):
            return If(simpler(condition, scope), _simpler_body(then, scope), _simpler_body(otherwise, scope))
        case For(variable, start, ends, stop, sign, step, body):
            span = _span(statement)
            inner = scope.with_kinds({variable: Kind(INTEGER, True, False, span)} if span else {})
            return For(variable, simpler(start, scope), ends, simpler(stop, scope), sign, simpler(step, scope),
                       _simpler_body(body, inner))
        case Case(subject, arms):
            if scope.signed(subject):  # labels in hexadecimal have no sign
                raise NotUnderstoodError("a case of a signed subject")
            return Case(simpler(subject, scope), tuple((value, _simpler_body(part, scope)) for value, part in arms))
    return statement


def _span(loop):
    """Between which values the variable of a loop lies in its body, None if that is not known."""
    start, stop = value_of(loop.start), value_of(loop.stop)
    if None in (start, stop):
        return None
    return (start, max(start, stop - 1)) if loop.ends == "<" else (min(start, stop), start)
