"""Classes that are unlike in size: which images are held out, and how much each of the others weighs.

What an epoch was like: counts that the learning rules give to the training loop.
"""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.errors import UserError

MOST_UNLIKE = 2  # times as many images in the largest class as in the smallest: beyond it they are unlike
CLASS_WEIGHTS = ("equal", "as-given")


def unlike(labels):
    """Whether the largest class has more than MOST_UNLIKE times as many labels (int64 [n]) as the smallest that has
    some."""
    counts = np.bincount(labels)
    return counts.max(initial=0) > MOST_UNLIKE * counts[counts > 0].min(initial=len(labels))


def usual_weights(labels):
    """One of CLASS_WEIGHTS, where nothing else is asked for."""
    return CLASS_WEIGHTS[0 if unlike(labels) else 1]


def image_weights(labels):
    """float64 [n]: the weight of each image with which all classes weigh alike, 1 on average."""
    counts = np.bincount(labels)
    return len(labels) / (np.count_nonzero(counts) * counts[labels])


def hold_out(labels, held_out, seed):
    """Indices of the training images kept for choosing things, and of the others: two int64 arrays.

    labels: int64 [n], of all of them. Of unlike classes each is held out by its own share, one image at the least, and
    as long as others are left, its last one stays.
    """
    order = np.random.default_rng([seed, 0]).permutation(len(labels))
    if unlike(labels):
        turn = np.empty(len(order))  # who comes first is held out first
        for label in np.unique(labels):
            own = np.flatnonzero(labels[order] == label)
            turn[own] = np.arange(len(own)) / len(own)
            turn[own[-1]] = 1
        order = order[np.argsort(turn, kind="stable")]
    return order[:held_out], np.sort(order[held_out:])


def held_and_rest(plan, dataset):
    """What `hold_out` gives for a Plan; UserError where nothing is left to train on."""
    count = dataset.train_count
    if plan.held_out >= count:
        raise UserError(f"{plan.held_out} held-out images leave nothing of the {count} training images")
    return hold_out(dataset.train_labels[:count], plan.held_out, plan.seed)


def images_of_classes(dataset, held):
    """{"trained": {class: images}, "held_out": ..., "tested": ...}; held: indices of the held-out training images."""
    def counts(labels):
        return np.bincount(labels, minlength=len(dataset.classes))

    all_, kept = counts(dataset.train_labels[:dataset.train_count]), counts(dataset.train_labels[held])
    sides = {"trained": all_ - kept, "held_out": kept, "tested": counts(dataset.test_labels)}
    return {side: dict(zip(dataset.classes, found.tolist())) for side, found in sides.items()}


@dataclass
class Tally:
    """Counts over the training images of an epoch; silent and ties only among those whose output may fire (`free`)."""

    images: int = 0
    right: int = 0
    free: int = 0
    silent: int = 0
    ties: int = 0
    events: int = 0

    def add(self, other):
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def shares(self):
        """accuracy, silent, ties as shares, and input and hidden spikes up to the decision per image."""
        free, images = max(self.free, 1), max(self.images, 1)
        return {"accuracy": self.right / images, "silent": self.silent / free, "ties": self.ties / free,
                "spikes": self.events / images}
