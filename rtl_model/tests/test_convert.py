"""The folder of a design: the same bytes every time, whole or untouched, and refusals in one sentence."""

import json
import os
import re
import shutil
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import myhdl
import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model import convert
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.parts.target import Target
from tb.helpers.random_networks import random_layer

CONFIGURATION = Configuration((4,), 4, 2, 2)


def random_case():
    """A network with two layers."""
    rng = np.random.default_rng(1)
    layers = [random_layer(rng, 12, 9, 3, shared=False), random_layer(rng, 9, 5, 1, shared=True)]
    return Network(8, (3, 4), layers, list("abcde"), "random, seed 1")


@pytest.fixture
def network_file(tmp_path):
    """That network in a file."""
    path = tmp_path / "network.npz"
    random_case().save(path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The design that `generate` makes of the network of `network_file`."""
    return generate(Design(random_case(), CONFIGURATION), tmp_path_factory.mktemp("made") / "design")


@pytest.fixture
def older(made, tmp_path):
    """A copy of it, to be replaced."""
    return Path(shutil.copytree(made, tmp_path / "design"))


def contents(folder):
    """{name: bytes} of the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def leftovers(folder):
    """Hidden files and folders, which a conversion works in."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_the_same_bytes_twice_and_anywhere(network_file, tmp_path, monkeypatch):
    first = contents(generate(Design(Network.load(network_file), CONFIGURATION), tmp_path / "one"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    second = contents(generate(Design(Network.load("network.npz"), CONFIGURATION), "deep/er/another_name"))
    assert first == second
    assert leftovers(tmp_path) == leftovers(tmp_path / "deep/er") == []


def test_a_design_is_complete_and_names_its_network(older, network_file):
    folder = older
    network = Network.load(network_file)
    files = (folder / "filelist.f").read_text().split()
    assert files[-1] == "accelerator.v"
    assert sorted([*files, "accelerator_ip.v"]) == sorted(path.name for path in folder.glob("*.v"))
    used = []
    for name in files:
        text = (folder / name).read_text()
        assert (network.sha256 in text) == (name == "accelerator.v")
        used += re.findall(r'\.HEX_FILE\("(\w+)"\)', text)
    assert used == [f"layer{k}_weights_{way}" for k in range(2) for way in range(2)]
    for name in used:
        assert (folder / f"{name}_0.hex").exists()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["network_sha256"] == network.sha256
    assert [layer["lanes"] for layer in manifest["layers"]] == [4, 4]
    assert [layer["folds"] for layer in manifest["layers"]] == [3, 2]
    assert [layer["neurons"] for layer in manifest["layers"]] == [9, 5]


def in_another_order(network, inputs, hidden):
    """The same network with its inputs and hidden neurons in another order: the same bounds, other weights at every
    place."""
    orders = inputs, hidden, np.arange(network.sizes[1])
    layers = [Layer(layer.weights[np.ix_(orders[k], orders[k + 1])], layer.thresholds[orders[k + 1]], layer.weight_bits)
              for k, layer in enumerate(network.layers)]
    return Network(network.steps, network.image_shape, layers, network.classes, "in another order")


@pytest.mark.thorough
@pytest.mark.parametrize("lanes, tables", [
    ((9, 5), ["frame_loader.v", "layer0_if_layer.v", "pixel_mask.v"]),
    ((4, 4), ["frame_loader.v", "layer0_if_layer_folded.v", "pixel_mask.v"])])
def test_retraining_changes_hex_files_and_tables_of_constants(network_file, tmp_path, lanes, tables):
    network = Network.load(network_file)
    weights = network.layers[0].weights.copy()
    weights[:2] = 0  # pixels that nobody listens to
    network = replace(network, layers=[replace(network.layers[0], weights=weights), network.layers[1]])
    network.save(tmp_path / "first.npz")
    rng = np.random.default_rng(3)
    in_another_order(network, rng.permutation(12), rng.permutation(9)).save(tmp_path / "second.npz")
    first, second = (contents(generate(Design(Network.load(tmp_path / f"{name}.npz"), Configuration(lanes, 4, 2, 2)),
                                       tmp_path / name))
                     for name in ("first", "second"))
    assert first.keys() == second.keys()
    different = [name for name in first if first[name] != second[name]]
    assert sorted(name for name in different if not name.endswith(".hex")) == sorted(
        ["README.md", "accelerator.core", "accelerator.v", "block_design.tcl", "component.xml", "manifest.json",
         *tables])
    assert sum(name.endswith(".hex") for name in different) == 4, "two ways in each of two layers"


@pytest.mark.thorough
def test_an_older_design_is_replaced_whole(older, network_file, tmp_path):
    old = contents(older)
    generate(Design(Network.load(network_file), Configuration()), older)
    assert set(old) - set(contents(older))
    assert contents(older) == contents(generate(Design(Network.load(network_file), Configuration()),
                                                tmp_path / "other"))
    assert leftovers(tmp_path) == []


def test_a_failed_conversion_leaves_the_older_design(older, network_file, tmp_path, monkeypatch):
    before = contents(older)

    def fail(command, **options):
        """As if the process had stopped half-way."""
        *_, made, _, _, _ = command
        Path(made, "accelerator.v").write_text("module")
        return subprocess.CompletedProcess(command, 1, "", "no memory")

    monkeypatch.setattr(convert.subprocess, "run", fail)
    with pytest.raises(RuntimeError, match="no memory"):
        generate(Design(Network.load(network_file), Configuration()), older)
    with pytest.raises(RuntimeError, match="no memory"):
        generate(Design(Network.load(network_file), Configuration()), tmp_path / "new")
    assert contents(older) == before
    assert not (tmp_path / "new").exists() and leftovers(tmp_path) == []


def refuse(sentence, network, configuration, out):
    """Assert that `generate` raises a UserError that is one line and holds `sentence`."""
    with pytest.raises(UserError) as caught:
        generate(Design(Network.load(network), configuration), out)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_with_something_else_is_refused(network_file, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    for name, content, reason in (
            ("letter.txt", "dear", "is no design of this generator: it has no manifest.json"),
            ("manifest.json", '{"name": "a web page"}', "is no design of this generator: its manifest.json is of "
                                                        "something else"),
            ("manifest.json", "{", "is no whole manifest of a design"),
            ("manifest.json", '{"generator": "first-spike 0.0.9"}', "is of another version of this generator")):
        (mine / name).write_text(content)
        before = contents(mine)
        refuse(reason, network_file, CONFIGURATION, mine)
        refuse("; name a new or an empty folder", network_file, CONFIGURATION, mine)
        assert contents(mine) == before
    refuse("exists and is no folder", network_file, CONFIGURATION, network_file)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("name", ["my_bench.v", "my_images.hex", "notes.md", "bench.vvp"])
def test_a_design_with_something_else_in_it_is_refused(older, network_file, tmp_path, name):
    (older / name).write_text("mine")
    before = contents(older)
    refuse(f"holds {name}, which is no file of a design and would be lost", network_file, Configuration(), older)
    assert contents(older) == before and leftovers(tmp_path) == []


def test_a_folder_in_a_design_is_refused_even_under_the_name_of_a_file(older, network_file, tmp_path):
    (older / "readout.v").unlink()
    (older / "readout.v").mkdir()
    (older / "readout.v" / "letter").write_text("dear")
    refuse("holds readout.v, which is no file of a design", network_file, Configuration(), older)
    assert (older / "readout.v" / "letter").exists()


@pytest.mark.thorough
def test_a_design_of_another_name_is_replaced_whole(network_file, tmp_path):
    folder = generate(Design(Network.load(network_file), CONFIGURATION), tmp_path / "design", "old")
    generate(Design(Network.load(network_file), CONFIGURATION), folder, "new")
    assert (folder / "new_accelerator.v").exists()
    assert not [path.name for path in folder.iterdir() if path.name.startswith("old_")]


def test_a_name_that_cannot_be_is_refused_before_anything_is_made(network_file, tmp_path):
    with pytest.raises(UserError, match="'a-b' cannot name a design"):
        generate(Design(Network.load(network_file), CONFIGURATION), tmp_path / "design", "a-b")
    assert not (tmp_path / "design").exists() and leftovers(tmp_path) == []


def test_a_link_stays_one(network_file, tmp_path):
    (tmp_path / "design").mkdir()
    (tmp_path / "link").symlink_to("design")
    generate(Design(Network.load(network_file), CONFIGURATION), tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "design" / "manifest.json").exists()


def test_the_current_folder_cannot_be_replaced(network_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refuse("is the folder that you are in, which cannot be replaced: name another", network_file, CONFIGURATION, ".")


def test_an_empty_folder_is_used(network_file, tmp_path):
    (tmp_path / "empty").mkdir()
    assert (generate(Design(Network.load(network_file), CONFIGURATION), tmp_path / "empty") / "manifest.json").exists()


def test_a_folder_that_cannot_be_written_is_refused(network_file, tmp_path):
    (tmp_path / "file").write_text("")
    refuse("cannot write the folder", network_file, CONFIGURATION, tmp_path / "file" / "design")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(network_file, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    refuse("cannot write the folder", network_file, CONFIGURATION, tmp_path / "closed" / "design")


def test_lanes_that_do_not_fit_the_network_are_refused(network_file, tmp_path):
    out = tmp_path / "design"
    refuse("3 numbers of lanes for 2 layers: give one for all layers, or 2", network_file, Configuration((4, 4, 4)),
           out)
    refuse("6 lanes for the 5 neurons of layer 1: choose at most 5", network_file, Configuration((4, 6)), out)
    assert not out.exists() and leftovers(tmp_path) == []


def test_a_warning_of_myhdl_is_an_error(network_file, tmp_path, monkeypatch):
    """A conversion that MyHDL warns of may differ from its simulation."""

    def unread(*_, **_options):
        warnings.warn("Signal is driven but not read", myhdl.ToVerilogWarning)

    monkeypatch.setattr(Target, "convert", unread)
    with pytest.raises(myhdl.ToVerilogWarning):
        convert.write_design(Design(Network.load(network_file), CONFIGURATION), tmp_path)


def test_potentials_leave_the_output_layer_only(network_file, tmp_path):
    folder = generate(Design(Network.load(network_file), CONFIGURATION), tmp_path / "design")
    own = [module for module in folder.glob("layer*_if_layer_folded.v")
           if re.search(r"^    output .* potentials\b", module.read_text(), re.MULTILINE)]
    assert [module.name for module in own] == ["layer1_if_layer_folded.v"]
