"""scikit-learn's 1,797 digits of 8 x 8 pixels: small and offline, for quick trainings."""

import numpy as np

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.data.download import unwatched
from first_spike.golden.errors import UserError

TRAIN = 1437  # the first four fifths; the writers of the last fifth are others


def load_digits(train=True, watch=unwatched):
    """The digits as a Dataset, their 0..16 spread over 0..255. UserError when scikit-learn is not installed."""
    try:
        from sklearn.datasets import load_digits as read
    except ImportError as error:
        raise UserError("the digits data set comes with scikit-learn: pip install scikit-learn") from error
    bunch = read()
    images = np.minimum(bunch.images * 16, 255).astype(np.uint8)
    labels = bunch.target.astype(np.int64)
    count = TRAIN if train else 0
    return Dataset(images[:count], labels[:count], images[TRAIN:], labels[TRAIN:],
                   tuple(str(digit) for digit in range(10)), "digits")
