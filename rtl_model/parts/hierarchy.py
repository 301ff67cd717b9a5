"""One Verilog module per block: MyHDL flattens a design, this keeps its hierarchy.

A parent calls `submodule` (one child) or `submodule_array` (equal children side by side, each with its slice of packed
vectors). In simulation they simply instantiate the child block. Inside `with converting_to(folder):` the child is
converted to a module of its own, once per module name, and the parent gets a stub that prints the instantiation.
"""

import contextlib
import copy
import inspect
import re
from pathlib import Path

from myhdl import ConcatSignal, Signal, always_comb, block, intbv
from myhdl._block import _CallInfo
from myhdl._extractHierarchy import _UserVerilogCode
from myhdl._ShadowSignal import _SliceSignal

_target = None


class Target:
    """Where modules go: `folder`, the comment `header` of each file, the module names in the order of conversion."""

    def __init__(self, folder, header=""):
        self.folder = Path(folder)
        self.header = header
        self.modules = []

    def convert(self, function, module, arguments):
        """Convert `function(**arguments)` to `<module>.v`, once; returns {port: "input" | "output"} in port order."""
        path = self.folder / f"{module}.v"
        if module not in self.modules:
            instance = function(**{name: _fresh(value) for name, value in arguments.items()})
            instance.convert(hdl="Verilog", path=str(self.folder), name=module, header=self.header,
                             no_myhdl_header=True, testbench=False, timescale="1ns/1ps", initial_values=False)
            self.modules.append(module)
        return {name: way for way, name in re.findall(r"^(input|output) .*?(\w+);$", path.read_text(), re.MULTILINE)}


@contextlib.contextmanager
def converting_to(target):
    """Within this context `submodule` and `submodule_array` write modules into `target` instead of simulating."""
    global _target
    _target = target
    try:
        yield target
    finally:
        _target = None


def submodule(instance, function, module=None, **arguments):
    """`function(**arguments)` as the child `instance`: signals and bundles are its ports, the rest its parameters."""
    if _target is None:
        return _adopt(function(**arguments))
    module = module or function.__name__
    ways = _target.convert(function, module, arguments)
    ports = {name: (signal, None) for name, signal in _ports(arguments)}
    return _stub(instance, ports, ways, lambda: _instantiation(
        module, instance, {name: _name(signal) for name, (signal, _) in ports.items()}))


def submodule_array(instance, function, count, *, shared, sliced, constant, gathered, module=None, **parameters):
    """`count` equal children. Child i gets the signals of `shared`; of each (vector, width) that `sliced` lists for a
    port its i-th slice, the first in the lowest bits; the i-th value of `constant` ({port: (values, example signal)});
    and drives the i-th slice of each vector in `gathered` ({port: (vector, example signal)})."""
    if _target is None:
        return [_adopt(child) for child in _simulated_array(function, count, shared, sliced, constant, gathered,
                                                            parameters)]
    module = module or function.__name__
    example = dict(shared)
    for port, parts in sliced.items():
        bits = sum(width for _, width in parts)
        example[port] = Signal(intbv(0)[bits:] if bits > 1 else bool(0))
    for port, (_, signal) in (*constant.items(), *gathered.items()):
        example[port] = signal
    ways = _target.convert(function, module, {**example, **parameters})
    flat = dict(_ports(shared))
    named = {name: (signal, None) for name, signal in flat.items()}
    for port, parts in sliced.items():
        named.update({f"{port}_{k}" if len(parts) > 1 else port: (vector, "input") for k,
                      (vector, _) in enumerate(parts)})
    named.update({port: (vector, "output") for port, (vector, _) in gathered.items()})

    def text():
        bound = {name: _name(signal) for name, signal in flat.items()}
        for port, parts in sliced.items():
            pieces = [_slice(vector, width) for vector, width in reversed(parts)]
            bound[port] = pieces[0] if len(pieces) == 1 else "{" + ", ".join(pieces) + "}"
        for port, (vector, signal) in gathered.items():
            bound[port] = _slice(vector, len(signal))
        tables = ""
        for port, (values, signal) in constant.items():
            bits, table = len(signal), f"{instance}_{port}".upper()
            words = ", ".join(f"{bits}'h{int(v) % (1 << bits):x}" for v in reversed(list(values)))
            tables += f"localparam [{bits * count - 1}:0] {table} = {{{words}}};\n"
            bound[port] = f"{table}[i*{bits} +: {bits}]"
        body = _instantiation(module, "child", {name: bound[name] for name in ways}).replace("\n", "\n    ")
        return (f"{tables}genvar {instance}_i;\ngenerate for ({instance}_i = 0; {instance}_i < {count}; {instance}_i = "
                f"{instance}_i + 1)"
                f" begin : {instance}\n    {body}\nend endgenerate\n").replace("[i*", f"[{instance}_i*")

    return _stub(instance, named, ways, text)


