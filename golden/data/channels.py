"""Which axis of an array holds the channels: the last one, as everywhere here, or the first behind n, as PyTorch has
it."""

import numpy as np

CHANNELS = ("first", "last")
FEW = 4  # an axis of so many before larger ones is taken for channels


def channels_last(x, channels=None, shape=None):
    """({name: array} with the channels last, sentences of what was assumed).

    x: {name: array [n, rows, columns, channels], or series [n, length, channels], or either with the channels behind
    n}, all alike. channels: what the user says, "first" or "last". shape: of the images that a network takes; where one
    of the two fits it, that is taken.
    """
    names, found = " and ".join(x), next(iter(x.values())).shape[1:]
    moved, said = (*found[1:], found[0]), []
    if shape is not None and _fits(found, shape) != _fits(moved, shape):
        first = _fits(moved, shape)
        if first and channels is None:
            said = [f"{names}: {list(found)} each, taken with channels first, as {_shown(moved)}, which the network "
                    f"takes"]
    elif channels or shape is not None:
        first = channels == "first"
    else:
        first = found[0] <= FEW < min(found[1:])
        if first:
            said = [_assumed(names, found, "first", moved, "last", found)]
        elif not _clearly_last(*found):
            said = [_assumed(names, found, "last", found, "first", moved)]
    return {name: np.moveaxis(array, 1, -1) if first else array for name, array in x.items()}, said


def _clearly_last(*found):
    """Whether found is [length, channels] or [rows, columns, channels] beyond doubt."""
    *places, channels = found
    if len(places) == 1:
        return channels <= places[0]
    return channels <= FEW < min(places) or places[0] == places[1] != channels


def _assumed(names, found, this, taken, other, left):
    return (f"{names}: {list(found)} each, taken with channels {this}, as {_shown(taken)}; --channels {other} takes "
            f"{_shown(left)}")


def like(images, shape=None):
    """images [n, ...] as [n, *shape] where they differ by a single channel that one of them does not name; without a
    shape none names it."""
    plain = _plain(images.shape[1:])
    shape = plain if shape is None else tuple(shape)
    return images.reshape(-1, *shape) if plain == _plain(shape) else images


def _plain(shape):
    return shape[:-1] if len(shape) == 3 and shape[-1] == 1 else shape


def _fits(found, shape):
    """Whether the network's shape has these channels, and these rows; the length of series may be any."""
    channels = shape[2] if len(shape) > 2 else 1
    return found[-1] == channels and found[:-2] in ((), (shape[0],))


def _shown(found):
    """[rows, columns, channels] or [length, channels] in words."""
    *places, channels = found
    many = f"{channels} channel{'s'[:channels > 1]}"
    if len(places) == 1:
        return f"{many} of {places[0]} step{'s'[:places[0] > 1]}"
    return f"{many} of {places[0]} x {places[1]}"
