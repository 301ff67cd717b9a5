"""What a data set is, wherever it comes from."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images are uint8 [n, rows, columns]; labels int64 [n], indices into `classes`, a tuple of names.

    split: how training and test images were told apart and pictures were read, where that is the reader's choice; else
    empty.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple
    name: str
    split: dict = field(default_factory=dict)

    @property
    def image_shape(self):
        """(rows, columns)."""
        return self.test_images.shape[1:]
