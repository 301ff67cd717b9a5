"""Where a design is written to: modules in the order of their conversion, and the hex files that fill memories."""

import contextlib
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from myhdl import SignalType

from first_spike.rtl_model.parts.descriptions import (
    meanings,
    numbers_of,
    parameter_lines,
    port_comments,
    require_outputs,
    streams_in,
    text_of,
)
from first_spike.rtl_model.parts.myhdl_internals import blocks_in, convert, like, names_in
from first_spike.rtl_model.parts.streams import Bundle
from first_spike.rtl_model.printer.printed import printed
from first_spike.rtl_model.printer.verilog_text import body, comment, head, ordered, tidy

TIMESCALE = "`timescale 1ns/1ps"

_current = None


@dataclass(frozen=True)
class HexFiles:
    """What fills a memory: the lowest `widths[0]` bits of each of `words` stand in the file `<name>_0.hex`, the next
    `widths[1]` in `<name>_1.hex`, and so on.

    A block's argument of this kind becomes a parameter of its module, in capitals: the name with the prefix of the
    design. So instances with other words share a module, if number and widths are the same.
    """

    name: str
    words: tuple
    widths: tuple


class Module(NamedTuple):
    """What an instance of a module needs to know of it: the full name, {port: "input" | "output"} in the order of the
    ports, {parameter: Verilog text} of this instance."""

    name: str
    ports: dict
    parameters: dict


class Target:
    """Where modules go: `folder`, the comment `header` of each file, the module names in the order of conversion.

    The name of every module and of every hex file begins with `prefix`, so that two designs can live in one. plain: the
    folder for the same modules with the text that MyHDL prints, if it is wanted.
    """

    def __init__(self, folder, header="", prefix="", plain=None):
        self.folder = Path(folder)
        self.plain = plain and Path(plain)
        self.header = header
        self.prefix = prefix
        self.modules = []
        self._made = {}  # of each module {what: value} that it was made from, and its ports

    def convert(self, function, module, arguments, note=(), doc=None, without=()):
        """Convert `function(**arguments)` to a file of its own, once, and write its hex files; returns a Module.

        note: lines of comment below the header, in this module only. doc: what the module says of itself, where not as
        the block's docstring; without: parameters that it does not mention.
        Raises ValueError if the module was made from another block, with other parameters or ports, or if it does not
        drive its bundles as they say, or other ports, or a block in it, than the docstring says.
        """
        name = self.prefix + module
        files = {parameter: value for parameter, value in arguments.items() if isinstance(value, HexFiles)}
        parameters = {parameter.upper(): f'"{self.prefix}{value.name}"' for parameter, value in files.items()}
        form = _form(function, arguments)
        if name not in self._made:
            self._made[name] = form, self._write_module(name, function, arguments, parameters, note,
                                                            doc or function.__doc__, without)
            self.modules.append(name)
        made, ports = self._made[name]
        _refuse_another(module, made, form)
        for value in files.values():
            self._write_hex(value)
        return Module(name, ports, parameters)

    def _write_module(self, name, function, arguments, parameters, note, doc, without):
        """Convert a block and write its module; returns {port: direction} in the order of its ports."""
        instance = function(**{argument: fresh(value) for argument, value in arguments.items()})
        for block in blocks_in(instance):
            require_outputs(*block)
        ports = convert(instance, path=str(self.folder), name=name, no_myhdl_header=True, testbench=False,
                        initial_values=False)
        bundles = {argument: [f"{argument}_{member}" for member in value.members]
                   for argument, value in arguments.items() if isinstance(value, Bundle)}
        _require_directions(name, arguments, ports)
        groups, path = ordered(ports, bundles), self.folder / f"{name}.v"
        comments, titles = port_comments(doc, arguments)
        heading, text = head(name, parameters, groups, ports, comments, titles), body(path.read_text(), name, ports)
        lines, named = printed(text, {port: (kind.bits, kind.signed) for port, kind in ports.items()},
                               meanings(doc, arguments), streams_in(names_in(instance)))
        known = {constant.lower(): value for constant, value in named.items()}
        known = {constant for constant, value in known.items() if numbers_of(arguments).get(constant, value) == value}
        numbers = [line for sentence in parameter_lines(doc, arguments, {*without, *known})
                   for line in comment(sentence)]
        made = tidy([*self.header.splitlines(), *(f"// {line}" for line in note), "", TIMESCALE,
                     "`default_nettype none", "", *(f"// {line}" for line in text_of(doc)),
                     *(["//", *numbers] if numbers else []), *heading, "", *lines, "", "endmodule", "",
                     "`default_nettype wire"])
        for constant in known:  # what comments say of it
            made = made.replace(f"`{constant}`", f"`{constant.upper()}`")
        path.write_text(made)
        if self.plain:
            (self.plain / path.name).write_text("\n".join([TIMESCALE, *heading, text, "endmodule", ""]))
        return {port: ports[port].direction for _, group in groups for port in group}

    def _write_hex(self, files):
        first = 0
        for number, bits in enumerate(files.widths):
            digits = -(-bits // 4)
            lines = [f"{word >> first & ((1 << bits) - 1):0{digits}x}\n" for word in files.words]
            (self.folder / f"{self.prefix}{files.name}_{number}.hex").write_text("".join(lines))
            first += bits


@contextlib.contextmanager
def converting_to(target):
    """Within this context blocks are written into `target` instead of simulated."""
    global _current
    _current = target
    try:
        yield target
    finally:
        _current = None


def current_target():
    """The Target that modules are written to, None in a simulation."""
    return _current


def is_converting():
    """True while modules are written, False in a simulation."""
    return _current is not None


def macro(name):
    """What a macro of the design that is being written is called: with its prefix, as everything global."""
    return _current.prefix + name


def ports_of(arguments):
    """(name, signal) of every signal among the arguments, those of bundles as `bundle_member`."""
    for name, value in arguments.items():
        if isinstance(value, SignalType):
            yield name, value
        elif isinstance(value, Bundle):
            for member, signal in value.signals():
                yield f"{name}_{member}", signal


def fresh(value):
    """A signal or bundle of the same shape that is not connected to anything; other values as they are."""
    if isinstance(value, SignalType):
        return like(value)
    return value.copy(like) if isinstance(value, Bundle) else value


def _form(function, arguments):
    """{what: value} of everything that shapes the module of a block; what fills its memories does not."""
    form = {"block": function.__name__}
    for name, value in arguments.items():
        if isinstance(value, HexFiles):
            form[f"words of {name}"], form[f"widths of {name}"] = len(value.words), value.widths
        elif not isinstance(value, (SignalType, Bundle)):
            form[name] = value
    for name, signal in ports_of(arguments):
        signed = signal.min is not None and signal.min < 0
        form[f"port {name}"] = f"{'signed ' if signed else ''}{len(signal)} bits"
    return form


def _refuse_another(module, made, wanted):
    for what in {**made, **wanted}:
        if what not in made or what not in wanted:
            raise ValueError(f"module {module} is wanted both with and without {what}")
        if made[what] != wanted[what]:
            both = " and ".join(textwrap.shorten(str(value), 60) for value in (made[what], wanted[what]))
            raise ValueError(f"module {module} is wanted twice, but {what} differs: {both}")


def _require_directions(name, arguments, found):
    """Raise ValueError unless the block drives its bundles as they declare."""
    for argument, value in arguments.items():
        for member, direction in value.directions(argument).items() if isinstance(value, Bundle) else ():
            port = f"{argument}_{member}"
            if found[port].direction != direction:
                raise ValueError(f"port {port} of module {name} is an {found[port].direction}, its bundle says "
                                 f"{direction}")
