"""A processor in simulation: one build, and any number of networks and images played through it."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from first_spike.comparison.simulators import initial_values, require_plain_path, require_simulator
from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from first_spike.processor.folder import FILE_LIST, generate_processor
from first_spike.rtl_model.shape.frames import EVENT_BITS, FRAMES, beats_of
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.rtl_model.tops import PROCESSOR

LOAD, LOAD_LAST, BEAT, BEAT_LAST, WAIT, RESET, REST, STATUS, POST, POST_LAST, POSTED = range(11)  # of its script
STAMP = "made_from"


@dataclass
class Script:
    """What the testbench of a Processor plays, as `lines`; expected: results so far."""

    limits: object
    lines: list = field(default_factory=list)
    expected: int = 0

    def load(self, words):
        """A load of these words, TLAST with the last."""
        words = [int(word) for word in words]
        self.lines += [f"{LOAD} {word:08x}" for word in words[:-1]] + [f"{LOAD_LAST} {words[-1]:08x}"]

    def post(self, words, last=False):
        """Words of a load that go in while the script goes on, TLAST with the final one if `last`."""
        words = [int(word) for word in words]
        self.lines += [f"{POST} {word:08x}" for word in words[:-last or None]]
        if last:
            self.lines.append(f"{POST_LAST} {words[-1]:08x}")

    def posted(self):
        """Until all these words are in."""
        self.lines.append(f"{POSTED:x} 0")

    def load_network(self, network):
        """A load of a Network. Raises UserError if it does not fit."""
        self.load(load_words(network, self.limits))

    def frames(self, images):
        """An image after the other, uint8 [n, ...], or a recording of Recordings, without waiting for results."""
        of_events = isinstance(images, Recordings)
        size = EVENT_BITS // 8 if of_events else self.limits.pixels
        for frame in FRAMES[EVENTS if of_events else PIXELS](images, size):
            self.frame(frame, size)
        self.expected += len(images)

    def frame(self, data, size=None):
        """A frame of these bytes, `size` to a beat, all it has where none is given; counts no result."""
        size = size or self.limits.pixels
        for beat, last, _ in beats_of(data + bytes(-len(data) % size), size):
            self.lines.append(f"{BEAT_LAST if last else BEAT} {beat:0{2 * self.limits.pixels}x}")

    def wait(self):
        """Until all results are there."""
        self.lines.append(f"{WAIT} {self.expected:x}")

    def reset(self, cycles=1):
        self.lines.append(f"{RESET} {cycles:x}")

    def rest(self, cycles):
        """So many cycles in which nothing goes in."""
        self.lines.append(f"{REST} {cycles:x}")

    def status(self):
        """Write down whether a network is present, and the error."""
        self.lines.append(f"{STATUS} 0")


@dataclass(frozen=True, eq=False)
class Seen:
    """words, cycles: int64 [results], and when each was taken. begins: int64 [frames], when the first beat of each was
    taken; loads: int64 [loads], when the last word of each was. status: [(present, error)]."""

    words: np.ndarray
    cycles: np.ndarray
    begins: np.ndarray
    loads: np.ndarray
    status: list


class SimulatedProcessor:
    """A Processor, compiled once for the simulator "icarus" or "verilator" into the folder `build`,
    unless what lies there was made from the same files. Raises UserError when the simulator is missing or fails."""

    def __init__(self, limits, build, simulator="verilator"):
        require_simulator(simulator)
        self.limits, self.simulator, self.build = limits, simulator, Path(build).resolve()
        require_plain_path(simulator, self.build)
        self.build.mkdir(parents=True, exist_ok=True)
        folder = generate_processor(limits, self.build / "design").resolve()
        modules = (folder / FILE_LIST).read_text().split()
        files = [folder / name for name in (*modules, f"{PROCESSOR}_tb.v")]
        if simulator == "icarus":
            self._program = ["vvp", "-N", str(self.build / "bench.vvp")]
            command = ["iverilog", "-g2005", "-s", f"{PROCESSOR}_tb", "-o", self._program[-1], *map(str, files)]
        else:
            self._program = [str(self.build / "obj" / f"V{PROCESSOR}_tb"), *initial_values(1)]
            command = ["verilator", "--binary", "-j", "2", "-Wno-fatal", "-O3", "--x-assign", "unique", "--x-initial",
                       "unique", "--top-module", f"{PROCESSOR}_tb", "--Mdir", str(self.build / "obj"), "-MAKEFLAGS",
                       f"OPT_FAST=-O2{' OBJCACHE=ccache' if shutil.which('ccache') else ''}", *map(str, files)]
        stamp = hashlib.sha256(repr(command).encode() + b"".join(map(Path.read_bytes, files))).hexdigest()
        if (self.build / STAMP).exists() and (self.build / STAMP).read_text() == stamp:
            return
        self._run(command, "build.log")
        (self.build / STAMP).write_text(stamp)

    def play(self, script, stalls=0, seed=1):
        """What is Seen while a Script is played; both ends stall in `stalls` percent of the cycles."""
        (self.build / "script.hex").write_text("".join(f"{line}\n" for line in script.lines))
        seen = self.build / "seen.txt"
        seen.unlink(missing_ok=True)  # of a run before
        self._run([*self._program, "+script=script.hex", f"+seen={seen.name}", f"+stalls={stalls}", f"+seed={seed}"],
                  "simulation.log")
        if not seen.exists():
            raise UserError(f"the simulation of the processor on {self.simulator} left no results; its messages are in "
                            f"{self.build / 'simulation.log'}")
        lines = [line.split() for line in seen.read_text().splitlines()]
        if any("x" in word for kind, word, *_ in lines if kind == "R"):
            raise UserError(f"a result is undefined; see {seen}")
        results = [line[1:] for line in lines if line[0] == "R"]
        return Seen(np.array([int(word, 16) for word, _ in results], np.int64),
                    np.array([int(cycle) for _, cycle in results], np.int64),
                    *(np.array([int(line[1]) for line in lines if line[0] == kind], np.int64) for kind in "BL"),
                    [(int(line[1]), int(line[2])) for line in lines if line[0] == "S"])

    def classify(self, network, images, stalls=0, seed=1):
        """What is Seen of images, back to back, behind the load of a network."""
        script = Script(self.limits)
        script.load_network(network)
        script.frames(images)
        script.wait()
        return self.play(script, stalls, seed)

    def _run(self, command, log):
        log = self.build / log
        with open(log, "wb") as messages:
            status = subprocess.run(command, cwd=self.build, stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT).returncode
        if status:
            raise UserError(f"the simulation of the processor on {self.simulator} failed; its messages are in {log}")
