"""Folders of WAV files as pictures: classes, splits, windows by hand, and one sentence for every bad file."""

import shutil
import struct

import numpy as np
import pytest

from first_spike.golden.data.audio import COUNT, audible, log_mel, mel_bands, to_bytes, versions
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.sound_files import read_sounds
from first_spike.golden.errors import UserError
from tb.helpers.sounds import tone, wavfile, write_sounds


def test_by_a_pattern_of_names(tmp_path):
    data = load(f"audio:{write_sounds(tmp_path)}", split={"test_files": "*_[0-1].wav"})
    assert data.classes == ("high", "low") and data.image_shape == (16, 16) and data.kind == "sound"
    assert (len(data.test_images), data.train_count, data.versions) == (4, 8, COUNT + 2)
    assert data.train_images.shape == (8 * (COUNT + 2), 16, 16) and data.train_images.dtype == np.uint8
    assert data.train_labels.reshape(-1, 8).tolist() == [[0] * 4 + [1] * 4] * (COUNT + 2)
    plain = data.train_images.reshape(-1, 8, 16, 16)
    assert np.array_equal(plain[0], plain[1]) and not np.array_equal(plain[0], plain[2])
    assert data.split["test_files"] == "*_[0-1].wav" and len(data.split["means"]) == 16
    again = load(f"audio:{tmp_path}", train=False, image_shape=(16, 16), split=data.split)
    assert np.array_equal(again.test_images, data.test_images) and len(again.train_images) == 0
    # a high tone lies in higher bands
    loudest = data.test_images.astype(int).sum(axis=2).argmax(axis=1)
    assert loudest[data.test_labels == 0].min() > loudest[data.test_labels == 1].max()


def test_by_speaker(tmp_path):
    write_sounds(write_sounds(tmp_path) / "more")
    data = load(f"audio:{tmp_path}", split={"test_files": "*_bob_*"})
    assert data.said[0].endswith("no sounds of a class, left out: 1 (more/)")
    assert (len(data.test_images), data.train_count) == (6, 6)


def test_drawn_and_in_sub_folders_of_another_rate(tmp_path):
    write_sounds(tmp_path, flat=False, rate=22050)
    (tmp_path / "low" / "notes.txt").write_text("no sound")
    data = load(f"audio:{tmp_path}", image_shape=(8, 12))
    assert (data.train_count, len(data.test_images), data.image_shape) == (8, 4, (8, 12))
    assert data.said == (f"{tmp_path}: files and folders that are no sounds of a class, left out: 1 (low/notes.txt)",)
    assert data.split == {"seed": 1, "train_per_class": 4, "means": data.split["means"]}


def test_a_test_alone_needs_no_sound_to_train_on(tmp_path):
    write_sounds(tmp_path, count=1)
    for split, drawn in (({"seed": 1, "train_per_class": 8}, 2), ({"test_files": "*_ann_*"}, 0)):
        data = load(f"audio:{tmp_path}", train=False, image_shape=(8, 12), split=split | {"means": [0.0] * 8})
        assert data.test_labels.tolist() == [0, 1] and data.drawn_from == drawn


@pytest.mark.parametrize("dtype, factor, shift", [(np.int16, 32767, 0), (np.int32, 2**31 - 1, 0), (np.uint8, 127, 128),
                                                  (np.float32, 1, 0)])
def test_every_type_of_samples(tmp_path, dtype, factor, shift):
    """What is used is the mean of the channels."""
    left, right = tone(np.random.default_rng(2), 440, 8000), tone(np.random.default_rng(3), 700, 8000)
    wavfile.write(tmp_path / "a.wav", 8000, (np.stack([left, right], axis=1) * factor + shift).astype(dtype))
    sound = read_one(tmp_path / "a.wav")
    assert sound.rate == 8000 and np.abs(sound.wave - (left + right) / 2).max() < 1 / 64  # two levels of 8 bits


def read_one(path):
    [sound], sentences = read_sounds([path], path.parent)
    assert sentences == []
    return sound


def written(path, dtype=np.int16, count=400):
    """The bytes of a WAV file without a chunk behind its data, which begin at byte 44."""
    wavfile.write(path, 8000, np.arange(count).astype(dtype))
    return path.read_bytes()


@pytest.mark.parametrize("length", [45, 46, 100, 843])
def test_a_sound_that_is_cut_short_is_refused(tmp_path, length):
    path = tmp_path / "a.wav"
    path.write_bytes(written(path)[:length])
    with pytest.raises(UserError, match=r"cannot read as a sound: .*a.wav \(cut short\)$"):
        read_one(path)


