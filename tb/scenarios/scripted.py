"""A design compiled by Verilator together with `scripted.cpp`, or at a serial line with `serial_line.cpp`, which play
scripts on it in fractions of a second.

What `scripted.cpp` plays: frames, stalls, resets, and all that has to come of them, as golden says.
"""

import resource
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np

from first_spike.comparison.simulators import initial_values, require_plain_path, require_simulator, top_module
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from first_spike.rtl_model.record import CLEARED, DECIDED, DECISION, HIDDEN, HOLD, OUTPUT
from first_spike.rtl_model.shape.frames import beat_bytes, frames_of
from first_spike.rtl_model.shape.kinds import layer_shapes
from first_spike.rtl_model.shape.load_map import load_words
from first_spike.rtl_model.shape.placement import layer_feeds
from first_spike.rtl_model.simulate import patience
from first_spike.rtl_model.tops import DEFAULT

REST = 50  # cycles after the last result in which no other may come
STALLED_PATIENCE = 20  # times as patient as without stalls
NULL_BYTE = ".."  # in a frame that is shown
PERIODIC = -1  # stalls in every third cycle; another number is percent of the cycles


class Script:
    """Scenarios on the accelerator of a network in a configuration, a line each for `scripted.cpp`."""

    begins_whole = False  # whether an image begins when it is complete, no sooner
    sees_spikes = True  # of every layer, inside of the design

    def __init__(self, design):
        self.network, self.configuration = design.network, design.configuration
        self.images = 0  # whose results are checked
        shapes = layer_shapes(design)
        self.emptied = max((shape.emptied_after for shape in shapes if shape.is_map), default=0)  # cycles after a reset
        self.beat_bytes = beat_bytes(design)
        self._lines = [self._design()]
        self._timed, self._before, self._load = True, 0, []  # before: images since the reset
        if design.configuration.is_loadable:
            self._load = [f"load {address} {word}" for address, word in enumerate(load_words(design))]
            self._load.append("wait 2")  # what is written last is read in the second of them

    @property
    def design(self):
        return Design(self.network, self.configuration)

    def text(self):
        return "\n".join(self._lines) + "\n"

    def take(self):
        """The lines since the last time."""
        lines, self._lines = self._lines, []
        return lines

    def scenario(self, name, seed, source_stalls=0, sink_stalls=0):
        """A new one, from reset on; its stalls are percent of the cycles, or PERIODIC."""
        self._timed = source_stalls == sink_stalls == 0
        self._before = 0
        self._lines += [f"scenario {name} {seed} {source_stalls} {sink_stalls}", *self.opening()]

    def opening(self):
        """The lines with which a scenario begins."""
        return ["reset 1", *self._load]

    def stall(self, source_stalls, sink_stalls):
        """From now on."""
        self._timed = source_stalls == sink_stalls == 0
        self.line(f"stalls {source_stalls} {sink_stalls}")

    def classify(self, images, sent=None, bad=None):
        """Send `images` (uint8 [n, rows, columns], those that count, or Recordings) back to back; all that has to come
        of them comes, and nothing else. sent: the bytes of each frame, if not simply those of the images; bad: bool
        [n], whose frames are of a wrong length, if golden cannot know. Cycles are checked where nothing stalls and
        `bad` is not given."""
        self.begin(images, sent, bad, timed=self._timed and bad is None)
        self.line("finish")

    def begin(self, images, sent=None, bad=None, timed=False):
        """`classify` up to the waiting for results; timed: their cycles are checked."""
        whole = infer(self.network, images)
        expected = whole.until_decision()
        bad = expected.bad if bad is None else bad
        words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie, bad)
        cycles = np.full(len(images), -1)
        if timed:
            cycles = self.cycles(images, whole, before=self._before, whole=self.begins_whole)
            self.line(f"wait {self.emptied}")  # after a reset convolutions empty their words
        self.send(frames_of(self.design, images) if sent is None else sent)
        times = np.concatenate(expected.spike_times, axis=1)[:, :None if self.sees_spikes else 0]
        self._lines += [f"expect {word} {cycle} {' '.join(map(str, row))}"
                        for word, cycle, row in zip(words.tolist(), cycles.tolist(), times.tolist())]
        self.images += len(images)
        self._before += len(images)

    def cycles(self, images, inference, **more):
        """int64 [n]: when the result of each of the images is offered, behind each other into an idle core, from the
        first beat on; more: as `predict` takes it."""
        return predict(self.design, images, inference, idle=True, **more).valid

    def reset(self, how):
        """A reset in the middle of things, a line that says which: what is on its way is gone."""
        self.line(how)
        self._before = 0

    def send(self, frames):
        """Queue frames of bytes, or lists of them with None for each null byte."""
        self._lines += [f"send -{shown_frame(frame) if isinstance(frame, list) else bytes(frame).hex()}"
                        for frame in frames]

    def line(self, text):
        """Anything else that `scripted.cpp` understands."""
        self._lines.append(text)

    def _design(self):
        design, network = self.design, self.network
        patient, lanes = STALLED_PATIENCE * patience(design), design.lanes[-1]
        numbers = [network.steps, self.beat_bytes, lanes, patient, REST, len(network.sizes), *network.sizes]
        for feed in layer_feeds(design)[1:]:
            numbers += [feed.row_bits, feed.often, feed.ways, feed.rows, *(row for way in feed.sources for row in way)]
        return " ".join(map(str, ["design", *numbers]))


