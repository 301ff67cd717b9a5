"""The site: links of pages lead to where their files are on it, its pages are all in the list, charts are those that
the program draws."""

import re
from types import SimpleNamespace

import pytest

from first_spike.golden.files import ROOT

CONFIG = (ROOT / "mkdocs.yml").read_text()


@pytest.fixture
def led():
    """What becomes of Markdown of a page, at an address, with a repository or without."""
    pytest.importorskip("mkdocs")
    from scripts.site import hooks

    def answer(markdown, uri, repository=None):
        page = SimpleNamespace(file=SimpleNamespace(src_uri=uri))
        return hooks.on_page_markdown(markdown, page, SimpleNamespace(repo_url=repository), None)

    return answer


@pytest.mark.parametrize("uri, markdown, expected", [
    ("index.md", "[a](tutorials/budget.ipynb)", "[a](tutorials/budget.md)"),
    ("reference/api.md", "[a](contracts.md#how-they-may-change)", "[a](contracts.md#how-they-may-change)"),
    ("reference/api.md", "[log](../../CHANGELOG.md) and [home](../../README.md)",
     "[log](../project/changelog.md) and [home](../index.md)"),
    ("tutorials/budget.md", "[a](own_data.ipynb)", "[a](own_data.md)"),
    ("project/changelog.md", "[a](docs/reference/api.md)", "[a](../reference/api.md)"),
    ("reference/api.md", "see [`hdl/`](../../hdl) there", "see `hdl/` there"),
    ("index.md", "![p](figures/first_spike.svg)", "![p](figures/first_spike.svg)"),
    ("index.md", "[a](https://neuroir.org) [b](#where-to-go)", "[a](https://neuroir.org) [b](#where-to-go)"),
    ("index.md", "```\n[a](tutorials/budget.ipynb)\n```\n", "```\n[a](tutorials/budget.ipynb)\n```\n"),
])
def test_links_of_pages(led, uri, markdown, expected):
    assert led(markdown, uri) == expected


def test_a_link_to_a_source_leads_to_the_repository(led):
    assert led("[`hdl/`](../../hdl)", "reference/api.md", "https://a.b/c") == "[`hdl/`](https://a.b/c/tree/main/hdl)"


def test_a_link_to_nothing_is_a_warning(led, caplog):
    led("[a](../../no_such_file.v)", "reference/api.md")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "docs/reference/api.md links to ../../no_such_file.v, which does not exist" in caplog.text


def test_every_page_is_in_the_list():
    """mkdocs says what is missing; this says what is there and not listed, where mkdocs is not installed."""
    listed = set(re.findall(r": ([\w/]+\.md)$", CONFIG, re.MULTILINE))
    there = {path.relative_to(ROOT / "docs").as_posix() for part in ("howto", "reference", "explanation")
             for path in (ROOT / "docs" / part).glob("*.md")}
    assert there <= listed and {"index.md", "reference/api.md", "reference/contracts.md"} <= listed


def test_what_the_style_names_is_drawn():
    style = (ROOT / "docs" / "assets" / "site.css").read_text()
    figures = [path.name for path in (ROOT / "docs" / "figures").iterdir()]
    for part in re.findall(r'img\[src[$*]="(\w+)', style):
        assert any(part in name for name in figures), part


@pytest.mark.long
def test_charts_are_what_is_drawn():
    pytest.importorskip("matplotlib")
    from scripts.site.charts import charts
    drawn = charts()
    assert [name for name, text in drawn.items() if (ROOT / "docs" / "figures" / name).read_text() != text] == []
    assert len(drawn) == 7
