"""Small recordings of an event camera for tests: a bar that moves right (class 0) or down (class 1)."""

import numpy as np


def events(rng, kind, side=8, count=60):
    """(x, y, t, p) int64, t in microseconds from some start on, rising."""
    t = np.sort(rng.integers(0, 90_000, count))
    along, across = t * side // 90_000, rng.integers(0, side, count)
    x, y = (along, across) if kind == 0 else (across, along)
    return x, y, t + 500, rng.integers(0, 2, count)


def nmnist_bytes(x, y, t, p):
    """The bytes of N-MNIST's format."""
    return np.stack([x, y, p << 7 | t >> 16, t >> 8 & 255, t & 255], axis=1).astype(np.uint8).tobytes()


def structured(x, y, t, p, dtype=(("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "?"))):
    array = np.empty(len(x), list(dtype))
    for name, values in zip("xytp", (x, y, t, p)):
        array[name] = values
    return array


def write_recordings(folder, count=10, form="bin", layout="classes"):
    """`count` recordings of each class, as sub-folders, as Train and Test, or with lists; returns the folder."""
    rng = np.random.default_rng(2)
    for n in range(2 * count):
        side = ("Train", "Test")[n >= 2 * count * 4 // 5] if layout == "sides" else ""
        place = folder / side / ("right", "down")[n % 2] if layout != "lists" else folder
        place.mkdir(parents=True, exist_ok=True)
        made = events(rng, n % 2)
        if form == "npy":
            np.save(place / f"{n}.npy", structured(*made))
        else:
            (place / f"{n}.{form}").write_bytes(nmnist_bytes(*made))
    if layout == "lists":
        lines = [f"{n}\t{('right', 'down')[n % 2]}" for n in range(2 * count)]
        cut = len(lines) * 4 // 5
        (folder / "train_some.txt").write_text("\n".join(["#sample #class", *lines[:cut], ""]))
        (folder / "test.txt").write_text("\n".join(lines[cut:]))
    return folder
