"""A board in simulation: a design with a serial line, compiled by Verilator, its line on a pseudo-terminal."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from first_spike.comparison.harness import initial_values, require_plain_path, require_simulator, top_module
from first_spike.golden.errors import UserError

SOURCE = Path(__file__).with_suffix(".cpp")
PROGRAM = Path("obj", "Vtop")
STAMP = "made_from"
END_SECONDS = 5  # that the program may take to end


class SimulatedBoard:
    """The design in a folder, whose top is `accelerator_serial`, as a board: a context in which `port` is the name of
    its pseudo-terminal.

    Compiled at once into the folder `build`, unless what lies there was made from the same files. Raises UserError when
    Verilator is missing or fails.
    """

    def __init__(self, design, build, cycles_per_bit, seed=1):
        require_simulator("verilator")
        self._design, self._build, self._seed = Path(design).resolve(), Path(build).resolve(), seed
        require_plain_path("verilator", self._design, self._build)
        files = (self._design / "filelist.f").read_text().split()
        command = ["verilator", "--cc", "--exe", "--build", "-j", "2", "-Wno-fatal", "-O3", "--x-assign", "unique",
                   "--x-initial", "unique", "--top-module", top_module(self._design), "--prefix", PROGRAM.name,
                   "--Mdir", str(PROGRAM.parent), "-CFLAGS", f"-DCYCLES_PER_BIT={cycles_per_bit} -O2", "-MAKEFLAGS",
                   f"OPT_FAST=-O2{' OBJCACHE=ccache' if shutil.which('ccache') else ''}", str(SOURCE),
                   *(str(self._design / name) for name in files)]
        contents = [path.read_bytes() for path in (SOURCE, *(self._design / name for name in files))]
        stamp = hashlib.sha256(repr(command).encode() + b"".join(contents)).hexdigest()
        if (self._build / STAMP).exists() and (self._build / STAMP).read_text() == stamp:
            return
        shutil.rmtree(self._build, ignore_errors=True)
        self._build.mkdir(parents=True)
        log = self._build / "build.log"
        with open(log, "wb") as messages:
            status = subprocess.run(command, cwd=self._build, stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT).returncode
        if status:
            raise UserError(f"Verilator cannot build the board; its messages are in {log}")
        (self._build / STAMP).write_text(stamp)

    def __enter__(self):
        self._program = subprocess.Popen([str(self._build / PROGRAM), *initial_values(self._seed)], cwd=self._design,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = self._program.stdout.readline().decode().strip()
        if not self.port:
            self.__exit__()
            raise UserError("the board in simulation has no pseudo-terminal")
        return self

    def __exit__(self, *error):
        self._program.stdin.close()  # on which it ends
        self._program.stdout.close()
        try:
            self._program.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()

    def restart(self):
        """Reset the design, as a power cycle would; soon, not at once."""
        self._command(b"r")

    def send_break(self):
        """Hold the line to the design low for longer than a byte; soon, not at once."""
        self._command(b"b")

    def send_long_break(self):
        """Hold it low for as long as resets a board, less than 80,000 cycles from now; soon, not at once."""
        self._command(b"B")

    def _command(self, letter):
        self._program.stdin.write(letter)
        self._program.stdin.flush()
