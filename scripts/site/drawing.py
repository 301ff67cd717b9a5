"""Diagrams as SVG: boxes, groups and arrows on a card of their own, in light and dark colours.

A picture in a page cannot know the colours of the page, so each brings its background along. Which of the two is shown
is what the reader's system prefers.
"""

from xml.sax.saxutils import escape

LIGHT = {"card": "#ffffff", "ink": "#1f2933", "soft": "#52606d", "line": "#33475b", "fill": "#eef3f9",
         "mark": "#fff1d6", "edge": "#9fb3c8", "hot": "#c2410c"}
DARK = {"card": "#1b222b", "ink": "#e6edf3", "soft": "#a9b8c7", "line": "#9fb3c8", "fill": "#27323f",
        "mark": "#453a20", "edge": "#52667a", "hot": "#fb923c"}
RULES = """.card{{fill:{card}}}.t{{fill:{ink};font-size:13px;font-weight:600;text-anchor:middle}}
.s{{fill:{soft};font-size:11.5px;text-anchor:middle}}.l{{text-anchor:start}}.g{{fill:{soft};font-size:12.5px}}
.b{{fill:{fill};stroke:{line}}}.e{{fill:{mark};stroke:{line}}}.r{{fill:none;stroke:{edge};stroke-dasharray:4 4}}
.a{{stroke:{line};fill:none;stroke-width:1.3}}.h{{fill:{line}}}.n{{stroke:{edge};fill:none}}
.i{{fill:{ink}}}.o{{fill:{hot}}}.w{{stroke:{hot};fill:none}}"""
FONT = "font-family=\"'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif\""
LINE = 16  # pixels of height of a line of text in a box


def style(extra=""):
    """The <style> of a diagram; extra: rules with the names of colours in {braces}."""
    rules = "".join((RULES + extra).splitlines())
    return (f"<style>{rules.format_map(LIGHT)}@media (prefers-color-scheme:dark){{{rules.format_map(DARK)}}}"
            "</style>")


class Drawing:
    """What is drawn, in pixels from the upper left corner; title: what a screen reader says."""

    def __init__(self, width, height, title):
        self.width, self.height, self.title, self.parts = width, height, title, []

    def text(self, x, y, words, kind="s"):
        self.parts.append(f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>')

    def group(self, x, y, width, height, name):
        """A dashed frame with a name in its upper left corner."""
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" class="r"/>')
        self.text(x + 10, y + 18, name, "g")

    def box(self, x, y, width, title, *lines, kind="b", height=None):
        """A box with a title and lines below it; returns (left, right, top, bottom)."""
        height = height or 27 + LINE * len(lines)
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" class="{kind}"/>')
        self.text(x + width / 2, y + 18, title, "t")
        for number, line in enumerate(lines, 1):
            self.text(x + width / 2, y + 18 + LINE * number, line)
        return x, x + width, y, y + height

    def arrow(self, *points, name=None, at=None):
        """Straight lines from point to point with a head at the last; name: a text beside the line, at a point."""
        path = " L".join(f"{x:g} {y:g}" for x, y in points)
        self.parts.append(f'<path d="M{path}" class="a" marker-end="url(#head)"/>')
        if name:
            self.text(*at, name)

    def svg(self, extra=""):
        """The text of the file."""
        head = ('<defs><marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="3.5" orient="auto">'
                '<path d="M0 0L7.5 3.5L0 7z" class="h"/></marker></defs>')
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" role="img" {FONT}>',
            f"<title>{escape(self.title)}</title>", style(extra), head,
            f'<rect width="{self.width}" height="{self.height}" rx="10" class="card"/>', *self.parts, "</svg>", ""])
