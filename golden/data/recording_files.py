"""Files of recordings of an event camera, in either format (see event_folder.py), as they are: no steps, no sensor."""

import numpy as np

from first_spike.golden.data.npz import read_npy
from first_spike.golden.errors import UserError

FORMATS = (".bin", ".bs2", ".npy")
MOST_BYTES = 1 << 28  # of a recording
OVERFLOW_Y, OVERFLOW = 240, 1 << 13  # of N-MNIST's format: no event, but so many microseconds more from here on


def read_recordings(files):
    """[(x, y, t, p)] of int64 arrays, t rising; UserError naming every file that is none."""
    found, bad = [], []
    for file in files:
        try:
            found.append(_read_structured(file) if file.suffix.lower() == ".npy" else _read_nmnist(file))
        except UserError as error:
            bad.append(f"{file} ({str(error).removeprefix(f'{file} ')})")
    if bad:
        raise UserError(f"cannot read as a recording: {', '.join(bad)}")
    return found


def _read_nmnist(file):
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UserError(f"it has more than {MOST_BYTES} bytes")
        data = np.frombuffer(file.read_bytes(), np.uint8)
    except OSError as error:
        raise UserError(str(error.strerror)) from error
    if len(data) % 5:
        raise UserError(f"its {len(data)} bytes are no whole number of events of 5")
    x, y, high, middle, low = data.reshape(-1, 5).T.astype(np.int64)
    real = y != OVERFLOW_Y
    t = ((high & 127) << 16 | middle << 8 | low) + np.cumsum(~real) * OVERFLOW
    return _by_time(x[real], y[real], t[real], high[real] >> 7)


def _read_structured(file):
    array = read_npy(file)
    names = array.dtype.names or ()
    if array.ndim != 1 or not {"x", "y", "t", "p"} <= set(names):
        raise UserError(f"it holds {array.dtype} of shape {list(array.shape)}, not events with the fields x, y, t, p")
    fields = [array[name] for name in "xytp"]
    if any(field.dtype.kind not in "iub" or field.ndim != 1 for field in fields):
        raise UserError("the fields x, y, t, p must be whole numbers, t in microseconds")
    x, y, t, p = (field.astype(np.int64) for field in fields)
    if len(x) and min(x.min(), y.min()) < 0:
        raise UserError(f"an event lies at x = {x.min()}, y = {y.min()}")
    if not any(((p == off) | (p == 1)).all() for off in (0, -1)):
        raise UserError(f"the field p holds {', '.join(map(str, np.unique(p)[:3]))}; it must hold 0 and 1, or -1 and 1")
    return _by_time(x, y, t, (p > 0).astype(np.int64))


def _by_time(x, y, t, p):
    order = np.argsort(t, kind="stable")
    return x[order], y[order], t[order], p[order]
