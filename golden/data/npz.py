"""Archives of arrays that users bring: read whole, with a limit, never unpickled.

Recordings in steps, in one `.npz`: what a network is fed, event by event, and what evaluations take.
"""

import zipfile

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.files import count_numbers, read_members, replacing
from first_spike.golden.recordings import Recordings

MOST_NUMBERS = 1 << 28  # in a file: two gigabytes, as float64


def read_npz(path, names, optional=()):
    """{name: array} of an `.npz`: all of `names`, and those of `optional` that are there; others are left alone.

    Raises UserError for an unreadable file, one without an array of `names`, and one of too many numbers.
    """
    try:
        with open(path, "rb") as file:
            if not zipfile.is_zipfile(file):
                raise UserError("is no .npz archive of arrays")
            file.seek(0)
            found = read_members(file, _check_count)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except UserError as error:
        raise UserError(f"{path} {error}") from error
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes surface as a dozen types from zipfile, zlib, struct and numpy
        if "Object arrays" in str(error):
            raise UserError(f"{path} holds an object array, which is never loaded; store plain numbers, "
                            f"series of unequal length with NaN behind their ends") from error
        raise UserError(f"{path} is truncated, damaged, or no .npz archive of arrays") from error
    missing = [name for name in names if name not in found]
    if missing:
        raise UserError(f"{path} holds no array {missing[0]!r}; it has {', '.join(found) or 'none at all'}")
    return {name: array for name, array in found.items() if name in (*names, *optional)}


def read_npy(path):
    """The array of an `.npy` file; errors as in `read_npz`."""
    try:
        with open(path, "rb") as file:
            _check_count(count_numbers(file))
            file.seek(0)
            return np.load(file, allow_pickle=False)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except UserError as error:
        raise UserError(f"{path} {error}") from error
    except MemoryError:
        raise
    except Exception as error:
        raise UserError(f"{path} is not a whole .npy file of plain numbers") from error


def _check_count(count):
    if count > MOST_NUMBERS:
        raise UserError(f"holds {count:,} numbers; at most {MOST_NUMBERS:,} are read")


def read_event_file(path):
    """(Recordings, labels int64 [n] or None) of an `.npz` with the arrays `offsets`, `input`, `step` and perhaps
    `labels`, all integers; recording k is offsets[k] to offsets[k + 1]. UserError for anything else."""
    arrays = read_npz(path, ("offsets", "input", "step"), ("labels",))
    try:
        recordings = Recordings(arrays["offsets"], arrays["input"], arrays["step"])
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    labels = arrays.get("labels")
    if labels is None:
        return recordings, None
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) != len(recordings):
        raise UserError(f"{path}: labels must be one integer for each of {len(recordings)} recordings, found "
                        f"{labels.dtype} of shape {list(labels.shape)}")
    return recordings, labels.astype(np.int64)


def write_event_file(path, recordings, labels=None):
    """Write Recordings, and labels where there are some, as `read_event_file` reads them."""
    named = {} if labels is None else {"labels": np.asarray(labels)}
    with replacing(path) as file:
        np.savez_compressed(file, offsets=recordings.offsets, input=recordings.inputs, step=recordings.steps, **named)
