"""What README.md and docs/ show runs as it stands there, and prints what they say."""

import re
import shutil

import numpy as np
import pytest

from first_spike.command.places import DEFAULT_DESIGN, DEFAULT_NETWORK
from first_spike.commands import compare, evaluate, train
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.golden.inference.infer import infer
from scripts.tests.test_readme import DOCS, INTEGRATE, README, TEXT
from tb.helpers.process import command  # noqa: F401
from tb.helpers.shell import run_line


@pytest.mark.thorough
def test_the_example_writes_a_network_and_data_to_train_on(tmp_path, monkeypatch, command):  # noqa: F811
    """Its four commands run as they stand, and do what the page says."""
    monkeypatch.chdir(tmp_path)
    page = TEXT[DOCS / "reference" / "network_file.md"]
    example, = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(example, {})
    network, images, labels = Network.load("mine.npz"), np.load("images.npy"), np.load("labels.npy")
    result = infer(network, images)
    assert (result.classes == labels).mean() > 0.95 and not result.silent.all()
    runs = {"evaluate": evaluate, "compare": compare, "train": train}
    calls = re.findall(r"^first-spike (\w+) (.*)$", page, re.MULTILINE)
    assert [name for name, _ in calls] == ["evaluate", "compare", "train", "evaluate"]
    for name, words in calls:
        done = command(runs[name], *words.split(), *(["--build", "build"] if name == "compare" else []))
        assert done.returncode == 0, done.stderr
    assert "100.00%" in done.stdout


@pytest.mark.thorough
def test_the_example_of_the_readme_prints_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    example, = re.findall(r"```python\n(.*?)```", TEXT[README], re.DOTALL)
    exec(example, {})
    said = re.findall(r"^print.*?# (.*)$", example, re.MULTILINE)
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in said[:2]] + said[2:] == printed
    assert (tmp_path / "out" / "accelerator.v").is_file()


@pytest.mark.thorough
def test_lines_for_a_design_run(tmp_path):
    """Those for both simulators; the others are run by test_take_along on a smaller design."""
    page = TEXT[INTEGRATE]
    passed, = re.findall(r"^(PASS: .*)$", page, re.MULTILINE)
    lines = re.findall(r"^((?:cd hdl && )?(?:iverilog|verilator) .*)$", page, re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        done = run_line(line.replace("$BENCH", str(tmp_path)), ROOT)
        assert done.returncode == 0 and (passed in done.stdout) == ("--lint-only" not in line), done.stdout


@pytest.mark.thorough
def test_a_flipped_bit_is_said_as_the_page_shows(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    shown, = re.findall(r"```\n(copy is not.*?)```", TEXT[DOCS / "howto" / "debug.md"], re.DOTALL)
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
