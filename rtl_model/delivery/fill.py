"""Templates of the files that go along with a design: their placeholders look like @THIS@."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"
PLACEHOLDER = re.compile(r"@([A-Z_]+)@")


def fill(template, values):
    """The text of a template with the `values` ({placeholder: text, number or list}) in the places of their names.

    A line with a list in it is there once for each of its items: not at all for an empty list.
    """
    lines = (TEMPLATES / template).read_text().splitlines(keepends=True)
    return "".join(text for line in lines for text in _filled(line, values))


def _filled(line, values):
    lists = [name for name in PLACEHOLDER.findall(line) if isinstance(values.get(name), list)]
    for item in values[lists[0]] if lists else [None]:
        yield PLACEHOLDER.sub(lambda match: str(item if match[1] in lists else values[match[1]]), line)
