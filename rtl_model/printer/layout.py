"""Where the items of a module stand: constants, then declarations by what they belong to, then what it does."""

from itertools import groupby

from first_spike.rtl_model.printer.lines import declaration, item_lines
from first_spike.rtl_model.printer.trees import Assign, Comment, Declaration


def layout(items, constants):
    """The lines of a module behind its ports; constants: {name: value} of its localparams."""
    declared = [item for item in items if isinstance(item, Declaration)]
    lines = [f"localparam {name} = {value};" for name, value in constants.items()]
    for _, group in groupby(declared, _group(declared)):
        lines += ["", *map(declaration, group)]
    former = None
    for item in items:
        if isinstance(item, Declaration):
            continue
        if not isinstance(former, Comment) and not (isinstance(former, Assign) and isinstance(item, Assign)):
            lines.append("")
        lines += item_lines(item)
        former = item
    return lines


def _group(declared):
    """What a declaration belongs to: the signals of a stream, whose names begin alike, stand by themselves."""
    return lambda item: False
