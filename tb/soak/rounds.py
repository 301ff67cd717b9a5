"""A soak: round after round another network in another configuration, until the time is over or something fails."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

import numpy as np

from tb.scenarios.cases import random_case, random_design
from tb.soak.backends import COMPILED

SCRIPTS = 200  # cases of a round in compiled code: some 80,000 images, about as long as making the design takes
BATCHES, IMAGES = 30, 40  # of such a case, at the most
FEW_BATCHES, FEW_IMAGES = 4, 4  # of a case on a simulator


@dataclass
class Tally:
    """networks; images: {back end: those whose results were checked}; failure: (round, back end, Case, what was said)
    of the first that failed."""

    networks: int = 0
    images: dict = field(default_factory=dict)
    failure: tuple | None = None


def soak(backends, seconds, seed, threads, report):
    """The Tally of rounds on `backends`, as many at a time as `threads`, none begun after so many seconds.

    backends: with `others` and run(name, case), as Backends. report(share) is told how much of the time is over.
    """
    tally, lock, started, numbers = Tally(), Lock(), time.monotonic(), count()

    def over():
        return tally.failure is not None or time.monotonic() - started >= seconds

    def work():
        while not over():
            with lock:
                number = next(numbers)
            for name, case in cases_of_round(seed, number, backends.others):
                said = backends.run(name, case)
                with lock:
                    tally.images[name] = tally.images.get(name, 0) + case.images
                    if said is not None and tally.failure is None:
                        tally.failure = number, name, case, said
                if over():
                    break
                report(min(1.0, (time.monotonic() - started) / seconds))
            with lock:
                tally.networks += 1

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result()
    return tally


def cases_of_round(seed, number, others):
    """(back end, Case) of a round, all of one network: many in compiled code, one on each of the `others`."""
    rng = np.random.default_rng([seed, number])
    design = random_design(rng)
    for name in (COMPILED, *others, *[COMPILED] * (SCRIPTS - 1)):
        if name == COMPILED:
            yield name, random_case(rng, design, BATCHES, IMAGES)
        else:
            yield name, random_case(rng, design, FEW_BATCHES, FEW_IMAGES)
