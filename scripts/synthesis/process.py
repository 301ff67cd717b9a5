"""Running a synthesis program: its messages in a log, its failures as one sentence."""

import re
import shutil
import subprocess
from pathlib import Path

from golden.errors import UserError


def require_program(program):
    """Raise UserError unless `program` is on the PATH."""
    if shutil.which(program) is None:
        raise UserError(f"{program} is not installed (not on the PATH): `scripts/setup/tools.sh {program}` installs it")


def run_program(command, log, timeout, folder=None):
    """Run `command` (list of words, the program first) in `folder`; everything it says goes to the file `log`.

    Raises UserError if the program is missing, fails, or takes longer than `timeout` seconds.
    """
    program = command[0]
    require_program(program)
    log = Path(log)
    try:
        with open(log, "wb") as messages:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=messages, stderr=subprocess.STDOUT,
                                    timeout=timeout, cwd=folder).returncode
    except subprocess.TimeoutExpired:
        raise UserError(f"{program} was stopped after {timeout:g} s: allow more with --timeout; its messages are in "
                        f"{log}") from None
    if status:
        raise UserError(f"{program} failed (status {status}){_complaint(log)}; its messages are in {log}")


def _complaint(log):
    """": " and the first error in the log, or nothing."""
    found = re.search(r"^ERROR: (.+)$", log.read_text(errors="replace"), re.MULTILINE)
    return f": {found[1].rstrip('.')}" if found else ""