@pytest.mark.parametrize("of_file, of_data, behind", [
    (2**32 - 1, 2**32 - 1, b""), (2**32 - 1, 2**32 - 37, b""), (2**31 + 35, 2**31 - 1, b""),
    (2**31 - 4060, 2**31 - 4096, b""), (2**31 - 4060, 2**31 - 4098, b""),
    (900, 800, b""), (900, 800, b"LI"), (900, 800, b"LIST\x40\0\0\0INFO")])
def test_whole_data_under_other_sizes(tmp_path, of_file, of_data, behind):
    """What is streamed has no size yet, and chunks behind the data may be missing."""
    path = tmp_path / "a.wav"
    content = written(path)
    path.write_bytes(b"RIFF" + of_file.to_bytes(4, "little") + content[8:40] + of_data.to_bytes(4, "little")
                     + content[44:] + behind)
    sound = read_one(path)
    assert (sound.rate, (sound.wave * 2**15).tolist()) == (8000, list(range(400)))


def test_sizes_in_the_other_order_of_bytes(tmp_path):
    path = tmp_path / "a.wav"
    content = struct.pack(">4sI4s4sIHHIIHH4sI400h", b"RIFX", 836, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16,
                          b"data", 800, *range(400))
    path.write_bytes(content)
    assert (read_one(path).wave * 2**15).tolist() == list(range(400))
    path.write_bytes(content[:-2])
    with pytest.raises(UserError, match="cut short"):
        read_one(path)


def test_data_behind_chunks_of_odd_size(tmp_path):
    path = tmp_path / "a.wav"
    content = written(path, np.uint8, 401)
    path.write_bytes(content[:36] + b"odd \x03\0\0\0abc\0" + content[36:])
    assert len(read_one(path).wave) == 401
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="cut short"):
        read_one(path)


