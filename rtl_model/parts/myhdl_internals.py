"""Everything that is used of MyHDL beyond its public names, for the version FITS. No other file does."""

import copy
import inspect
import sys
from types import SimpleNamespace

from myhdl import EnumType, Signal, _block, _instance, block
from myhdl._block import _Block, _CallInfo
from myhdl._extractHierarchy import _UserVerilogCode
from myhdl._ShadowSignal import _SliceSignal
from myhdl.conversion._toVerilog import _ConvertVisitor, _ToVerilogConvertor

from first_spike.rtl_model.printer.verilog_text import Port

FITS = "0.11.52"
LARGE = 1 << 30  # from which on MyHDL prints numbers with their width
BEGIN, END = "//<", "//>"
NAMED = "/*{}*/"


def frames():
    """The frames from the caller's outwards, as `inspect.stack` gives them, but only with what MyHDL reads of each,
    itself and the name of its function: to look for the source of all of them takes half of the time in which a design
    becomes Verilog."""
    found, frame = [], sys._getframe(1)
    while frame is not None:
        found.append((frame, None, None, frame.f_code.co_name))
        frame = frame.f_back
    return found


LOOKING = _block, _instance  # the modules of MyHDL that look who makes a block or a process
for module in LOOKING:
    module.inspect = SimpleNamespace(**vars(inspect) | {"stack": frames})


def names_in(instance):
    """{name: what it stands for} in the function of a block, as far as its parts have seen it."""
    return {name: value for part in instance.subs for name, value in part.callinfo.symdict.items()}


def blocks_in(instance):
    """Each block in an instance of one, itself included, but for stubs, as (function, {parameter: value}, the names of
    parameters of which it drives a signal, its parts' included)."""
    if not isinstance(instance, _Block) or instance.verilog_code is not None:
        return
    given = inspect.signature(instance.func).bind(*instance.args, **instance.kwargs).arguments
    driven = _driven(instance)
    yield instance.func, given, {name for name, value in given.items()
                                 if any(id(signal) in driven for signal in _named(name, value).values())}
    for part in instance.subs:
        yield from blocks_in(part)


def _driven(part):
    """The ids of the signals that a block, a stub or a process drives."""
    if not isinstance(part, _Block):
        return {id({**part.sigdict, **part.losdict}[name]) for name in part.outputs}
    if part.verilog_code is not None:
        return {id(signal) for signal in part.verilog_code.drives}
    return {signal for inner in part.subs for signal in _driven(inner)}


def like(signal):
    """A new signal of the same type, width and initial value."""
    return Signal(copy.copy(signal._init))


def name_of(signal):
    """How the module that is being printed calls a signal, or a slice of one."""
    if isinstance(signal, _SliceSignal):
        place = signal._left if signal._right is None else f"{signal._left - 1}:{signal._right}"
        return f"{signal._sig._name}[{place}]"
    return signal._name


def _naming(print_node, name):
    """A method of MyHDL's that prints what a node stands for, and then a name, if `name` gives one."""

    def method(self, node):
        print_node(self, node)
        found = name(node, {known: value for known, value in self.tree.symdict.items()
                            if known not in self.tree.vardict})
        if found:
            self.write(NAMED.format(found))

    return method


def _number(node, known):
    value = known.get(node.id)
    return node.id if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGE else None


def _state(node, known):
    return node.attr if isinstance(known.get(getattr(node.value, "id", None)), EnumType) else None


def convert(instance, **options):
    """Convert a block to Verilog, as its method `convert` does; returns {port: Port}, as MyHDL has found them out.

    What is no text of MyHDL's stands between the lines BEGIN and END, and the name of a constant behind its number.
    """
    ports = {}

    def look(_, hierarchy, interface, *lists):
        for name in interface.argnames:
            signal = interface.argdict[name]
            ports[name] = Port("output" if signal._driven else "input", signal._driven or "wire",
                               signal.min is not None and signal.min < 0,
                               None if isinstance(signal.val, bool) else len(signal))

    original = _ToVerilogConvertor._convert_filter
    printers = _ConvertVisitor.getName, _ConvertVisitor.getAttr
    _ToVerilogConvertor._convert_filter = look  # MyHDL's entry for looking at what it analyzed
    _ConvertVisitor.getName, _ConvertVisitor.getAttr = (_naming(*pair) for pair in zip(printers, (_number, _state)))
    try:
        instance.convert(hdl="Verilog", **options)
    finally:
        _ToVerilogConvertor._convert_filter = original
        _ConvertVisitor.getName, _ConvertVisitor.getAttr = printers
    return ports


def adopt(instance, machinery):
    """Let MyHDL see `instance` as made by the block whose code called, through functions of this module and of the one
    with the globals `machinery`; the signals of that block then get their local names."""
    frame = inspect.currentframe()
    while (frame.f_globals is globals() or frame.f_globals is machinery
           or frame.f_code.co_name == "<listcomp>"):
        frame = frame.f_back
    symbols = dict(frame.f_globals)
    for name, value in sorted(frame.f_locals.items()):  # their own order depends on the version of Python
        symbols.update(_named(name, value))
    instance.callinfo = _CallInfo(frame.f_code.co_name, True, symbols)
    instance.modctxt = True
    return instance


def stub(name, ports, render, machinery):
    """A block without behaviour whose Verilog is `render()`, called when signals have their names.

    ports: {port: (signal, "input" | "output")}, marked as read or driven; a signal that the parent does not name itself
    is called after its port. machinery: see `adopt`.
    """
    made = _nothing()
    made.name = made.__name__ = name
    for port, (signal, direction) in ports.items():
        if direction == "output":
            signal.driven = "wire"
        signal.read = True  # an output may stay open without a warning
        signal._markUsed()
        made.sigdict[port] = signal
    made.verilog_code = _Text("", {}, name, None, __file__, 0)
    made.verilog_code.render = render
    made.verilog_code.drives = [signal for signal, direction in ports.values() if direction == "output"]
    return adopt(made, machinery)


class _Text(_UserVerilogCode):
    """Verilog that is rendered when MyHDL prints it, because signals have no names earlier."""

    __slots__ = ("render", "drives")

    def __str__(self):
        return f"\n{BEGIN}\n{self.render().rstrip()}\n{END}\n\n"


@block
def _nothing():
    return []


def _named(name, value):
    """`value` under `name`, and the signals inside a bundle or list under names of their own."""
    if hasattr(value, "signals"):
        return {name: value, **{f"{name}_{member}": signal for member, signal in value.signals()}}
    if isinstance(value, list):
        parts = [_named(f"{name}_{i}", part) for i, part in enumerate(value)]
        return {name: value, **{key: part for found in parts for key, part in found.items()}}
    return {name: value}
