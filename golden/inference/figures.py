"""Figures of a network on a set of images: counted in one place, for its file's header and for evaluations."""

from dataclasses import dataclass, replace

import numpy as np

from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import encode, take_in
from first_spike.golden.inference.infer import float_infer, infer


@dataclass(frozen=True)
class Figures:
    """Counts over `images` images.

    correct: of the right class by the strict read-out, None without labels. silent, ties: of the images that end so.
    steps: decision times, summed (T where silent). spikes: up to the decision, summed, of the inputs that are used,
    then of each layer.
    """

    images: int
    correct: int | None
    silent: int
    ties: int
    steps: int
    spikes: tuple

    def mean(self, count):
        """A count per image, a share where an image counts once; None stays None."""
        return None if count is None else count / self.images


def count(network, images, labels, result):
    """Figures of an Inference of n >= 1 images, as `infer` takes them; labels: int64 [n] or None."""
    last = np.minimum(result.decision_time, network.steps - 1)
    spikes = [int((times <= last[:, None]).sum()) for times in result.spike_times]
    return Figures(len(images), None if labels is None else int((result.classes == labels).sum()),
                   int(result.silent.sum()), int(result.tie.sum()), int(result.decision_time.sum()),
                   (_input_spikes(network, images, last), *spikes))


def _input_spikes(network, images, last):
    """Spikes of all inputs that are used, up to step last [n] of each image."""
    used = network.used_inputs
    if network.most_events is None:
        return int((encode(images, network.steps)[:, used] <= last[:, None]).sum())
    train, _ = take_in(network, images)
    return int((used[train.inputs] & (train.steps <= last[train.owners])).sum())


def recall(named, labels, classes):
    """Of each class the share of its images that are named rightly, ready for JSON: {"recall": {class: share, None
    where there are none}, "worst_class", "worst_recall": the smallest share}; all None without labels.

    named, labels: int64 [n], or None; classes: names.
    """
    if named is None or labels is None:
        return dict.fromkeys(("recall", "worst_class", "worst_recall"))
    counts = np.bincount(labels, minlength=len(classes))
    right = np.bincount(labels[named == labels], minlength=len(classes))
    shares = {name: int(ours) / int(all_) if all_ else None for name, ours, all_ in zip(classes, right, counts)}
    worst = min((name for name in classes if shares[name] is not None), key=shares.get)
    return {"recall": shares, "worst_class": worst, "worst_recall": shares[worst]}


def figures(network, dataset, held_out, most_silent):
    """(a copy of `network` whose `accuracy` holds its strict figures on the test set of `dataset`, these figures with
    those of `recall`).

    dataset (name), images, accuracy, silent and ties (shares), events (mean input and hidden spikes up to the decision,
    of the inputs that are used), and split, how the test images were told apart and read, where that was a choice.
    held_out: (images, labels) of the training images that thresholds and scales were chosen on; the header says of them
    how many there are, accuracy and silent. most_silent: the share of silent outputs that was asked for, 0 to 1.
    """
    result = _run(network, dataset.test_images)
    found = count(network, dataset.test_images, dataset.test_labels, result)
    on_held_out = count(network, *held_out, _run(network, held_out[0]))
    accuracy = {"dataset": dataset.name, **_shares(found), "ties": found.mean(found.ties),
                "events": round(found.mean(sum(found.spikes[:-1])), 1), "held_out": _shares(on_held_out),
                "most_silent": most_silent}
    if dataset.split:
        accuracy["split"] = dataset.split
    return (replace(network, accuracy=accuracy),
            accuracy | recall(result.classes, dataset.test_labels, network.classes))


def _run(network, images):
    return (infer if isinstance(network, Network) else float_infer)(network, images)


def _shares(found):
    return {"images": found.images, "accuracy": found.mean(found.correct), "silent": found.mean(found.silent)}