def test_windows_by_hand():
    """Silence is cut, and a tone that stops half way is dark from there on, in the band of its frequency."""
    rate = 8000
    wave = tone(np.random.default_rng(3), 1000, rate, seconds=0.4, silence=0.2)
    begin, end = audible(wave, rate)
    assert abs(begin - 1600) <= 128 and abs(end - 4800) <= 128
    picture = log_mel(np.concatenate([wave[begin:end], wave[begin:begin + 20] * 0.5]), rate, 16, 8)
    assert picture.shape == (16, 8)
    centre = mel_bands(256, rate, 16)[1000 * 256 // rate].argmax()
    assert set(picture.argmax(axis=0).tolist()) == {int(centre)}
    half = to_bytes(np.where(np.arange(8) < 4, picture, picture.min()))
    assert half[:, :4].max() == 255 and half[:, 4:].max() == 0


def test_bands_cover_the_scale_once():
    for size, rate, bands in ((256, 8000, 16), (256, 8000, 24), (705, 22050, 16), (64, 2000, 16), (256, 8000, 64)):
        shares = mel_bands(size, rate, bands)
        heard = shares.sum(axis=0) > 0
        assert heard.all() or rate < 8000 and heard[:8].all() and not heard[-1]
        inner = shares[int(200 * size / rate):int(900 * size / rate)].sum(axis=1)
        assert bands == 64 or np.allclose(inner, 1)


def test_versions_are_deformed_a_little():
    wave = tone(np.random.default_rng(4), 440, 8000)
    made = versions(np.random.default_rng(5), wave, 8000)
    assert len(made) == COUNT and len({len(one) for one, _ in made}) > COUNT // 2
    again = versions(np.random.default_rng(5), wave, 8000)
    assert all(np.array_equal(one, other) for (one, _), (other, _) in zip(made, again))
    assert all(2400 * 0.8 < len(one) < 2400 * 1.3 for one, _ in made)


def test_silence_and_a_single_sample():
    for wave in (np.zeros(4000), np.ones(1)):
        assert np.isfinite(log_mel(wave, 8000, 16, 16)).all()
        assert all(np.isfinite(one).all() for one, _ in versions(np.random.default_rng(1), wave, 8000))
    assert not to_bytes(log_mel(np.zeros(4000), 8000, 16, 16)).any()


def overwrite(folder, waves):
    """Write {name without its ending: float [samples] or [samples, channels]} as files of 16 bits."""
    for name, wave in waves.items():
        wavfile.write(folder / f"{name}.wav", 8000, (np.asarray(wave) * 32767).astype(np.int16))


NOISE = np.random.default_rng(6).uniform(-0.9, 0.9, (2000, 2))
SOUNDLESS = {"low_ann_0": np.zeros(2000), "low_bob_1": np.zeros((2000, 2)), "high_ann_2": np.full(2000, 0.5),
             "high_bob_3": [0.5], "high_ann_4": np.stack([NOISE[:, 0], -NOISE[:, 0]], axis=1)}


def test_recordings_without_a_sound_are_counted(tmp_path):
    """Whichever side they are on, in training and later; nothing is said of others."""
    write_sounds(tmp_path)
    assert load(f"audio:{tmp_path}").said == ()
    overwrite(tmp_path, SOUNDLESS)
    data = load(f"audio:{tmp_path}", split={"test_files": "*_ann_*"})
    [sentence] = data.said
    assert all(part in sentence for part in (
        "5 of 12 ", "silent (2)", "constant (1)", "single sample (1)", "cancel each other (1)"))
    assert any(f"{name}.wav" in sentence for name in SOUNDLESS)
    [sentence] = load(f"audio:{tmp_path}", train=False, image_shape=(16, 16), split=data.split).said
    assert "3 of 6 " in sentence


@pytest.mark.parametrize("channels, counted", [
    (NOISE, False), (NOISE * [1, 0], False), (NOISE @ [[1, -0.4], [0, 0.9]], False),
    (np.stack([NOISE[:, 0], -0.5 * NOISE[:, 0]], axis=1), True), (NOISE @ [[1, -0.9], [0, 0.1]], True),
    (NOISE @ [[0.5, -0.5], [0, 0.001]] + [0.3, 0.4], True), (np.repeat(NOISE, 3, axis=1) / 2, False)])
def test_channels_that_cancel_in_part_are_counted(tmp_path, channels, counted):
    """A quarter of the energy of two channels is half of what is left if they have nothing in common. Offsets are no
    sound."""
    overwrite(write_sounds(tmp_path), {"low_bob_1": channels})
    sentences = load(f"audio:{tmp_path}").said
    assert len(sentences) == counted and all("1 of 12 " in one and "low_bob_1.wav" in one for one in sentences)


def test_classes_without_a_sound(tmp_path):
    """One class of silence can be learned, two cannot be told apart."""
    write_sounds(tmp_path)
    overwrite(tmp_path, {f"low_{('ann', 'bob')[n % 2]}_{n}": np.zeros(2000) for n in range(6)})
    data = load(f"audio:{tmp_path}")
    assert data.classes == ("high", "low") and "6 of 12 " in data.said[0]
    overwrite(tmp_path, {f"high_{('ann', 'bob')[n % 2]}_{n}": np.full(2000, 0.5) for n in range(6)})
    with pytest.raises(UserError) as caught:
        load(f"audio:{tmp_path}")
    assert "high, low" in str(caught.value)
    later = load(f"audio:{tmp_path}", train=False, image_shape=(16, 16), split=data.split)
    assert len(later.test_images) == 4 and len(later.said) == 1


def spoil(folder):
    (folder / "low_bob_1.wav").write_bytes(b"RIFF\x00\x00")
    wavfile.write(folder / "low_ann_0.wav", 8000, np.zeros(0, np.int16))
    wavfile.write(folder / "low_ann_2.wav", 1000, np.zeros(100, np.int16))
    wavfile.write(folder / "low_bob_3.wav", 8000, np.full(100, np.nan, np.float32))


@pytest.mark.parametrize("spoil_it, options, message", [
    (spoil, {}, r"cannot read as a sound: .*low_ann_0.wav \(0 samples, which must be 1 to 60 seconds\)"),
    (spoil, {}, r"low_ann_2.wav \(1000 samples a second, which must be 2,000 to 384,000\).*low_bob_1.wav, "),
    (spoil, {}, r"low_bob_3.wav \(it holds values that are no numbers\)"),
    (None, {"split": {"test_files": "*.wav"}}, r"by the pattern '\*.wav' class high, low of .* has no training files"),
    (None, {"split": {"test_files": "nobody"}}, "by the pattern 'nobody' class high, low of .* has no test files"),
    (None, {"split": {"test_files": "*_0*", "seed": 3}}, "a pattern of test files says all of the split"),
    (None, {"split": {"train_per_class": 6}}, "6 training sounds per class leave none on one side: the largest class"),
    (None, {"split": {"test_files": 3}}, "test_files of a split of sounds must be text, found 3"),
    (None, {"split": {"means": [1.0]}}, "the network's file says means of 1 bands, found pictures of 16"),
    (None, {"train": False}, "no network that was trained on sounds says the means of bands"),
    (None, {"image_shape": (100, 16)}, "has 2 to 64 bands by 2 to 256 columns, found 100 x 16"),
    (lambda folder: (folder / "beep.wav").touch(), {}, "beep.wav does not begin with its class and _"),
    (lambda folder: [file.unlink() for file in folder.glob("high*")], {}, "holds the single class low; at least two"),
    (lambda folder: [file.unlink() for file in folder.glob("*")], {}, "holds no sounds: WAV files called LABEL_"),
    (shutil.rmtree, {}, "is not a folder"),
])
def test_what_is_refused(tmp_path, spoil_it, options, message):
    folder = write_sounds(tmp_path / "sounds")
    if spoil_it:
        spoil_it(folder)
    with pytest.raises(UserError, match=message):
        load(f"audio:{folder}", **options)
