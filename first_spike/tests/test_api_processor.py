"""A Processor beside a Design in the API: the same functions take either."""

import numpy as np
import pytest

import first_spike as fs
from first_spike.golden.errors import UserError
from first_spike.processor.simulated import Script, SimulatedProcessor
from tb.helpers.processor_cases import LIMITS, dense
from tb.helpers.random_networks import on_events, random_images, random_network


@pytest.fixture(scope="module")
def case():
    """(Network, images)."""
    rng = np.random.default_rng(3)
    network = random_network(rng, 16, 4, 2, max_side=6, max_neurons=28)
    return network, random_images(rng, network)[:5]


@pytest.fixture
def processor():
    return fs.Processor(**LIMITS.settings)


def test_results_and_cycles_are_compared(case, processor, tmp_path):
    network, images = case
    report = fs.compare(processor, images, "icarus", build=tmp_path, network=network)
    assert report["equal_images"] == len(images) and report["cycle_model"]["mismatches"] == 0
    assert report["cycles"]["mean"] == fs.cycles(processor, images, network=network).mean()


def test_the_time_of_an_image_alone_is_what_the_verilog_takes(case, processor, tmp_path):
    network, images = case
    script = Script(processor)
    script.load_network(network)
    for number in range(len(images)):
        script.rest(200)
        script.frames(images[number:number + 1])
        script.wait()
    seen = SimulatedProcessor(processor, tmp_path, "icarus").play(script)
    beats = -(-network.inputs // processor.pixels)
    assert fs.cycles(processor, images, alone=True, network=network).tolist() == (
        seen.cycles - seen.begins - (beats - 1)).tolist()


def test_it_is_generated_with_a_network_for_its_testbench(case, processor, tmp_path):
    folder = fs.generate(processor, tmp_path / "bare", network=case[0])
    assert {"processor.v", "processor_tb.v", "processor_tb_script.hex"} <= {path.name for path in folder.iterdir()}
    folder = fs.generate(processor, tmp_path / "axi", top="processor_axi")
    assert {"processor_axi.v", "first_spike.h"} <= {path.name for path in folder.iterdir()}


def test_networks_that_keep_bounds_are_found(case, processor, capsys):
    network, images = case[0], case[1].reshape(len(case[1]), -1)
    cycles = fs.cycles(processor, images, network=network)
    wide = dense((network.inputs, 33, 2))
    found, = fs.explore([network, wide], images=images, max_us=float(cycles.mean()), clock=1, processor=processor)
    assert (found.design, found.us, found.cycles_max) == (processor, cycles.mean(), cycles.max())
    assert f"{wide.title} is not among the designs" in capsys.readouterr().err
    with pytest.raises(UserError, match="the nearest is"):
        fs.explore(network, images=images, max_us=float(cycles.mean()) - 1, clock=1, processor=[processor])


@pytest.mark.parametrize("call", [
    lambda processor, network, images: fs.explore(network, images=images, processor="ulx3s"),
    lambda processor, network, images: fs.explore(network, images=images, processor=processor, lanes=8),
    lambda processor, network, images: fs.explore(dense((37, 2)), images=images, processor=processor),
    lambda processor, network, images: fs.cycles(processor, images),
    lambda processor, network, images: fs.cycles(fs.Design(network), images, network=network),
    lambda processor, network, images: fs.cycles(processor, images, network=dense((37, 2))),
    lambda processor, network, images: fs.cycles(processor, images, network="a network"),
    lambda processor, network, images: fs.cycles(processor, [], alone=True, network=on_events(network, 9)),
    lambda processor, network, images: fs.generate(processor, "out", name="mine"),
    lambda processor, network, images: fs.generate(processor, "out", top="accelerator"),
    lambda processor, network, images: fs.generate(processor, "out", top="processor_axi", network=network),
    lambda processor, network, images: fs.generate(fs.Design(network), "out", network=network),
    lambda processor, network, images: fs.compare(processor, images, "myhdl", network=network),
    lambda processor, network, images: fs.compare(processor, images, seed=2, network=network),
    lambda processor, network, images: fs.Processor(lanes=3)])
def test_what_cannot_be_is_one_sentence(case, processor, tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fs.UserError):
        call(processor, *case)
    assert list(tmp_path.iterdir()) == []
