"""What slang, a third reader of Verilog, tells of the designs: nothing but what is waived for Verilator too."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from first_spike.golden.files import ROOT
from tb.scenarios.small_designs import SMALL_DESIGNS

# Integers without a width have 32 bits: what is computed with them is assigned to its own, fewer bits (waivers.vlt).
WAIVED = "[-Wwidth-trunc]"
LEVELS = "-Wextra -Wpedantic"
# In a process of its own, since slang writes what it tells of past Python.
READER = """
import sys
from pyslang.driver import Driver

driver = Driver()
driver.addStandardArgs()
read = driver.parseCommandLine("slang --std 1364-2005 " + " ".join(sys.argv[1:]))
if read and driver.processOptions() and driver.parseAllSources():
    compilation = driver.createCompilation()
    driver.reportCompilation(compilation, False)
    driver.runAnalysis(compilation)
sys.exit(not driver.reportDiagnostics(False))
"""


def messages(folder, levels=LEVELS):
    """The lines in which slang tells of a warning or an error in a design."""
    files = (Path(folder) / "filelist.f").read_text().split()
    top = Path(files[-1]).stem
    done = subprocess.run([sys.executable, "-c", READER, *levels.split(), "--top", top, *files], cwd=folder,
                          capture_output=True, text=True)
    lines = re.findall(r"^\S+:\d+:\d+: (?:warning|error): .*", done.stdout + done.stderr, re.MULTILINE)
    assert lines or done.returncode == 0, done.stdout + done.stderr
    return lines


def unexplained(folder):
    """Those that no reason is given for."""
    return [line for line in messages(folder) if not line.endswith(WAIVED)]


def test_the_committed_design_is_clean():
    assert unexplained(ROOT / "hdl") == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", SMALL_DESIGNS)
def test_small_designs_are_clean(tmp_path, name):
    assert unexplained(SMALL_DESIGNS[name].write(tmp_path)) == []


MISTAKES = {  # what slang calls it: the body of a module with the ports clk, wide (9 bits, in) and narrow (4 bits, out)
    "-Wwidth-trunc": "assign narrow = wide;",
    "-Wrange-oob": "assign narrow = wide[12:9];",
    "missspelt": "assign narrow = missspelt;",
    "expected": "assign narrow = ;",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_seen(tmp_path, name):
    (tmp_path / "block.v").write_text("`default_nettype none\nmodule block(input wire clk, input wire [8:0] wide, "
                                      f"output wire [3:0] narrow);\n{MISTAKES[name]}\nendmodule\n")
    (tmp_path / "filelist.f").write_text("block.v\n")
    assert any(name in line for line in messages(tmp_path))
