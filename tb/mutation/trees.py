"""What is read of a module's Verilog: tokens, expressions as trees, and the places that can be mutated; each of them
knows where it stands in the text.

Which module of a design holds which, and what it gives its inputs.
"""

import re
from collections import namedtuple
from dataclasses import dataclass, field
from functools import lru_cache

CORE, PROCESSOR = "accelerator", "processor"
INSTANCE = re.compile(r"^\s*(\w+) (?:#\([^;]*?\) )?(\w+) \((\s*\.[^;]*)\);", re.MULTILINE)
CONNECTION = re.compile(r"\.(\w+)\(([^()]*)\)")
CONSTANT = re.compile(r"^assign (\w+) = (\d+'[bdh]\w+);", re.MULTILINE)

# Tops of areas, each without what is in those behind it
AREAS = {"line": ("accelerator_serial",), "registers": ("accelerator_axi",), "core": (CORE,),
         "streams": ("frame_tid", "frame_tuser", "beat_splitter", "null_bytes"), "processor": (PROCESSOR,)}
# Of a processor what accelerators have, too, is of the core's area: there it is tried
SHARED = ("spike_encoder", "event_loader", "spike_serializer", "result_sender", "candidates_of_maps", "crc32",
          "frame_queue")
TOPS = ("accelerator_serial", "accelerator_axi", CORE, PROCESSOR)


def area_of(modules, name):
    """The area of a module: that of the innermost of AREAS' modules in which it is; a name of {name: Module}."""
    if PROCESSOR in modules and any(top in modules and name in inside(modules, top) for top in SHARED):
        return "core"
    return [area for area, tops in AREAS.items() for top in tops if top in modules and name in inside(modules, top)][-1]


def holds(text, name):
    """Whether a module with this text has instances of the module `name`."""
    return re.search(rf"^\s*{name} (?:#|\w+ \()", text, re.MULTILINE) is not None


def parents(modules):
    """{module: modules that contain it} of {name: Module}."""
    return _parents(tuple((name, module.text) for name, module in modules.items()))


@lru_cache
def _parents(texts):
    return {name: [other for other, text in texts if holds(text, name)] for name, _ in texts}


def around(modules, name):
    """The modules that hold one, directly or not, the nearest first, up to those within the core."""
    above, found = parents(modules), [name]
    for module in found:
        found += [holder for holder in above[module] if holder not in found and holder not in TOPS]
    return found[1:]


def inside(modules, name):
    """The module and those in it."""
    above, found = parents(modules), [name]
    for module in found:
        found += [other for other, holders in above.items() if module in holders and other not in found]
    return found


def tied(modules):
    """{module: {input: constant}} of {name: Module}, the top last: inputs that one constant drives in all instances."""
    found = {}
    for holder in reversed(modules):
        instances = [(name, CONNECTION.findall(ports)) for name, _, ports in INSTANCE.findall(modules[holder].text)
                     if name in modules]
        constants = dict(found.get(holder, {}))
        for name, ports in instances:
            outputs = dict(CONSTANT.findall(modules[name].text))
            constants.update((wire, outputs[port]) for port, wire in ports if port in outputs)
        for name, ports in instances:
            inputs = {port: constants[wire] for port, wire in ports
                      if wire in constants and port in modules[name].inputs}
            if name in found:
                inputs = dict(inputs.items() & found[name].items())
            found[name] = inputs
    return found


TOKEN = re.compile(r"""
    (?P<skip>\s+|//[^\n]*|\(\*.*?\*\)|`timescale[^\n]*)
  | (?P<number>\d*'[sS]?[bdhBDH][0-9a-fA-F_]+|\d+)
  | (?P<name>[A-Za-z_`$][A-Za-z0-9_$]*)
  | (?P<string>"[^"]*")
  | (?P<sign><<<|>>>|===|!==|<<|>>|<=|>=|==|!=|&&|\|\||\+:|[-+*/%&|^~!<>=?:;,.(){}\[\]@\#])
""", re.VERBOSE | re.DOTALL)
Token = namedtuple("Token", "kind text start end")


@dataclass
class Node:
    """An expression: kind is "number", "name", "unary", "binary" or "other"; sign: its operator; name: of the signal,
    or "sign" for the 0 in front of what `$signed` takes; whole: it is the signal without selection; parts: the
    expressions in it."""

    kind: str
    start: int
    end: int
    sign: str = ""
    name: str = ""
    whole: bool = False
    parts: list = field(default_factory=list)


@dataclass
class Place:
    """A statement. kind: "if", "clocked", "combinational" or "assign" (the right side of an assignment), "port" (what
    an input is connected to), or "always" and "for", in which nothing is mutated. start, end: of the statement; target:
    the signal that is assigned; process: where the process begins; again: the target has a value before; name: what
    the place is called, whatever its text: the process or instance, and what is assigned, first of all in an `if` or a
    `for`; of a second one with " #2", where those of a reset do not count among the others."""

    kind: str
    start: int
    end: int
    node: Node
    target: str = ""
    process: int = 0
    again: bool = False
    name: str = ""


def numbered(name, count):
    """A name, with its number but for the first one."""
    return f"{name} #{count}" if count > 1 else name


def nodes(node):
    """A Node and all in it."""
    yield node
    for part in node.parts:
        yield from nodes(part)
