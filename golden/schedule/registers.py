"""Registers of the hardware as records that compiled functions read and write by name."""

import numpy as np


def registers(numbers, flags=""):
    """dtype of a record: `numbers` int64, `flags` bool, both names with spaces between.

    A compiled function takes arrays of records and looks at one as `record = array[index]`. A record does not keep its
    array alive: who makes the array has to hold it for as long.
    """
    fields = [(name, np.int64) for name in numbers.split()] + [(name, np.bool_) for name in flags.split()]
    return np.dtype((np.record, fields))  # np.record has names without numba, too


NONE = -1  # instead of the number of a vector, a spike, an input: where there is none

# A fold at the end of a step, as step * folds + fold, or NONE; whether it ends the image.
ENTRY = registers("vector", "end")