def verilog(instance, text, reads, drives):
    """A stub that prints `text`, in which {port} stands for a signal's name. `reads`, `drives`: {port: signal}."""
    ports = {**{p: (s, "input") for p, s in reads.items()}, **{p: (s, "output") for p, s in drives.items()}}
    return _stub(instance, ports, {}, lambda: text.format(**{name: _name(s) for name, (s, _) in ports.items()}))


def write_hex(name, words, bits):
    """Write the file `name` for $readmemh beside the modules: a line for each of `words`, two's complement of
    `bits`."""
    digits = -(-bits // 4)
    (_target.folder / name).write_text("".join(f"{word % (1 << bits):0{digits}x}\n" for word in words))


def is_converting():
    """True while modules are written, False in a simulation."""
    return _target is not None


def _name(signal):
    """How a module calls a signal, or a slice of one."""
    if isinstance(signal, _SliceSignal):
        place = signal._left if signal._right is None else f"{signal._left - 1}:{signal._right}"
        return f"{signal._sig._name}[{place}]"
    return signal._name


def _slice(vector, width):
    """The text of the i-th slice of `width` bits; a child alone has the whole vector, which may be a plain bit."""
    return vector._name if len(vector) == width else f"{vector._name}[i*{width} +: {width}]"


def _instantiation(module, instance, bound):
    return f"{module} {instance} (\n" + ",\n".join(f"    .{port}({name})" for port, name in bound.items()) + "\n);"


def _ports(arguments):
    """(name, signal) of every signal among the arguments, those of bundles as `bundle_member`."""
    for name, value in arguments.items():
        if hasattr(value, "_nrbits"):
            yield name, value
        elif hasattr(value, "signals"):
            for member, signal in value.signals():
                yield f"{name}_{member}", signal


def _named(name, value):
    """`value` under `name`, and the signals inside a bundle or list under names of their own."""
    if hasattr(value, "signals"):
        return {name: value, **{f"{name}_{member}": signal for member, signal in value.signals()}}
    if isinstance(value, list):
        parts = [_named(f"{name}_{i}", part) for i, part in enumerate(value)]
        return {name: value, **{key: part for found in parts for key, part in found.items()}}
    return {name: value}


def _fresh(value):
    """A signal or bundle of the same shape that is not connected to anything; other values as they are."""
    if hasattr(value, "_nrbits"):
        return Signal(copy.copy(value._init))
    if hasattr(value, "signals"):
        other = copy.copy(value)
        for member, signal in value.signals():
            setattr(other, member, _fresh(signal))
        return other
    return value


class _Text(_UserVerilogCode):
    """Verilog that is rendered when MyHDL prints it, because signals have no names earlier."""

    __slots__ = ("render",)

    def __str__(self):
        return "\n" + self.render() + "\n"


@block
def _nothing():
    return []


def _adopt(instance):
    """Let MyHDL see `instance` as made by the block that called this module, whose signals then get their local
    names."""
    frame = inspect.currentframe()
    while frame.f_globals is globals() or frame.f_code.co_name == "<listcomp>":
        frame = frame.f_back
    symbols = dict(frame.f_globals)
    for name, value in sorted(frame.f_locals.items()):  # their own order depends on the version of Python
        symbols.update(_named(name, value))
    instance.callinfo = _CallInfo(frame.f_code.co_name, True, symbols)
    instance.modctxt = True
    return instance


def _stub(instance, ports, ways, render):
    """A block without behaviour whose Verilog is `render()`. Marks its signals as read or driven, and names those that
    the parent did not name itself."""
    stub = _nothing()
    stub.name = stub.__name__ = instance
    for name, (signal, way) in ports.items():
        if (way or ways[name]) == "output":
            signal.driven = "wire"
        signal.read = True  # an output may stay open without a warning
        signal._markUsed()
        stub.sigdict[name] = signal
    stub.verilog_code = _Text("", {}, instance, None, __file__, 0)
    stub.verilog_code.render = render
    return _adopt(stub)


@block
def _gather(vector, parts):
    together = ConcatSignal(*reversed(parts), False)  # the low zero: a concatenation takes two parts at least
    width = len(vector) + 1

    @always_comb
    def copy_parts():
        vector.next = together[width:1]

    return copy_parts


def _simulated_slice(vector, width, i):
    if isinstance(vector.val, bool):
        return vector
    return vector((i + 1) * width, i * width) if width > 1 else vector(i)


def _simulated_array(function, count, shared, sliced, constant, gathered, parameters):
    outputs = {port: [Signal(copy.copy(signal._init)) for _ in range(count)] for port, (_, signal) in gathered.items()}
    children = []
    for i in range(count):
        bound = dict(shared)
        for port, parts in sliced.items():
            pieces = [_simulated_slice(vector, width, i) for vector, width in reversed(parts)]
            bound[port] = pieces[0] if len(pieces) == 1 else ConcatSignal(*pieces)
        for port, (values, signal) in constant.items():
            bound[port] = Signal(intbv(int(values[i]) % (1 << len(signal)))[len(signal):])
        for port, signals in outputs.items():
            bound[port] = signals[i]
        children.append(function(**bound, **parameters))
    return children + [_gather(vector, outputs[port]) for port, (vector, _) in gathered.items()]
