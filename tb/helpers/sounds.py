"""Small WAV files for tests: a tone for each class, of several lengths, rates and types."""

import numpy as np
import pytest

wavfile = pytest.importorskip("scipy.io.wavfile")
TONES = {"low": 300, "high": 1800}


def tone(rng, frequency, rate, seconds=0.3, silence=0.1):
    """A tone with a little noise, and silence before and behind it: float64 from -1 to 1."""
    times = np.arange(int(rate * seconds)) / rate
    sound = 0.5 * np.sin(2 * np.pi * frequency * times) + 0.01 * rng.standard_normal(len(times))
    quiet = np.zeros(int(rate * silence))
    return np.concatenate([quiet, sound, quiet])


def write_sounds(folder, count=6, flat=True, rate=8000):
    """`count` files of each class, LABEL_SPEAKER_INDEX.wav, or in sub-folders; returns the folder."""
    rng = np.random.default_rng(1)
    for label, frequency in TONES.items():
        for n in range(count):
            wave = tone(rng, frequency * rng.uniform(0.9, 1.1), rate, 0.2 + 0.05 * n)
            place = folder if flat else folder / label
            place.mkdir(parents=True, exist_ok=True)
            name = f"{label}_{('ann', 'bob')[n % 2]}_{n}.wav" if flat else f"{n}.WAV"
            wavfile.write(place / name, rate, (wave * 32767).astype(np.int16))
    return folder
