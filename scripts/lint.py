"""`first-spike lint`, for those who know it by this name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))
if __name__ == "__main__":  # not where a process that it starts imports this file
    from first_spike.__main__ import start

    start("first_spike.commands.lint")
