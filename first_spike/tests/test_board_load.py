"""`first-spike board load` on a board in simulation: a network while the other bank works, and misfits."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from first_spike.boards.opened import CYCLES_PER_BIT, SIMULATED_PATIENCE, SimulatedBoard
from first_spike.commands import board
from first_spike.device.device import Device
from first_spike.device.identity import LoadableDesign
from first_spike.device.line import LineError
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.shape.load_map import weight_map
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import shuffled, small_case

OPTIONS = ["--network", "network.npz", "--images", "images.npy", "--lanes", 2, "--pixels", 4, "--port", "sim",
           "--build", "work", "--weight-banks", 2]


@pytest.fixture
def case(tmp_path, monkeypatch):
    """(network, images), in the current folder."""
    monkeypatch.chdir(tmp_path)
    return small_case(tmp_path)[:2]


@pytest.mark.thorough
def test_a_network_is_loaded_while_the_other_bank_works(case, command):  # noqa: F811
    """Then what the driver would never send is refused by the board itself, which goes on with what it holds."""
    network, images = case
    other = shuffled(network, 1)
    other.save("other.npz")
    done = command(board, "load", "other.npz", *OPTIONS, "--meanwhile", 15, "--json", "report.json")
    assert done.returncode == 0, done.stderr
    assert "with 15 images meanwhile" in done.stdout and "Every result is equal to the golden model's" in done.stdout
    report = json.loads(Path("report.json").read_text())
    for part, count in (("meanwhile", 15), ("images", len(images))):
        assert (report[part]["images"], report[part]["mismatches"], report[part]["first"]) == (count, 0, [])
    assert not np.array_equal(infer(network, images).classes, infer(other, images).classes)
    assert report["load"]["words"] > 20 and report["load"]["cycles"] > 1000

    configuration = Configuration((2,), 4, weights="loadable", weight_banks=2)
    place, = (path.parent for path in Path("work").glob("*/board"))
    with SimulatedBoard(place / "top", place / "board", CYCLES_PER_BIT) as simulated:
        with Device(simulated.port, SIMULATED_PATIENCE) as device:
            believed = device.identify()
            assert believed.weight_map == weight_map(Design(network, configuration))
            device.load(other, LoadableDesign(Design(network, configuration)))
            held = device.identify(other)
            for lie, error in ((dict(potential_margin=1), "wrong crc"), (dict(lanes=(1,)), "too long")):
                design = LoadableDesign(Design(network, Configuration(**dict(lanes=(2,), pixels=4, weights="loadable",
                                                                      weight_banks=2) | lie)))
                assert design.weight_map != believed.weight_map
                vars(device)["_identity"] = replace(held, weight_map=design.weight_map)
                with pytest.raises(LineError, match=f"refuses the network: {error}"):
                    device.load(network, design)
                assert device.identify(other) == held
                assert np.array_equal(device.classify(images).words & 0xFFFF, infer(other, images).classes)


def test_networks_that_do_not_fit_are_refused_before_anything_is_built(case, command):  # noqa: F811
    network, _ = case
    wide = [Layer(np.full_like(layer.weights, 7), layer.thresholds, layer.weight_bits) for layer in network.layers]
    for name, changes, sentence in [
            ("steps", dict(steps=32), "the network has 32 steps, the design 16 steps"),
            ("shape", dict(image_shape=(5, 4)), "the network has an image shape of 5 x 4, the design an image shape of "
                                                "4 x 5"),
            ("wide", dict(layers=wide), "layer 0 of the network needs potentials of")]:
        shuffled(network, 2, **changes).save(f"{name}.npz")
        assert_refused(command(board, "load", f"{name}.npz", *OPTIONS), f"the network cannot be loaded: {sentence}")
    assert_refused(command(board, "load", "network.npz", *OPTIONS[:-2], "--weights", "constants"),
                   "nothing can be loaded into constants: choose --weights loadable")
    assert not Path("work").exists()
