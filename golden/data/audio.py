"""A folder of WAV files as a data set of pictures: one sub-folder per class, or files called LABEL_*.wav.

Pictures of sounds: log-mel spectra of a few bands and columns, whatever the length of the sound.

What is quieter by more than 25 dB than the loudest 16 ms is cut at both ends. 2 * columns windows of 32 ms (Hann) are
laid evenly over the rest; the powers of two neighbours are averaged. Bands are triangles side by side on the mel scale,
from 60 Hz to 4 kHz, and a band that lies above half the rate is as quiet as can be.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from first_spike.golden.data.dataset import Dataset, by_name, draw, labels_of, left_out, numbers, text, visible, whole
from first_spike.golden.data.sound_files import read_sounds
from first_spike.golden.errors import UserError

WINDOW_SECONDS, BLOCK_SECONDS = 0.032, 0.016
QUIET_DB = 25  # below the loudest block
LOWEST_HZ, HIGHEST_HZ = 60.0, 4000.0
FLOOR = 1e-8  # power, relative to the loudest band of the sound
BLACK, WHITE = 30, 99.5  # percentiles of a picture


def audible(wave, rate):
    """(first sample, one behind the last) of what is not cut."""
    size = max(int(BLOCK_SECONDS * rate), 1)
    blocks = np.append(wave, np.zeros(-len(wave) % size)).reshape(-1, size)
    power = np.square(blocks).mean(axis=1)
    loud = np.flatnonzero(power >= power.max() * 10 ** (-QUIET_DB / 10))
    return int(loud[0]) * size, min((int(loud[-1]) + 1) * size, len(wave))


def log_mel(wave, rate, bands, columns):
    """The natural logarithms of powers, float64 [bands, columns], the lowest band first.

    wave: float64 [samples], whole; rate: samples a second.
    """
    begin, end = audible(wave, rate)
    size, count = int(WINDOW_SECONDS * rate), 2 * columns
    sound = np.append(wave[begin:end], np.zeros(max(size - (end - begin), 0)))
    starts = np.rint(np.linspace(0, len(sound) - size, count)).astype(int)
    frames = sound[starts[:, None] + np.arange(size)] * np.hanning(size + 1)[:-1]
    spectrum = np.square(np.abs(np.fft.rfft(frames, axis=1)))
    power = (spectrum @ mel_bands(size, rate, bands)).reshape(columns, 2, bands).mean(axis=1)
    return np.log(power + max(power.max() * FLOOR, 1e-300)).T


@lru_cache
def mel_bands(size, rate, bands):
    """The share of each frequency in each band: float64 [size // 2 + 1, bands]."""
    def mel(hertz):
        return 2595 * np.log10(1 + np.asarray(hertz) / 700)

    edges = np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), bands + 2)
    places = mel(np.arange(size // 2 + 1) * rate / size)[:, None]
    rising, falling = (places - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - places) / np.diff(edges)[1:]
    shares = np.maximum(np.minimum(rising, falling), 0)
    narrow = shares.sum(axis=0) == 0  # a band between two frequencies takes what is nearest to its middle
    nearest = np.abs(places - edges[1:-1]).argmin(axis=0)
    inside = edges[1:-1] <= places[-1]
    shares[nearest[narrow & inside], np.flatnonzero(narrow & inside)] = 1
    return shares


def to_bytes(spectra):
    """uint8: each picture float64 [..., bands, columns] with its 30th percentile as 0 and its 99.5th as 255."""
    low, high = np.percentile(spectra, (BLACK, WHITE), axis=(-2, -1), keepdims=True)
    return np.rint(np.clip((spectra - low) / np.maximum(high - low, 1e-9), 0, 1) * 255).astype(np.uint8)


COUNT = 14
SPEED, ENDS, TILT = 0.1, 0.05, 0.4  # largest deviations: shares of the speed and of the length, and of a neighbour
QUIETEST_NOISE_DB, LOUDEST_NOISE_DB = 40, 15  # below the sound


def versions(rng, wave, rate):
    """[(wave, rate)] of COUNT versions, each of all four kinds at once."""
    return [_version(rng, wave, rate) for _ in range(COUNT)]


def _version(rng, wave, rate):
    speed = 1 + rng.uniform(-SPEED, SPEED)
    begin, end = audible(wave, rate)
    shifts = rng.uniform(-ENDS, ENDS, 2) * (end - begin)
    begin, end = max(int(begin + shifts[0]), 0), min(int(end + shifts[1]) + 1, len(wave))
    part = wave[begin:end]
    places = np.arange(0, len(part) - 1, speed) if len(part) > 1 else np.zeros(1)
    made = np.interp(places, np.arange(len(part)), part)
    made[1:] += rng.uniform(-TILT, TILT) * made[:-1]
    below = rng.uniform(LOUDEST_NOISE_DB, QUIETEST_NOISE_DB)
    strength = np.sqrt(np.square(made).mean()) * 10 ** (-below / 20)
    return made + rng.standard_normal(len(made)) * strength, rate


RULES = {"seed": whole, "train_per_class": whole, "test_files": text, "means": numbers}  # of a split, see split.py
IMAGE_SHAPE = 16, 16
MOST_BANDS, MOST_COLUMNS = 64, 256
VERSION_SEED = 1


def load_audio(path, image_shape=None, train=True, seed=None, train_per_class=None, test_files=None, means=None):
    """Read the sounds as pictures [bands, columns] (default: 16 x 16), the training set in several versions.

    test_files: a pattern of the names of files that are the test set, such as "*_[0-4].wav", or "*_jackson_*" for one
    speaker; without one, `train_per_class` files of each class (default: 80 % of it, see split.py) are drawn for
    training with `seed`. means: of each band, what is subtracted; None takes those of the training set. Raises
    UserError for folders without sounds, a single class, and unreadable files, of which it names every one.
    """
    path, (bands, columns) = Path(path), image_shape or IMAGE_SHAPE
    if not (1 < bands <= MOST_BANDS and 1 < columns <= MOST_COLUMNS):
        raise UserError(f"a picture of a sound has 2 to {MOST_BANDS} bands by 2 to {MOST_COLUMNS} columns, found "
                        f"{bands} x {columns}")
    if not path.is_dir():
        raise UserError(f"{path} is not a folder")
    classes, files = _list_classes(path)
    if test_files is not None:
        training, test, split = by_name(classes, files, test_files, path, seed, train_per_class, train)
    else:
        training, test, split = draw(classes, files, seed, train_per_class, path, "sounds", train)
    if means is not None and len(means) != bands:
        raise UserError(f"the network's file says means of {len(means)} bands, found pictures of {bands}")
    if not train and means is None:
        raise UserError("no network that was trained on sounds says the means of bands")
    sounds, said = read_sounds([file for group in test + (training if train else []) for file in group], path)
    cut = sum(map(len, test))
    if train:
        _require_sounds(path, classes, labels_of(training), sounds[cut:])
    spectra = np.array([log_mel(sound.wave, sound.rate, bands, columns) for sound in sounds])
    if means is None:
        means = np.round(spectra[cut:].mean(axis=(0, 2)), 4).tolist()
    level = np.array(means)[:, None]
    pictures, made = to_bytes(spectra - level), 1
    train_images = pictures[cut:]
    if train:
        others = [versions(np.random.default_rng([VERSION_SEED, n]), sound.wave, sound.rate)
                  for n, sound in enumerate(sounds[cut:])]
        spectra = np.array([[log_mel(wave, rate, bands, columns) for wave, rate in group] for group in others])
        deformed = to_bytes(spectra - level).swapaxes(0, 1)  # [versions, n, bands, columns]
        train_images = np.concatenate([train_images, train_images, *deformed])
        made = 2 + len(deformed)
    train_labels = np.tile(labels_of(training) if train else np.zeros(0, np.int64), made)
    drawn_from = sum(map(len, files)) if "seed" in split else 0
    return Dataset(train_images, train_labels, pictures[:cut], labels_of(test), classes, path.resolve().name,
                   split | {"means": means}, made, "sound", drawn_from=drawn_from,
                   said=(*left_out(path, "sounds", [file for group in files for file in group]), *said))


def _list_classes(path):
    """(names, [files of each class]), sorted; hidden files and files of other kinds are left out."""
    flat = _sounds(path)
    if flat:
        odd = [file.name for file in flat if "_" not in file.name]
        if odd:
            raise UserError(f"{path}: {odd[0]} does not begin with its class and _, as in yes_1.wav")
        names = sorted({file.name.split("_")[0] for file in flat})
        files = [[file for file in flat if file.name.split("_")[0] == name] for name in names]
    else:
        folders = [entry for entry in visible(path) if entry.is_dir()]
        names, files = [folder.name for folder in folders], [_sounds(folder) for folder in folders]
    if not any(files):
        raise UserError(f"{path} holds no sounds: WAV files called LABEL_*.wav, or one sub-folder of them per class, "
                        f"are needed")
    empty = [name for name, group in zip(names, files) if not group]
    if empty:
        raise UserError(f"{path}: no WAV files for class {', '.join(empty)}")
    if len(names) == 1:
        raise UserError(f"{path} holds the single class {names[0]}; at least two are needed")
    return tuple(names), files


def _require_sounds(path, classes, labels, sounds):
    """Raise UserError if two classes or more have no training recording with a sound: nothing tells them apart. One
    such class can be learned, as silence."""
    heard = {label for label, sound in zip(labels, sounds) if not sound.fault}
    silent = [name for label, name in enumerate(classes) if label not in heard]
    if len(silent) > 1:
        raise UserError(f"{path}: no training recording of class {', '.join(silent)} holds a sound: nothing tells "
                        f"these classes apart")


def _sounds(folder):
    return [entry for entry in visible(folder) if entry.is_file() and entry.suffix.lower() == ".wav"]
