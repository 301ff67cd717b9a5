"""What mkdocs is told beyond mkdocs.yml: pages from notebooks and from the files at the top, and links out of docs/.

Pages are read on the site and in a checkout alike. A link to a notebook leads to its page. A link to a file of the
checkout that is no page leads to the repository where `repo_url` in mkdocs.yml names one; without one its text stays.
A link to nothing is a warning, which ends a strict build.
"""

import logging
import os
import re
from pathlib import Path

from mkdocs.structure.files import File

from scripts.tutorials import EXECUTED, as_page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
AT_THE_TOP = {"CONTRIBUTING.md": "project/contributing.md", "CHANGELOG.md": "project/changelog.md",
              "SECURITY.md": "project/security.md", "README.md": "index.md"}
FENCE = re.compile(r"(^```[^\n]*\n.*?^```[ ]*$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<link>[^()\s]+)\)")
log = logging.getLogger("mkdocs.hooks.first_spike")


def on_files(files, config):
    """Add the notebooks, as they were executed, and the files at the top."""
    for source in sorted((DOCS / "tutorials").glob("*.ipynb")):
        path = EXECUTED / source.name
        if not path.is_file():
            log.warning("%s was not executed: python scripts/tutorials.py", source.relative_to(ROOT))
            continue
        text, beside = as_page(path)
        files.append(File.generated(config, f"tutorials/{source.stem}.md", content=text))
        for name, content in beside.items():
            files.append(File.generated(config, f"tutorials/{name}", content=content))
    for name, uri in AT_THE_TOP.items():
        if files.get_file_from_path(uri) is None and (ROOT / name).is_file():
            files.append(File.generated(config, uri, content=(ROOT / name).read_text()))
    return files


def on_page_markdown(markdown, page, config, files):
    """Lead the links of a page to where their files are on the site."""
    source = source_of(page.file.src_uri)
    parts = FENCE.split(markdown)
    for number in range(0, len(parts), 2):  # between the blocks of code
        parts[number] = LINK.sub(lambda match: led(match, source, page.file.src_uri, config), parts[number])
    return "".join(parts)


def source_of(uri):
    """The file of the checkout that a page of the site is made from."""
    names = {page: name for name, page in AT_THE_TOP.items()}
    if uri != "index.md" and uri in names:
        return ROOT / names[uri]
    notebook = DOCS / Path(uri).with_suffix(".ipynb")
    return notebook if notebook.is_file() else DOCS / uri


def led(match, source, uri, config):
    """The Markdown of a link as the site has it."""
    link, anchor = (match["link"].partition("#")[part] for part in (0, 2))
    if not link or re.match(r"[a-z]+:", link):
        return match[0]
    target = Path(os.path.normpath(source.parent / link))
    if not target.is_relative_to(ROOT):
        return match[0]
    name = target.relative_to(ROOT).as_posix()
    if name in AT_THE_TOP:
        there = AT_THE_TOP[name]
    elif target.is_relative_to(DOCS):
        there = target.relative_to(DOCS).as_posix()
        there = there.removesuffix(".ipynb") + ".md" if there.endswith(".ipynb") else there
    elif not target.exists():
        log.warning("%s links to %s, which does not exist", source.relative_to(ROOT), match["link"])
        return match[0]
    elif config.repo_url:
        return f"{match['image']}[{match['text']}]({config.repo_url.rstrip('/')}/tree/main/{name})"
    else:
        return match["text"]
    there = os.path.relpath(there, Path(uri).parent)
    return f"{match['image']}[{match['text']}]({there}{'#' if anchor else ''}{anchor})"
