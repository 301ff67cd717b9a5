"""Real digits through the shipped networks: every result and every spike up to the decision as golden.inference.infer
says."""

import json

import numpy as np
import pytest

from first_spike.comparison.harness import run_bench
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.record import Record

NETWORKS = ROOT / "golden" / "networks"


@pytest.fixture(scope="module")
def digits():
    """uint8 [500, 28, 28]: the first of MNIST's test set."""
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz", allow_pickle=False) as archive:
        return archive["images"]


@pytest.mark.long
@pytest.mark.parametrize("name, simulator, count, configuration", [
    ("mnist_784_128_10_4bit", "verilator", 500, Configuration()),
    ("mnist_784_128_10_4bit", "icarus", 20, Configuration()),
    ("mnist_784_400_10_4bit", "verilator", 100, Configuration()),
])
def test_digits_match_golden(network_designs, digits, tmp_path, name, simulator, count, configuration):
    network = Network.load(NETWORKS / f"{name}.npz")
    folder = network_designs(network, configuration)
    files = {key: str(tmp_path / file) for key, file in (("images", "images.npy"), ("record", "record.npz"),
                                                         ("progress", "progress"))}
    np.save(files["images"], digits[:count])
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"network": str(folder / "network.npz"), "configuration": configuration.__dict__,
                               **files}))
    run_bench(simulator, folder / "verilog", "first_spike.comparison.run_images", tmp_path / "build",
              environment={"FIRST_SPIKE_JOB": str(job)}, optimize=count * network.inputs > 100000)
    expected, found = infer(network, digits[:count]).until_decision(), Record.load(files["record"])
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    assert found.words.tolist() == words.tolist()
    for k, (want, got) in enumerate(zip(expected.spike_times, found.spike_times, strict=True)):
        assert want.shape == got.shape
        wrong = np.argwhere(want != got)
        assert not wrong.size, f"layer {k}: first difference at image and neuron {wrong[0]}"
