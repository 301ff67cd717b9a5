"""Execute the tutorials, docs/tutorials, into build/tutorials, for the site.

They are notebooks, kept without outputs. Each runs in a folder of its own with this checkout's package and needs no
network; hooks.py makes pages of them. --kept leaves those alone whose notebook was executed before by this project.
"""

import json
import os
import shutil
import sys
import time
from importlib.util import find_spec
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import Parser, console, run, shown
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing
from first_spike.jobs.jobs import hash_of_files, hash_of_project

SOURCES = ROOT / "docs" / "tutorials"
EXECUTED = ROOT / "build" / "tutorials"
TIMEOUT = 600  # seconds that a cell may take
COLUMNS = "100"  # of what commands print
SHOWN = ("image/svg+xml", "text/html", "image/png", "text/plain")  # the first that an output has
PLAIN = "import os; os.environ.update(FORCE_COLOR='', CLICOLOR_FORCE='', TERM='dumb')"  # no terminal, as a kernel says
NEEDS = {"torch_module": "torch"}  # a package of an extra that the environment of the site may lack
MARK = "executed_from"  # in an executed notebook: the SHA-256 of its source and of the project


def sources():
    """The notebooks, in the order of their names."""
    return sorted(SOURCES.glob("*.ipynb"))


def executed(source, kept=False):
    """The path of a notebook that was executed from `source`, in build/tutorials; kept: one that is there will do if
    the source and the project are still the same. One whose package is missing is not executed. Raises UserError where
    a cell fails, or takes longer than TIMEOUT."""
    import nbformat
    out, mark = EXECUTED / source.name, [hash_of_files([source]), hash_of_project()]
    if kept and mark_of(out) == mark:
        return out
    work = EXECUTED / source.stem
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    notebook = nbformat.read(source, 4)
    if can_run(source):
        execute(notebook, source, work)
        notebook.metadata[MARK] = mark
    with replacing(out) as file:
        file.write(nbformat.writes(notebook).encode() + b"\n")
    return out


def mark_of(path):
    """The MARK of an executed notebook; None where there is none."""
    try:
        return json.loads(path.read_text())["metadata"][MARK]
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not whole
        return None


def execute(notebook, source, work):
    """Execute a notebook of nbformat, read from `source`, in the folder `work`; it gets its outputs. UserError as
    of `executed`."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    client = NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False,
                            extra_arguments=["--log-level=40"],  # errors alone
                            resources={"metadata": {"path": str(work)}})
    notebook.cells.insert(0, nbformat.v4.new_code_cell(PLAIN))
    try:
        client.execute(env=surroundings())
    except CellExecutionError as error:
        raise UserError(f"{source.relative_to(ROOT)}: a cell fails: {error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise UserError(f"{source.relative_to(ROOT)}: a cell takes longer than {TIMEOUT} s") from error
    del notebook.cells[0]


def can_run(source):
    """Whether the packages are there that a notebook needs besides those of the site."""
    return find_spec(NEEDS.get(source.stem, "first_spike")) is not None


def surroundings():
    """The variables of a kernel: this Python's programs come first, and this checkout's package."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": COLUMNS,
                         "PYTHONPATH": str(ROOT)}


def as_page(path):
    """(Markdown, {name of a file beside it: bytes}) of an executed notebook; what went to stderr, progress, is left
    out."""
    import nbformat
    notebook, files, parts = nbformat.read(path, 4), {}, []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        magic, _, rest = cell.source.partition("\n")
        parts.append(fenced(rest, "bash") if magic == "%%bash" else fenced(cell.source, "python"))
        said = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
        parts.append(fenced(said.replace(f"{EXECUTED}/{path.stem}/", ""), "text"))
        others = [output for output in cell.outputs if output.output_type != "stream"]
        parts += [output_as_text(output, f"{path.stem}_{number}_{place}", files) for place, output in enumerate(others)]
    return "\n\n".join(filter(None, parts)) + "\n", files


def output_as_text(output, name, files):
    """The Markdown of what a cell gives; a picture is put into `files`."""
    kind = next(kind for kind in SHOWN if kind in output.data)
    if kind == "image/svg+xml":
        files[f"{name}.svg"] = output.data[kind].encode()
        return f"![A figure that the cell above draws]({name}.svg){{ .plot }}"
    if kind == "image/png":
        import base64
        files[f"{name}.png"] = base64.b64decode(output.data[kind])
        return f"![A figure that the cell above draws]({name}.png){{ .plot }}"
    return output.data[kind] if kind == "text/html" else fenced(output.data[kind], "text")


def fenced(text, language):
    """A block of code, whatever is in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in text.split() if set(run) == {"`"}), default=0))
    text = "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
    return f"{fence}{language}\n{text}\n{fence}" if text else None


def main():
    arguments = parse()
    chosen = [path for path in sources() if not arguments.names or path.stem in arguments.names]
    unknown = set(arguments.names) - {path.stem for path in chosen}
    if unknown:
        raise UserError(f"there is no tutorial {', '.join(sorted(unknown))}: choose of "
                        f"{', '.join(path.stem for path in sources())}")
    for source in chosen:
        begin = time.monotonic()
        path = executed(source, arguments.kept)
        said = (f"{time.monotonic() - begin:.0f} s" if can_run(source)
                else f"not executed, {NEEDS[source.stem]} is missing")
        console.print(f"{shown(path)}: {said}", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="tutorials to execute (default: all)")
    parser.add_argument("--kept", action="store_true", help="leave those alone that did not change, nor the project")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
