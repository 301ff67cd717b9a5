"""Folders of recordings of an event camera: formats and layouts, binning by hand, one sentence for every bad file."""

import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.data.event_folder import first_ones
from first_spike.golden.errors import UserError
from tb.helpers.cameras import events, nmnist_bytes, structured, write_recordings

WINDOW = {"window": [0.0, 90.0], "steps": 16}


def contents(recordings):
    return recordings.offsets.tolist(), recordings.inputs.tolist(), recordings.steps.tolist()


def test_the_formats_say_the_same(tmp_path):
    found = [load(f"events:{write_recordings(tmp_path / form, form=form)}", split=WINDOW)
             for form in ("bin", "bs2", "npy")]
    for data in found:
        assert data.classes == ("down", "right") and data.image_shape == (8, 8, 2) and data.kind == "events"
        assert (data.train_count, len(data.test_images)) == (16, 4)
        assert data.train_labels.tolist() == [0] * 8 + [1] * 8 and data.test_labels.tolist() == [0, 0, 1, 1]
        assert contents(data.train_images) == contents(found[0].train_images)
    assert data.split == {"seed": 1, "train_per_class": 8, "window": [0, 90], "per_input": 1, "steps": 16}
    again = load(f"events:{tmp_path / 'npy'}", train=False, image_shape=(8, 8, 2), split=data.split)
    assert contents(again.test_images) == contents(data.test_images) and len(again.train_images) == 0


@pytest.mark.parametrize("layout", ["sides", "lists"])
def test_layouts_that_are_split(tmp_path, layout):
    data = load(f"events:{write_recordings(tmp_path, layout=layout)}", split=WINDOW)
    assert data.classes == (("down", "right")) if layout == "sides" else ("down", "right")
    assert (data.train_count, len(data.test_images)) == (16, 4)
    folds = [load(f"events:{tmp_path}", split=WINDOW | {"fold": f"{k}/5"}) for k in range(1, 6)]
    assert all((fold.train_count, len(fold.test_images)) == (16, 4) for fold in folds)
    tested = [fold.test_images[n:n + 1].inputs.tobytes() for fold in folds for n in range(4)]
    assert len(set(tested)) == 20
    with pytest.raises(UserError, match="is split already, into train and test"):
        load(f"events:{tmp_path}", split={"seed": 3})
    for words in ({"seed": 3, "train_per_class": 2}, {"test_files": "*.bin"}):
        alone = load(f"events:{tmp_path}", train=False, split=WINDOW | words)
        assert contents(alone.test_images) == contents(data.test_images) and alone.drawn_from == 0
        assert alone.split.keys().isdisjoint(words)


@pytest.mark.parametrize("split, drawn", [({"seed": 1, "train_per_class": 8}, 2), ({"test_files": "*.bin"}, 0)])
def test_a_test_alone_needs_no_recording_to_train_on(tmp_path, split, drawn):
    data = load(f"events:{write_recordings(tmp_path, count=1)}", train=False, split=WINDOW | split)
    assert data.test_labels.tolist() == [0, 1] and data.drawn_from == drawn


def test_endings_of_any_case_are_read_and_other_files_said(tmp_path):
    plain = load(f"events:{write_recordings(tmp_path)}", split=WINDOW)
    assert plain.said == ()
    for file in list((tmp_path / "down").iterdir()):
        (tmp_path / "down" / f"._{file.name}").write_bytes(bytes(7))
        file.rename(file.with_suffix(".BIN"))
    (tmp_path / "right" / "2.aedat4").touch()
    found = load(f"events:{tmp_path}", split=WINDOW)
    assert contents(found.train_images) == contents(plain.train_images)
    assert found.said == (f"{tmp_path}: files and folders that are no recordings of a class, left out: 1 "
                          f"(right/2.aedat4)",)


def test_by_hand(tmp_path):
    """Five events: the window begins with the first; the second of an input is dropped, or kept, in order of time."""
    for label in "ab":
        (tmp_path / label).mkdir()
        for n in range(2):
            x, y, t, p = np.array([[3, 0, 1000, 1], [3, 0, 11_000, 1], [0, 1, 5999, 0], [1, 1, 26_000, 0],
                                   [1, 1, 26_001, 1]]).T
            (tmp_path / label / f"{n}.bin").write_bytes(nmnist_bytes(x, y, t, p))
    split = {"window": [0, 25.0], "steps": 4, "train_per_class": 1}
    data = load(f"events:{tmp_path}", split=split)
    assert data.image_shape == (2, 4, 2)
    # 25 ms in 4 steps of 6.25; input (y * 4 + x) * 2 + p; the last two come at 25 ms and later
    assert contents(data.test_images[:1]) == ([0, 2], [7, 8], [0, 0])
    data = load(f"events:{tmp_path}", split=split | {"per_input": 0})
    assert contents(data.test_images[:1]) == ([0, 3], [7, 8, 7], [0, 0, 1])
    data = load(f"events:{tmp_path}", image_shape=(5, 5), split=split | {"window": [4.0, 30.0]})
    assert contents(data.test_images[:1]) == ([0, 4], [10, 6 + 1, 12, 13], [0, 0, 3, 3])


