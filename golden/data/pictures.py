"""A folder of pictures as a data set: one sub-folder per class, any format and size that Pillow reads."""

from pathlib import Path

import numpy as np

from first_spike.golden.data.dataset import Dataset, draw, labels_of, left_out, visible, whole
from first_spike.golden.errors import UserError

GAIN = 4  # of the mean difference of two pixels: edges of photographs then fill the range of a pixel


def edge_strength(grey, size):
    """Strength of the edges in each tile of size x size pixels: uint8 [rows, columns], in integers throughout.

    grey: uint8 [rows * size, columns * size]. An edge's strength at a pixel is |right - left| + |below - above| of its
    neighbours (a pixel of the border is its own neighbour outside); a tile has GAIN times the mean, rounded down, 255
    at most.
    """
    padded = np.pad(grey.astype(np.int64), 1, mode="edge")
    strength = np.abs(padded[1:-1, 2:] - padded[1:-1, :-2]) + np.abs(padded[2:, 1:-1] - padded[:-2, 1:-1])
    tiles = strength.reshape(grey.shape[0] // size, size, grey.shape[1] // size, size)
    return np.minimum(tiles.sum(axis=(1, 3)) * GAIN // size ** 2, 255).astype(np.uint8)


LARGEST_EDGES = 16
DARK = 16  # of 255: what 12 bits of 16 stay below
RULES = {"seed": whole, "train_per_class": whole, "edges": whole}  # of a split, see split.py


def load_folder(path, image_shape, train=True, seed=None, train_per_class=None, edges=None):
    """Read pictures in grey, upright as their EXIF data say, resized to image_shape (rows, columns) in whatever aspect
    ratio.

    path: holds one sub-folder per class; or `train` and `test`, each with one sub-folder per class. Without these two,
    `train_per_class` images of each class (default: 80 % of it, see split.py) are drawn for training with `seed`, and
    the rest are the test set; with them, seed and train_per_class are refused, or left aside with train=False. edges:
    None for brightness, or N for the strength of the edges, measured on a picture N times as large (see edges.py). What
    is no picture by its ending and content, or in another place, is left out, and said. Raises UserError for a folder
    without pictures, a single class, and unreadable ones, naming every one.
    """
    path = Path(path)
    if image_shape is None:
        raise UserError("a folder of pictures needs an image size, such as --image-size 28x28")
    if not path.is_dir():
        raise UserError(f"{path} is not a folder")
    if edges is not None and not 1 <= edges <= LARGEST_EDGES:
        raise UserError(f"edges are measured on pictures 1 to {LARGEST_EDGES} times as large, found {edges}")
    if (path / "train").is_dir() and (path / "test").is_dir():
        if train and (seed, train_per_class) != (None, None):
            raise UserError(f"{path} is split already, into train and test: a seed or a number of training images "
                            f"cannot change that")
        classes, test = _list_classes(path / "test")
        train_classes, training = _list_classes(path / "train")
        if train_classes != classes:
            odd = sorted(set(classes) ^ set(train_classes))[0]
            raise UserError(f"{path}: class {odd} is in only one of train and test")
        split, drawn_from = {}, 0
    else:
        classes, files = _list_classes(path)
        try:
            training, test, split = draw(classes, files, seed, train_per_class, path, "images", train)
        except UserError:
            _read_all([name for group in files for name in group], image_shape, edges)  # complains about damaged ones
            raise
        drawn_from = sum(map(len, files))
    if edges is not None:
        split["edges"] = edges
    said = left_out(path, "pictures", [file for group in training + test for file in group])
    if not train:
        training = [[] for _ in classes]
    pixels, more = _read_all([name for group in training + test for name in group], image_shape, edges)
    cut = sum(map(len, training))
    return Dataset(pixels[:cut], labels_of(training), pixels[cut:], labels_of(test), classes, path.resolve().name,
                   split, said=(*said, *(f"{path}: {sentence}" for sentence in more)), drawn_from=drawn_from)


def _list_classes(path):
    """(names, [pictures of each class]), sorted; hidden files are none of them."""
    image = _pillow()
    folders = [entry for entry in visible(path) if entry.is_dir()]
    files = [[file for file in visible(folder) if file.is_file() and _is_picture(image, file)] for folder in folders]
    if not any(files):
        raise UserError(f"{path} holds no pictures: one sub-folder per class is needed")
    empty = [folder.name for folder, group in zip(folders, files) if not group]
    if empty:
        raise UserError(f"{path}: no pictures for class {', '.join(empty)}")
    if len(folders) == 1:
        raise UserError(f"{path} holds the single class {folders[0].name}; at least two are needed")
    return tuple(folder.name for folder in folders), files


def _pillow():
    try:
        from PIL import Image
    except ImportError as error:
        raise UserError("reading pictures needs Pillow: pip install pillow") from error
    return Image


def _is_picture(image, file):
    """Whether a file is to be read: it ends as one of Pillow's formats does, or it is one under another name."""
    if image.registered_extensions().get(file.suffix.lower()) in image.OPEN:
        return True
    try:
        with image.open(file):
            return True
    except Exception:  # what is no picture surfaces as many types
        return False


def _read_all(names, image_shape, edges):
    """(uint8 [n, rows, columns], sentences)."""
    image = _pillow()
    from PIL.ImageOps import exif_transpose
    rows, columns = image_shape
    size = edges or 1
    pixels, bad, deep = np.empty((len(names), rows, columns), np.uint8), [], []
    for n, name in enumerate(names):
        try:
            with image.open(name) as picture:
                exif_transpose(picture, in_place=True)
                grey = _grey(picture)
                if picture.mode.startswith("I"):
                    deep.append(grey.getextrema()[1])
                grey = grey.resize((columns * size, rows * size), image.Resampling.BILINEAR)
                pixels[n] = edge_strength(np.asarray(grey), size) if edges else np.asarray(grey)
        except Exception:  # damaged bytes surface as many types, each format's own
            bad.append(str(name))
    if bad:
        raise UserError(f"cannot read as a picture: {', '.join(sorted(bad))}")
    said = [f"the upper 8 of 16 bits are taken, and all {len(deep):,} pictures of more than 8 bits stay below {DARK} "
            f"of 255: if their white is less than 65535, as with 12 bits, spread them to 16"]
    return pixels, said if max(deep, default=DARK) < DARK else []


def _grey(picture):
    """A Pillow picture in 8 bits of grey, on white where it is transparent; of 16 bits the upper 8."""
    if picture.mode == "F":
        raise ValueError("floating point pictures have no white")
    if picture.mode.startswith("I"):
        return _pillow().fromarray((np.clip(np.asarray(picture).astype(np.int64), 0, 65535) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        image, picture = _pillow(), picture.convert("RGBA")
        picture = image.alpha_composite(image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("L")
