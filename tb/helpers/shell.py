"""Programs that strangers run on a design, as they would."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 500
needs_yosys = pytest.mark.skipif(shutil.which("yosys") is None, reason="yosys is not installed")


def run_line(line, folder):
    """Run a line of shell in `folder`; returns the CompletedProcess, all that was said in its stdout."""
    environment = {**os.environ, "OBJCACHE": "ccache"} if shutil.which("ccache") else None
    return subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS)


def fusesoc(folder, words):
    """Run FuseSoC with the (quoted) words in `folder`, where its own files stay."""
    program = f"HOME=. XDG_CONFIG_HOME=. XDG_CACHE_HOME=. XDG_DATA_HOME=. {shlex.quote(sys.executable)} -m fusesoc.main"
    return run_line(f"{program} {words}", folder)


def core_of(design):
    """The name of the FuseSoC core in the folder of a design."""
    core, = Path(design).glob("*.core")
    return re.search(r'^name: "(.+)"$', core.read_text(), re.MULTILINE)[1]


def head_line(design, top, program):
    """The line in the head of a design's testbench that starts with `program`."""
    line, = re.findall(rf"^// +\$ ({program} .*)$", (design / f"{top}_tb.v").read_text(), re.MULTILINE)
    return line


def compiled(simulator, arguments, folder, top="accelerator_tb"):
    """Compile with the (quoted) arguments into `folder`; returns the line that runs the simulation."""
    place = shlex.quote(str(folder))
    if simulator == "icarus":
        line, run = f"iverilog -g2005 -s {top} -o {place}/bench.vvp", f"vvp -N {place}/bench.vvp"
    else:
        line = f"verilator --binary --timing -Wno-fatal --top-module {top} --Mdir {place}/obj -MAKEFLAGS OPT_FAST=-O0"
        run = f"{place}/obj/V{top}"
    done = run_line(f"{line} {arguments}", folder)
    assert done.returncode == 0, done.stdout
    return run
