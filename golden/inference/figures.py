"""Figures of a network on a test set, as they stand in its file's header."""

from dataclasses import replace

import numpy as np

from golden.contract.network import Network
from golden.inference.encode import encode
from golden.inference.infer import float_infer, infer


def figures(network, dataset):
    """A copy of `network` whose `accuracy` holds its strict figures on the test set of `dataset`.

    dataset (name), images, accuracy, silent and ties (shares), events (mean input and hidden spikes up to the decision,
    of the inputs that are used), and split, how the test images were told apart and read, where that was a choice.
    """
    run = infer if isinstance(network, Network) else float_infer
    result = run(network, dataset.test_images, until_decision=True)
    until = np.minimum(result.decision_time, network.steps - 1)[:, None]
    spikes = [encode(dataset.test_images, network.steps)[:, network.used_inputs], *result.spike_times[:-1]]
    accuracy = {
        "dataset": dataset.name,
        "images": len(dataset.test_images),
        "accuracy": float(np.mean(result.classes == dataset.test_labels)),
        "silent": float(result.silent.mean()),
        "ties": float(result.tie.mean()),
        "events": round(float(sum((times <= until).sum() for times in spikes) / len(dataset.test_images)), 1),
    }
    if dataset.split:
        accuracy["split"] = dataset.split
    return replace(network, accuracy=accuracy)
