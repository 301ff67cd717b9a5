"""The text of a module as its readers get it: what MyHDL prints, under a head that explains it, in lines that fit.

Only comments, layout and the form of constants are made here; what MyHDL printed is not changed.
"""

import itertools
import re
import textwrap
from typing import NamedTuple

WIDEST = 120  # columns
WORD = 256  # bits of a constant that fit on a line
STEP = 4  # columns of an indent
FIRST = ("clk", "rst", "clear")  # of the ports
BREAKS = re.compile(r",( )"), re.compile(r" (?:&&|\|\||[+|&?:^])( )")  # the first that fits is taken


class Port(NamedTuple):
    """What a port is: "input" or "output", "wire" or "reg", whether it is signed, and its bits, None for a scalar."""

    direction: str
    kind: str
    signed: bool
    bits: int | None

    @property
    def type(self):
        """What stands between the direction and the name, in three parts."""
        return self.kind, "signed" if self.signed else "", "" if self.bits is None else f"[{self.bits - 1}:0]"


def ordered(ports, bundles):
    """[(bundle or None, [port, ...]), ...]: clock and resets first, then {bundle: its ports} as given, then the
    others."""
    taken = {port for group in bundles.values() for port in group}
    wires = [port for port in ports if port not in taken]
    first = [port for port in FIRST if port in wires]
    others = [port for port in wires if port not in first]
    return [group for group in ((None, first), *bundles.items(), (None, others)) if group[1]]


def head(name, parameters, groups, ports, comments, titles):
    """The lines `module name #(...) (...);`, every port with its comment, every bundle under its title.

    parameters: {name: default}; groups: see `ordered`; comments: {port or parameter: text}; titles: {bundle: text}.
    """
    lines = []
    if parameters:
        declared = _listed([f"parameter {parameter} = {value}" for parameter, value in parameters.items()])
        rows = commented(declared, [comments.get(parameter, "") for parameter in parameters])
        lines += [f"module {name} #(", *itertools.chain(*rows), ") ("]
    else:
        lines.append(f"module {name} (")
    widths = [max(len(port.type[part]) for port in ports.values()) for part in range(3)]
    names = [port for _, group in groups for port in group]
    declared = [" ".join([f"{ports[port].direction:6}", *(f"{text:{width}}" for text, width in
                                                         zip(ports[port].type, widths) if width), port])
                for port in names]
    rows = iter(commented(_listed(declared), [comments.get(port, "") for port in names]))
    for number, (bundle, group) in enumerate(groups):
        if number:
            lines.append("")
        if bundle:
            lines += comment(f"{bundle}: {titles[bundle]}", STEP) if titles.get(bundle) else []
        for _ in group:
            lines += next(rows)
    return [*lines, ");"]


def _listed(declared):
    """Declarations as lines with commas between them."""
    return [f"{' ' * STEP}{text}{',' * (number < len(declared))}" for number, text in enumerate(declared, 1)]


def commented(code, comments):
    """The lines of each of several lines of code with a comment beside it."""
    column = max(map(len, code)) + 2
    rows = []
    for text, words in zip(code, comments):
        beside = comment(words, column) if words else []
        row = [text.ljust(column) + beside[0].lstrip(), *beside[1:]] if beside else [text]
        rows.append(row)
    return rows


def comment(text, column=0):
    """`text` as lines of comment that begin in `column`."""
    prefix = " " * column + "// "
    return textwrap.wrap(text, WIDEST, initial_indent=prefix, subsequent_indent=prefix, break_on_hyphens=False)


def body(text, name, ports):
    """What MyHDL printed of module `name` between its ports and its end."""
    lines = text.partition(f"module {name} (\n")[2].partition("\n);\n")[2].rpartition("endmodule")[0].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(("input ", "output ")))
    return "\n".join(lines[first + sum(1 if port.direction == "input" else 2 for port in ports.values()):]) + "\n"


def tidy(lines):
    """The text of a file: no blank at the end of a line, no two blank lines together, no line too wide."""
    made = []
    for line in lines:
        line = line.rstrip()
        if line or (made and made[-1]):
            made += wrapped(line)
    return "\n".join(made).rstrip() + "\n"


def wrapped(line):
    """A line of code or comment as lines of at most WIDEST columns, broken where a blank follows a comma or an
    operator; as it is where there is no such place."""
    if len(line) <= WIDEST:
        return [line]
    indent = len(line) - len(line.lstrip())
    if line.lstrip().startswith("//"):
        return comment(line.lstrip("/ "), indent)
    for pattern in BREAKS:
        places = [found.start(1) for found in pattern.finditer(line, indent) if found.start(1) <= WIDEST]
        places = [place for place in places if line.count('"', 0, place) % 2 == 0]
        if places:
            hanging = " " * (indent + STEP)
            rest = wrapped(hanging + line[places[-1] + 1:])
            return [line[:places[-1]], *(hanging + part.lstrip() for part in rest)]
    return [line]


def constant(value, bits):
    """Verilog of a constant, a wide one in words of WORD bits."""
    if bits <= WORD:
        return f"{bits}'h{value:x}"
    words = [value >> first & ((1 << WORD) - 1) for first in range(0, bits - bits % WORD, WORD)]
    text = concatenation(words, WORD)
    top = bits % WORD
    return text if not top else f"{{{top}'h{value >> (bits - top):x}, {text}}}"


def concatenation(values, bits):
    """Verilog of a vector of `values`, `bits` each, the first in the lowest bits; runs of equal ones are replicated."""
    runs = [(value, len(list(group))) for value, group in itertools.groupby(reversed(list(values)))]
    texts = [f"{bits}'h{int(value) % (1 << bits):x}" for value, _ in runs]
    parts = [text if count == 1 else f"{{{count}{{{text}}}}}" for text, (_, count) in zip(texts, runs)]
    return parts[0] if len(parts) == 1 and runs[0][1] > 1 else f"{{{', '.join(parts)}}}"
