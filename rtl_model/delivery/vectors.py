"""Images and the result words that they must give, for the testbench that goes along with a design."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.recordings import Recordings


@dataclass(frozen=True, eq=False)
class Vectors:
    """images: uint8 [n, rows, columns], or Recordings; words: int64 [n], the result word of each; source: where the
    images come from, in a line of text. The words are the caller's, since hardware must not compute what it is checked
    by."""

    images: np.ndarray | Recordings
    words: np.ndarray
    source: str
