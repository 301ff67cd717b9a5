"""`first-spike quantize`, for those who know it by this name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("first_spike.commands.quantize")
