"""What a data set is, wherever it comes from."""

from dataclasses import dataclass, field

import numpy as np

from first_spike.golden.recordings import Recordings


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images are uint8 [n, rows, columns], with the channels behind where there are some, or Recordings of events;
    labels int64 [n], indices into `classes`, a tuple of names.

    split: how training and test images were told apart and read, where that is the reader's choice; else empty.
    versions: of every training image there are so many, the first as it is: version v of image k is number
    v * train_count + k. kind: "sound", "events" or "", which settings of a training are usual for. sensor: image_shape
    of recordings. said: sentences of what was assumed, left out or made of what was found.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple
    name: str
    split: dict = field(default_factory=dict)
    versions: int = 1
    kind: str = ""
    sensor: tuple = ()
    said: tuple = ()

    def __repr__(self):
        return (f"Dataset {self.name}: {self.train_count:,} for training, {len(self.test_images):,} for the test, of "
                f"{self.image_shape}, {len(self.classes)} classes")

    @property
    def image_shape(self):
        """(rows, columns) or (rows, columns, channels)."""
        return self.sensor or self.test_images.shape[1:]

    @property
    def most_events(self):
        """The power of two from the longest training recording on; None of images."""
        if not isinstance(self.train_images, Recordings):
            return None
        return 1 << max(int(self.train_images.counts.max()) - 1, 0).bit_length()

    @property
    def train_count(self):
        """Training images, each counted once however many versions of it there are."""
        return len(self.train_images) // self.versions

    @property
    def train_arrays(self):
        """All that the training set is, as numpy arrays."""
        return *_arrays(self.train_images), self.train_labels

    @property
    def test_arrays(self):
        """All that the test set is, as numpy arrays."""
        return *_arrays(self.test_images), self.test_labels


def _arrays(images):
    return (images.offsets, images.inputs, images.steps) if isinstance(images, Recordings) else (images,)
