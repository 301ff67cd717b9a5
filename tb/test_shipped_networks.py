"""Real digits through the shipped networks: every result and every spike up to the decision as golden.inference.infer
says."""

import json

import numpy as np
import pytest

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from golden.files import ROOT
from golden.inference.infer import infer
from tb.harness import run_bench

NETWORKS = ROOT / "golden" / "networks"


@pytest.fixture(scope="module")
def digits():
    """uint8 [500, 28, 28]: the first of MNIST's test set."""
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz", allow_pickle=False) as archive:
        return archive["images"]


@pytest.mark.parametrize("name, simulator, count, configuration", [
    ("mnist_784_128_10_4bit", "verilator", 500, Configuration()),
    ("mnist_784_128_10_4bit", "icarus", 20, Configuration()),
    ("mnist_784_400_10_4bit", "verilator", 100, Configuration()),
])
def test_digits_match_golden(network_designs, digits, tmp_path, name, simulator, count, configuration):
    network = Network.load(NETWORKS / f"{name}.npz")
    folder = network_designs(name, network, configuration)
    files = {key: str(tmp_path / file) for key, file in (("images", "images.npy"), ("result", "result.npz"),
                                                         ("progress", "progress"))}
    np.save(files["images"], digits[:count])
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"network": str(folder / "network.npz"), "configuration": configuration.__dict__, **files,
                               "source_stalls": "none", "sink_stalls": "none", "one_at_a_time": False}))
    run_bench(simulator, folder / "verilog", "tb.run_images", tmp_path / "build",
              environment={"FIRST_SPIKE_JOB": str(job)}, optimize=count * network.inputs > 100000)
    expected = infer(network, digits[:count], until_decision=True)
    with np.load(files["result"], allow_pickle=False) as found:
        words = found["words"].astype(np.int64)
        assert (words & 0xFFFF).tolist() == expected.classes.tolist()
        assert (words >> 16 & 0x1FF).tolist() == expected.decision_time.tolist()
        assert (words >> 29 & 1).tolist() == expected.silent.tolist()
        assert (words >> 30 & 1).tolist() == expected.tie.tolist()
        assert not (words >> 31).any() and not (words >> 25 & 0xF).any()
        for k, times in enumerate(expected.spike_times):
            assert found[f"layer{k}_spike_times"].shape == times.shape
            wrong = np.argwhere(found[f"layer{k}_spike_times"] != times)
            assert not wrong.size, f"layer {k}: first difference at image and neuron {wrong[0]}"
