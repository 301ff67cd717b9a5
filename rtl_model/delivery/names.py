"""Names of designs: what begins the name of every module and file, so that several designs can live in one; and the
templates of the files that go along with a design."""

import re
from pathlib import Path

from first_spike.golden.errors import UserError

TEMPLATES = Path(__file__).resolve().parent / "templates"
PLACEHOLDER = re.compile(r"@([A-Z_]+)@")

LONGEST = 64  # characters; the longest file name adds 30, and file systems end at 255
KEYWORDS = frozenset("""
    always and assign automatic begin buf bufif0 bufif1 case casex casez cell cmos config deassign default defparam
    design disable edge else end endcase endconfig endfunction endgenerate endmodule endprimitive endspecify endtable
    endtask event for force forever fork function generate genvar highz0 highz1 if ifnone incdir include initial inout
    input instance integer join large liblist library localparam macromodule medium module nand negedge nmos nor
    noshowcancelled not notif0 notif1 or output parameter pmos posedge primitive pull0 pull1 pulldown pullup
    pulsestyle_ondetect pulsestyle_onevent rcmos real realtime reg release repeat rnmos rpmos rtran rtranif0 rtranif1
    scalared showcancelled signed small specify specparam strong0 strong1 supply0 supply1 table task time tran tranif0
    tranif1 tri tri0 tri1 triand trior trireg unsigned use uwire vectored wait wand weak0 weak1 while wire wor xnor xor
""".split())  # of IEEE 1364-2005


def require_name(name):
    """Raise UserError unless `name` is "" or can name a design: a Verilog identifier of letters, digits and
    underscores, no keyword, of at most LONGEST characters."""
    if not isinstance(name, str) or name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII):
        raise UserError(f"{name!r} cannot name a design: Verilog wants letters, digits and underscores, and no digit "
                        f"first")
    if name in KEYWORDS:
        raise UserError(f"{name!r} cannot name a design: it is a keyword of Verilog")
    if len(name) > LONGEST:
        raise UserError(f"a name of {len(name)} characters is too long for a design: choose at most {LONGEST}")


def prefix(name):
    """What begins the names of the modules and files of the design `name`; nothing if it has none."""
    return f"{name}_" if name else ""


def fill(template, values):
    """The text of a template with the `values` ({placeholder: text, number or list}) in the places of their names,
    which look like @THIS@.

    A line with a list in it is there once for each of its items: not at all for an empty list.
    """
    lines = (TEMPLATES / template).read_text().splitlines(keepends=True)
    return "".join(text for line in lines for text in _filled(line, values))


def _filled(line, values):
    lists = [name for name in PLACEHOLDER.findall(line) if isinstance(values.get(name), list)]
    for item in values[lists[0]] if lists else [None]:
        yield PLACEHOLDER.sub(lambda match: str(item if match[1] in lists else values[match[1]]), line)
