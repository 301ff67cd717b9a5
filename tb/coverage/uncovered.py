"""What is not covered for a reason: `uncovered.txt`.

There a reason is a line that begins with #, and behind it stand its entries, a line each: line, branch or toggle; the
module, of one layer layerK; what it is, as in the report; with " | " between. A * stands for any text.
"""

import re
from pathlib import Path

from first_spike.golden.errors import UserError
from tb.mutation.survivors import read

FILE = Path(__file__).with_suffix(".txt")


class Reasons:
    """The entries of a file, and which of them were needed. Raises UserError for one without reason."""

    def __init__(self, file=FILE):
        self._patterns = [(line, re.compile(".*".join(map(re.escape, line.split("*"))))) for line in read(file)]
        for line, _ in self._patterns:
            if line.count(" | ") < 2:
                raise UserError(f"{Path(file).name} says no kind, module and text: {line}")
        self._needed = set()

    def explain(self, line):
        """Whether there is a reason for the entry `line`."""
        found = [known for known, pattern in self._patterns if pattern.fullmatch(line)]
        self._needed.update(found)
        return bool(found)

    def stale(self):
        """Entries that nothing needed."""
        return [line for line, _ in self._patterns if line not in self._needed]
