"""Try faults in golden, the drivers and the referee: what no test notices is a hole in the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))
if __name__ == "__main__":  # not where a process that it starts imports this file
    from first_spike.__main__ import start

    start("tb.mutation.source_command")
