"""What a case runs on: compiled code, and both simulators under cocotb."""

import resource
import subprocess
import sys
import zlib
from pathlib import Path

from first_spike.comparison.harness import SIMULATORS
from first_spike.golden.files import ROOT
from first_spike.rtl_model.convert import generate
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
