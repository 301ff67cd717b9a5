"""Images and the result words that they must give, for the testbench that goes along with a design."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Vectors:
    """images: uint8 [n, rows, columns]; words: int64 [n], the result word of each; source: where the images come from,
    in a line of text. The words are the caller's, since hardware must not compute what it is checked by."""

    images: np.ndarray
    words: np.ndarray
    source: str


def beats(images, pixels):
    """The beats of `images` (uint8 [n, rows, columns]) on an AXI4-Stream of `pixels` bytes, one hex word each, image by
    image: the first pixel in the lowest byte, the last beat filled up with zeros."""
    flat = np.asarray(images).reshape(len(images), -1)
    padded = np.zeros((len(flat), -(-flat.shape[1] // pixels) * pixels), np.uint8)
    padded[:, :flat.shape[1]] = flat
    return [beat.tobytes().hex() for beat in padded.reshape(-1, pixels)[:, ::-1]]
