"""Images through a design in a Verilog simulator: `recorder.sv` is source, sink and monitor, compiled with the design.

Verilog watches, and writes a line for each event; Python makes a Record of them afterwards. A bench that looks at every
cycle from Python takes a hundred times as long.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from first_spike.command.cli import shown
from first_spike.command.places import listed
from first_spike.comparison.simulators import (
    initial_values,
    require_plain_path,
    require_simulator,
    top_module,
    waves_file,
)
from first_spike.golden.errors import UserError
from first_spike.golden.schedule.cycles import rest
from first_spike.rtl_model.record import DECIDED, HIDDEN, OUTPUT, RecordBuilder
from first_spike.rtl_model.shape.frames import beat_bytes, beats_of, frames_of
from first_spike.rtl_model.shape.load_map import load_words
from first_spike.rtl_model.simulate import patience

POLL_SECONDS = 0.1
STALLED_PATIENCE = 20
REPORTS = 1000  # times that a run says how far it is, at the most
SOURCE = Path(__file__).with_suffix(".sv")
DEPTH_OF_GATES = 2  # levels of the hierarchy in waves of gates


class Recorder:
    """A design compiled together with `recorder.sv`; its files lie in the folder `build`."""

    def __init__(self, design, folder, build, simulator="verilator", *, inside=True, waves=False):
        """Compile a Design whose Verilog is in `folder` into the folder `build`, which is emptied first.

        inside: look at its spikes; without, any design with the accelerator's ports will do, such as gates, and results
        are all that is seen. waves: each run writes them. Raises UserError when the simulator is missing or fails.
        """
        require_simulator(simulator)
        folder, self._build = Path(folder).resolve(), Path(build).resolve()
        require_plain_path(simulator, folder, self._build)
        self._design, self._simulator, self._inside = design, simulator, inside
        self.waves = self._build / waves_file(simulator, folder) if waves else None
        shutil.rmtree(self._build, ignore_errors=True)
        try:
            self._build.mkdir(parents=True)
        except OSError as error:
            raise UserError(f"cannot write the folder {self._build}: {error.strerror}") from error
        for hex_file in folder.glob("*.hex"):  # $readmemh looks in the folder of the simulation
            shutil.copy(hex_file, self._build)
        (self._build / "recorder.vh").write_text(self._definitions(top_module(folder)))
        sources = [str(SOURCE), *(str(folder / name) for name in listed(folder))]
        if simulator == "icarus":
            self._program = ["vvp", "-n", "recorder.vvp"]
            command = ["iverilog", "-g2012", f"-I{self._build}", "-s", "recorder", "-o", "recorder.vvp", *sources]
        else:
            self._program = [str(self._build / "obj" / "Vrecorder")]
            tracing = ["--trace", "--trace-structs", *(() if inside else ("--trace-depth", str(DEPTH_OF_GATES)))]
            command = ["verilator", "--binary", "--timing", "--build-jobs", "2", "-Wno-fatal", "-O3", "--x-assign",
                       "unique", "--x-initial", "unique", f"-I{self._build}", "--top-module", "recorder", "--Mdir",
                       "obj", "-MAKEFLAGS", f"OPT_FAST=-Os{' OBJCACHE=ccache' if shutil.which('ccache') else ''}",
                       *(tracing if waves else ()), *sources]
        self._call(command, "build.log", lambda _: None)

    def run(self, images, *, stalls=0, alone=False, seed=1, after=0, progress=lambda count: None):
        """Simulate `images` (uint8 [n, rows, columns], or Recordings), and return their Record.

        stalls: percent of the cycles in which each end stalls; alone: each image waits for the result of the one
        before, and for what that left behind to be emptied; seed: of Verilator's initial values; after: cycles that the
        simulation goes on after the last result; progress(count) is called now and then with the number of results.
        Raises UserError when the simulation fails or an image gets no result.
        """
        size = beat_bytes(self._design)
        frames = [beats_of(frame, size) for frame in frames_of(self._design, images)]
        self._write_frames(frames, size)
        numbers = {"images": len(images), "beats": sum(map(len, frames)), "stalls": stalls, "alone": int(alone),
                   "rest": rest(self._design), "after": after, "every": -(-len(images) // REPORTS),
                   "patience": STALLED_PATIENCE * (patience(self._design) + max(map(len, frames)))}
        command = [*self._program, *(f"+{name}={number}" for name, number in numbers.items()),
                   *([f"+waves={self.waves.name}"] if self.waves else ())]
        if self._simulator == "verilator":
            command += initial_values(seed)
        elif self.waves:
            command.append("-fst")

        def show(text):
            finished = [line for line in text.splitlines() if line.isdigit()]
            progress(int(finished[-1]) if finished else 0)

        record, log = self._build / "record.txt", self._build / "simulation.log"
        record.unlink(missing_ok=True)  # of a run before
        self._call(command, log.name, show)
        try:
            seen = decode(record, RecordBuilder(self._design, self._inside))
        except FileNotFoundError as error:
            raise UserError(f"the simulation on {self._simulator} left no results; its messages are in "
                            f"{shown(log)}") from error
        except ValueError as error:
            raise UserError(f"the simulation on {self._simulator} left undefined values; see {shown(record)}"
                            ) from error
        except RuntimeError as error:
            raise UserError(f"{error}; see {shown(record)}") from error
        if len(seen.words) != len(images):
            raise UserError(f"the simulation on {self._simulator} gave {len(seen.words)} results for {len(images)} "
                            f"images; its messages are in {shown(log)}")
        return seen

    def _write_frames(self, frames, size):
        """Write frames.bin: of each beat whether it is the last, TKEEP and `size` bytes of data, as one number."""
        keep = size * self._design.configuration.tkeep
        length = (8 * size + keep + 8) // 8
        with open(self._build / "frames.bin", "wb") as file:
            for frame in frames:
                for data, last, kept in frame:
                    number = (last << keep | kept & (1 << keep) - 1) << 8 * size | data
                    file.write(number.to_bytes(length, "big"))

    def _definitions(self, top):
        """The text of recorder.vh; load.hex is written where weights are loaded."""
        chosen, size = self._design.configuration, beat_bytes(self._design)
        ports = [f".s_axis_tkeep(s_axis_tdata[`DATA +: {size}])"] * chosen.tkeep
        for name, bits in (("tid", chosen.tid_bits), ("tuser", chosen.tuser_bits)):  # tags are 0
            ports += [f".s_axis_{name}({bits}'d0)", f".m_axis_{name}()"] * (bits > 0)
        values = {"TOP": top, "DATA": 8 * size, "BITS": 8 * size + size * chosen.tkeep,
                  "INSIDE": self._watch_inside() if self._inside else ""}
        if ports:
            values["MORE"] = "".join(f"{port}, " for port in ports)
        if chosen.is_loadable:
            words = load_words(self._design)
            (self._build / "load.hex").write_text("".join(f"{word:04x}\n" for word in words))
            values["LOADED"] = len(words)
        return "".join(f"`define {name} {value}\n" for name, value in values.items())

    def _watch_inside(self):
        """Statements that write a line for the decision, and for each spike before it."""
        sizes = self._design.network.sizes
        last = len(sizes) - 1
        lines = [f'if (dut.{DECIDED}) $fwrite(out, "d %0d\\n", cycle);', "else begin"]
        for layer in range(last):
            stream = f"dut.{HIDDEN.format(layer + 1)}"
            lines.append(f'if ({stream}_valid && {stream}_ready) $fwrite(out, "h {layer} %0h %0h %0h\\n", '
                         f'{stream}_mask, {stream}_rows, {stream}_step);')
        stream = f"dut.{OUTPUT.format(last)}"
        fold = f"{stream}_fold" if self._design.lanes[last] < sizes[last] else "0"
        lines.append(f'if ({stream}_valid) $fwrite(out, "o %0h %0h %0h\\n", {stream}_fires, {stream}_step, {fold});')
        return " ".join([*lines, "end"])

    def _call(self, command, log, show):
        """Run a program of the simulator; show(text): called again and again with its messages."""
        log = self._build / log
        with open(log, "wb") as messages:
            child = subprocess.Popen(command, cwd=self._build, stdin=subprocess.DEVNULL, stdout=messages,
                                     stderr=subprocess.STDOUT, start_new_session=True)
            try:
                while child.poll() is None:
                    show(log.read_text(errors="replace"))
                    time.sleep(POLL_SECONDS)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGTERM)  # compilers end with it
                    child.wait()
        if child.returncode:
            raise UserError(f"the simulation on {self._simulator} failed: {Path(command[0]).name} ended with status "
                            f"{child.returncode}, its messages are in {shown(log)}")


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
