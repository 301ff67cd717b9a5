"""Run the grid of benches, every combination of pixels, spikes and events per cycle and lanes, on both simulators."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("tb.benches.grid")
