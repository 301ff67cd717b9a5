"""What is not covered for a reason: `uncovered.txt`.

There a reason is a line that begins with #, and behind it stand its entries, a line each: the small designs; line,
branch or toggle; the module, of one layer layerK; the place or the signal with its bit or a range of bits, as [31:20];
with " | " between.
"""

import re
from pathlib import Path

from first_spike.golden.errors import UserError
from tb.mutation.survivors import read

FILE = Path(__file__).with_suffix(".txt")
BITS = re.compile(r"\[(\d+):(\d+)\]$")


class Reasons:
    """The entries of a file, and which of them were needed. Raises UserError for one without reason, and for two that
    speak of one point."""

    def __init__(self, file=FILE):
        self._entries, self._needed = {}, set()
        for line in read(file):
            if line.count(" | ") != 3:
                raise UserError(f"{Path(file).name} says no design, kind, module and place: {line}")
            found = BITS.search(line)
            bits = range(int(found[2]), int(found[1]) + 1) if found else ()
            for point in [f"{line[:found.start()]}[{bit}]" for bit in bits] or [line]:
                if point in self._entries:
                    raise UserError(f"{Path(file).name} says twice: {point}")
                self._entries[point] = line

    def explain(self, point):
        """Whether there is a reason for the line of a point."""
        self._needed.add(self._entries.get(point))
        return point in self._entries

    def stale(self):
        """Entries that nothing needed."""
        return [line for line in dict.fromkeys(self._entries.values()) if line not in self._needed]
