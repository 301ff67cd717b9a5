"""The committed design is what the generator makes; a difference is named by file, line and column."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import first_spike as fs
from first_spike.command.places import DEFAULT_DESIGN, DEFAULT_NETWORK
from first_spike.commands import demo, generate
from first_spike.comparison.design_files import read_design, vectors, write_whole_design
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import BAD_BIT
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.jobs.jobs import hash_of_arrays
from first_spike.rtl_model.delivery.manifest import MANIFEST
from scripts import check_generated
from tb.helpers.process import assert_refused, command, run_script  # noqa: F401
from tb.helpers.random_networks import on_events, random_network, worded_network
from tb.helpers.small_case import shuffled, small_case


@pytest.fixture
def copy(tmp_path):
    """A copy of hdl/ to be tampered with."""
    return Path(shutil.copytree(DEFAULT_DESIGN, tmp_path / "copy"))


def flip_bit(path, line=400, digit=60):
    """Flip the lowest bit of one hex digit; returns (old, new) line."""
    lines = path.read_text().split("\n")
    old = lines[line - 1]
    lines[line - 1] = old[:digit] + f"{int(old[digit], 16) ^ 1:x}" + old[digit + 1:]
    path.write_text("\n".join(lines))
    return old, lines[line - 1]


def test_hdl_is_what_the_generator_makes(tmp_path):
    done = run_script("check_generated.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    count = len(list(DEFAULT_DESIGN.iterdir()))
    assert done.stdout == f"{DEFAULT_DESIGN}: {count} files, each as the generator makes it\n"


@pytest.mark.thorough
def test_a_design_with_a_name_and_registers_is_checked_too(command, tmp_path):  # noqa: F811
    design = write_whole_design(Design(Network.load(DEFAULT_NETWORK), Configuration()), tmp_path / "design", "mine",
                                "accelerator_axi")
    done = command(check_generated, "--design", design)
    assert (done.returncode, done.stderr) == (0, "") and "each as the generator makes it" in done.stdout
    (design / "mine_readout.v").unlink()
    done = command(check_generated, "--design", design)
    assert done.returncode == 1 and f"{design}/mine_readout.v is missing" in done.stderr


@pytest.mark.thorough
def test_a_loadable_design_is_read_as_it_was_made(tmp_path):
    network, _, _ = small_case(tmp_path)
    made = Configuration((4, 2), 4, 2, 1, weights="loadable", weight_banks=2, potential_margin=3)
    design = write_whole_design(Design(Network.load(tmp_path / "network.npz"), made), tmp_path / "design")
    assert read_design(design, network).settings == Design(network, made).settings


@pytest.mark.thorough
def test_a_design_of_another_network_or_configuration(command, tmp_path):  # noqa: F811
    small_case(tmp_path)
    other = write_whole_design(Design(Network.load(tmp_path / "network.npz"), Configuration((2,))), tmp_path / "other")
    assert_refused(command(check_generated, "--design", other), f"the design in {other} was made from the network ")
    narrow = write_whole_design(Design(Network.load(DEFAULT_NETWORK), Configuration((16,), pixels=4)),
                                tmp_path / "narrow")
    assert command(check_generated, "--design", narrow).returncode == 0


def test_a_design_that_another_one_replaces_is_named(command, tmp_path, capsys):  # noqa: F811
    network, _, _ = small_case(tmp_path)
    given = "--network", tmp_path / "network.npz", "--out", tmp_path / "design"
    said = [command(generate, *given, "--name", name).stderr for name in ("right", "other")]
    capsys.readouterr()
    for other in (network, shuffled(network, 1), shuffled(network, 1)):
        fs.generate(fs.Design(other, lanes=2), tmp_path / "design")
        said.append(capsys.readouterr().err)
    named = {1: "right", 2: "other", 3: "without a name, of another network,"}
    assert said == [f"warning: the design {named[k]} in {tmp_path / 'design'} was replaced: each design wants a folder "
                    f"of its own\n" if k in named else "" for k in range(5)]


def test_one_bit_of_one_weight(copy, command):  # noqa: F811
    old, new = flip_bit(copy / "layer0_weights_0_0.hex")
    done = command(check_generated, "--design", copy)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"{copy} is not what the generator makes of this network:\n  {copy}/layer0_weights_0_0.hex "
                           f"line 400, column 61: expected '…{old[48:73]}…', found '…{new[48:73]}…'\n")


@pytest.mark.thorough
def test_demo_fails_on_one_bit_of_one_weight(copy, command, tmp_path, monkeypatch):  # noqa: F811
    flip_bit(copy / "layer0_weights_0_0.hex")
    monkeypatch.setitem(demo.DIGITS, "dense", {"icarus": 2})
    done = command(demo, "--design", copy, "--build", tmp_path / "build")
    assert done.returncode == 1
    assert f"{copy}/layer0_weights_0_0.hex line 400, column 61: " in done.stderr
    assert "different_files" in (tmp_path / "build" / "report.json").read_text()


def test_demo_takes_the_bare_core_alone(copy, command, tmp_path):  # noqa: F811
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(manifest | {"top": "accelerator_axi"}))
    assert_refused(command(demo, "--design", copy, "--build", tmp_path / "build"),
                   f"{copy} holds accelerator_axi, and only the bare core, accelerator, can be compared: generate one")
    assert not (tmp_path / "build").exists()


@pytest.mark.thorough
def test_configuration_from_the_manifest(tmp_path):
    network, _, _ = small_case(tmp_path)
    for configuration in (Configuration((4, 3), 16, 2, 2), Configuration((2,), 4)):
        design = write_whole_design(Design(Network.load(tmp_path / "network.npz"), configuration), tmp_path / "design")
        read = read_design(design, network)
        found = read.configuration
        assert read.lanes == configuration.layer_lanes(network.widths)
        assert (found.pixels, found.spikes_per_cycle, found.events_per_cycle) == (
            configuration.pixels, configuration.spikes_per_cycle, configuration.events_per_cycle)


def test_images_and_recordings_of_a_testbench_are_always_the_same():
    """Images decide on several classes; of recordings one has no event, one none that is right, and one too many, if so
    many can be carried."""
    network = random_network(np.random.default_rng(7), 16, 4, 2)
    with np.errstate(all="raise"):
        pixels, events = vectors(network), vectors(on_events(network, 9))
    assert len(pixels.images) == len(events.images) == 8 == len(pixels.words) == len(events.words)
    counts, decided = np.diff(events.images.offsets), infer(network, pixels.images[:6])
    assert not pixels.images[6].any() and pixels.images[7].min() == 255
    assert len(set(decided.classes.tolist())) == 6 and not decided.silent.any()
    assert counts[:2].tolist() == [0, 1] and counts[6:].tolist() == [9, 10] and counts[2:6].min() > 0
    assert events.images.steps[0] == network.steps and events.images.steps[1:].max() < network.steps
    assert pixels.source.startswith("6 of random pixels") and events.source.startswith("8 recordings of random events")
    assert [hash_of_arrays(made.images)[:8] for made in (pixels, events)] == ["62237ede", "2cf4fa04"]
    many = vectors(on_events(network, 1 << 20))
    assert np.diff(many.images.offsets)[6:].tolist() == [1 << 14, (1 << 14) + 1] and "too many" not in many.source
    assert not np.any(np.array(many.words[2:]) >> BAD_BIT & 1)
    network = on_events(random_network(np.random.default_rng(1), 256, 4, 2), 9)
    longest = vectors(network)  # no event has step 256
    assert longest.images.inputs[0] == network.inputs and longest.words[1] >> BAD_BIT == 1


def test_digits_come_along_unless_most_are_silent():
    """Weights are one, so that the threshold says how many of the six digits are silent: three may be."""
    digits = load("samples", train=False).test_images[:6]
    spikes = np.sort(np.count_nonzero(encode(digits, 16) < 16, axis=1))
    found = []
    for silent in (3, 4):
        layer = Layer(np.ones((784, 2), np.int8), np.full(2, spikes[silent] - 1, np.int32), 4)
        network = Network(16, (28, 28), [layer], ["even", "odd"], "random")
        assert infer(network, digits).silent.sum() == silent
        found.append(vectors(network))
    assert (found[0].images[:6] == digits).all() and found[0].source.startswith("the first 6 of the MNIST test set")
    assert found[1].source.startswith("6 of random pixels")


def test_random_images_of_a_testbench_have_channels_and_squares():
    """The second network decides where the left four columns are brighter than the right two, and no pixel alone is."""
    sides = np.where(np.arange(54) % 6 < 4, 7, -8).astype(np.int8)
    maps = worded_network(np.random.default_rng(1), "conv 3 3x3 same, dense 4", (9, 6, 2), [4, 4], 16)
    dense = Network(16, (9, 6), [Layer(np.c_[sides, sides], np.full(2, 150, np.int32), 4)], ["even", "odd"], "random")
    singles = np.random.default_rng(1).integers(0, 256, (6, 9, 6)).astype(np.uint8)
    assert infer(dense, singles).silent.all()
    assert [hash_of_arrays(vectors(network).images)[:8] for network in (maps, dense)] == ["a7b68efe", "44d11961"]
