"""The tutorials and the figures: notebooks are kept without outputs, are pages of the site, and run; pages come out of
them whole; figures are those that the program draws."""

import json
import re

import pytest

import first_spike
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from scripts import tutorials

NOTEBOOKS = tutorials.sources()
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each
def test_a_notebook_is_kept_without_outputs(path):
    """So that what the site shows is what this commit gives. It asserts something, or runs a command that does."""
    cells = json.loads(path.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []
    text = "\n".join("".join(cell["source"]) for cell in code)
    assert re.search(r"^assert |^first-spike (compare|board) ", text, re.MULTILINE)
    assert f"tutorials/{path.stem}.md" in (ROOT / "mkdocs.yml").read_text()


@each
def test_a_notebook_imports_what_users_have(path):
    """The names of the package, numpy and other libraries; no room of the package."""
    text = "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text())["cells"])
    assert set(re.findall(r"first_spike\.(\w+)", text)) <= {tutorials.NEEDS.get(path.stem)}
    names = [name.strip() for line in re.findall(r"from first_spike import (.*)", text) for name in line.split(",")]
    allowed = {*first_spike.__all__, "torch as fst"} if path.stem in tutorials.NEEDS else set(first_spike.__all__)
    assert set(re.findall(r"\bfs\.(\w+)", text)) | set(names) <= allowed


@pytest.mark.tutorials
@each
def test_a_notebook_runs(path):
    """Every cell, with its assertions; the page that is made of it has all cells."""
    pytest.importorskip(tutorials.NEEDS.get(path.stem, "first_spike"))
    text, files = tutorials.as_page(tutorials.executed(path))
    cells = json.loads(path.read_text())["cells"]
    assert text.count("```python\n") + text.count("```bash\n") == sum(cell["cell_type"] == "code" for cell in cells)
    assert all(f"({name})" in text and len(content) > 1000 for name, content in files.items())
    assert "Traceback" not in text and str(ROOT) not in text


@pytest.fixture
def short(tmp_path, monkeypatch):
    """A function that writes a notebook of cells of code, and gives its path."""
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    pytest.importorskip("nbclient")
    monkeypatch.setattr(tutorials, "EXECUTED", tmp_path / "executed")
    monkeypatch.setattr(tutorials, "ROOT", tmp_path)

    def write(*cells):
        path = tmp_path / "short.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
        return path

    return write


def test_a_page_of_a_notebook(short):
    """What is printed, what a cell gives, a picture, a command; not what goes to stderr."""
    picture = "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')"
    path = tutorials.executed(short("import sys\nprint('a\\n```')\nprint('b', file=sys.stderr)", "6 * 7", picture,
                                    "%%bash\necho $COLUMNS"))
    text, files = tutorials.as_page(path)
    assert text.startswith("```python\nimport sys\n") and "````text\na\n```\n````" in text
    assert "```text\n42\n```" in text and "```bash\necho $COLUMNS\n```\n\n```text\n100\n```" in text
    assert list(files) == ["short_2_0.svg"] and "](short_2_0.svg)" in text


def test_a_notebook_is_shown_no_bars(short):
    """Nor asked to install something for them."""
    status = "from first_spike.command.cli import error_console\nwith error_console.status('at work'):\n    print(1)"
    path = tutorials.executed(short("import os, sys\nsys.path.insert(0, %r)" % str(ROOT), status))
    outputs = json.loads(path.read_text())["cells"][1]["outputs"]
    assert [(output["output_type"], output["name"], output["text"]) for output in outputs] == [
        ("stream", "stdout", ["1\n"])]


def test_a_cell_that_fails_is_said(short):
    with pytest.raises(UserError, match="^short.ipynb: a cell fails: AssertionError: five$"):
        tutorials.executed(short("assert 2 + 2 == 5, 'five'"))


def test_a_cell_that_takes_too_long_is_said(short, monkeypatch):
    monkeypatch.setattr(tutorials, "TIMEOUT", 1)
    with pytest.raises(UserError, match="^short.ipynb: a cell takes longer than 1 s$"):
        tutorials.executed(short("import time; time.sleep(60)"))


@pytest.mark.thorough
def test_only_what_changed_is_executed_again(short, monkeypatch):
    """Of a notebook or of the project; what is there and not whole counts as nothing."""
    source = short("import random\nrandom.random()")
    first = tutorials.executed(source).read_text()
    assert tutorials.executed(source, kept=True).read_text() == first
    assert tutorials.executed(source).read_text() != first
    monkeypatch.setattr(tutorials, "hash_of_project", lambda: "another")
    changed = tutorials.executed(source, kept=True)
    other = changed.read_text()
    assert other != first and tutorials.executed(source, kept=True).read_text() == other
    changed.write_text(other[:100])
    assert len(tutorials.as_page(tutorials.executed(source, kept=True))[0]) > 40
    source.write_text(source.read_text().replace("random()", "random(), 1"))
    assert "(0." in tutorials.as_page(tutorials.executed(source, kept=True))[0]


def test_diagrams_are_what_is_drawn():
    pytest.importorskip("wavedrom")
    from scripts.figures import FOLDER, diagrams
    drawn = diagrams()
    assert {name: text for name, text in drawn.items() if (FOLDER / name).read_text() != text} == {}
    for name, text in drawn.items():
        assert "prefers-color-scheme:dark" in text and "<title>" in text, name


def test_the_api_page_has_every_name():
    page = (ROOT / "docs" / "reference" / "api.md").read_text()
    assert sorted(re.findall(r"heading: fs\.(\w+)", page)) == sorted(first_spike.__all__)
