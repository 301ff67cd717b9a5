"""A soak: round after round another network in another configuration, or loaded into a processor, until the time is
over, or so many rounds are, or something fails.

What a case runs on: compiled code, and both simulators under cocotb.

From a case that fails to a small one that still fails.
"""

import shutil
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

from first_spike.comparison.simulators import SIMULATORS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.contract.processor import Processor
from first_spike.golden.files import ROOT
from first_spike.processor.folder import generate_processor
from first_spike.rtl_model.convert import generate
from tb.scenarios.cases import plain, random_case, random_design, random_load
from tb.scenarios.scripted import ScriptedDesign, limit_processor

COMPILED, PROCESSOR = "compiled", "processor"  # what images are counted as
SECONDS = 1800  # of a processor, within which a run ends


class Backends:
    """Runs Cases in a folder; a design is made once for all cases of its network and configuration, a processor once
    for all networks."""

    others = tuple(sorted(SIMULATORS))
    names = (COMPILED, *others)

    def __init__(self, folder):
        self._folder, self._compiled, self._lock = Path(folder), {}, Lock()

    def run(self, name, case):
        """None if the Case passes on the back end `name`, else what it says."""
        place = self._place(case)
        case.save(place)
        if case.limits is not None:
            return self._load(case, place)
        if not (place / "verilog").exists():
            generate(case.design, place / "verilog")
        return self._play(case, place) if name == COMPILED else _simulate(name, place)

    def _place(self, case):
        made_from = f"{case.network.sha256} {case.configuration} {case.limits}"
        return self._folder / f"{zlib.crc32(made_from.encode()):08x}"

    def _play(self, case, place):
        if place not in self._compiled:
            self._compiled[place] = ScriptedDesign(case.design, place / "verilog",
                                                   place / COMPILED)
        return self._said(self._compiled[place], case, place)

    def _load(self, case, place):
        with self._lock:
            if case.limits not in self._compiled:
                home = self._folder / "processor"
                self._compiled[case.limits] = ScriptedDesign(None, generate_processor(case.limits, home / "verilog"),
                                                             home / COMPILED)
        said = self._said(self._compiled[case.limits], case, place)
        if said is None:
            shutil.rmtree(place)
        return said

    def _said(self, compiled, case, place):
        (place / "script.txt").write_text(case.script())
        right, said = compiled.play(place / "script.txt", case.seed, timeout=SECONDS)
        return None if right else said


def _simulate(name, place):
    log = place / f"{name}.log"
    command = [sys.executable, "-m", "tb.scenarios.cases", str(place), name, str(place / "verilog"),
               str(place / name)]
    with open(log, "wb") as messages:
        status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=messages, stderr=subprocess.STDOUT,
                                preexec_fn=lambda: limit_processor(SECONDS)).returncode
    return f"failed; its messages are in {log}" if status else None


SCRIPTS = 200  # cases of a round in compiled code: some 80,000 images, about as long as making the design takes
BATCHES, IMAGES = 30, 40  # of such a case, at the most
FEW_BATCHES, FEW_IMAGES = 4, 4  # of a case on a simulator
LIMITS = Processor(lanes=8, weight_words=2048, inputs=512, steps=256, neurons=512, words=256, layers=4, pixels=4,
                kinds="all")
LOADED_BATCHES, RESETS = 60, 0.03  # of a case on a processor: some 1,200 images; share of them with a reset
PROCESSORS = 0.25  # of the rounds


@dataclass
class Tally:
    """networks; images: {back end: those whose results were checked}; failure: (round, back end, Case, what was said)
    of the first that failed."""

    networks: int = 0
    images: dict = field(default_factory=dict)
    failure: tuple | None = None


def soak(backends, seconds, seed, threads, report, rounds=(0, None), processors=PROCESSORS):
    """The Tally of rounds on `backends`, as many at a time as `threads`, none begun after so many seconds.

    backends: with `others` and run(name, case), as Backends. report(share) is told how much of the time is over, or of
    the rounds; rounds: number of the first one, and how many there are, None for any number; processors: share of those
    with one.
    """
    tally, lock, started, numbers = Tally(), Lock(), time.monotonic(), count(rounds[0])
    end = float("inf") if rounds[1] is None else sum(rounds)

    def over():
        return tally.failure is not None or time.monotonic() - started >= seconds

    def work():
        while not over():
            with lock:
                number = next(numbers)
            if number >= end:
                break
            for name, case in cases_of_round(seed, number, backends.others, processors):
                said = backends.run(name, case)
                with lock:
                    where = name if case.limits is None else PROCESSOR
                    tally.images[where] = tally.images.get(where, 0) + case.images
                    if said is not None and tally.failure is None:
                        tally.failure = number, name, case, said
                if over():
                    break
                report(min(1.0, max((time.monotonic() - started) / seconds, (number - rounds[0]) / (end - rounds[0]))))
            with lock:
                tally.networks += 1

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result()
    return tally


def cases_of_round(seed, number, others, processors=PROCESSORS):
    """(back end, Case) of a round, all of one network: many in compiled code, one on each of the `others`; or one that
    is loaded into a processor, which is the share `processors` of the rounds."""
    rng = np.random.default_rng([seed, number])
    if np.random.default_rng([seed, number, 1]).random() < processors:
        design = Design(random_load(rng, LIMITS), Configuration((), LIMITS.pixels))
        yield COMPILED, random_case(rng, design, LOADED_BATCHES, IMAGES, LIMITS, RESETS)
        return
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
        if one.kind == following.kind == "dense" and half:
            fewer = Layer(one.weights[:, :half].copy(), one.thresholds[:half].copy(), one.weight_bits)
            behind = Layer(following.weights[:half].copy(), following.thresholds, following.weight_bits)
            yield Network(network.steps, network.image_shape,
                          [*layers[:number], fewer, behind, *layers[number + 2:]], network.classes, network.source)
