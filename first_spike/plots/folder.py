"""The folder of a page: index.html, its pictures and look.json with the figures, replaced as a whole."""

import json
from pathlib import Path

from first_spike.command.cli import write_json
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing_folder

PAGE, FIGURES = "index.html", "look.json"
KIND = "pictures of a network"


def replacing_page(out):
    """Give an empty folder for a page; it becomes `out` only if the block ends without error. Raises UserError if `out`
    is neither new, nor empty, nor an older page and nothing else, or cannot be written."""
    return replacing_folder(out, _own_files, "a page of pictures")


def write_page(folder, html, figures):
    """Write the page and its figures, a dict, beside the pictures in `folder`; it then knows its files."""
    (folder / PAGE).write_bytes(html.encode("utf-8", "replace"))
    files = sorted([FIGURES, *(path.name for path in folder.iterdir())])
    write_json(folder / FIGURES, {"content": KIND, "files": files, **figures})


def _own_files(folder):
    path = Path(folder, FIGURES)
    try:
        content = json.loads(path.read_text())
        if content["content"] == KIND and all(isinstance(name, str) for name in content["files"]):
            return set(content["files"])
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not one of ours
        pass
    raise UserError(f"{folder} holds something else than a page of pictures")
