"""What the scenarios of the benches reach: lines, branches and toggles of small designs, and Python under its tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("tb.coverage.command")
