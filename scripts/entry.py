"""What every script imports first: it works on the checkout in which it lies, from any folder, and answers Ctrl-C while
modules load."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from first_spike.__main__ import start  # noqa: F401
