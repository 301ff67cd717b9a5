"""What the docstrings of blocks and bundles say, taken apart for the comments of their modules.

The section `Ports:` of a block's docstring has a line `port: what it carries` for each port, the section `Members:` of
a bundle's one for each member, `Parameters:` one for parameters of a block, of which those appear that are numbers. A
line that is indented further goes on with the one above.

The line `Outputs: a, b` names the ports that a block drives, but for streams at `s_...` and `m_...`, whose bundles say
so. A block that drives another, or does not drive one of them, is not converted.
"""

import dataclasses
import inspect
import re

from first_spike.rtl_model.parts.streams import Bundle

SECTIONS = ("Ports:", "Members:", "Parameters:")
OUTPUTS = "Outputs: "
COMMON = {"clk": "clock, rising edge", "rst": "synchronous reset, active high"}


def text_of(doc):
    """The docstring without its sections, as lines."""
    lines, section = [], False
    for line in inspect.cleandoc(doc or "").splitlines():
        if line in SECTIONS:
            section = True
        elif section and line and not line.startswith(" "):
            section = False
        if not section and not line.startswith(OUTPUTS):
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def outputs_of(doc):
    """The names in the line `Outputs:` of a docstring."""
    found = re.findall(rf"^{OUTPUTS}(.*)", inspect.cleandoc(doc or ""), re.MULTILINE)
    return {name for names in found for name in names.split(", ")}


def require_outputs(function, arguments, driven):
    """Raise ValueError unless a block drives those of its `arguments` that its docstring says, which are the names
    `driven`."""
    listed = outputs_of(function.__doc__)
    unknown = listed - set(inspect.signature(function).parameters)
    silent = {name for name in listed & set(arguments) if arguments[name] is not None} - driven
    secret = {name for name in driven - listed
              if not (name.startswith(("s_", "m_")) and isinstance(arguments[name], Bundle))}
    for names, wrong in ((unknown, "lists {} among its outputs, which is no port"),
                         (silent, "lists {} among its outputs, which it does not drive"),
                         (secret, "drives {}, which it does not list among its outputs")):
        if names:
            raise ValueError(f"the docstring of the block {function.__name__} is wrong: it "
                             f"{wrong.format(', '.join(sorted(names)))}")


def lines_of(doc, heading):
    """{name: what it says} of a section of a docstring."""
    found, name = {}, None
    for line in inspect.cleandoc(doc or "").partition(f"{heading}:\n")[2].splitlines():
        if line and not line.startswith(" "):
            break
        entry = re.match(r" {4}(\w+): (.*)", line)
        if entry:
            name = entry[1]
            found[name] = entry[2].strip()
        elif name and line.strip():
            found[name] += " " + line.strip()
    return found


def port_comments(docstring, arguments):
    """({port: what it carries}, {bundle: what it is}) of a block with these arguments, as far as its docstring and
    those of its bundles say so."""
    own = {**COMMON, **lines_of(docstring, "Ports")}
    comments, groups = dict(own), {}
    for name, value in arguments.items():
        if isinstance(value, Bundle):
            doc = type(value).__doc__
            groups[name] = own.get(name) or first_sentence(doc)
            for member, line in lines_of(doc, "Members").items():
                comments[f"{name}_{member}"] = line
    return comments, groups


def streams_in(names):
    """{name: what it is} of the bundles among {name: value}."""
    return {name: first_sentence(type(value).__doc__) for name, value in names.items() if isinstance(value, Bundle)}


def first_sentence(doc):
    """The first sentence of a docstring, without its full stop."""
    paragraph = " ".join(inspect.cleandoc(doc or "").partition("\n\n")[0].split())
    return re.split(r"[.;] ", paragraph)[0].rstrip(".")


def parameter_lines(docstring, arguments, without=()):
    """What numbers a module was made with, as sentences, `without` some: those that the block's docstring explains in
    one each, the others together."""
    numbers, meanings = numbers_of(arguments), lines_of(docstring, "Parameters")
    numbers = {name: number for name, number in numbers.items() if name not in without}
    plain = ", ".join(f"{name} = {value}" for name, value in numbers.items() if name not in meanings)
    return [f"{name} = {numbers[name]}: {meaning}" for name, meaning in meanings.items() if name in numbers] + (
        [plain] if plain else [])


def meanings(docstring, arguments):
    """{name in capitals: (number, what the block's docstring says of it)} of the parameters that it explains."""
    numbers = numbers_of(arguments)
    return {name.upper(): (numbers[name], text) for name, text in lines_of(docstring, "Parameters").items()
            if name in numbers}


def numbers_of(arguments):
    """{name: number} of the parameters that are whole numbers, those of a dataclass one by one: its keyword-only fields
    are options, which are left out while they are as by default."""
    found = {}
    for name, value in arguments.items():
        if isinstance(value, int):
            found[name] = int(value)
        elif dataclasses.is_dataclass(value):
            found |= numbers_of({field.name: getattr(value, field.name) for field in dataclasses.fields(value)
                                 if not field.kw_only or getattr(value, field.name) != field.default})
    return found
