"""README.md, docs/ and the pages beside them tell the truth: commands parse, what they name exists, and figures are
those of the files."""

import argparse
import importlib
import re
import shlex
from fnmatch import fnmatch

import pytest

from first_spike import __version__
from first_spike.__main__ import COMMANDS
from first_spike.command.places import CONVOLUTIONAL_NETWORK, DEFAULT_DESIGN, DEFAULT_NETWORK
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor import Processor
from first_spike.golden.files import ROOT
from first_spike.rtl_model.delivery.manifest import files_of, read_manifest
from scripts import doc_tables
from tb.__main__ import COMMANDS as JUDGES

README = ROOT / "README.md"
DOCS = ROOT / "docs"
RESULTS, PIPELINE = DOCS / "explanation" / "results.md", DOCS / "explanation" / "pipeline.md"
INTEGRATE = DOCS / "howto" / "integrate.md"
BESIDE = [ROOT / f"{name}.md" for name in ("CONTRIBUTING", "CHANGELOG", "SECURITY")]
PAGES = [README, *BESIDE, *sorted(DOCS.rglob("*.md")), ROOT / "golden" / "samples" / "README.md"]
TEXT = {page: page.read_text() for page in PAGES}
ALL = "\n".join(TEXT.values())
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
MADE_UP = {"golden/networks/NAME.npz"}


def blocks(language, text=ALL):
    """Return the content of the fenced code blocks of a language."""
    return "\n".join(re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE))


def commands():
    """Return the words of each call of a command in code blocks and in `...`: (name of its module, arguments)."""
    text = re.sub(r"\\\n\s*", "", ALL)
    shell = blocks("bash", text)
    calls = re.findall(r"^.*?\bscripts/(\w+)\.py\b([^#\n]*)", shell, re.MULTILINE)
    calls += re.findall(r"`(?:\.venv/bin/python )?scripts/(\w+)\.py ([^`]*)`", text)
    calls += re.findall(r"`\.venv/bin/python -m tb ([a-z][\w-]*) ([^`]*)`", text)
    calls += re.findall(r"^ *(?:\.venv/bin/)?first-spike ([a-z][\w-]*) ([^#\n]*)", shell, re.MULTILINE)
    calls += re.findall(r"`(?:\.venv/bin/)?first-spike ([a-z][\w-]*) ([^`]*)`", text)
    return [(name, shlex.split(rest)) for name, rest in calls]


def module_of(name):
    """The module whose `main` a command or script runs: its own, or the one that it starts."""
    if name in COMMANDS:
        return importlib.import_module(f"first_spike.commands.{COMMANDS[name]}")
    if name in JUDGES:
        return importlib.import_module(f"tb.{JUDGES[name]}")
    started = re.search(r'^    start\("(.*)"\)$', (ROOT / "scripts" / f"{name}.py").read_text(), re.MULTILINE)
    return importlib.import_module(started[1] if started else f"scripts.{name}")


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def links_of(page):
    """The files and folders that a page links to."""
    return {(page.parent / link).resolve() for link in re.findall(r"\]\(([^)#:]+)\)", TEXT[page])}


def test_readme_leads_to_every_page():
    linked, new = set(), {README}
    while new:
        linked |= new
        new = {there for page in new & set(PAGES) for there in links_of(page)} - linked
    assert set(PAGES) - {ROOT / "SECURITY.md"} <= linked  # that one is found by its name


def anchors(path):
    """What GitHub makes of the headings of a page."""
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)}


@pages
def test_commands_stand_in_fences(page):
    """Only a block in a fence has a language and a button that copies it."""
    outside = re.sub(r"^ *```.*?^ *```$", "", TEXT[page], flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"^    (?:make|first-spike|pip|python|\.venv|cd|git) .*$", outside, re.MULTILINE) == []


