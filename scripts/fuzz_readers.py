"""Fuzz every reader of files that users bring, with atheris: whatever the bytes are, a file is taken or refused in one
sentence."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

start("tb.fuzz.command")
