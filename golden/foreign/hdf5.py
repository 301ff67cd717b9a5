"""The arrays and texts in an HDF5 file as nested dicts, and nothing else that such a file can do.

A file may name other files (links, external storage, virtual arrays), lead round in circles, ask for filters that are
loaded from libraries, and unfold to far more than it holds. All of that is refused by the name of the object, before
anything of it is read. Of damaged bytes the library of HDF5 may never come back, so they are read in another process.
"""

import math
import zlib

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.state_dict import read_apart
from first_spike.golden.foreign.steps import MOST_NUMBERS, check_numbers

MOST_OBJECTS = 5_000
DEEPEST = 32  # groups inside each other
DEFLATE, SHUFFLE, FLETCHER32 = 1, 2, 3  # the filters that are part of HDF5 and that numbers are written with


def read_tree(path, top):
    """{name: array, text or dict} of the group `top` of an HDF5 file, groups being dicts.

    Arrays are numpy arrays of numbers or lists of text. Raises UserError for unreadable files and for whatever is not
    plain data. Needs the package h5py.
    """
    import h5py  # noqa: F401  (once, and not in every process that reads)

    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return read_apart(_read, path, top)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def _read(path, top):
    import h5py

    with h5py.File(path, "r") as file:
        if not isinstance(_plain(file, top), h5py.Group):
            raise UserError(f"has no group {top!r}")
        return _Reader(h5py).group(file[top], (top,))


def _plain(group, name):
    """The object of a name, which has to lie in this very file; None where there is none."""
    import h5py

    link = group.get(name, getlink=True)
    if link is not None and not isinstance(link, h5py.HardLink):
        raise UserError(f"{name!r} is a link to another place or file: only what lies in the file itself is read")
    return group.get(name)


class _Reader:
    def __init__(self, h5py):
        self._h5py, self._objects, self._numbers = h5py, 0, 0

    def group(self, group, place):
        if len(place) > DEEPEST:
            raise UserError(f"groups lie more than {DEEPEST} deep inside each other")
        found = {}
        for name in group:
            self._objects += 1
            if self._objects > MOST_OBJECTS:
                raise UserError(f"holds more than {MOST_OBJECTS:,} objects")
            item, here = _plain(group, name), (*place, name)
            if isinstance(item, self._h5py.Group):
                found[name] = self.group(item, here)
            elif isinstance(item, self._h5py.Dataset):
                try:
                    found[name] = self._array(item)
                except UserError as error:
                    raise UserError(f"{'/'.join(here)} {error}") from error
            else:
                raise UserError(f"{'/'.join(here)} is neither a group nor an array")
        return found

    def _array(self, item):
        if item.is_virtual or item.external:
            raise UserError("keeps its numbers in other files: only what lies in the file itself is read")
        if item.shape is None:
            raise UserError("is empty")
        text = self._h5py.check_string_dtype(item.dtype)
        if text is None and item.dtype.kind not in "fiub":
            raise UserError(f"holds {item.dtype}, neither numbers nor text")
        self._numbers += math.prod(item.shape)
        check_numbers(self._numbers)
        self._check_filters(item)
        value = item[()]
        if text is None:
            return value
        return _text(value) if item.shape == () else [_text(one) for one in value.ravel()]

    def _check_filters(self, item):
        """UserError unless each compressed piece unfolds to what it says that it is, no more."""
        plist = item.id.get_create_plist()
        filters = [plist.get_filter(number)[0] for number in range(plist.get_nfilters())]
        odd = set(filters) - {DEFLATE, SHUFFLE, FLETCHER32}
        if odd or filters.count(DEFLATE) > 1:
            raise UserError("is compressed in another way than by gzip: write it with compression='gzip'")
        if not item.chunks:
            return
        if math.prod(item.chunks) > MOST_NUMBERS:
            raise UserError("is stored in pieces larger than itself")
        size = math.prod(item.chunks) * item.id.get_type().get_size()
        for number in range(item.id.get_num_chunks() if DEFLATE in filters else 0):
            left_out, content = item.id.read_direct_chunk(item.id.get_chunk_info(number).chunk_offset)
            if left_out >> filters.index(DEFLATE) & 1 == 0:
                unfolding = zlib.decompressobj()
                if len(unfolding.decompress(content, size + 5)) > size + 4:  # four more are a checksum's
                    raise UserError("unfolds to more than it says that it holds")


def _text(value):
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if len(text) > 100_000:
        raise UserError("is a text of more than 100,000 letters")
    return text
