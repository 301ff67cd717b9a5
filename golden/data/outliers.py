"""Images of none of a network's classes, made of its own images by a seed: seven kinds, to measure what it notices."""

import math
from pathlib import Path

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.pixels import require_images

KINDS = ("other", "noise", "sparse", "shuffled", "inverted", "rotated", "letters")
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSansMono",
         "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "cmr10", "cmss10", "cmtt10")  # that matplotlib brings
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"  # without I, O, l and o, which are digits in some fonts
POINTS = 64  # of a letter before it is made as small as its image
BOX = 20 / 28  # of the shorter side, which a letter fills, as the digits of MNIST do
SHIFTED = 2 / 28  # of it, by which a letter lies beside the middle at the most


def make_outliers(kind, images, count, seed=1, other=None):
    """Return `count` outliers of a kind, uint8 [count, rows, columns] or [count, rows, columns, channels].

    Args:
        kind: one of KINDS. other: images of another data set. noise: every number is drawn from 0 to 255. sparse: as
            many pixels in the mean as in `images` are not black, each drawn from 1 to 255, at any place. shuffled: the
            numbers of an image in an order of its own. inverted: 255 less every number. rotated: by 90 degrees, counter
            to the clock; square images only. letters: upper and lower case in the fonts that matplotlib brings; needs
            Pillow and matplotlib, whose versions decide some pixels.
        images: uint8 [n, rows, columns] or [n, rows, columns, channels], of the network's classes.
        count: how many; images are drawn without repetition as long as there are enough.
        seed: a whole number from 0 on; the same seed and images give the same outliers.
        other: images of another data set, of the same shape, for the kind "other".

    Raises:
        UserError: the kind is unknown, the images do not fit it, or a package is missing.
    """
    if kind not in KINDS:
        raise UserError(f"there are no outliers of kind {kind!r}: choose from {', '.join(KINDS)}")
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    require_images(images)
    shape = images.shape[1:]
    if kind == "noise":
        return rng.integers(0, 256, (count, *shape), dtype=np.uint8)
    if kind == "sparse":
        light = rng.random((count, *shape)) < (images > 0).mean()
        return np.where(light, rng.integers(1, 256, (count, *shape)), 0).astype(np.uint8)
    if kind == "letters":
        return _letters(rng, count, shape)
    if kind == "other":
        if other is None or other.shape[1:] != shape:
            found = "none" if other is None else f"images of shape {list(other.shape[1:])}"
            raise UserError(f"outliers of kind other need images of another data set of shape {list(shape)}, found "
                            f"{found}")
        images = other
    if kind == "rotated" and shape[0] != shape[1]:
        raise UserError(f"images of {shape[0]} x {shape[1]} pixels keep no shape if they are rotated: "
                        f"leave out rotated")
    drawn = images[_draw(rng, len(images), count)]
    if kind == "inverted":
        return 255 - drawn
    if kind == "rotated":
        return np.ascontiguousarray(np.rot90(drawn, axes=(1, 2)))
    if kind == "shuffled":
        return rng.permuted(drawn.reshape(count, -1), axis=1).reshape(drawn.shape)
    return drawn


def _draw(rng, there, count):
    """Return numbers of `count` images out of `there`, int64, each as often as the others or once more."""
    rounds = [rng.permutation(there) for _ in range(math.ceil(count / there))]
    return np.concatenate(rounds)[:count]


def _letters(rng, count, shape):
    fonts, masks, made = _fonts(), {}, np.zeros((count, *shape[:2]), np.uint8)
    side = min(shape[:2])
    for image in made:
        key = int(rng.integers(len(fonts))), int(rng.integers(len(LETTERS)))
        if key not in masks:
            masks[key] = _letter(fonts[key[0]], LETTERS[key[1]], max(round(BOX * side), 1))
        mask, reach = masks[key], round(SHIFTED * side)
        top, left = ((full - own) // 2 + int(rng.integers(-reach, reach + 1))
                     for full, own in zip(shape, mask.shape))
        top, left = (min(max(place, 0), full - own) for place, full, own in zip((top, left), shape, mask.shape))
        image[top:top + mask.shape[0], left:left + mask.shape[1]] = mask
    return made if len(shape) == 2 else np.repeat(made[..., None], shape[2], axis=3)


def _fonts():
    try:
        import matplotlib
        from PIL import ImageFont
    except ImportError as error:
        raise UserError("outliers of kind letters need fonts: pip install matplotlib pillow") from error
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [ImageFont.truetype(str(folder / f"{name}.ttf"), POINTS) for name in FONTS]


def _letter(font, letter, side):
    """Return a letter whose longer side has `side` pixels, uint8 [rows, columns], white on black."""
    from PIL import Image, ImageDraw
    canvas = Image.new("L", (3 * POINTS, 3 * POINTS))
    ImageDraw.Draw(canvas).text((POINTS, POINTS // 2), letter, 255, font)
    whole = canvas.crop(canvas.getbbox())
    size = [max(round(length * side / max(whole.size)), 1) for length in whole.size]
    return np.asarray(whole.resize(size, Image.Resampling.LANCZOS))
