"""A design compiled by Verilator together with `scripted.cpp`, or at a serial line with `serial_line.cpp`, which play
scripts on it in fractions of a second."""

import shutil
import subprocess
from pathlib import Path

from first_spike.comparison.harness import initial_values, require_plain_path, require_simulator, top_module
from first_spike.golden.errors import UserError
from first_spike.rtl_model.record import CLEARED, DECIDED, DECISION, HIDDEN, HOLD, OUTPUT
from first_spike.rtl_model.tops import DEFAULT

SOURCE, SERIAL_SOURCE = Path(__file__).with_suffix(".cpp"), Path(__file__).with_name("serial_line.cpp")
SOURCES = (SOURCE, SERIAL_SOURCE, Path(__file__).with_name("script.h"))
SERIAL = "accelerator_serial"
PROGRAM = Path("obj", "Vtop")
CORES = {DEFAULT: DEFAULT, "accelerator_axi": "accelerator_axi__DOT__core"}  # the core in each top


class ScriptedDesign:
    """A Design whose Verilog is in `folder`, compiled into the folder `build`, which is made anew; with
    `options` of Verilator.

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
            signals = _Signals(design, self._folder)
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

    def play(self, script, seed=1, options=(), timeout=None):
        """As the function, of this design."""
        return play(self.program, self._folder, script, seed, options, timeout)


def play(program, folder, script, seed=1, options=(), timeout=None):
    """(whether all was right, what the program said) of a script file, played by a compiled design whose memories are
    in `folder`. A program that ends by itself, or not within `timeout` seconds, is not right."""
    command = [str(program), str(Path(script).resolve()), *initial_values(seed), *options]
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout)
    except subprocess.TimeoutExpired:
        return False, f"no end within {timeout:g} s"
    return done.returncode == 0, (done.stdout + done.stderr).strip()


class _Signals:
    """What `scripted.cpp` has to see inside of a design."""

    def __init__(self, design, folder):
        self._last = len(design.network.sizes) - 1
        self._loaded = design.configuration.is_loadable
        self._folded = design.lanes[-1] < design.network.sizes[-1]
        self._top = top_module(folder)
        self._path = CORES[self._top]
        self._holds = HOLD in (Path(folder) / f"{DEFAULT}.v").read_text()

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
        return "".join(f"#define {name} {text}\n" for name, text in named.items())
