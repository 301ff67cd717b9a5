"""Real digits through the shipped networks: every result and every spike up to the decision as golden.inference.infer
says."""

import numpy as np
import pytest

from first_spike.comparison.recorder import Recorder
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.convert import generate

NETWORKS = ROOT / "golden" / "networks"


@pytest.fixture(scope="module")
def digits():
    """uint8 [500, 28, 28]: the first of MNIST's test set."""
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz", allow_pickle=False) as archive:
        return archive["images"]


@pytest.mark.long
@pytest.mark.parametrize("name, simulator, count", [
    ("mnist_784_128_10_4bit", "verilator", 500),
    ("mnist_784_128_10_4bit", "icarus", 20),
    ("mnist_784_400_10_4bit", "verilator", 100),
])
def test_digits_match_golden(digits, tmp_path, name, simulator, count):
    design = Design(Network.load(NETWORKS / f"{name}.npz"))
    images = digits[:count]
    found = Recorder(design, generate(design, tmp_path / "verilog"), tmp_path / "build", simulator).run(images)
    expected = infer(design.network, images).until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    assert found.words.tolist() == words.tolist()
    for k, (want, got) in enumerate(zip(expected.spike_times, found.spike_times, strict=True)):
        assert want.shape == got.shape
        wrong = np.argwhere(want != got)
        assert not wrong.size, f"layer {k}: first difference at image and neuron {wrong[0]}"
