"""Recordings in steps, in one `.npz`: what a network is fed, event by event, and what evaluations take."""

import numpy as np

from first_spike.golden.data.npz import read_npz
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing
from first_spike.golden.recordings import Recordings


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
