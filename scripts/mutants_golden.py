"""Try faults in golden, in the files of the contract: what no test notices is a hole in the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("tb.mutation.golden_command")
