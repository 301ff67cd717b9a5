"""The list of mutants that survive although they are not proved to be none, each with its reason: `survivors.txt`.

There a reason is a line that begins with #, and behind it stand its mutants, a line each: the module, what the
statement was and what it is, with " | " between; of a module of one layer, layerK.
"""

import re
from pathlib import Path

from first_spike.golden.errors import UserError

FILE = Path(__file__).with_suffix(".txt")


def block(module):
    """The module without the number of its layer."""
    return re.sub(r"^layer\d+_", "layerK_", module)


def entry(result):
    """The line of a mutant."""
    return " | ".join([block(result["module"]), result["before"], result["after"]]).strip()


def read(file=FILE):
    """{line of a mutant: its reason}. Raises UserError for one without reason, and for one that stands there twice."""
    reason, reasons = None, {}
    for line in Path(file).read_text().splitlines():
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif not line.strip():
            reason = None
        elif reason is None:
            raise UserError(f"{Path(file).name} gives no reason for: {line}")
        elif line in reasons:
            raise UserError(f"{Path(file).name} says twice: {line}")
        else:
            reasons[line.strip()] = reason
    return reasons


def stale(reasons, found):
    """The entries that no mutant of {design: results} needs any more."""
    needed = {entry(result) for results in found.values() for result in results
              if not result["killed"] and not result["proved"]}
    return [line for line in reasons if line not in needed]
