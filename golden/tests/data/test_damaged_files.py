"""Files with bytes changed, cut or added at random: they are read, or refused in a sentence, and nothing else."""

import shutil

import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.data.npz import read_event_file, write_event_file
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from tb.helpers.cameras import write_recordings
from tb.helpers.sounds import write_sounds


def damaged(rng, content):
    """Bytes with one to four places changed, or an end cut off, or something added in the middle."""
    kind, content = rng.integers(0, 4), bytearray(content)
    place = int(rng.integers(0, len(content)))
    if kind == 0:
        return bytes(content[:place])
    if kind == 1:
        return bytes(content[:place]) + rng.bytes(int(rng.integers(1, 30))) + bytes(content[place:])
    for n in rng.integers(0, min(len(content), int(rng.choice([64, 1 << 20]))), int(rng.integers(1, 5))):
        content[n] = rng.integers(0, 256)
    return bytes(content)


def arrays(folder):
    rng = np.random.default_rng(1)
    np.savez(folder / "mine.npz", x_train=rng.normal(0, 1, (6, 5)), y_train=np.arange(6) % 2,
             x_test=rng.normal(0, 1, (4, 5)), y_test=np.arange(4) % 2, classes=np.array(["a", "b"]))
    return folder / "mine.npz", lambda: load(str(folder / "mine.npz"))


def events(folder):
    write_event_file(folder / "e.npz", Recordings.of_lists([[(1, 2), (3, 4)], [(0, 0)]]), [0, 1])
    return folder / "e.npz", lambda: read_event_file(folder / "e.npz")


def sound(folder):
    write_sounds(folder, count=2)
    return folder / "low_ann_0.wav", lambda: load(f"audio:{folder}", train=False, image_shape=(4, 4),
                                                  split={"means": [0.0] * 4, "test_files": "*_0.wav"})


def recording(form):
    def make(folder):
        write_recordings(folder, count=2, form=form)
        return folder / "right" / f"0.{form}", lambda: load(f"events:{folder}")
    return make


def a_list(folder):
    write_recordings(folder, count=5, layout="lists")
    return folder / "train_some.txt", lambda: load(f"events:{folder}")


@pytest.mark.parametrize("make, least", [(arrays, 50), (events, 50), (sound, 20), (recording("bs2"), 20),
                                         (recording("npy"), 50), (a_list, 50)])
def test_a_damaged_file(tmp_path, make, least):
    path, read = make(tmp_path)
    read()
    rng, whole, refused = np.random.default_rng(5), path.read_bytes(), 0
    for _ in range(150):
        path.write_bytes(damaged(rng, whole))
        try:
            read()
        except UserError as error:
            refused += 1
            assert "\n" not in str(error) and str(path.parent.parent) in str(error)
    assert refused >= least
    shutil.rmtree(tmp_path)
