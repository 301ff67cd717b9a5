"""A network that comes along is called by its name wherever a network file is taken."""

import pytest

from first_spike.command.option_values import network_file
from first_spike.command.places import DEFAULT_NETWORK, NETWORKS
from first_spike.commands import evaluate, export_nir, generate, look, quantize
from first_spike.golden.errors import UserError
from tb.helpers.process import assert_refused, command  # noqa: F401

NAME = DEFAULT_NETWORK.stem


def test_a_name_is_that_of_a_file_that_comes_along(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert network_file(NAME) == DEFAULT_NETWORK
    assert all(network_file(path.stem) == path for path in NETWORKS.glob("*.npz"))
    (tmp_path / NAME).mkdir()
    assert network_file(NAME) == DEFAULT_NETWORK  # a folder is no network's file
    (tmp_path / NAME).rmdir()
    (tmp_path / NAME).touch()
    assert str(network_file(NAME)) == NAME  # a file of one's own comes first
    assert str(network_file("none.npz")) == "none.npz"  # what is wrong with it is said where it is read


@pytest.mark.parametrize("name", ["none", f"./{NAME}", "recipes", ""])
def test_other_names_are_told_which_there_are(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as raised:
        network_file(name)
    assert str(raised.value) == (f"there is no network {name}: name a file, or what comes along, "
                                 f"{', '.join(sorted(path.stem for path in NETWORKS.glob('*.npz')))}")


@pytest.mark.parametrize("module, arguments", [
    (evaluate, ("--network", "none")), (generate, ("--network", "none", "--out", "o")),
    (look, ("--network", NAME, "--compare", "myhdl", "--float", "none", "--out", "o")),
    (quantize, ("--float", "none", "--out", "o")), (export_nir, ("none", "--out", "o"))])
def test_commands_say_it_in_one_sentence(command, tmp_path, monkeypatch, module, arguments):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    assert_refused(command(module, *arguments), "there is no network none: name a file, or what comes along, ")
    assert not list(tmp_path.iterdir())
