"""The idx files that MNIST and its successors come in."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing

UINT8 = 0x08


def read_idx(path):
    """Read an idx file of bytes, gzip-compressed if its name ends in `.gz`.

    Returns a uint8 array with the axes that the file announces. Raises UserError when the file is missing, holds
    another type, or is not exactly as long as its header says.
    """
    path = Path(path)
    data = _read_bytes(path)
    axes = data[3] if len(data) > 3 else 0
    start = 4 + 4 * axes
    if data[:3] != bytes([0, 0, UINT8]) or axes == 0:
        raise UserError(f"{path} is not an idx file of bytes (it must begin with 00 00 08)")
    if len(data) < start:
        raise UserError(f"{path} is cut short: it ends within its header")
    shape = [int.from_bytes(data[4 + 4 * k:8 + 4 * k], "big") for k in range(axes)]
    if len(data) != start + math.prod(shape):
        fault = "is cut short" if len(data) < start + math.prod(shape) else "has bytes after its end"
        raise UserError(f"{path} {fault}: its header announces {math.prod(shape)} values, {len(data) - start} follow")
    try:
        return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
    except ValueError as error:  # no values along one axis, too many along others, or too many axes
        raise UserError(f"{path} announces an array of {' x '.join(map(str, shape))} values, which there cannot be"
                        ) from error


def _read_bytes(path):
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as file:
                return file.read()
        return path.read_bytes()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} is cut short or damaged ({error})") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error


def write_idx(path, array):
    """Write a uint8 array as an uncompressed idx file."""
    if array.dtype != np.uint8:
        raise UserError(f"an idx file here holds uint8, found {array.dtype}")
    with replacing(path) as file:
        file.write(bytes([0, 0, UINT8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape))
        file.write(array.tobytes())
