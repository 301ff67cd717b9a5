"""From the text that MyHDL prints of a module to the text that its readers get."""

import re
from dataclasses import fields, is_dataclass, replace

from first_spike.rtl_model.printer.layout import layout
from first_spike.rtl_model.printer.names import Names
from first_spike.rtl_model.printer.parser import NotUnderstoodError, read
from first_spike.rtl_model.printer.simpler import simpler
from first_spike.rtl_model.printer.folding import value_of
from first_spike.rtl_model.printer.trees import (
    Assign,
    Assignment,
    Case,
    Declaration,
    For,
    If,
    Name,
    Number,
    Process,
    Range,
    Verbatim,
)
from first_spike.rtl_model.printer.widths import INTEGER, Kind, Scope


def printed(text, ports):
    """(lines of a module behind its ports, {name: value} of the constants in it) of what MyHDL printed there.

    ports: {port: (bits or None, signed)}.
    Raises NotUnderstoodError if it is none of what MyHDL is known to print.
    """
    items = read(text)
    words = {word for item in items if isinstance(item, Verbatim) for word in re.findall(r"\w+", "\n".join(item.lines))}
    declared = {item.name: item for item in items if isinstance(item, Declaration)}
    names = Names([node for node in _leaves(items) if isinstance(node, Number) and node.name],
                  words | set(declared) | set(ports))
    items = [_with_names(item, names) for item in items]
    kinds = {port: Kind(1 if bits is None else bits, signed) for port, (bits, signed) in ports.items()}
    kinds |= {name: _kind(item) for name, item in declared.items()}
    items = [_simpler_item(item, kinds) for item in items]
    return layout(items, names.used), names.used


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
        return names.called(node) if node.name else node
    if isinstance(node, tuple):
        return tuple(_with_names(part, names) for part in node)
    if is_dataclass(node):
        return replace(node, **{field.name: _with_names(getattr(node, field.name), names) for field in fields(node)})
    return node


def _kind(declared):
    return Kind(INTEGER if declared.kind == "integer" else declared.bits or 1,
                declared.signed or declared.kind == "integer", declared.depth is not None)


def _simpler_item(item, kinds):
    match item:
        case Assign(target, value):
            return Assign(*_assigned(target, value, Scope(kinds)))
        case Process(clock, name, variables, body):
            own = kinds | {variable.name: _kind(variable) for variable in variables}
            return Process(clock, name, variables, _simpler_body(body, own))
    return item


def _assigned(target, value, scope):
    return simpler(target, scope), simpler(value, scope, scope.bits(target))


def _simpler_body(body, kinds):
    return tuple(_simpler_statement(statement, kinds) for statement in body)


def _simpler_statement(statement, kinds):
    scope = Scope(kinds)
    match statement:
        case Assignment(target, sign, value):
            target, value = _assigned(target, value, scope)
            return Assignment(target, sign, value)
        case If(condition, then, otherwise):
            return If(simpler(condition, scope), _simpler_body(then, kinds), _simpler_body(otherwise, kinds))
        case For(variable, start, ends, stop, sign, step, body):
            span = _span(statement)
            inner = kinds | ({variable: Kind(INTEGER, True, False, span)} if span else {})
            return For(variable, simpler(start, scope), ends, simpler(stop, scope), sign, simpler(step, scope),
                       _simpler_body(body, inner))
        case Case(subject, arms):
            if scope.signed(subject):  # labels in hexadecimal have no sign
                raise NotUnderstoodError("a case of a signed subject")
            return Case(simpler(subject, scope), tuple((value, _simpler_body(part, kinds)) for value, part in arms))
    return statement


def _span(loop):
    """Between which values the variable of a loop lies in its body, None if that is not known."""
    start, stop = value_of(loop.start), value_of(loop.stop)
    if None in (start, stop):
        return None
    return (start, max(start, stop - 1)) if loop.ends == "<" else (min(start, stop), start)
