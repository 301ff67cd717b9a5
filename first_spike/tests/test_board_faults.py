"""Whatever happens on the line: each image gets its right class or there is one clear error, and then it goes on."""

import numpy as np
import pytest

from first_spike.boards.opened import SimulatedBoard
from first_spike.device.device import Device
from first_spike.device.identity import NO_NETWORK, LoadableDesign
from first_spike.device.line import LineError
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.convert import generate
from first_spike.tests.faulty_line import KINDS, FaultyLine
from tb.helpers.random_networks import random_images, random_network
from tb.helpers.small_case import shuffled, small_case

CYCLES_PER_BIT = 4
PATIENCE = 20  # seconds: the machine may be busy
ANSWER = 0.02  # seconds: a request that a fault met is soon sent again
IMAGES = 5  # at a time
# What is said of faults in loads: too many of them, a restart behind a load, or one in each of three loads.
IN_LOADS = ("no board", "lost its network", "does not stay as it was left")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """(network, SimulatedBoard that holds it)."""
    folder = tmp_path_factory.mktemp("board")
    network = random_network(np.random.default_rng(3), 16, 4, 2)
    network.save(folder / "network.npz")
    design = generate(Design(Network.load(folder / "network.npz"), Configuration(pixels=2)), folder / "design",
                      top="accelerator_serial",
                      parameters={"cycles_per_bit": CYCLES_PER_BIT})
    with SimulatedBoard(design, folder / "build", CYCLES_PER_BIT) as board:
        yield network, board


@pytest.fixture(scope="module")
def loadable(tmp_path_factory):
    """(networks, their LoadableDesign, SimulatedBoard of it), with two banks."""
    folder = tmp_path_factory.mktemp("board")
    network = small_case(folder)[0]
    configuration = Configuration(pixels=2, weights="loadable", weight_banks=2)
    design = generate(Design(Network.load(folder / "network.npz"), configuration), folder / "design",
                      top="accelerator_serial",
                      parameters={"cycles_per_bit": CYCLES_PER_BIT})
    with SimulatedBoard(design, folder / "build", CYCLES_PER_BIT) as board:
        yield [shuffled(network, seed) for seed in range(4)], LoadableDesign(Design(network, configuration)), board


def run_until(case, count, rate, seed):
    """Classify with faults until there were `count` of them; returns {kind: faults}, and the errors."""
    network, board = case
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    images = np.concatenate([random_images(rng, network) for _ in range(20)])
    expected = infer(network, images)
    right = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    faults, errors, done = dict.fromkeys(KINDS, 0), [], 0
    while sum(faults.values()) < count:
        line = FaultyLine(board, rng, rate)
        try:
            with Device(line, PATIENCE, ANSWER) as device:
                line.write(rng.bytes(int(rng.integers(0, 60))) or b"\0")  # noise before the first byte
                assert device.identify(network).inputs == network.inputs
                for _ in range(10):
                    chosen = rng.integers(0, len(images), IMAGES)
                    answers = device.classify(images[chosen])
                    assert np.array_equal(answers.words, right[chosen])
                    done += IMAGES
        except LineError as error:
            errors.append(str(error))
        for kind in KINDS:
            faults[kind] += line.faults[kind]
    assert done >= IMAGES
    return faults, errors


@pytest.mark.long
def test_no_fault_gives_a_wrong_class(case):
    faults, errors = run_until(case, 300, 0.08, 1)
    assert min(faults.values()) > 4, faults
    assert len(errors) < 10, errors


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2, 12))
def test_no_fault_of_ten_thousand_gives_a_wrong_class(case, seed):
    faults, errors = run_until(case, 1000, 0.1, seed)
    print(faults, len(errors))
    assert len(errors) < 20, errors


@pytest.mark.fuzz
def test_no_fault_in_a_load_gives_a_wrong_class(loadable):
    """Images go to the network that the board says it holds, between the parts of a load and after it."""
    networks, design, board = loadable
    print("seed 12")
    rng = np.random.default_rng(12)
    images = np.concatenate([random_images(rng, networks[0]) for _ in range(5)])
    right = {}
    for network in networks:
        found = infer(network, images)
        right[network.sha256] = pack(found.classes, found.decision_time, found.silent, found.tie)
    faults, loads, errors = 0, 0, []
    while faults < 1000:
        line = FaultyLine(board, rng, 0.1)
        try:
            with Device(line, PATIENCE, ANSWER) as device:
                for _ in range(10):
                    held = device.identify().sha256
                    network = networks[int(rng.integers(len(networks)))]
                    for _ in device.loading(network, design):
                        if held != NO_NETWORK:
                            assert device.classify(images[:1]).words == right[held][:1]
                    loads += 1
                    chosen = rng.integers(0, len(images), IMAGES)
                    assert np.array_equal(device.classify(images[chosen]).words, right[network.sha256][chosen])
        except LineError as error:
            errors.append(str(error))
        faults += sum(line.faults.values())
    print(loads, len(errors), set(errors))
    assert loads > 100 and all(any(said in error for said in IN_LOADS) for error in errors), errors


@pytest.mark.thorough
def test_a_clean_line_needs_no_second_try(case):
    network, board = case
    images = random_images(np.random.default_rng(5), network)
    with Device(FaultyLine(board, np.random.default_rng(6), 0), PATIENCE) as device:
        device.identify(network)
        expected = infer(network, images)
        assert np.array_equal(device.classify(images).words, pack(expected.classes, expected.decision_time,
                                                                  expected.silent, expected.tie))
