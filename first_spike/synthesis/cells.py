"""Counting the cells of a synthesized design, for each of its modules.

The design is synthesized flattened, as it is built, so that the sum over the modules is the true total. yosys names
every cell after a signal that it drives, `bank[3].encoder_bank.ready_LUT4_Z`, and keeps the module of each instance in
a `$scopeinfo` cell: a cell counts for the module in which that signal stands. A LUT that joins logic of two modules
counts for one of them.
"""

import json
from pathlib import Path

from first_spike.golden.errors import UserError

TOP = "accelerator"


def count_cells(netlist, target):
    """{"total": counts, "modules": {module: {"instances": n, **counts}}} of the yosys JSON file `netlist`.

    counts: {resource: number} as the Target says. Raises UserError if the file is no netlist of an accelerator.
    """
    try:
        cells = json.loads(Path(netlist).read_text())["modules"][TOP]["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{netlist} is no netlist of yosys with a module {TOP}") from error
    scopes = {name: _source_module(cell["attributes"]) for name, cell in cells.items() if cell["type"] == "$scopeinfo"}
    names = {TOP: 1}
    for module in scopes.values():
        names[module] = names.get(module, 0) + 1
    modules = {module: {"instances": count, **_zero()} for module, count in names.items()}
    kinds = {}
    for name, cell in cells.items():
        kind = cell["type"]
        if kind not in kinds:
            kinds[kind] = _resource(kind, target)
        if kinds[kind]:
            resource, number = kinds[kind]
            modules[_module(name, scopes)][resource] += number
    for counts in modules.values():
        counts["logic"] = sum(counts[resource] * luts for resource, luts in target.logic.items())
    total = {resource: sum(counts[resource] for counts in modules.values()) for resource in _zero()}
    return {"total": total, "modules": modules}


def _source_module(attributes):
    """The module of a scope as the source calls it: yosys gives one with parameters a name of its own for each
    value."""
    return attributes.get("module_hdlname", attributes["module"])


def _zero():
    return {"logic": 0, "lut": 0, "carry": 0, "ff": 0, "lutram": 0, "bram": 0}


def _resource(kind, target):
    """(resource, how many it counts as) of a type of cell, or None."""
    for resource, kinds in target.cells.items():
        for pattern, number in kinds.items():
            if kind == pattern or (pattern.endswith("*") and kind.startswith(pattern[:-1])):
                return resource, number
    return None


def _module(name, scopes):
    while name and name not in scopes:
        name = name.rpartition(".")[0]
    return scopes[name] if name else TOP