def shown_frame(frame):
    """A list of bytes, None for null bytes, as `scripted.cpp` reads it."""
    return "".join(NULL_BYTE if byte is None else f"{byte:02x}" for byte in frame)


SOURCE, SERIAL_SOURCE = Path(__file__).with_suffix(".cpp"), Path(__file__).with_name("serial_line.cpp")
SOURCES = (SOURCE, SERIAL_SOURCE, Path(__file__).with_name("script.h"))
SERIAL, PROCESSOR = "accelerator_serial", "processor"
PROGRAM = Path("obj", "Vtop")
CORES = {DEFAULT: DEFAULT, "accelerator_axi": "accelerator_axi__DOT__core"}  # the core in each top


class ScriptedDesign:
    """A Design, or a processor, where `design` is None, whose Verilog is in `folder`, compiled into the folder `build`,
    which is made anew; with `options` of Verilator.

    Raises UserError when Verilator is missing or fails.
    """

    def __init__(self, design, folder, build, options=()):
        require_simulator("verilator")
        self._folder, self._build = Path(folder).resolve(), Path(build).resolve()
        require_plain_path("verilator", self._folder, self._build)
        shutil.rmtree(self._build, ignore_errors=True)
        self._build.mkdir(parents=True)
        sources = [SERIAL_SOURCE]
        if top_module(self._folder) != SERIAL:
            sources = [self._build / "public.vlt", SOURCE]
            signals = _ProcessorSignals() if design is None else _Signals(design, self._folder)
            (self._build / "design.h").write_text(signals.header())
            (self._build / "public.vlt").write_text(signals.public())
        sources += [self._folder / name for name in (self._folder / "filelist.f").read_text().split()]
        command = ["verilator", "--cc", "--exe", "--build", "-j", "2", "-Wno-fatal", "-O3", "--x-assign", "unique",
                   "--x-initial", "unique", *options, "--top-module", top_module(self._folder), "--prefix",
                   PROGRAM.name, "--Mdir", str(PROGRAM.parent), "-CFLAGS",
                   f"-O1 -I{self._build} -I{SOURCE.parent}", "-MAKEFLAGS",
                   f"OPT_FAST=-O1 OPT_SLOW=-O0{' OBJCACHE=ccache' if shutil.which('ccache') else ''}",
                   *map(str, sources)]
        log = self._build / "build.log"
        with open(log, "wb") as messages:
            status = subprocess.run(command, cwd=self._build, stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT).returncode
        if status:
            raise UserError(f"Verilator cannot build the bench; its messages are in {log}")

    @property
    def program(self):
        """The file that plays scripts, in a folder with the files that the design reads."""
        return self._build / PROGRAM

    def play(self, script, seed=1, options=(), timeout=resource.RLIM_INFINITY):
        """As the function, of this design."""
        return play(self.program, self._folder, script, seed, options, timeout)


