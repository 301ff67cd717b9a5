"""Prove claims about blocks and a small accelerator for all inputs, with sby, yosys, abc and z3."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))

from first_spike.__main__ import start  # noqa: E402

if __name__ == "__main__":  # a block is converted in a process of its own, which reads this file again
    start("tb.formal.command")
