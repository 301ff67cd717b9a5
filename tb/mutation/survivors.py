"""The list of mutants that survive although they are not proved to be none, each with its reason: `survivors.txt`.

There a reason is a line that begins with #, with "Same:" where nothing can notice the fault, and behind it stand its
mutants, a line each: the small designs in which they survive, the module (of one layer, layerK), the place and what is
wrong there, with " | " between, never the text of the Verilog.
"""

import re
from pathlib import Path

from first_spike.golden.errors import UserError

FILE = Path(__file__).with_suffix(".txt")


def block(module):
    """The module without the number of its layer."""
    return re.sub(r"^layer\d+_", "layerK_", module)


def entry(design, module, key):
    """The line of a mutant, of one design."""
    return f"{design} | {block(module)} | {key}"


def read(file=FILE):
    """{line: its reason}, of several designs one for each. Raises UserError for one without reason, and for one that
    stands there twice."""
    reason, reasons = None, {}
    for line in map(str.strip, Path(file).read_text().splitlines()):
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif not line:
            reason = None
        elif reason is None:
            raise UserError(f"{Path(file).name} gives no reason for: {line}")
        else:
            designs, *rest = line.split(" | ")
            for each in (" | ".join([design, *rest]) for design in designs.split(", ")):
                if each in reasons:
                    raise UserError(f"{Path(file).name} says twice: {each}")
                reasons[each] = reason
    return reasons
