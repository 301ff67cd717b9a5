"""A small network with images on which it is busy: every layer fires, and a single weight or threshold shows."""

from dataclasses import replace

import numpy as np

from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from tb.helpers.random_networks import as_float, random_images, random_network


def small_case(folder, seed=11):
    """Write network.npz, network_float.npz, images.npy and labels.npy into `folder`; returns (network, images, labels).

    4 x 5 pixels, 16 steps, 4 bits, two layers with at least 3 classes; 28 images, whose labels are random.
    """
    rng = np.random.default_rng(seed)
    network = random_network(rng, 16, 4, 2)
    while network.image_shape != (4, 5) or network.sizes[-1] < 3 or network.sizes[0] < 4 or not _busy(network, rng):
        network = random_network(rng, 16, 4, 2)
    images = np.concatenate([random_images(rng, network) for _ in range(4)])
    labels = rng.integers(0, network.sizes[-1], len(images))
    network.save(folder / "network.npz")
    as_float(network).save(folder / "network_float.npz")
    np.save(folder / "images.npy", images)
    np.save(folder / "labels.npy", labels)
    return network, images, labels


def shuffled(network, seed, **changes):
    """A Network of the same shape that fits wherever `network` does, but for `changes`."""
    rng = np.random.default_rng(seed)
    layers = [Layer(rng.permutation(layer.weights.ravel()).reshape(layer.weights.shape) // 2, layer.thresholds,
                    layer.weight_bits) for layer in network.layers]
    made = dict(steps=network.steps, image_shape=network.image_shape, layers=layers, classes=network.classes,
                source=f"shuffled {seed}") | changes
    return Network(**made)


def of_one_beat(network):
    """A Network of its first 16 pixels, which one beat holds; it listens to half of them."""
    first, *others = network.layers
    weights = first.weights[:16] * (np.arange(16) < 8)[:, None]
    return replace(network, image_shape=(4, 4), layers=[replace(first, weights=weights), *others])


def _busy(network, rng):
    spikes = infer(network, random_images(rng, network), until_decision=True).spike_times
    return all((times < network.steps).any() for times in spikes)
