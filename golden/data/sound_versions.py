"""Deformed versions of a sound, for training: other speeds, ends cut elsewhere, another tilt, noise."""

import numpy as np

from first_spike.golden.data.sound_pictures import audible

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
