"""Pictures of sounds: log-mel spectra of a few bands and columns, whatever the length of the sound.

What is quieter by more than 25 dB than the loudest 16 ms is cut at both ends. 2 * columns windows of 32 ms (Hann) are
laid evenly over the rest; the powers of two neighbours are averaged. Bands are triangles side by side on the mel scale,
from 60 Hz to 4 kHz, and a band that lies above half the rate is as quiet as can be.
"""

from functools import lru_cache

import numpy as np

WINDOW_SECONDS, BLOCK_SECONDS = 0.032, 0.016
QUIET_DB = 25  # below the loudest block
LOWEST_HZ, HIGHEST_HZ = 60.0, 4000.0
FLOOR = 1e-8  # power, relative to the loudest band of the sound
BLACK, WHITE = 30, 99.5  # percentiles of a picture
MOST_SECONDS = 60


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
