"""The page with all pictures: one HTML file without a script, for wide and narrow windows. Whatever text comes from a
file is escaped."""

from html import escape

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 0 auto; padding: 0 12px 40px;
       max-width: 1320px; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 20px 0 8px; }
h2 { font-size: 1.2rem; margin: 32px 0 8px; padding-top: 12px; border-top: 1px solid #ccc; }
nav a { margin-right: 14px; white-space: nowrap; }
p { max-width: 46em; margin: 8px 0; }
table { border-collapse: collapse; margin: 8px 0; }
td { padding: 2px 16px 2px 0; vertical-align: top; }
td + td { font-variant-numeric: tabular-nums; }
.pictures { columns: 360px; column-gap: 28px; }
.pictures > * { break-inside: avoid; margin-bottom: 20px; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 16px 12px; }
figure { margin: 0; }
figure img { width: 100%; height: auto; display: block; }
figcaption { font-size: 0.875rem; color: #444; margin-top: 4px; }
.pixels img { image-rendering: pixelated; max-width: 280px; border: 1px solid #ddd; }
.wrong { color: #b00000; font-weight: 600; }
"""


def figure(file, caption, pixels=False):
    """HTML of a picture, which leads to its file, with a caption (plain text); pixels: it is small and is shown with
    sharp pixels."""
    kind = ' class="pixels"' if pixels else ""
    return (f'<figure{kind}><a href="{escape(file)}"><img src="{escape(file)}" alt="{escape(caption)}" loading="lazy">'
            f"</a><figcaption>{escape(caption)}</figcaption></figure>")


def table(rows):
    """HTML of (name, value) in rows."""
    lines = [f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows]
    return "\n".join(["<table>", *lines, "</table>"])


def paragraph(text, wrong=False):
    """HTML of a plain text."""
    kind = ' class="wrong"' if wrong else ""
    return f"<p{kind}>{escape(text)}</p>"


def block(pictures, small=False):
    """HTML of figures side by side, as many as the window has room for."""
    return "\n".join([f'<div class="{"small" if small else "pictures"}">', *pictures, "</div>"])


def page(title, sections):
    """The whole page; sections: (title, [HTML]) in their order, the first without a title of its own."""
    names = [name for name, _ in sections if name]
    links = [f'<a href="#part{number}">{escape(name)}</a>' for number, name in enumerate(names)]
    lines = ["<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width, initial-scale=1">',
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", "</head>", "<body>",
             f"<h1>{escape(title)}</h1>", f"<nav>{' '.join(links)}</nav>"]
    for name, parts in sections:
        if name:
            lines.append(f'<h2 id="part{names.index(name)}">{escape(name)}</h2>')
        lines += parts
    return "\n".join([*lines, "</body>", "</html>", ""])
