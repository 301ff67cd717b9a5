"""README.md tells the truth: its example runs, and what it names exists."""

import re

import numpy as np

from golden.contract.network import Network
from golden.files import ROOT
from golden.inference.infer import infer
from scripts import compare
from scripts.tests.process import command  # noqa: F401

TEXT = (ROOT / "README.md").read_text()


def test_the_example_writes_a_network_that_works(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    example, = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(example.strip().splitlines()) <= 10
    exec(example, {})
    network, images = Network.load("mine.npz"), np.load("images.npy")
    result = infer(network, images)
    assert len(set(result.classes.tolist())) == 2 and not result.silent.all()  # an example that shows something
    line, = re.findall(r"scripts/compare.py (--network mine.npz .*)", TEXT)
    assert command(compare, *line.split(), "--build", tmp_path / "build").returncode == 0


def test_scripts_and_files_exist():
    named = set(re.findall(r"\b((?:scripts|golden|rtl_model|tb)/[\w/]+\.\w+)", TEXT)) - {"golden/networks/NAME.npz"}
    assert len(named) > 5 and [name for name in named if not (ROOT / name).exists()] == []
    links = re.findall(r"\]\((?!https?:)([^)#]*)\)", TEXT)
    assert links and [link for link in links if not (ROOT / link).exists()] == []
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
               for title in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)}
    assert [link for link in re.findall(r"\]\(#([^)]*)\)", TEXT) if link not in anchors] == []


def test_make_targets_and_options_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)(?=[`\s])", TEXT)) - {"sure"} <= targets
    for target in re.findall(r"`make ([^`]*)`", TEXT):
        for variable in re.findall(r"([A-Z_]+)=", target):
            assert f"$({variable})" in makefile or f"{variable} ?=" in makefile, variable
    sources = "".join(path.read_text() for path in (ROOT / "scripts").glob("*.py"))
    missing = [option for option in set(re.findall(r"`(--[\w-]+)", TEXT)) if f'"{option}"' not in sources]
    assert missing == []
