"""A soak: round after round another network in another configuration, until the time is over or something fails.

What a case runs on: compiled code, and both simulators under cocotb.

From a case that fails to a small one that still fails.
"""

import resource
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import Lock

import numpy as np

from first_spike.comparison.harness import SIMULATORS
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.files import ROOT
from first_spike.rtl_model.convert import generate
from tb.scenarios.cases import plain, random_case, random_design
from tb.scenarios.scripted import ScriptedDesign

COMPILED = "compiled"
SECONDS = 1800  # within which a run ends; on a simulator, of a processor, since a busy machine has little of one


class Backends:
    """Runs Cases in a folder; a design is made once for all cases of its network and configuration."""

    others = tuple(sorted(SIMULATORS))
    names = (COMPILED, *others)

    def __init__(self, folder):
        self._folder, self._compiled = Path(folder), {}

    def run(self, name, case):
        """None if the Case passes on the back end `name`, else what it says."""
        place = self._place(case)
        case.save(place)
        if not (place / "verilog").exists():
            generate(case.design, place / "verilog")
        return self._play(case, place) if name == COMPILED else _simulate(name, place)

    def _place(self, case):
        made_from = f"{case.network.sha256} {case.configuration}"
        return self._folder / f"{zlib.crc32(made_from.encode()):08x}"

    def _play(self, case, place):
        if place not in self._compiled:
            self._compiled[place] = ScriptedDesign(case.design, place / "verilog",
                                                   place / COMPILED)
        (place / "script.txt").write_text(case.script())
        right, said = self._compiled[place].play(place / "script.txt", case.seed, timeout=SECONDS)
        return None if right else said


def _simulate(name, place):
    log = place / f"{name}.log"
    command = [sys.executable, "-m", "tb.scenarios.run_case", str(place), name, str(place / "verilog"),
               str(place / name)]
    with open(log, "wb") as messages:
        status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=messages, stderr=subprocess.STDOUT,
                                preexec_fn=_limit_processor).returncode
    return f"failed; its messages are in {log}" if status else None


def _limit_processor():
    """What starts next, and each of its children, is sent SIGXCPU at the limit, a signal that cocotb-test tells of."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))


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


TRIES = 200  # runs that are spent on it


def shrink(case, fails, tries=TRIES):
    """The smallest Case found, within so many calls of `fails(case)`, for which it is true; it is for `case`."""
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in _smaller(case):
            if tries == 0:
                return case
            tries -= 1
            if fails(smaller):
                case, shrinking = smaller, True
                break
    return case


def _smaller(case):
    """Smaller Cases, the smallest first: of those that run on the same design, then with fewer neurons."""
    batches = case.batches
    for part in _parts(len(batches)):
        yield replace(case, batches=tuple(batches[k] for k in part))
    for number, batch in enumerate(batches):
        for part in _parts(len(batch.frames)):
            yield _with(case, number, replace(batch, frames=tuple(batch.frames[k] for k in part)))
    for stalls in ((0, 0), (0, case.stalls[1]), (case.stalls[0], 0)):
        if stalls != case.stalls:
            yield replace(case, stalls=stalls)
    for number, batch in enumerate(batches):
        if batch.reset is not None:
            yield _with(case, number, replace(batch, reset=None))
        for place, frame in enumerate(batch.frames):
            if frame.bad:
                frames = (*batch.frames[:place], plain(frame), *batch.frames[place + 1:])
                yield _with(case, number, replace(batch, frames=frames))
    for network in _smaller_networks(case.network):
        yield replace(case, network=network, configuration=replace(case.configuration, lanes=()))


def _parts(count):
    """Halves of so many things, then all but one of them."""
    if count > 1:
        yield range(count // 2)
        yield range(count // 2, count)
    if count > 3:
        for missing in range(count):
            yield [k for k in range(count) if k != missing]


def _with(case, number, batch):
    return replace(case, batches=(*case.batches[:number], batch, *case.batches[number + 1:]))


def _smaller_networks(network):
    """The network with half of the neurons of one hidden layer, dense between dense ones."""
    layers = network.layers
    for number in range(len(layers) - 1):
        one, following = layers[number:number + 2]
        half = len(one.thresholds) // 2
        if isinstance(one, Layer) and isinstance(following, Layer) and half:
            fewer = Layer(one.weights[:, :half].copy(), one.thresholds[:half].copy(), one.weight_bits)
            behind = Layer(following.weights[:half].copy(), following.thresholds, following.weight_bits)
            yield Network(network.steps, network.image_shape,
                          [*layers[:number], fewer, behind, *layers[number + 2:]], network.classes, network.source)
