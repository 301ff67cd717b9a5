"""Folders of pictures, as users have them."""

import pytest

Image = pytest.importorskip("PIL.Image")


def write_pictures(folder, classes=("cat", "dog"), count=6, suffixes=("png", "jpg", "bmp")):
    """`count` pictures of one grey value each per class, of several sizes and formats; returns the folder."""
    for c, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for n in range(count):
            value = 40 * c + 10 * n
            suffix = suffixes[n % len(suffixes)]
            mode = ("L", "RGB")[n % 2]
            Image.new(mode, (9 + n, 7), value if mode == "L" else (value,) * 3).save(folder / name / f"{n}.{suffix}")
    return folder