def test_an_event_of_row_240_is_an_overflow_of_time(tmp_path):
    """As in N-MNIST's files: it is no event, and those behind it are 2^13 microseconds later."""
    for label in "ab":
        (tmp_path / label).mkdir()
        for n in range(2):
            x, y, t, p = np.array([[3, 0, 1000, 1], [0, 240, 1000, 1], [0, 1, 1000, 0], [0, 240, 0, 0], [1, 1, 0, 1]]).T
            (tmp_path / label / f"{n}.bin").write_bytes(nmnist_bytes(x, y, t, p))
    data = load(f"events:{tmp_path}", split={"window": [0, 32.768], "steps": 8, "train_per_class": 1})
    assert data.image_shape == (2, 4, 2) and contents(data.test_images[:1]) == ([0, 3], [7, 8, 11], [0, 2, 3])


@pytest.mark.parametrize("off, on", [(0, 1), (-1, 1)])
def test_both_ways_to_write_polarities(tmp_path, off, on):
    folder = write_recordings(tmp_path, form="npy")
    plain = load(f"events:{folder}", split=WINDOW)
    for file in folder.glob("*/*.npy"):
        array = np.load(file)
        fields = [array[name].astype(np.int64) for name in "xyt"]
        np.save(file, structured(*fields, np.where(array["p"], on, off), [(name, "i8") for name in "xytp"]))
    assert contents(load(f"events:{folder}", split=WINDOW).train_images) == contents(plain.train_images)


@pytest.mark.parametrize("times, window, outside", [
    ([0, 999, 1000, 2000], None, 8), ([0, 998, 999, 1000], None, 0), ([0, 1, 2, 3], [0.0, 1.0], 0),
    (range(10), [0.0, 1.0], 36), (range(0, 10_000, 2500), [0.0, 105.0], 0), (range(0, 20_000, 1000), [0.0, 105.0], 76)])
def test_events_outside_of_the_window_are_said(tmp_path, times, window, outside):
    """From one half on of the usual window, and from nine in ten on of a chosen one; times in ms."""
    for label in "ab":
        (tmp_path / label).mkdir()
        for n in range(2):
            t, zero = np.array(times) * 1000, np.zeros(len(times), np.int64)
            np.save(tmp_path / label / f"{n}.npy", structured(zero, zero, t, zero))
    said = load(f"events:{tmp_path}", split={"window": window, "per_input": 0}).said
    sentence = (f"{tmp_path}: {outside} of {4 * len(times)} events lie outside of the window from 0 to "
                f"{window[1] if window else 1000:g} ms and are left out: times are in microseconds")
    assert [one for one in said if "outside" in one] == [sentence] * (outside > 0)


@pytest.mark.parametrize("form, split, sentences", [
    ("bin", WINDOW, []),
    ("npy", {"window": [0, 1500.0]}, ["20 of 20 recordings have all their events in one of 16 steps: times are in"]),
    ("bin", {"window": [88.0, 90.0]}, ["1,180 of 1,200 events lie outside of the window from 88 to 90 ms",
                                        "7 of 20 recordings have no event in the window from 88 to 90 ms"]),
])
def test_what_a_window_leaves_is_said(tmp_path, form, split, sentences):
    said = load(f"events:{write_recordings(tmp_path, form=form)}", split=split).said
    assert len(said) == len(sentences) and all(map(str.__contains__, said, sentences)), said


def test_none_is_what_is_usual(tmp_path):
    folder = write_recordings(tmp_path)
    made, usual = (load(f"events:{folder}", split=split) for split in (
        {"per_input": None, "steps": None, "window": None}, {"per_input": 1, "steps": 16, "window": [0, 1000]}))
    assert made.split == usual.split and contents(made.train_images) == contents(usual.train_images)


def test_first_ones():
    assert first_ones(np.array([4, 2, 4, 4, 2]), 2).tolist() == [True, True, True, False, True]
    assert first_ones(np.array([4, 2, 4]), 0).all() and first_ones(np.zeros(0, int), 1).size == 0


def other(name, content):
    def change(folder):
        path = folder / "right" / name
        np.save(path, content) if isinstance(content, np.ndarray) else path.write_bytes(content)
    return change


EVENTS = events(np.random.default_rng(1), 0)


