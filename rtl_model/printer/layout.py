"""Where the items of a module stand: constants, then declarations by what they belong to, then what it does."""

from collections import Counter

from first_spike.rtl_model.printer.expressions import text_of
from first_spike.rtl_model.printer.lines import declaration, item_lines
from first_spike.rtl_model.printer.trees import Assign, Comment, Declaration
from first_spike.rtl_model.printer.verilog_text import comment, commented

GROUP = 3  # signals whose names begin alike stand by themselves from so many on


def layout(items, constants, comments, streams):
    """The lines of a module behind its ports. constants: the Numbers that have names; comments: {name: what it is};
    streams: {what the names of its signals begin with: what it is}."""
    lines = _constants(constants, comments) if constants else []
    for group in _groups([item for item in items if isinstance(item, Declaration)], streams):
        lines += ["", *group]
    former = None
    for item in items:
        if isinstance(item, Declaration):
            continue
        if not isinstance(former, Comment) and not (isinstance(former, Assign) and isinstance(item, Assign)):
            lines.append("")
        lines += item_lines(item)
        former = item
    return lines


def _constants(constants, comments):
    declared = [f"localparam {f'[{number.width - 1}:0] ' if number.width else ''}{number.name} = "
                f"{text_of(number.unnamed())};" for number in constants]
    rows = commented(declared, [comments.get(number.name, "") for number in constants])
    return [line for row in rows for line in row]


def _groups(declared, streams):
    """Lines of declarations, in groups: what belongs to nothing, the streams, what begins with the same word, the
    memories."""
    memories = [item for item in declared if item.depth is not None]
    signals = [item for item in declared if item.depth is None]
    owners = {item.name: _owner(item.name, streams) for item in signals}
    counts = Counter(owners.values())
    groups = {"": []}
    for item in signals:
        owner = owners[item.name]
        groups.setdefault(owner if owner in streams or counts[owner] >= GROUP else "", []).append(item)
    lines = [[*(comment(f"{name}: {streams[name]}") if streams.get(name) else []), *_aligned(group)]
             for name, group in groups.items() if group]
    return [*lines, *([list(map(declaration, memories))] if memories else [])]


def _owner(name, streams):
    """The stream of a signal, or the first word of its name."""
    found = [stream for stream in streams if name.startswith(f"{stream}_")]
    return max(found, key=len, default=name.partition("_")[0])


def _aligned(group):
    """The lines of declarations with their names below each other."""
    lines = [declaration(item).rpartition(" ") for item in group]
    if len({item.kind for item in group}) > 1:
        lines = [(f"{kind:4} {rest}".rstrip(), " ", name) for (kind, _, rest), name in
                 ((before.partition(" "), name) for before, _, name in lines)]
    width = max(len(before) for before, _, _ in lines)
    return [f"{before:{width}} {name}" for before, _, name in lines]
