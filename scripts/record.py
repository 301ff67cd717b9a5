"""Write from the reports of the runs how far the project is verified: docs/verification.md and
docs/verification.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("tb.record.command")