@pages
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)]*)\)", TEXT[page])
    for link in links:
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pages
def test_named_files_and_folders_exist(page):
    named = set(re.findall(r"(?<![\w/.])((?:scripts|golden|rtl_model|tb|hdl|docs|\.ci)/[\w/]*(?:\.\w+)?)", TEXT[page]))
    assert [name for name in named - MADE_UP if not (ROOT / name).exists()] == []


def test_every_module_is_in_the_page_of_the_pipeline():
    table = re.findall(r"^\| (`.*?) \|", TEXT[PIPELINE].split("## Modules")[1], re.MULTILINE)
    patterns = [name.replace("K", r"\d+") for cell in table for name in re.findall("`(.*?)`", cell)]
    modules = files_of(read_manifest(DEFAULT_DESIGN), "module")
    assert [name for name in modules
            if not any(re.fullmatch(pattern, name.removesuffix(".v")) for pattern in patterns)] == []


def test_every_file_of_a_design_is_in_the_page_of_integrating():
    section = TEXT[INTEGRATE].split("## The files")[1].split("\n## ")[0]
    names = [name for cell in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
             for name in re.findall("`(.*?)`", cell)]
    files = {path.name for path in DEFAULT_DESIGN.iterdir()}
    patterns = [name.replace("layerK", "layer[0-9]*") for name in names]
    assert [file for file in files if not any(fnmatch(file, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatch(file, pattern) for file in files)] == []


def test_the_core_of_the_default_design_has_its_name_of_today():
    """Its end is the number of the release, which hdl/ and CITATION.cff have, too."""
    core, = re.findall(r'^name: "(.*)"$', (DEFAULT_DESIGN / "accelerator.core").read_text(), re.MULTILINE)
    named = re.findall(r"first-spike:designs:\w+:[\w.]+", ALL)
    assert len(named) > 1 and set(named) == {core} and core.endswith(f":{__version__}")
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_make_targets_and_their_variables_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    calls = re.findall(r"^make ([a-z-]+)(.*)$", blocks("bash"), re.MULTILINE)
    calls += re.findall(r"`make ([a-z-]+)([^`]*)`", ALL)
    assert len(calls) > 20 and {target for target, _ in calls} <= targets
    variables = set(re.findall(r"\b([A-Z_]+)=", " ".join(rest for _, rest in calls)) + re.findall(r"`([A-Z_]+)=", ALL))
    assert len(variables) > 8
    variables -= {option.variable for option in Configuration.options()}  # test_options.py looks at these
    variables -= {one.variable for one in Processor.options()}
    assert [name for name in variables if f"$({name})" not in makefile and f"{name} ?=" not in makefile] == []


class Parsed(Exception):
    """A command line was understood."""


@pytest.fixture
def parses(monkeypatch, capsys):
    """A function that tells whether a command understands these words, without doing anything."""
    understand = argparse.ArgumentParser.parse_args

    def only_parse(parser, words=None, namespace=None):
        understand(parser, words, namespace)
        raise Parsed

    def answer(name, words):
        monkeypatch.setattr("sys.argv", [f"{name}.py", *words])
        monkeypatch.setattr(argparse.ArgumentParser, "parse_args", only_parse)
        try:
            module_of(name).main()
        except Parsed:
            return True
        except SystemExit:
            return False

    return answer


def test_commands_parse(parses, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").mkdir()
    calls = commands()
    assert len(calls) > 12
    values = {"$DATA": "--dataset folder:PATH", "$CLUSTER": "--scheduler tcp://127.0.0.1:8786", "$s": "1", "$n": "64"}
    def expand(word):
        return re.sub(r"\$(DATA|CLUSTER|[sn])\b", lambda name: values[name[0]], word).split() if "$" in word else [word]

    expanded = [(name, [part for word in words for part in expand(word)]) for name, words in calls]
    assert [call for call in expanded if not parses(*call)] == []
    assert not parses("train", ["--no-such-option"])  # this test can fail


def test_options_exist(capsys, monkeypatch):
    """An option in the text, such as `--bits 4`, is one of some command."""
    known = set()
    scripts = {path.stem for path in (ROOT / "scripts").glob("[a-z]*.py")} - {"entry"}
    for name in {*COMMANDS, *JUDGES, *scripts}:
        module = module_of(name)
        for words in ([], *([name] for name in getattr(module, "COMMANDS", ()))):  # of those with several
            monkeypatch.setattr("sys.argv", [name, *words, "--help"])
            with pytest.raises(SystemExit):
                module.main()
        known |= set(re.findall(r"(--[a-z-]+)", capsys.readouterr().out))
    ours = re.sub(r"^.*\b(iverilog|verilator|yosys|fusesoc|dask|vivado) .*$", "", ALL, flags=re.MULTILINE)
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*[a-z])\b", ours))
    foreign = {"--completion", "--options"}  # of first-spike itself
    assert len(named) > 20 and named - foreign <= known


def test_code_in_the_other_pages_finds_its_modules():
    for line in re.findall(r"^from (first_spike.*) import (\w+)$", ALL, re.MULTILINE):
        assert hasattr(importlib.import_module(line[0]), line[1]), line


def test_made_tables_are_as_they_are_made():
    for page, name, make in doc_tables.TABLES:
        begin, end = (mark.format(name) for mark in doc_tables.MARKS)
        assert page.read_text().split(begin)[1].split(end)[0].strip() == make().strip()


def rows_of(page, first):
    """{first cell: {column: cell}} of the table of a page whose first column is called `first`."""
    head, _, *rows = re.search(rf"^\| {first} \|.*(?:\n\|.*)+", TEXT[page], re.MULTILINE)[0].splitlines()
    return {cells(row)[0]: dict(zip(cells(head), cells(row), strict=True)) for row in rows}


def test_rivals_of_the_readme_are_those_of_the_results():
    whole, short = rows_of(RESULTS, "accelerator"), rows_of(README, "accelerator")
    rivals = [name for name in short if not name.startswith("this generator")]
    assert len(rivals) > 1
    assert [name for name in rivals if not short[name].items() <= whole[name].items()] == []


@pytest.mark.parametrize("path", [DEFAULT_NETWORK, CONVOLUTIONAL_NETWORK], ids=lambda path: path.stem)
def test_figures_of_the_readme(path):
    """The accuracy is that of the network's file, times are cycles and clock of the results, and so are the cells."""
    network, results = Network.load(path), TEXT[RESULTS]
    row, = [row for name, row in rows_of(README, "accelerator").items() if f", {network.title}," in name]
    assert row["MNIST"] == f"{network.accuracy['accuracy']:.2%}"
    cycles, clock = map(float, re.findall(r"([\d.]+) (?:cycles|MHz)", row["figures are"]))
    idle, = re.findall(rf"^\|[^|]+\|[^|]+\| {cycles} / [^|]+\| ([\d.]+) \|", results, re.MULTILINE)
    assert row["interval"] == f"{cycles / clock:.2f} us"
    assert row["latency"] == f"{(Design(network).beats + float(idle)) / clock:.2f} us"
    assert f" {clock} (" in results
    assert f"| {row['logic'].removesuffix(' LUT4')} / " in results and f" / {row['BRAM']} |" in results


def test_the_drawing_names_blocks_that_exist():
    titles = re.findall(r'class="[tg]">([a-z_]+) ?[^<]*<', (DOCS / "figures" / "pipeline.svg").read_text())
    blocks = {name for path in (ROOT / "rtl_model").rglob("*.py")
              for name in re.findall(r"^@block\ndef (\w+)", path.read_text(), re.MULTILINE)}
    stages = {"issue", "read", "caught", "weights", "sum_ways", "add", "test", "m_spike", "load", "seek", "chosen",
              "decide", "result"}
    assert len(titles) > 20 and set(titles) <= blocks | stages
