"""An option of the hardware has one home: what is said there is found everywhere."""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from first_spike.command import hardware_options
from first_spike.comparison.design_files import read_design
from first_spike.exploration.points import candidates
from first_spike.exploration.table_and_plot import exploration_table
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.option import option
from first_spike.golden.files import ROOT
from first_spike.rtl_model.convert import configuration_line, generate
from first_spike.rtl_model.delivery.manifest import describe
from first_spike.rtl_model.tops import DEFAULT
from tb.helpers.random_networks import on_events, random_network


@dataclass(frozen=True)
class Wider(Configuration):
    """With one option more."""

    colour: str = option("red", "what it looks like", title="the colour", values=("red", "green"), letter="C",
                         tried=("red", "green"))


@pytest.fixture
def wider(monkeypatch):
    """Everybody who asks for the Configuration gets the wider one."""
    for module in list(sys.modules.values()):
        if module.__name__.startswith("first_spike.") and getattr(module, "Configuration", None) is Configuration:
            monkeypatch.setattr(module, "Configuration", Wider)


@pytest.fixture
def network():
    return random_network(np.random.default_rng(1), 16, 4, 2)


@pytest.fixture
def usual(network):
    return Design(network)


def parsed(*words, several=False):
    parser = argparse.ArgumentParser()
    hardware_options.add_configuration(parser, several)
    return parser.parse_args(words)


def test_an_option_that_is_said_once_is_found_everywhere(usual, wider, network, tmp_path):
    design = hardware_options.design_of(parsed("--colour", "green"), network)
    assert design.configuration == Wider(colour="green") and design.settings["colour"] == "green"
    assert hardware_options.folder_name("n", design).endswith("_colourgreen")
    assert hardware_options.folder_name(" my n#1.v2", design).startswith("my_n_1.v2_"), "which Verilator takes"
    assert describe(design)["colour"] == "green" and "; the colour green" in configuration_line(design)
    folder = generate(usual, tmp_path / "design")  # in a process that knows the usual options
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"colour": "green"}))
    assert read_design(folder, network).configuration.colour == "green"
    row = "| `--colour C` | `COLOUR=` | red, green | red | what it looks like |"
    assert row in hardware_options.options_table()
    designs, _ = candidates(network, vars(parsed("--lanes", "1", "--pixels", "8", several=True)), DEFAULT)
    assert {one.configuration.colour for one in designs} == {"red", "green"}


def test_help_says_which_default_counts():
    def defaults(**how):
        parser = argparse.ArgumentParser()
        hardware_options.add_configuration(parser, **how)
        return re.findall(r"\(default: ([^)]*)\)", " ".join(parser.format_help().split()))

    options = Configuration.options()
    assert defaults(default="the board's") == ["the board's"] * len(options)
    halved = [one.name for one, said in zip(options, defaults(several=True)) if said.endswith("halved down to 8")]
    assert halved == ["lanes"]


def test_nobody_has_another_list_of_them():
    """Makefile takes them from the source, where it can be read in another way than Python's."""
    done = subprocess.run(["make", "-n", "verilog", *(f"{one.variable}=1" for one in Configuration.options())],
                          cwd=ROOT, capture_output=True, text=True)
    assert all(f" {one.flag} 1" in done.stdout for one in Configuration.options())


def test_the_verilog_says_what_is_chosen(network):
    lanes = ", ".join(map(str, Design(network).lanes))
    usual = f"lanes {lanes}; pixels per beat 8; spikes per cycle 4; events per cycle 1"
    assert configuration_line(Design(network, taps=("row",))) == usual  # which dense layers have none of
    assert configuration_line(Design(network, weights="loadable", weight_banks=2, tkeep=1)) == (
        f"{usual}; weights loadable; weight banks 2; tkeep 1")
    assert configuration_line(Design(on_events(network, 9))) == f"lanes {lanes}; spikes per cycle 4"


@pytest.mark.parametrize("words, sentence", [
    (("--taps", "2.5"), "must be 1 or row, found '2.5'"),
    (("--weights", "loaded"), "must be constants or loadable, found 'loaded'"),
    (("--lanes", "many"), "must be a whole number from 1 on, found 'many'")])
def test_a_word_that_is_none_is_refused(words, sentence, capsys):
    with pytest.raises(SystemExit):
        parsed(*words)
    assert sentence in capsys.readouterr().err


def test_the_table_shows_what_differs(network):
    points = [{"configuration": Design(network, Configuration(pixels=pixels)).settings, "measured": None,
               "cycles": {"mean": 2.0, "p99": 3, "max": 4}, "images_per_second": 1e6,
               "area": {"lut": 5, "lut_error": 1, "bram": 2}, "weight_bits_per_cycle": 6} for pixels in (4, 8)]
    assert [column.header for column in exploration_table("t", points).columns][1:3] == ["lanes", "B"]
