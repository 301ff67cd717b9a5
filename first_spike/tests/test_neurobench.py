"""NeuroBench's own harness counts what `first_spike.metrics` counts: dense layers, convolutions, pools, paddings."""

from dataclasses import replace

import numpy as np
import pytest

import first_spike as fs
from first_spike.golden.inference.infer import infer
from first_spike.interop.neurobench import neurobench_model
from tb.helpers.random_networks import (
    random_convolutional_network,
    random_images,
    random_network,
    worded_network,
)

pytestmark = pytest.mark.frameworks
COUNT = 64  # one batch, and a power of two: NeuroBench sums the shares of batches, here without rounding


def run(network, images, labels):
    """What NeuroBench's Benchmark says of a network."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("neurobench")
    from neurobench.benchmarks import Benchmark
    from neurobench.metrics.static import ConnectionSparsity, Footprint, ParameterCount
    from neurobench.metrics.workload import (
        ActivationSparsity,
        ActivationSparsityByLayer,
        ClassificationAccuracy,
        SynapticOperations,
    )
    data = torch.utils.data.TensorDataset(torch.from_numpy(images), torch.from_numpy(labels))
    loader = torch.utils.data.DataLoader(data, batch_size=COUNT)
    static = [ParameterCount, Footprint, ConnectionSparsity]
    workload = [ActivationSparsity, ActivationSparsityByLayer, SynapticOperations, ClassificationAccuracy]
    return Benchmark(neurobench_model(network), loader, [], [], [static, workload]).run(quiet=True)


def compare(network, images, labels):
    found, ours = run(network, images, labels), fs.metrics(network, images)["neurobench"]
    assert found.pop("ClassificationAccuracy") == (infer(network, images).classes == labels).mean()
    assert found.pop("ConnectionSparsity") == round(ours.pop("ConnectionSparsity"), 4)
    by_layer = found.pop("ActivationSparsityByLayer")
    assert [by_layer[f"spikes{k}"] for k in range(len(by_layer))] == ours.pop("ActivationSparsityByLayer")
    assert found == ours


@pytest.mark.parametrize("name", ["mnist_784_128_10_4bit", "mnist_16c5p2_32c5p2_10_4bit"])
def test_shipped_networks(name):
    digits = fs.samples()
    compare(fs.load(name), digits.images[:COUNT], digits.labels[:COUNT])


@pytest.mark.parametrize("index", range(12))
def test_random_networks(index):
    rng = np.random.default_rng([34, index])
    network = (random_convolutional_network(rng, 8, int(rng.integers(1, 9)), 1 + index % 2) if index % 3 else
               random_network(rng, 16, int(rng.integers(1, 9)), 2))
    images = np.concatenate([random_images(rng, network) for _ in range(10)])[:COUNT]
    compare(network, images, rng.integers(0, network.sizes[-1], COUNT))


def test_events_and_sum_pools_have_no_such_figures():
    network = fs.load("mnist_784_128_10_4bit")
    with pytest.raises(fs.UserError, match="the network takes events, for which there is no model for NeuroBench yet"):
        neurobench_model(replace(network, most_events=9))
    network = worded_network(np.random.default_rng(1), "conv 2 1x1 sum 1x2, dense 2", (2, 2), (4, 4), 16)
    with pytest.raises(fs.UserError, match="layer 0 ends in a sum pool, for which there is no model for NeuroBench"):
        neurobench_model(network)