@pytest.mark.parametrize("change, options, message", [
    (other("x.bin", bytes(7)), {}, r"cannot read as a recording: .*x.bin \(its 7 bytes are no whole number of events"),
    (other("x.npy", np.zeros(3)), {}, r"x.npy \(it holds float64 of shape \[3\], not events with the fields x, y"),
    (other("x.npy", structured(*EVENTS, dtype=(("x", "i4"), ("y", "i4"), ("t", "f8"), ("p", "?")))), {},
     "the fields x, y, t, p must be whole numbers, t in microseconds"),
    (other("x.npy", structured(EVENTS[0] - 1, *EVENTS[1:], dtype=[(name, "i8") for name in "xytp"])), {},
     "an event lies at x = -1"),
    *((other("x.npy", structured(*EVENTS[:3], np.resize(found, len(EVENTS[0])),
                                  [(one, "i8") for one in "xytp"])), {},
       rf"x.npy \(the field p holds {shown}; it must hold 0 and 1, or -1 and 1\)") for found, shown in (
        ([1, 2], "1, 2"), ([-1, 0, 1], "-1, 0, 1"), (range(9), "0, 1, 2"))),
    (other("x.npy", b"no numpy file"), {}, r"x.npy \(is not a whole .npy file of plain numbers\)"),
    (None, {"image_shape": (8, 7)}, "an event lies outside of 8 x 7 pixels: the largest y is 7, the largest x 7"),
    (None, {"image_shape": (8, 8, 3)}, "an event camera has two polarities, but the network takes 3 channels"),
    (None, {"split": {"window": [9.0, 9.0]}}, "milliseconds from 0 on, the second larger, found 9 and 9"),
    (None, {"split": {"window": [9.0]}}, "a window is two numbers"),
    (None, {"split": {"window": "all"}}, "window of a split of events must be a list of finite numbers, found 'all'"),
    (None, {"split": {"fold": "6/5"}}, "a fold is K/N, the K-th of N parts of every class, such as 1/5, found '6/5'"),
    (None, {"split": {"fold": "1"}}, "a fold is K/N"), (None, {"split": {"fold": "1/1"}}, "a fold is K/N"),
    (None, {"split": {"fold": f"1/{'9' * 5000}"}}, "a fold is K/N, .* such as 1/5, found '1/9{57}$"),
    (None, {"split": {"steps": 0}}, "steps of a split of events must be a power of two from 2 to 256, found 0"),
    (None, {"split": {"steps": 10 ** 30}}, "steps of a split of events must be a power of two from 2 to 256, found 1"),
    (None, {"split": {"fold": "1/11"}}, "the fold 1/11 needs 11 recordings of every class: down, right has fewer"),
    (None, {"split": {"fold": "1/5", "test_files": "*"}}, "a fold says all of the split but its seed"),
    (None, {"split": {"fold": "1/5", "train_per_class": 2}}, "a fold says all of the split but its seed"),
    (None, {"split": {"test_files": "*1.bin", "seed": 1}}, "a pattern of test files says all of the split"),
    (None, {"split": {"test_files": "*1.bin", "train_per_class": 2}}, "a pattern of test files says all of the split"),
    (None, {"split": {"train_per_class": 10}}, "10 training recordings per class leave none on one side"),
    (lambda folder: [file.unlink() for file in (folder / "down").iterdir()], {}, "no recordings for class down"),
    (lambda folder: [file.unlink() for file in folder.glob("*/*")], {}, "holds no recordings: sub-folders of classes"),
    (lambda folder: (folder / "right").rename(folder / ".right"), {}, "holds the single class down; at least two"),
])
def test_what_is_refused(tmp_path, change, options, message):
    folder = write_recordings(tmp_path / "events")
    if change:
        change(folder)
    with pytest.raises(UserError, match=message):
        load(f"events:{folder}", **options)


@pytest.mark.parametrize("line, message", [
    ("99\tright", "train_some.txt, line 18: a recording of this folder and its class are needed, found '99.*right'"),
    ("1 2 3", "line 18: a recording of this folder and its class are needed, found '1 2 3'"),
    ("20\tleft", "class left has no test recordings"),
    ("2\tright", "the lists name 2.bin more than once; a recording belongs to one side, once"),
    ("19\tdown", "the lists name 19.bin more than once"),
])
def test_bad_lists(tmp_path, line, message):
    folder = write_recordings(tmp_path, layout="lists")
    (folder / "20.bin").write_bytes((folder / "0.bin").read_bytes())
    assert load(f"events:{folder}").said[0].endswith("no recordings of a class, left out: 1 (20.bin)")
    with open(folder / "train_some.txt", "a") as file:
        file.write(line)
    with pytest.raises(UserError, match=message):
        load(f"events:{folder}")
