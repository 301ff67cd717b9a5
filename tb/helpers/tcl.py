"""Scripts in Tcl, read by an interpreter in which every command of a tool is recorded instead of done."""

import shutil
import subprocess

import pytest

TCL = shutil.which("tclsh") or shutil.which("yosys")
needs_tcl = pytest.mark.skipif(TCL is None, reason="neither tclsh nor yosys is installed")
RECORDED = r"""
set argc 0
set argv {}
rename source read_script
proc unknown {args} {
    puts [list CALLED {*}$args]
    return [lindex $args end]
}
foreach command {open_core check_integrity archive_core current_core} {
    namespace eval ipx {}
    proc ipx::$command args "return \[unknown ipx::$command {*}\$args\]"
}
"""


def commands_of(text, folder):
    """Return the commands that a script calls, [[word, ...]], in the order of their calls; files go into `folder`."""
    (folder / "script.tcl").write_text(text)
    (folder / "run.tcl").write_text(f"{RECORDED}\nread_script {{{folder / 'script.tcl'}}}\n")
    command = [TCL, "run.tcl"] if TCL.endswith("tclsh") else [TCL, "-q", "-c", "run.tcl"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.removeprefix("CALLED ") for line in done.stdout.splitlines() if line.startswith("CALLED ")]
    return [line.replace("{", " ").replace("}", " ").split() for line in lines]
