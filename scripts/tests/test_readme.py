"""README.md and docs/ tell the truth: examples run, commands parse, and what they name exists."""

import argparse
import importlib
import re
import shlex
import shutil

import numpy as np
import pytest

from golden.contract.network import Network
from golden.files import ROOT
from golden.inference.infer import infer
from scripts import compare, evaluate, networks_table, train
from scripts.command.places import DEFAULT_DESIGN, DEFAULT_NETWORK, NETWORKS
from scripts.synthesis.rivals import RIVALS
from scripts.tests.process import command  # noqa: F401

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), ROOT / "golden" / "samples" / "README.md"]
TEXT = {page: page.read_text() for page in PAGES}
ALL = "\n".join(TEXT.values())
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
MADE_UP = {"golden/networks/NAME.npz"}


def prose(text):
    """The lines that a reader sees as running text: no code, no tables, no headings."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line for line in outside.splitlines() if not line.startswith(("|", "    ", "#", "!["))]


def commands():
    """The words of each call of a command in code blocks and in `...`: (name of its module, arguments)."""
    text = re.sub(r"\\\n\s*", "", ALL)
    calls = re.findall(r"^    .*?\bscripts/(\w+)\.py\b([^#\n]*)", text, re.MULTILINE)
    calls += re.findall(r"`(?:\.venv/bin/python )?scripts/(\w+)\.py ([^`]*)`", text)
    return [(name, shlex.split(rest)) for name, rest in calls]


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def test_readme_is_short_and_leads_to_every_page():
    assert len(TEXT[README].splitlines()) <= 150
    linked = {(README.parent / link).resolve() for link in re.findall(r"\]\(([^)#:]+)\)", TEXT[README])}
    assert set(PAGES) - {README} <= linked | {path / "README.md" for path in linked}


@pages
def test_lines_fit(page):
    assert [line for line in prose(TEXT[page]) if len(line) > 130] == []


def anchors(path):
    """What GitHub makes of the headings of a page."""
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)}


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


def test_every_room_is_in_the_layout():
    layout = TEXT[ROOT / "docs" / "layout.md"]
    rooms = {str(path.relative_to(ROOT)) for package in ("golden", "rtl_model", "scripts")
             for path in (ROOT / package).iterdir() if path.is_dir() and path.name not in ("tests", "__pycache__")}
    assert rooms and [room for room in sorted(rooms) if f"`{room}/`" not in layout] == []


def test_every_module_is_in_the_hardware_page():
    table = re.findall(r"^\| (`.*?) \|", TEXT[ROOT / "docs" / "hardware.md"].split("## The modules")[1], re.MULTILINE)
    patterns = [name.replace("K", r"\d+") for cell in table for name in re.findall("`(.*?)`", cell)]
    modules = [path.stem for path in DEFAULT_DESIGN.glob("*.v")]
    assert [name for name in modules if not any(re.fullmatch(pattern, name) for pattern in patterns)] == []


def test_make_targets_and_their_variables_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    calls = re.findall(r"^    make ([a-z-]+)(.*)$", ALL, re.MULTILINE) + re.findall(r"`make ([a-z-]+)([^`]*)`", ALL)
    assert len(calls) > 20 and {target for target, _ in calls} <= targets
    variables = set(re.findall(r"\b([A-Z_]+)=", " ".join(rest for _, rest in calls)) + re.findall(r"`([A-Z_]+)=", ALL))
    assert len(variables) > 8
    assert [name for name in variables if f"$({name})" not in makefile and f"{name} ?=" not in makefile] == []


class Parsed(Exception):
    """A command line was understood."""


@pytest.fixture
def parses(monkeypatch, capsys):
    """A function that tells whether a command understands these words, without doing anything."""
    understand = argparse.ArgumentParser.parse_args

    def only_parse(parser):
        understand(parser)
        raise Parsed

    def answer(name, words):
        monkeypatch.setattr("sys.argv", [f"{name}.py", *words])
        monkeypatch.setattr(argparse.ArgumentParser, "parse_args", only_parse)
        try:
            importlib.import_module(f"scripts.{name}").main()
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
    expanded = [(name, " ".join(words).replace("$DATA", "--dataset folder:PATH").replace("$s", "1").split())
                for name, words in calls]
    assert [call for call in expanded if not parses(*call)] == []
    assert not parses("train", ["--no-such-option"])  # this test can fail


def test_options_exist(capsys, monkeypatch):
    """An option in the text, such as `--bits 4`, is one of some command."""
    known = set()
    for path in (ROOT / "scripts").glob("[a-z]*.py"):
        monkeypatch.setattr("sys.argv", [path.name, "--help"])
        with pytest.raises(SystemExit):
            importlib.import_module(f"scripts.{path.stem}").main()
        known |= set(re.findall(r"(--[a-z-]+)", capsys.readouterr().out))
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*[a-z])\b", ALL))
    foreign = {"--train", "--quantize", "--generate", "--import"}  # the arrows of the drawing
    assert len(named) > 20 and named - foreign <= known


def test_the_example_writes_a_network_and_data_to_train_on(tmp_path, monkeypatch, command):  # noqa: F811
    """Its four commands run as they stand, and do what the page says."""
    monkeypatch.chdir(tmp_path)
    page = TEXT[ROOT / "docs" / "network_file.md"]
    example, = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(example, {})
    network, images, labels = Network.load("mine.npz"), np.load("images.npy"), np.load("labels.npy")
    result = infer(network, images)
    assert (result.classes == labels).mean() > 0.95 and not result.silent.all()
    runs = {"evaluate": evaluate, "compare": compare, "train": train}
    calls = re.findall(r"^    \.venv/bin/python scripts/(\w+)\.py (.*)$", page, re.MULTILINE)
    assert [name for name, _ in calls] == ["evaluate", "compare", "train", "evaluate"]
    for name, words in calls:
        done = command(runs[name], *words.split(), *(["--build", "build"] if name == "compare" else []))
        assert done.returncode == 0, done.stderr
    assert "100.00%" in done.stdout


def test_code_in_the_other_pages_finds_its_modules():
    for line in re.findall(r"^from (golden.*) import (\w+)$", ALL, re.MULTILINE):
        assert hasattr(importlib.import_module(line[0]), line[1]), line


def test_the_table_of_networks_is_that_of_the_files():
    table = networks_table.PAGE.read_text().split(networks_table.BEGIN)[1].split(networks_table.END)[0]
    assert table.strip() == networks_table.make_table(NETWORKS)


def test_rivals_are_those_of_the_program():
    rows = {row[0]: row for row in map(cells, re.findall(r"^\|.*\|$", TEXT[README], re.MULTILINE)) if len(row) == 9}
    for rival in RIVALS:
        expected = (rival.network, f"{rival.accuracy:.2%}", f"{rival.microseconds:,.4g} us", rival.logic, rival.bram,
                    rival.power, "quoted")
        assert [cell or "–" for cell in rows[rival.name][1:8]] == list(expected)


def test_figures_of_the_readme():
    """The accuracy is that of the network's file, and all others stand in the results too, with their commands."""
    network = Network.load(DEFAULT_NETWORK)
    results = TEXT[ROOT / "docs" / "results.md"]
    ours = [cells(row) for row in re.findall(r"^\| this generator.*$", TEXT[README], re.MULTILINE)]
    assert len(ours) == 2
    for row in ours:
        assert row[2] == f"{network.accuracy['accuracy']:.2%}"
        cycles, clock = map(float, re.fullmatch(r"([\d.]+) cycles at ([\d.]+) MHz", row[8]).groups())
        assert row[3] == f"{cycles / clock:.2f} us"
        assert f"| {cycles} / " in results and f" {clock} (" in results
        assert f"| {row[4].removesuffix(' LUT4')} / " in results and f" / {row[5]} |" in results


def test_a_flipped_bit_is_said_as_the_page_shows(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    shown, = re.findall(r"```\n(copy is not.*?)```", TEXT[ROOT / "docs" / "checking.md"], re.DOTALL)
    name, line, column, found = re.search(r"copy/(\S+) line (\d+), column (\d+): .*found '…?(.*?)…?'", shown).groups()
    shutil.copytree(DEFAULT_DESIGN, "copy")
    lines = (tmp_path / "copy" / name).read_text().split("\n")
    text, place = lines[int(line) - 1], int(column) - 1
    lines[int(line) - 1] = f"{text[:place]}{int(text[place], 16) ^ 1:x}{text[place + 1:]}"
    assert found in lines[int(line) - 1]
    (tmp_path / "copy" / name).write_text("\n".join(lines))
    done = command(compare, "--network", DEFAULT_NETWORK, "--data", "samples", "--count", 50, "--sim", "icarus",
                   "--design", "copy", "--build", "build")
    assert (done.returncode, done.stderr) == (1, shown)
