"""The container of a network file: one JSON header and named arrays in an `.npz`.

Knows nothing of what the arrays mean; `network.py` and `float_network.py` do.
"""

import json
from pathlib import Path

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.files import holds_characters, read_members, replacing

# 2 where a network is more than dense layers on one channel of pixels, 3 where a pool sums, 4 with a calibration
FORMATS = (1, 2, 3, 4)
MOST_NUMBERS = 1 << 30  # in a file; the checkpoint of a training has several for each weight


def write_archive(path, header, arrays):
    """Write `header` (JSON-serialisable dict) and `arrays` (dict of numpy arrays) to `path`.

    The same content always gives the same bytes: keys are sorted, and numpy dates every member 1980.
    """
    text = json.dumps(header, sort_keys=True, ensure_ascii=False, allow_nan=False)
    with replacing(path) as file:
        np.savez_compressed(file, header=np.array(text), **arrays)


def read_archive(path):
    """Read `(header, arrays)` back; every way in which a file can be damaged raises UserError."""
    path = Path(path)
    try:
        with open(path, "rb") as file:
            arrays = _read_members(file)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    header = _parse_header(path, arrays.pop("header", None))
    return header, arrays


def _read_members(file):
    try:
        if file.read(len(np.lib.format.MAGIC_PREFIX)) == np.lib.format.MAGIC_PREFIX:
            raise UserError("is a single array, not a network file (.npz)")
        return read_members(file, _check_count)
    except (OSError, UserError, MemoryError):
        raise
    except Exception as error:  # damaged bytes surface as a dozen types from zipfile, zlib, struct and numpy
        if "Object arrays" in str(error):
            raise UserError("holds an object array, which is never loaded; store plain numbers") from error
        raise UserError("is truncated, damaged, or no .npz file") from error


def _check_count(count):
    if count > MOST_NUMBERS:
        raise UserError(f"holds {count:,} numbers; at most {MOST_NUMBERS:,} are read")


def _parse_header(path, array):
    if array is None:
        raise UserError(f"{path}: has no `header` array, so it is not a network file")
    if array.ndim or array.dtype.kind != "U":
        raise UserError(f"{path}: `header` must be a single unicode string, found {array.dtype} of shape {array.shape}")
    if not holds_characters(array):
        raise UserError(f"{path}: `header` holds codes that are no characters")
    try:
        header = json.loads(str(array))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: `header` is not valid JSON ({error})") from error
    if not isinstance(header, dict):
        raise UserError(f"{path}: `header` must be a JSON object, found {type(header).__name__}")
    if header.get("format") not in FORMATS:
        raise UserError(f"{path}: format {header.get('format')!r} is unknown; this version reads formats "
                        f"{FORMATS[0]} to {FORMATS[-1]}")
    return header
