"""Whole test sets through a design in minutes: `recorder.sv` is source, sink and monitor, compiled with the design by
Verilator.

The cocotb benches look at every cycle from Python, which costs a hundred times what the simulated cycle costs. Here
Verilog watches, and writes a line for each event; Python makes a Record of them afterwards.
"""

import os
import subprocess
import time
from pathlib import Path

from first_spike.command.places import listed
from first_spike.comparison.harness import initial_values, require_plain_path, require_simulator
from first_spike.golden.errors import UserError
from first_spike.golden.schedule.cycles import rest
from first_spike.rtl_model.record import DECIDED, HIDDEN, OUTPUT, RecordBuilder
from first_spike.rtl_model.shape.frames import beat_bytes, beats_of, frames_of
from first_spike.rtl_model.shape.load_map import load_words
from first_spike.rtl_model.simulate import patience

POLL_SECONDS = 0.2
STALLED_PATIENCE = 20
SOURCE = Path(__file__).with_suffix(".sv")


class Recorder:
    """A design compiled together with `recorder.sv`, for images that are fixed."""

    def __init__(self, design, images, folder, build, inside=True, waves=False):
        """Compile a Design whose Verilog is in `folder` for `images` (uint8 [n, rows, columns], or Recordings) into
        the folder `build`.

        inside: look at its spikes; without, any design with the accelerator's ports will do, and results are all that
        is seen. waves: `run` can write them. Raises UserError when Verilator is missing or fails.
        """
        require_simulator("verilator")
        folder, self._build = Path(folder).resolve(), Path(build).resolve()
        require_plain_path("verilator", folder, self._build)
        self._design, self._count, self._inside = design, len(images), inside
        self._build.mkdir(parents=True, exist_ok=True)
        for hex_file in folder.glob("*.hex"):
            (self._build / hex_file.name).write_bytes(hex_file.read_bytes())
        size = beat_bytes(design)
        frames = [beats_of(frame, size) for frame in frames_of(design, images)]
        self._write_frames(frames, size)
        parameters = {"IMAGES": len(images), "BEATS": sum(map(len, frames)), "BITS": 8 * size + self._keep(size),
                      "DATA": 8 * size,
                      "PATIENCE": STALLED_PATIENCE * (patience(design) + max(map(len, frames)))}
        sources = [str(folder / name) for name in listed(folder)]
        command = ["verilator", "--binary", "--timing", "-Wno-fatal", "-O3", "--x-assign", "unique", "--x-initial",
                   "unique", "--top-module", "recorder", "--Mdir", "obj", "-MAKEFLAGS", "OPT_FAST=-Os",
                   *(("--trace", "--trace-depth", "2") if waves else ()),
                   *(f"-G{name}={value}" for name, value in parameters.items()),
                   *(self._macros() if inside else ()), *self._more(size), *self._write_words(), str(SOURCE), *sources]
        _run(command, self._build, "build.log", lambda _: None)

    def run(self, *, stalls=0, alone=False, seed=1, after=None, progress=lambda share: None):
        """Simulate all images and return their Record.

        stalls: percent of the cycles in which each end stalls; alone: each image waits for the result of the one
        before, and for what that left behind to be emptied; after: cycles that the simulation goes on after the last
        result, all of it written to `waves` (a VCD file); progress(share) is called now and then. Raises UserError
        when the simulation fails or an image gets no result.
        """
        folder = self._build / f"stalls{stalls}_{'alone' if alone else 'stream'}"
        folder.mkdir(exist_ok=True)
        for path in self._build.glob("*.hex"):
            link = folder / path.name
            link.unlink(missing_ok=True)
            os.link(path, link)
        command = [str(self._build / "obj" / "Vrecorder"), f"+stalls={stalls}", f"+alone={int(alone)}",
                   f"+rest={rest(self._design)}", *(() if after is None else (f"+after={after}", "+waves=1")),
                   *initial_values(seed)]

        def show(text):
            finished = [line for line in text.splitlines() if line.isdigit()]
            progress(int(finished[-1]) / self._count if finished else 0.0)

        self.waves, record = folder / "activity.vcd", folder / "record.txt"
        record.unlink(missing_ok=True)  # of a run before
        _run(command, folder, "simulation.log", show)
        try:
            found = decode(record, RecordBuilder(self._design, self._inside))
        except FileNotFoundError as error:
            raise UserError(f"the simulation left no results; its messages are in {folder / 'simulation.log'}"
                            ) from error
        except RuntimeError as error:
            raise UserError(f"{error}; see {record}") from error
        if len(found.words) != self._count:
            raise UserError(f"the simulation gave {len(found.words)} results for {self._count} images; its messages "
                            f"are in {folder / 'simulation.log'}")
        return found

    def _write_frames(self, frames, size):
        """Write frames.hex, a beat of `size` bytes a line, before it TKEEP and whether it is the last."""
        keep = self._keep(size)
        lines = (f"{last << keep | kept & (1 << keep) - 1:x}{data:0{2 * size}x}\n" for frame in frames
                 for data, last, kept in frame)
        (self._build / "frames.hex").write_text("".join(lines))

    def _keep(self, size):
        """Bits of TKEEP."""
        return size * self._design.configuration.tkeep

    def _more(self, size):
        """What `recorder.sv` has to know of ports that only some streams have; tags are 0."""
        chosen = self._design.configuration
        ports = [f".s_axis_tkeep(s_axis_tdata[DATA +: {size}])"] * chosen.tkeep
        for name, bits in (("tid", chosen.tid_bits), ("tuser", chosen.tuser_bits)):
            ports += [f".s_axis_{name}({bits}'d0)", f".m_axis_{name}()"] * (bits > 0)
        return (f"-DMORE={' '.join(f'{port},' for port in ports)}",) if ports else ()

    def _write_words(self):
        """Write load.hex where weights are loaded, and return what `recorder.sv` has to know of it."""
        if not self._design.configuration.is_loadable:
            return ()
        words = load_words(self._design)
        (self._build / "load.hex").write_text("".join(f"{word:04x}\n" for word in words))
        return (f"-DLOADED={len(words)}",)

    def _macros(self):
        """What `recorder.sv` has to know to look inside."""
        sizes = self._design.network.sizes
        last = len(sizes) - 1
        output = OUTPUT.format(last)
        folded = self._design.lanes[last] < sizes[last]
        spikes = [f"`HIDDEN({layer}, {HIDDEN.format(layer + 1)})" for layer in range(last)]
        spikes.append(f"`OUTPUT({output}, {f'dut.{output}_fold' if folded else 0})")
        return f"-DDECIDED={DECIDED}", f"-DSPIKES={' '.join(spikes)}"


def decode(path, seen):
    """The Record of the lines that `recorder.sv` wrote, taken down by an empty RecordBuilder; RuntimeError if they say
    what cannot be."""
    with open(path) as lines:
        for line in lines:
            kind, *fields = line.split()
            if kind == "h":
                seen.hidden(int(fields[0]), *(int(field, 16) for field in fields[1:]))
            elif kind == "o":
                seen.output(*(int(field, 16) for field in fields))
            elif kind == "r":
                seen.result(int(fields[0], 16))
            elif kind == "v":
                seen.offered(int(fields[0]))
            elif kind == "d":
                seen.decided(int(fields[0]))
            else:
                seen.beat(int(fields[0]), bool(int(fields[1])))
    return seen.record()


def _run(command, folder, log, show):
    log = folder / log
    with open(log, "wb") as messages:
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=messages,
                                 stderr=subprocess.STDOUT)
        try:
            while child.poll() is None:
                show(log.read_text(errors="replace"))
                time.sleep(POLL_SECONDS)
        finally:
            child.terminate()
            child.wait()
    if child.returncode:
        raise UserError(f"{Path(command[0]).name} failed (status {child.returncode}); its messages are in {log}")
