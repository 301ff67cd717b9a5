"""Random networks, configurations, images, stalls, resets and wrong frames, in compiled code and on both simulators,
for a given time."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("tb.soak.command")