def play(program, folder, script, seed=1, options=(), timeout=resource.RLIM_INFINITY):
    """(whether all was right, what the program said) of a script file, played by a compiled design whose memories are
    in `folder`. A program that ends by itself, or not within `timeout` seconds of a processor, is not right: how busy
    the machine is does not count."""
    command = [str(program), str(Path(script).resolve()), *initial_values(seed), *options]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          preexec_fn=lambda: limit_processor(timeout))
    if done.returncode == -signal.SIGXCPU:
        return False, f"no end within {timeout} s of a processor"
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def limit_processor(seconds):
    """This process, and each that it starts, is sent SIGXCPU when it has worked for so many seconds."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class _ProcessorSignals:
    """What it has to see inside of a processor."""

    def public(self):
        """As that of _Signals."""
        lines = [f'public_flat_rd -module "{PROCESSOR}" -var "{name}"' for name in ("decide", "push", "result_rst")]
        return "\n".join(["`verilator_config", *lines, ""])

    def header(self):
        decide, push, anew = (f"top.rootp->{PROCESSOR}__DOT__{name}" for name in ("decide", "push", "result_rst"))
        named = {"PROCESSOR": 1, "DECIDE": decide, "DECIDED": f"({push} && !{anew})", "CLEARED": 0, "STREAMS": ""}
        return "".join(f"#define {name} {text}\n" for name, text in named.items())


class _Signals:
    """What `scripted.cpp` has to see inside of a design."""

    def __init__(self, design, folder):
        self._last = len(design.network.sizes) - 1
        self._loaded = design.configuration.is_loadable
        self._chosen = {name: getattr(design.configuration, name) for name in design.configuration.stream_options}
        self._folded = design.lanes[-1] < design.network.sizes[-1]
        self._top = top_module(folder)
        self._path = CORES[self._top]
        self._holds = any(HOLD in path.read_text() for path in Path(folder).glob(f"{DEFAULT}*.v"))

    def _names(self):
        yield from (DECISION, DECIDED, CLEARED)
        if self._holds:
            yield HOLD
        for layer in range(self._last):
            yield from (f"{HIDDEN.format(layer + 1)}_{part}" for part in ("valid", "ready", "mask", "rows", "step"))
        output = OUTPUT.format(self._last)
        yield from (f"{output}_{part}" for part in ("valid", "fires", "step"))
        if self._folded:
            yield f"{output}_fold"

    def public(self):
        """The file that tells Verilator to keep them."""
        lines = [f'public_flat_rd -module "{DEFAULT}" -var "{name}"' for name in self._names()]
        return "\n".join(["`verilator_config", *lines, ""])

    def header(self):
        def inside(name):
            return f"top.rootp->{self._path}__DOT__{name}"

        streams = []
        for layer in range(self._last):
            valid, ready, mask, rows, step = (inside(f"{HIDDEN.format(layer + 1)}_{part}") for part in
                                              ("valid", "ready", "mask", "rows", "step"))
            streams.append(f"hidden({layer}, {valid} && {ready}, {mask}, {rows}, {step});")
        output = OUTPUT.format(self._last)
        valid, fires, step = (inside(f"{output}_{part}") for part in ("valid", "fires", "step"))
        fold = inside(f"{output}_fold") if self._folded else 0
        streams.append(f"output({valid}, {fires}, {step}, {fold});")
        named = {"DECIDE": inside(DECISION), "DECIDED": inside(DECIDED), "CLEARED": inside(CLEARED),
                 "STREAMS": " ".join(streams)}
        if self._holds:
            named["HOLD"] = inside(HOLD)
        if self._top != DEFAULT:
            named["REGISTERS"] = 1
        elif self._loaded:
            named["LOADED"] = 1
        for name, macro in (("tkeep", "TKEEP"), ("stream_bits", "CUT")):
            if name in self._chosen:
                named[macro] = 1
        for name in {"tid_bits", "tuser_bits"} & set(self._chosen):
            named[name.removesuffix("_bits").upper()] = f"{(1 << self._chosen[name]) - 1}u"
        return "".join(f"#define {name} {text}\n" for name, text in named.items())
