"""One Verilog module per block: MyHDL flattens a design, this keeps its hierarchy.

A parent calls `submodule` (one child) or `submodule_array` (equal children side by side, each with its slice of packed
vectors). In simulation they simply instantiate the child block. Inside `with converting_to(target):` the child is
converted to a module of its own, once per module name, and the parent gets a stub that prints the instantiation.
"""

import re

from myhdl import ConcatSignal, Signal, always_comb, block, intbv

from first_spike.rtl_model.parts.myhdl_internals import adopt, like, name_of, stub
from first_spike.rtl_model.parts.target import current_target, is_converting, ports_of
from first_spike.rtl_model.printer.verilog_text import concatenation


def inlined(name, child):
    """The block instance `child` as a part of its parent's module, where its processes and signals are called
    `name_...`; otherwise MyHDL calls them after the block and a running number."""
    child.name = name
    return adopt(child, globals())


def inlined_line(name, stage, line):
    """`stage(early, late)` between each two that follow each other in `line`, inlined as `name_0`, `name_1`..."""
    return [inlined(f"{name}_{k}", stage(*pair)) for k, pair in enumerate(zip(line, line[1:]))]


def submodule(instance, function, module=None, **arguments):
    """`function(**arguments)` as the child `instance`: signals and bundles are its ports, the rest its parameters."""
    if not is_converting():
        return adopt(function(**arguments), globals())
    converted = current_target().convert(function, module or function.__name__, arguments)
    ports = {name: (signal, converted.ports[name]) for name, signal in ports_of(arguments)}
    return stub(instance, ports, lambda: _instantiation(
        converted, instance, {name: name_of(signal) for name, (signal, _) in ports.items()}), globals())


def submodule_array(instance, function, count, *, shared, sliced, constant, gathered, module=None, **parameters):
    """`count` equal children. Child i gets the signals of `shared`; of each (vector, width) that `sliced` lists for a
    port its i-th slice, the first in the lowest bits; the i-th value of `constant` ({port: (values, example signal)});
    and drives the i-th slice of each vector in `gathered` ({port: (vector, example signal)}).

    In Verilog child i is called `<instance>[i].<function>`; a single one is a plain instance, called `<instance>`."""
    if not is_converting():
        return [adopt(child, globals()) for child in _simulated_array(
            function, count, shared, sliced, constant, gathered, parameters)]
    example = dict(shared)
    for port, parts in sliced.items():
        bits = sum(width for _, width in parts)
        example[port] = Signal(intbv(0)[bits:] if bits > 1 else bool(0))
    for port, (_, signal) in (*constant.items(), *gathered.items()):
        example[port] = signal
    converted = current_target().convert(function, module or function.__name__, {**example, **parameters})
    flat = dict(ports_of(shared))
    named = {name: (signal, converted.ports[name]) for name, signal in flat.items()}
    for port, parts in sliced.items():
        named.update({f"{port}_{k}" if len(parts) > 1 else port: (vector, "input") for k,
                      (vector, _) in enumerate(parts)})
    named.update({port: (vector, "output") for port, (vector, _) in gathered.items()})

    index = f"{instance}_i" if count > 1 else None

    def text():
        bound = {name: name_of(signal) for name, signal in flat.items()}
        for port, parts in sliced.items():
            pieces = [_part(vector, width, index) for vector, width in reversed(parts)]
            bound[port] = pieces[0] if len(pieces) == 1 else "{" + ", ".join(pieces) + "}"
        for port, (vector, signal) in gathered.items():
            bound[port] = _part(vector, len(signal), index)
        tables = ""
        for port, (values, signal) in constant.items():
            bits, table = len(signal), f"{instance}_{port}".upper()
            tables += f"localparam [{bits * count - 1}:0] {table} = {concatenation(values, bits)};\n"
            bound[port] = table if index is None else _slice(table, bits, index)
        if count == 1:
            return tables + _instantiation(converted, instance, bound)
        body = _instantiation(converted, function.__name__, bound).replace("\n", "\n    ")
        return (f"{tables}genvar {index};\n"
                f"generate for ({index} = 0; {index} < {count}; {index} = {index} + 1) begin : {instance}\n"
                f"    {body}\nend endgenerate\n")

    return stub(instance, named, text, globals())


def verilog(instance, text, reads, drives):
    """A stub that prints `text`, in which {port} stands for a signal's name. `reads`, `drives`: {port: signal}."""
    ports = {**{p: (s, "input") for p, s in reads.items()}, **{p: (s, "output") for p, s in drives.items()}}

    def render():
        return re.sub(r"\{(\w+)\}", lambda found: name_of(ports[found[1]][0]) if found[1] in ports else found[0], text)

    return stub(instance, ports, render, globals())


def _part(vector, width, index):
    """Part number `index` of a vector; if there is one child only, the whole, or its lowest part."""
    name = name_of(vector)
    if index is not None:
        return _slice(name, width, index)
    return name if len(vector) == width else f"{name}[{width - 1}:0]"


def _slice(name, width, index):
    return f"{name}[{index}]" if width == 1 else f"{name}[{index}*{width} +: {width}]"


def _instantiation(module, instance, bound):
    """An instance of a Module whose ports are bound to {port: Verilog text}."""
    values = ", ".join(f".{name}({value})" for name, value in module.parameters.items())
    ports = ",\n".join(f"    .{port}({bound[port]})" for port in module.ports)
    return f"{module.name} {f'#({values}) ' if values else ''}{instance} (\n{ports}\n);"


@block
def _gather(vector, parts):
    together = ConcatSignal(*reversed(parts), False)  # the low zero: a concatenation takes two parts at least
    width = len(vector) + 1

    @always_comb
    def copy_parts():
        vector.next = together[width:1]

    return copy_parts


def _simulated_part(vector, width, i):
    if isinstance(vector.val, bool):  # a child alone may have a plain bit
        return vector
    return vector((i + 1) * width, i * width) if width > 1 else vector(i)


def _simulated_array(function, count, shared, sliced, constant, gathered, parameters):
    outputs = {port: [like(signal) for _ in range(count)] for port, (_, signal) in gathered.items()}
    children = []
    for i in range(count):
        bound = dict(shared)
        for port, parts in sliced.items():
            pieces = [_simulated_part(vector, width, i) for vector, width in reversed(parts)]
            bound[port] = pieces[0] if len(pieces) == 1 else ConcatSignal(*pieces)
        for port, (values, signal) in constant.items():
            bound[port] = Signal(intbv(int(values[i]) % (1 << len(signal)))[len(signal):])
        for port, signals in outputs.items():
            bound[port] = signals[i]
        children.append(function(**bound, **parameters))
    return children + [_gather(vector, outputs[port]) for port, (vector, _) in gathered.items()]
