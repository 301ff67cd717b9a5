"""WAV files as waves of one channel, and what is wrong with those that hold no sound."""

import struct
import warnings
from collections import Counter
from typing import NamedTuple

import numpy as np

from first_spike.golden.errors import UserError

MOST_SECONDS = 60
STREAMED = 0x7FFF0000  # bytes: from here on what writers give as a size that they do not know, in whole samples
NO_SWING = 1e-10  # of the largest sample; less than a step of the finest type of whole numbers
LEAST_SHARE = 0.5  # of the energy that would be left if the channels had nothing in common


class Sound(NamedTuple):
    """A recording: float64 [samples] from -1 to 1, the mean of its channels.

    rate: samples a second. fault: why it holds no sound, "" if it holds some. is_weakened: it holds some, though its
    channels cancel each other in part.
    """

    wave: np.ndarray
    rate: int
    fault: str
    is_weakened: bool


def read_sounds(files, place):
    """Read WAV files.

    Args:
        files: their Paths.
        place: the folder that they are in, for the sentences.

    Returns:
        A list of Sounds, and a list of sentences: how many hold no sound, and of how many the channels cancel in part.

    Raises:
        UserError: if files cannot be read; it names each of them.
    """
    try:
        from scipy.io import wavfile
    except ImportError as error:
        raise UserError("reading sounds needs scipy: pip install scipy") from error
    sounds, bad = [], []
    for file in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of chunks that are not known
                rate, samples = wavfile.read(file)
            if _is_cut(file):
                raise UserError("cut short")
            sounds.append(_sound(_scaled(samples), _checked_rate(rate, len(samples))))
        except Exception as error:  # damaged bytes surface as many types
            bad.append(f"{file} ({error})" if isinstance(error, UserError) else str(file))
    if bad:
        raise UserError(f"cannot read as a sound: {', '.join(bad)}")
    return sounds, _faults(place, files, sounds) + _weakened(place, files, sounds)


def _faults(place, files, sounds):
    """A sentence, in a list, if recordings hold no sound."""
    bad = [(file, sound.fault) for file, sound in zip(files, sounds) if sound.fault]
    kinds = ", ".join(f"{fault} ({count:,})" for fault, count in Counter(fault for _, fault in bad).most_common())
    return [f"{place}: {len(bad):,} of {len(files):,} recordings hold{'s'[:len(bad) == 1]} no sound: {kinds}, for "
            f"instance {bad[0][0].relative_to(place)}"] if bad else []


def _weakened(place, files, sounds):
    """A sentence, in a list, if channels cancel each other in part."""
    bad = [file for file, sound in zip(files, sounds) if sound.is_weakened]
    return [f"{place}: the channels of {len(bad):,} of {len(files):,} recordings cancel each other in part, and only "
            f"the rest is used, for instance of {bad[0].relative_to(place)}: choose one channel"] if bad else []


def _is_cut(file):
    """Whether a WAV file that can be read ends before its data do, by the size that its header gives them."""
    with open(file, "rb") as content:
        order = ">" if content.read(12).startswith(b"RIFX") else "<"
        while len(head := content.read(8)) == 8:
            name, size = struct.unpack(f"{order}4sI", head)
            if name == b"data":
                return size < STREAMED and content.tell() + size > file.stat().st_size
            content.seek(size + size % 2, 1)
    return False


def _checked_rate(rate, count):
    if not 2000 <= rate <= 384_000:
        raise UserError(f"{rate} samples a second, which must be 2,000 to 384,000")
    if not 0 < count <= MOST_SECONDS * rate:
        raise UserError(f"{count} samples, which must be 1 to {MOST_SECONDS} seconds")
    return rate


def _scaled(samples):
    """Samples of any WAV type as float64 from -1 to 1, [samples] or [samples, channels]."""
    scaled = samples.astype(np.float64)
    if samples.dtype.kind in "iu":
        half = 2.0 ** (8 * samples.dtype.itemsize - 1)
        scaled = (scaled - half if samples.dtype.kind == "u" else scaled) / half
    if not np.isfinite(scaled).all():
        raise UserError("it holds values that are no numbers")
    return scaled


def _sound(samples, rate):
    """The Sound of float64 [samples] or [samples, channels]."""
    channels = samples if samples.ndim == 2 else samples[:, None]
    wave, most = channels.mean(axis=1), np.abs(channels).max()
    channels = channels / (most or 1)
    left, energy = channels.mean(axis=1), channels.var(axis=0).mean()
    if np.ptp(left) > NO_SWING:
        return Sound(wave, rate, "", bool(left.var() < LEAST_SHARE * energy / channels.shape[1]))
    swings = np.ptp(channels, axis=0).any()
    fault = ("a single sample" if len(wave) == 1 else "channels that cancel each other" if swings else
             "constant" if most else "silent")
    return Sound(wave, rate, fault, False)
