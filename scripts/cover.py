"""What the scenarios of the benches reach: lines, branches and toggles of small designs, and Python under its tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))
if __name__ == "__main__":  # not where a process that it starts imports this file
    from first_spike.__main__ import start

    start("tb.coverage.command")
