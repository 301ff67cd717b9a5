"""How often each net of a netlist toggles in simulation: by net, module and layer, busy and idle, and as SAIF.

A net counts once, whatever names it has, and for the module whose cell drives it. The simulation has no delays, so
that a net changes once in a cycle at most: glitches are not counted.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from first_spike.golden.errors import UserError
from first_spike.synthesis.yosys import TOP, instance_of, module_of, scopes_of

NET = "n{}_"
BUSY, IDLE = "busy", "idle"


class Nets:
    """The nets of a netlist (a file of yosys' JSON), each once."""

    def __init__(self, netlist):
        module = json.loads(Path(netlist).read_text())["modules"][TOP]
        self._names, self._scopes = module["netnames"], scopes_of(module["cells"])
        self.drivers = {bit: None for port in module["ports"].values() if port["direction"] == "input"
                        for bit in port["bits"]}
        for name, cell in module["cells"].items():
            for pin, bits in cell.get("connections", {}).items():
                if cell["port_directions"][pin] == "output":
                    self.drivers |= dict.fromkeys((bit for bit in bits if isinstance(bit, int)), name)

    def rename(self, content):
        """Give every net of the same netlist one name, `NET` of its number, so that a waveform has it once."""
        content["modules"][TOP]["netnames"] = {NET.format(bit): {"hide_name": 0, "bits": [bit], "attributes": {}}
                                               for bit in self.drivers}

    def _place(self, net):
        """(The module that drives a net, the instance in the top that this is in)."""
        cell = self.drivers[net]
        if cell is None:
            return "ports", TOP
        return module_of(cell, self._scopes), instance_of(cell, self._scopes).partition(".")[0] or TOP

    def activity(self, windows, images):
        """What a report says: toggles of an image where it is busy, of a cycle where it idles, in all, by module, by
        part of the top.

        windows: {BUSY: Window, IDLE: Window}; images: how many the busy window holds. The clock counts as one net,
        which toggles twice a cycle.
        """
        parts = {"modules": {}, "parts": {}}
        for net in self.drivers:
            counts = np.array([1, *(windows[name].toggles.get(net, 0) for name in (BUSY, IDLE))])
            for kind, key in zip(parts, self._place(net)):
                parts[kind][key] = parts[kind].get(key, 0) + counts
        cycles = {name: window.cycles for name, window in windows.items()}

        def figures(counts):
            nets, busy, idle = map(int, counts)
            return {"nets": nets, "toggles_an_image": busy / images, "toggles_a_cycle": busy / cycles[BUSY],
                    "toggles_an_idle_cycle": idle / cycles[IDLE]}

        return {"images": images, "cycles": cycles, **figures(sum(parts["modules"].values())),
                **{kind: {key: figures(counts) for key, counts in sorted(parts[kind].items())} for kind in parts}}

    def write_saif(self, file, window):
        """Write a Window as SAIF 2.0, under all names that the netlist has for its nets, in instances as the design
        has them."""
        tree = {}
        for name, net in self._names.items():
            inside = instance_of(name.rpartition(".")[0], self._scopes)
            node = tree
            for part in inside.split(".") if inside else ():
                node = node.setdefault(part, {})
            own = name[len(inside):].lstrip(".")
            for place, bit in enumerate(net["bits"]):
                if isinstance(bit, int):
                    text = own if len(net["bits"]) == 1 else f"{own}[{place + net.get('offset', 0)}]"
                    node.setdefault(NET, []).append((text, bit))
        lines = ["(SAIFILE", '(SAIFVERSION "2.0")', '(DIRECTION "backward")', f'(DESIGN "{TOP}")', "(DIVIDER / )",
                 "(TIMESCALE 1 ps)", f"(DURATION {window.time})", *_instance(TOP, tree, window), ")"]
        Path(file).write_text("\n".join(lines) + "\n")


@dataclass(frozen=True)
class Window:
    """cycles: how many; time: that they take, in ps. toggles: {net: changes}. high: {net: time in which it was 1}."""

    cycles: int
    time: int
    toggles: dict
    high: dict


def read_windows(file, windows):
    """{name: Window} of a VCD file that Verilator wrote of `recorder.sv` with named nets.

    windows: {name: (first cycle, first after it)}, one after the other. Raises UserError if the file ends before them.
    """
    bounds = sorted((first, end, name) for name, (first, end) in windows.items())
    found, begun, now = {}, None, 0
    with open(file) as lines:
        codes, clock = _codes(lines)
        values = dict.fromkeys(codes.values(), False)
        toggles, high, since = {}, {}, dict.fromkeys(values, 0)
        first, end, name = bounds.pop(0)
        for line in lines:
            if line[0] == "#":
                now = int(line[1:])
            elif line[0] in "01":
                net, value = codes.get(line[1:-1]), line[0] == "1"
                if net is None or value == values[net]:
                    continue
                values[net] = value
                toggles[net] = toggles.get(net, 0) + 1
                if not value:
                    high[net] = high.get(net, 0) + now - since[net]
                since[net] = now
            elif line[0] == "b" and line.endswith(f" {clock}\n"):
                cycle = int(line.split()[0][1:], 2)
                if begun is not None and cycle >= end:
                    for net in (net for net, value in values.items() if value):
                        high[net] = high.get(net, 0) + now - since[net]
                    found[name] = Window(end - first, now - begun, toggles, high)
                    begun = None
                    if not bounds:
                        return found
                    first, end, name = bounds.pop(0)
                if begun is None and cycle >= first:
                    begun, toggles, high, since = now, {}, {}, dict.fromkeys(values, now)
    raise UserError(f"{file} ends before cycle {end}")


def _codes(lines):
    """({code in a VCD file: net}, the code of the recorder's cycle), from its header."""
    codes, clock, scope = {}, None, []
    for words in map(str.split, lines):
        kind = words[0] if words else None
        if kind == "$scope":
            scope.append(words[2])
        elif kind == "$upscope":
            scope.pop()
        elif kind == "$var":
            net = re.fullmatch(r"n(\d+)_", words[4])
            if net and scope[-1] == "dut":
                codes[words[3]] = int(net[1])
            elif words[4] == "cycle" and scope[-1] == "recorder":
                clock = words[3]
        elif kind == "$enddefinitions":
            return codes, clock


def activity_table(title, report):
    """An `activity` for people, the modules with most toggles first."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in ("nets", "toggles an image", "share", "toggles a cycle", "idle"):
        table.add_column(name, justify="right")

    def row(name, figures, **style):
        share = figures["toggles_an_image"] / (report["toggles_an_image"] or 1)
        table.add_row(name, f"{figures['nets']:,}", f"{figures['toggles_an_image']:,.0f}", f"{share:.1%}",
                      f"{figures['toggles_a_cycle']:,.1f}", f"{figures['toggles_an_idle_cycle']:,.1f}", **style)

    for kind in ("parts", "modules"):
        for name, figures in sorted(report[kind].items(), key=lambda item: -item[1]["toggles_an_image"]):
            if figures["toggles_an_image"] or figures["toggles_an_idle_cycle"]:
                row(name, figures)
        table.add_section()
    row("all nets", report, style="bold")
    return table


def _instance(name, node, window):
    yield f"(INSTANCE {_escaped(name)}"
    yield "(NET"
    for text, bit in sorted(node.get(NET, ())):
        high = window.high.get(bit, 0)
        yield (f"({_escaped(text)} (T0 {window.time - high}) (T1 {high}) (TX 0) "
               f"(TC {window.toggles.get(bit, 0)}) (IG 0))")
    yield ")"
    for child in sorted(key for key in node if key != NET):
        yield from _instance(child, node[child], window)
    yield ")"


def _escaped(name):
    return re.sub(r"([^\w])", r"\\\1", name, flags=re.ASCII)
